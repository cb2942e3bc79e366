"""Drafting, approving, issuing and cancelling the alert of a case.

One person's word goes out at once, on the fast lane: to the nearest few thousand within 30 km of
where the report says that the child was last seen, whatever was sighted since. What is wider takes
two: who approves must not be who drafted, and approves the draft with its exact texts and bounds,
before it is issued or after; then the same version goes on to its whole bound.
Cancelling takes one person and no conditions beyond an alert to cancel.
"""

from datetime import datetime

from homeward.case.persons import names_found
from homeward.case.refusals import CustodyDisputed, OrderStated, SettledAlone
from homeward.case.rules import DRAFTERS, EXPIRY_MAX, EXPIRY_MIN, OFFICERS, check_worded, only
from homeward.case.state import Case, Draft, Status
from homeward.facts import case as facts
from homeward.geography.cells import CELL_BYTES, from_bytes
from homeward.messages import Fact
from homeward.policies import ALL as POLICIES
from homeward.policies import TAKE_GIVEN
from homeward.policies.approval import (
    ALERTS_ALONE_MAX,
    HUBS_ALONE_MAX,
    PEOPLE_ALONE_MAX,
    REACH_KM_ALONE_MAX,
    alone_km,
    needs_second,
)
from homeward.policies.given import km_needed
from homeward.policies.known import Source
from homeward.refusals import (
    AlertNotLive,
    AloneTooOften,
    ApprovalMissing,
    AreaBeyondBound,
    AreaMissing,
    AreaUnused,
    CaseOver,
    DraftDiffers,
    DraftExpired,
    DraftOutdated,
    ExpiryImpossible,
    NoSuchDraft,
    NotVerified,
    PolicyUnknown,
    SamePerson,
)
from homeward.requests import Request
from homeward.requests import case as requests
from homeward.requests.emergency import UseEmergency
from homeward.words import Custody


def decide_alert(case: Case, request: Request) -> tuple[Fact, ...]:
    """Return what a request about the alert makes true. Raises a Refused."""
    match request:
        case requests.DraftAlert():
            return _draft(case, request)
        case requests.ApproveAlert():
            return _approve(case, request)
        case requests.IssueAlert():
            return _issue(case, request)
        case requests.CancelAlert():
            return _cancel(case, request)
        case _:
            raise TypeError(f"no decision of a case: {type(request).__name__}")


def _open_and_verified(case: Case) -> None:
    if case.status.over:
        raise CaseOver(case.status.value)
    if case.unverified:
        raise NotVerified


def _draft(case: Case, request: requests.DraftAlert) -> tuple[Fact, ...]:
    only(DRAFTERS, request)
    _open_and_verified(case)
    check_worded(request.texts, request.retraction, request.worded, request.worded_suspect)
    if request.policy not in POLICIES:
        raise PolicyUnknown(request.policy)
    _check_given(case, request)
    if not EXPIRY_MIN <= request.expires_at - request.at <= EXPIRY_MAX:
        raise ExpiryImpossible
    fact = facts.AlertDrafted(
        case=case.id,
        at=request.at,
        alert=case.alert.number if case.alert else 1,
        version=case.alert.version + 1 if case.alert else 1,
        policy=request.policy,
        severity=request.severity,
        reach_km_max=request.reach_km_max,
        expires_at=request.expires_at,
        texts=request.texts,
        retraction=request.retraction,
        worded=request.worded,
        worded_suspect=request.worded_suspect,
        given=request.given,
        given_cells=None if request.given is None else len(request.given) // CELL_BYTES,
        changes_what_to_do=_changes(case, request),
    )
    return () if (request.by.id, fact) in case.said else (fact,)


def _changes(case: Case, request: requests.DraftAlert) -> bool | None:
    """Return False where who was told before need not hear of it; of a first version nobody was."""
    return False if case.alert and not request.changes_what_to_do else None


