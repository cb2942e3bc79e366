"""Askings of a case: one is open at a time, on a live alert, until it is closed or time is over.

Who is asked, and when it is enough, is the rounds processor's affair.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from homeward.case import Case
from homeward.case.rules import DRAFTERS, only
from homeward.case.sealing import unsealed
from homeward.facts.asking import AskingChanged, AskingClosed, AskingOpened, RoundsOver
from homeward.messages import Fact, Recorded
from homeward.policies.asking import PEOPLE_MAX
from homeward.refusals import (
    AlertNotLive,
    AskingOpen,
    AskingOver,
    AskingUnknown,
    CaseOver,
    NoSuchCase,
)
from homeward.requests import Request
from homeward.requests.asking import ChangeAsking, CloseAsking, OpenAsking
from homeward.words import Instant


@dataclass(frozen=True, slots=True)
class Asking:
    """What is true of an asking."""

    opened: AskingOpened
    quota: int
    """So many are to be there, as was said last."""
    over: str = ""
    """Why nobody is asked any more; empty: people are."""

    def is_open(self, at: Instant) -> bool:
        """Whether people are asked at a moment."""
        return not self.over and at < self.opened.needed_by


def fold(recorded: Iterable[Recorded]) -> dict[str, Asking]:
    """Return the askings of a case by id, in the order of their opening."""
    found: dict[str, Asking] = {}
    for heard in recorded:
        match heard.fact:
            case AskingOpened() as fact:
                found[fact.asking] = Asking(fact, fact.quota)
            case AskingChanged(asking=name, quota=quota) if name in found:
                found[name] = replace(found[name], quota=quota)
            case AskingClosed(asking=name) if name in found and not found[name].over:
                found[name] = replace(found[name], over="closed")
            case RoundsOver(asking=name, reason=reason) if name in found and not found[name].over:
                found[name] = replace(found[name], over=reason)
    return found


def decide(case: Case, askings: Mapping[str, Asking], request: Request) -> tuple[Fact, ...]:
    """Return the facts this request makes true; none when they are true already.

    Raises NotForRole, NoSuchCase, AskingUnknown, CaseSealed, CaseOver, AlertNotLive, AskingOpen,
    AskingOver.
    """
    match request:
        case OpenAsking():
            return _open(case, askings, request)
        case ChangeAsking():
            return _change(case, askings, request)
        case CloseAsking():
            return _close(case, askings, request)
        case _:
            raise TypeError(f"no decision of an asking: {type(request).__name__}")


def _open(case: Case, askings: Mapping[str, Asking], request: OpenAsking) -> tuple[Fact, ...]:
    only(DRAFTERS, request)
    if request.case != case.id or case.raised is None:
        raise NoSuchCase
    unsealed(case)
    if request.asking in askings:
        return ()
    if case.status.over:
        raise CaseOver(case.status.value)
    if case.alert is None or not case.live(request.at):
        raise AlertNotLive
    if any(one.is_open(request.at) for one in askings.values()):
        raise AskingOpen
    by = min(request.at + timedelta(minutes=request.by_min), case.alert.expires_at)
    return (
        AskingOpened(
            case=case.id,
            at=request.at,
            asking=request.asking,
            alert=case.alert.number,
            version=case.alert.version,
            quota=request.quota,
            needed_by=by,
            people_max=PEOPLE_MAX,
            within_km=request.within_km,
        ),
    )


def _change(case: Case, askings: Mapping[str, Asking], request: ChangeAsking) -> tuple[Fact, ...]:
    only(DRAFTERS, request)
    if request.case != case.id or request.asking not in askings:
        raise AskingUnknown
    known = askings[request.asking]
    if known.quota == request.quota:
        return ()
    if case.status.over or not known.is_open(request.at):
        raise AskingOver
    return (AskingChanged(case=case.id, at=request.at, asking=request.asking, quota=request.quota),)


def _close(case: Case, askings: Mapping[str, Asking], request: CloseAsking) -> tuple[Fact, ...]:
    only(DRAFTERS, request)
    if request.case != case.id or request.asking not in askings:
        raise AskingUnknown
    if askings[request.asking].over:
        return ()
    return (AskingClosed(case=case.id, at=request.at, asking=request.asking),)
