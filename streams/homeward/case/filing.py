"""What becomes of the file of a case that is over: reopened, taken down, sealed, expunged."""

from typing import Final

from homeward.case.mergerefusals import CaseIsMerged
from homeward.case.refusals import (
    CaseExpunged,
    NoSuchAsking,
    NoSuchPartner,
    NotClosedOut,
    NotDePublished,
    NotOver,
    NotSealed,
    PartnersMissing,
    ReviewOpen,
)
from homeward.case.rules import DRAFTERS, OFFICERS, SUPERVISORS, only
from homeward.case.sealing import unsealed
from homeward.case.state import Asking, Case, Status
from homeward.facts import case as facts
from homeward.messages import Fact
from homeward.refusals import CaseOver, SamePerson
from homeward.requests import Request
from homeward.requests import case as requests
from homeward.words import case_code

FILING: Final = (
    requests.Reopen,
    requests.DePublish,
    requests.ConfirmPartner,
    requests.Seal,
    requests.AskExpunge,
    requests.Expunge,
)
"""Requests about the file."""
PUBLISHED: Final = frozenset({Status.CANCELLED, Status.CLOSED_OUT, Status.MERGED})
"""A cancel tells by itself, so it needs no close-out; nor does a case that goes on elsewhere."""
UNPUBLISHED: Final = frozenset({Status.WITHDRAWN, Status.LAPSED, Status.REJECTED})
"""Reports of which the public heard nothing: there is nothing to take down. Also of one that was
rejected the persons can be forgotten: somebody was reported wrongly, and did nothing for it."""


def decide_file(case: Case, request: Request) -> tuple[Fact, ...]:
    """Return what a request about the file makes true. Raises a Refused."""
    match request:
        case requests.Reopen():
            return _reopen(case, request)
        case requests.DePublish():
            return _de_publish(case, request)
        case requests.ConfirmPartner():
            return _confirm(case, request)
        case requests.Seal():
            return _seal(case, request)
        case requests.AskExpunge():
            return _ask_expunge(case, request)
        case requests.Expunge():
            return _expunge(case, request)
        case _:
            raise TypeError(f"nothing about a file: {type(request).__name__}")


def _reopen(case: Case, request: requests.Reopen) -> tuple[Fact, ...]:
    """Open it again; one that nobody ever verified is raised anew instead."""
    only(OFFICERS, request)
    unsealed(case)
    if case.into:
        raise CaseIsMerged(case_code(case.into))
    if not case.status.over:
        if case.reopened:
            return ()
        raise NotOver
    if not (case.status.reopenable and case.verified):
        raise CaseOver(case.status.value)
    return (facts.CaseReopened(case=case.id, at=request.at, reason=request.reason),)


def _de_publish(case: Case, request: requests.DePublish) -> tuple[Fact, ...]:
    """Take it down; a partner that was forgotten is named in a further one."""
    only(OFFICERS, request)
    unsealed(case)
    new = tuple(sorted(set(request.partners) - case.partners))
    if case.status is Status.DE_PUBLISHED:
        if not new:
            return ()
    elif case.status not in PUBLISHED:
        raise CaseOver(case.status.value) if case.status in UNPUBLISHED else NotClosedOut
    return (facts.CaseDePublished(case=case.id, at=request.at, partners=new),)


def _confirm(case: Case, request: requests.ConfirmPartner) -> tuple[Fact, ...]:
    only(DRAFTERS, request)
    unsealed(case)
    if case.status is not Status.DE_PUBLISHED:
        raise NotDePublished
    if request.partner not in case.partners:
        raise NoSuchPartner(request.partner)
    if request.partner in case.confirmed:
        return ()
    return (facts.PartnerConfirmed(case=case.id, at=request.at, partner=request.partner),)


def _seal(case: Case, request: requests.Seal) -> tuple[Fact, ...]:
    only(SUPERVISORS, request)
    if any(one.verdict is None for one in case.reviews):
        raise ReviewOpen
    match case.status:
        case Status.SEALED:
            return ()
        case Status.EXPUNGED:
            raise CaseExpunged
        case Status.DE_PUBLISHED:
            if missing := case.partners - case.confirmed:
                raise PartnersMissing(", ".join(sorted(missing)))
        case status if status not in UNPUBLISHED:
            raise NotDePublished
    return (facts.CaseSealed(case=case.id, at=request.at),)


def _ask_expunge(case: Case, request: requests.AskExpunge) -> tuple[Fact, ...]:
    only(SUPERVISORS, request)
    _sealed(case)
    asked = case.expunge
    if asked and (asked.by, asked.reason) == (request.by.id, request.reason):
        return ()
    return (facts.ExpungeAsked(case=case.id, at=request.at, reason=request.reason),)


def _expunge(case: Case, request: requests.Expunge) -> tuple[Fact, ...]:
    """A supervisor asked; whoever agrees is another person, of the police."""
    only(OFFICERS, request)
    asked = case.expunge
    if case.status is Status.EXPUNGED and asked and asked.id == request.asked:
        return ()
    _sealed(case)
    if asked is None or asked.id != request.asked:
        raise NoSuchAsking
    _by_another(asked, request)
    return (facts.CaseExpunged(case=case.id, at=request.at, asked=asked.id),)


def _by_another(asked: Asking, request: Request) -> None:
    if asked.by == request.by.id:
        raise SamePerson


def _sealed(case: Case) -> None:
    if case.status is Status.EXPUNGED:
        raise CaseExpunged
    if case.status is not Status.SEALED:
        raise NotSealed