def _check_given(case: Case, request: requests.DraftAlert) -> None:
    """Refuse an area that nobody asked for, that is missing, or that is wider than its bound."""
    if not request.given:
        if request.policy in TAKE_GIVEN:
            raise AreaMissing(request.policy)
        return
    if request.policy not in TAKE_GIVEN:
        raise AreaUnused(request.policy)
    assert case.last_seen is not None
    last = Source(case.last_seen.cell, case.last_seen.at, case.last_seen.error_m)
    needed = km_needed(from_bytes(request.given), last)
    if needed > request.reach_km_max:
        raise AreaBeyondBound(f"{needed} km")


def _newest(case: Case, draft_id: str) -> Draft:
    """Return the draft with that id if it is the newest and not yet issued."""
    if draft_id not in case.drafts:
        raise NoSuchDraft
    draft, out = case.draft, case.alert is not None and case.alert.draft == draft_id
    if draft is None or draft.id != draft_id or out or names_found(case, draft.persons):
        raise DraftOutdated
    return draft


def _approve(case: Case, request: requests.ApproveAlert) -> tuple[Fact, ...]:
    only(OFFICERS, request)
    draft = proposed(case, request.draft)
    if draft is not None:
        if draft.by == request.by.id:
            raise SamePerson
        if not _waits(case, draft, request.at):
            return ()
    draft = check_draft(case, request.draft, request.at, request.digest, request.shown)
    approved = facts.AlertApproved(
        case=case.id,
        at=request.at,
        draft=draft.id,
        alert=draft.alert,
        version=draft.version,
        digest=request.digest,
    )
    if not is_out(case, draft) or case.alert is None or case.alert.widens is None:
        return (approved,)  # after an emergency it is as wide as it gets: its words are approved
    return (approved, widened(case, draft, request.at, request.hubs))


def check_draft(
    case: Case, draft_id: str, at: datetime, digest: str | None, shown: str | None
) -> Draft:
    """Return the draft that somebody lets go on, if it is what they have read.

    Raises a Refused.
    """
    _open_and_verified(case)
    draft = proposed(case, draft_id) or _newest(case, draft_id)
    if names_found(case, draft.persons):
        raise DraftOutdated
    if at >= draft.expires_at:
        raise DraftExpired
    if digest != shown:
        raise DraftDiffers
    return draft


def widened(case: Case, draft: Draft, at: datetime, hubs: bytes | None) -> Fact:
    """Return that the version which is out on one word goes on to its whole bound."""
    return facts.AlertWidened(
        case=case.id,
        at=at,
        draft=draft.id,
        alert=draft.alert,
        version=draft.version,
        reach_km_max=draft.reach_km_max,
        hubs=hubs,
    )


def waiting(case: Case, draft_id: str) -> Draft | None:
    """Return the draft with that id if anything may still be decided about it."""
    draft = None if case.status.over else proposed(case, draft_id)
    if draft is not None and names_found(case, draft.persons):
        return None
    out = draft is not None and is_out(case, draft)
    return None if out and case.alert is not None and not case.alert.alone else draft


def proposed(case: Case, draft_id: str) -> Draft | None:
    """Return the newest draft or that of the newest alert, if it has that id.

    A newer draft does not keep what is out on one person's word from being approved.
    """
    both = (case.draft, case.alert.proposed if case.alert else None)
    return next((one for one in both if one is not None and one.id == draft_id), None)


def is_out(case: Case, draft: Draft) -> bool:
    """Whether the newest version was issued on that draft."""
    return case.alert is not None and case.alert.draft == draft.id


def _waits(case: Case, draft: Draft, at: datetime) -> bool:
    """Whether a draft has yet to be approved."""
    if is_out(case, draft):
        return case.alert is not None and case.alert.alone
    return not draft.approved(at)


