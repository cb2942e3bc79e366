"""Drafting, approving, issuing and cancelling the alert of a case.

Wide alerts take two people: who approves must not be who drafted, and approves the draft with its
exact texts and bounds. Cancelling takes one person and no conditions beyond an alert to cancel.
"""

from homeward.case.rules import DRAFTERS, EXPIRY_MAX, EXPIRY_MIN, OFFICERS, check_texts, only
from homeward.case.state import Case, Draft
from homeward.facts import case as facts
from homeward.messages import Fact
from homeward.policies import ALL as POLICIES
from homeward.refusals import (
    AlertNotLive,
    ApprovalMissing,
    CaseOver,
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
    check_texts(request.texts, request.retraction)
    if request.policy not in POLICIES:
        raise PolicyUnknown(request.policy)
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
    )
    return () if (request.by.id, fact) in case.said else (fact,)


def _newest(case: Case, draft_id: str) -> Draft:
    """Return the draft with that id if it is the newest and not yet issued."""
    if draft_id not in case.drafts or case.draft is None:
        raise NoSuchDraft
    if case.draft.id != draft_id or (case.alert and case.alert.draft == draft_id):
        raise DraftOutdated
    return case.draft


def _approve(case: Case, request: requests.ApproveAlert) -> tuple[Fact, ...]:
    only(OFFICERS, request)
    if case.draft is not None and case.draft.id == request.draft:
        if case.draft.by == request.by.id:
            raise SamePerson
        if case.draft.approved_by is not None:
            return ()
    _open_and_verified(case)
    draft = _newest(case, request.draft)
    if request.at >= draft.expires_at:
        raise DraftExpired
    return (
        facts.AlertApproved(
            case=case.id,
            at=request.at,
            draft=draft.id,
            alert=draft.alert,
            version=draft.version,
        ),
    )


def _issue(case: Case, request: requests.IssueAlert) -> tuple[Fact, ...]:
    only(OFFICERS, request)
    _open_and_verified(case)
    if case.alert is not None and case.alert.draft == request.draft:
        return ()
    draft = _newest(case, request.draft)
    if request.at >= draft.expires_at:
        raise DraftExpired
    if draft.needs_approval:
        raise ApprovalMissing
    said = facts.AlertIssued if draft.version == 1 else facts.AlertUpdated
    return (
        said(
            case=case.id,
            at=request.at,
            draft=draft.id,
            alert=draft.alert,
            version=draft.version,
            policy=draft.policy,
            severity=draft.severity,
            reach_km_max=draft.reach_km_max,
            expires_at=draft.expires_at,
            hubs=request.hubs,
        ),
    )


def _cancel(case: Case, request: requests.CancelAlert) -> tuple[Fact, ...]:
    """Cancel also what has expired: those who were told still believe it.

    Resolved cases are closed out instead, which tells the same people.
    """
    only(OFFICERS, request)
    match case.ended:
        case facts.AlertCancelled(reason=reason) if reason is request.reason:
            return ()
        case None if case.alert is not None:
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