def _issue(case: Case, request: requests.IssueAlert) -> tuple[Fact, ...]:
    only(OFFICERS, request)
    _open_and_verified(case)
    if case.status is Status.ALERTED and case.alert and case.alert.draft == request.draft:
        return ()
    draft = _newest(case, request.draft)
    if request.at >= draft.expires_at:
        raise DraftExpired
    whole = draft.approved(request.at)
    if not whole:
        _check_alone(case, draft, request)
    return (issued(case, draft, request, whole=whole),)


def issued(
    case: Case, draft: Draft, request: requests.IssueAlert | UseEmergency, *, whole: bool
) -> Fact:
    """Return that a draft is live; not ``whole``: on the fast lane. Raises AreaMissing."""
    if draft.given_cells and len(request.given or b"") != draft.given_cells * CELL_BYTES:
        raise AreaMissing(draft.policy)  # never an alert without the area that was approved
    said = facts.AlertIssued if draft.version == 1 else facts.AlertUpdated
    fact = said(
        case=case.id,
        at=request.at,
        draft=draft.id,
        alert=draft.alert,
        version=draft.version,
        policy=draft.policy,
        severity=draft.severity,
        reach_km_max=draft.reach_km_max if whole else alone_km(draft.reach_km_max),
        expires_at=draft.expires_at,
        hubs=request.hubs,
        given=request.given if draft.given_cells else None,
        people_max=None if whole else PEOPLE_ALONE_MAX,
        last_seen_km_max=None if whole else REACH_KM_ALONE_MAX,
        hubs_max=None if whole else HUBS_ALONE_MAX,
    )
    # Of what is over, or has expired, those told hear anew: they believe that it is.
    if case.alert is None or draft.changes_what_to_do or not case.live(request.at):
        return fact
    return fact.model_copy(update={"same_since": case.alert.same_since})


def is_disputed(case: Case) -> bool:
    """Whether it is disputed who keeps the child: then one officer's word is not enough."""
    return case.custody is Custody.DISPUTED


def is_guarded(case: Case) -> bool:
    """Whether something stands against one officer's word: a dispute, or an order of protection.

    The order of a case that was on hold was judged by a supervisor, what is stated later by nobody.
    """
    return is_disputed(case) or case.protection_order


def word_is_enough(case: Case, by: str) -> bool:
    """Whether one account's word counts: nothing stands against it, or another took that away."""
    return not is_guarded(case) and by not in case.settled_by


def _check_alone(case: Case, draft: Draft, request: requests.IssueAlert) -> None:
    """Refuse one person's word where it would take back what two have approved.

    An update alone ends at 30 km: hubs beyond would be told to stand down, and nobody there would
    be told any more. Who means that drafts a small reach.
    """
    if is_disputed(case):
        raise CustodyDisputed
    if case.protection_order:
        raise OrderStated
    if not word_is_enough(case, request.by.id):
        raise SettledAlone
    live = case.alert if case.live(request.at) else None
    if live and needs_second(live.reach_km_max) and needs_second(draft.reach_km_max):
        raise ApprovalMissing
    if draft.version == 1 and request.alone_before >= ALERTS_ALONE_MAX:
        raise AloneTooOften(str(ALERTS_ALONE_MAX))


def _cancel(case: Case, request: requests.CancelAlert) -> tuple[Fact, ...]:
    """Cancel also what has expired: those who were told still believe it.

    Resolved cases are closed out instead, which tells the same people.
    """
    only(OFFICERS, request)
    match case.ended:
        case facts.AlertCancelled(reason=reason) if reason is request.reason:
            return ()
        case None if case.alert is not None and not case.alert.told_over:
            return (
                facts.AlertCancelled(
                    case=case.id,
                    at=request.at,
                    alert=case.alert.number,
                    version=case.alert.version,
                    reason=request.reason,
                    draft=case.alert.draft,
                ),
            )
        case None:
            raise AlertNotLive
        case _:
            raise CaseOver(case.status.value)
