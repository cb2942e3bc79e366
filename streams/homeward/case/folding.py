"""What facts make of a case.

Folded from the public parts of ``case-<case>`` and ``hold-<case>``; other facts of the case are
passed over, so the whole of a case can be folded as it comes.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

from homeward.case.attention import override_changes
from homeward.case.corrections import (
    correction_changes,
    guards_joined,
    raised_changes,
    stated_changes,
)
from homeward.case.holding import hold_changes
from homeward.case.parting import Stood, parted_changes
from homeward.case.persons import first_of, missing, person_changes
from homeward.case.reviews import review_changes
from homeward.case.ringzero import ring_changes
from homeward.case.state import UNVERIFIED, Alert, Asking, Case, Draft, Status
from homeward.facts import case as facts
from homeward.facts.merging import CaseJoined, CaseLeft, CaseMerged, CaseParted
from homeward.facts.watch import ReportLapsed
from homeward.messages import Fact, Recorded
from homeward.words import Mode

LAPSED: Final = str(ReportLapsed.model_fields["kind"].default)
"""The one kind of another stream that changes a case."""
OWN: Final = ("case.", "hold.")
"""How the kinds begin that people say of a case; its version counts the first alone."""


def evolve(case: Case, heard: Recorded) -> Case:
    """Return the case after a fact; facts of other streams change nothing, but for a lapse."""
    if heard.kind == LAPSED:
        unverified = case.status in UNVERIFIED
        return replace(case, status=Status.LAPSED, ended=heard.fact) if unverified else case
    if heard.kind.startswith("hold."):
        return replace(case, **hold_changes(case, heard))
    if not heard.kind.startswith("case."):
        return case
    return replace(case, version=heard.version, **_changes(case, heard))


def _changes(case: Case, heard: Recorded) -> dict[str, Any]:
    """Return the fields that a fact changes; made into one new case, for a fold makes many."""
    fact = heard.fact
    match fact:
        case facts.CaseRaised():
            return {
                "status": Status.PROVISIONAL,
                "raised": fact.without_personal(),
                "reporter": heard.by.id,
                "persons": first_of(fact),
                **raised_changes(fact),
            }
        case facts.CaseTakenUp():
            status = Status.VERIFYING if case.status in UNVERIFIED else case.status
            return {"unit": fact.unit, "status": status}
        case facts.FactsAdded():
            return {**stated_changes(case, heard, fact), "said": _said(case, heard)}
        case facts.VehicleIdentified() | facts.SuspectNoted():
            mode = case.mode if isinstance(fact, facts.SuspectNoted) else Mode.VEHICLE
            return {"mode": mode, "said": _said(case, heard)}
        case facts.CaseVerified():
            return {
                "status": Status.VERIFIED,
                "unit": fact.unit,
                "ended": None,
                "verified": True,
                "verified_by": heard.by.id,
                **hold_changes(case, heard),
            }
        case facts.CaseWithdrawn():
            return {"status": Status.WITHDRAWN, "ended": fact}
        case facts.CaseRejected():
            return {"status": Status.REJECTED, "ended": fact}
        case facts.CaseResolved():
            return {"status": Status.RESOLVED, "ended": fact, "alert": _closed(case, told=False)}
        case facts.CaseClosedOut():
            return {"status": Status.CLOSED_OUT, "alert": _closed(case, told=True)}
        case CaseMerged() | CaseJoined() | CaseParted() | CaseLeft():
            return _merging_changes(case, fact)
        case (
            facts.CaseReopened()
            | facts.CaseDePublished()
            | facts.PartnerConfirmed()
            | facts.CaseSealed()
            | facts.ExpungeAsked()
            | facts.CaseExpunged()
        ):
            return _file_changes(case, heard)
        case _:
            return correction_changes(case, heard) or _alert_changes(case, heard)


def _merging_changes(
    case: Case, fact: CaseMerged | CaseJoined | CaseParted | CaseLeft
) -> dict[str, Any]:
    if isinstance(fact, CaseParted):
        return parted_changes(case, Status.VERIFIED)
    if isinstance(fact, CaseLeft):  # a guard that came with it stays: none is lost by this
        return {"joined": tuple(one for one in case.joined if one.case not in fact.cases)}
    if isinstance(fact, CaseJoined):
        known = {one.case for one in case.joined}
        fresh = (one for one in fact.cases if one.case not in known)
        return {"joined": (*case.joined, *fresh), **guards_joined(case, fact)}
    # What was drafted was drafted of a case of its own.
    alert = _closed(case, told=True, closed="merged")
    return {
        "status": Status.MERGED,
        "ended": fact,
        "into": fact.into,
        "stood": Stood(case.status, case.alert),
        "draft": None,
        "extension": None,
        "alert": alert and replace(alert, proposed=None),
    }


def _closed(case: Case, *, told: bool, closed: str = "over") -> Alert | None:
    """Return the alert once it has ended; how it ended first stays."""
    alert = case.alert
    if alert is None:
        return None
    ended = alert.closed or closed
    return replace(alert, closed=ended, told_over=alert.told_over or told)


def _file_changes(case: Case, heard: Recorded) -> dict[str, Any]:
    """Return what changes of a case that is over."""
    fact = heard.fact
    match fact:
        case facts.CaseReopened():
            # What was drafted before was drafted of a case that went on.
            alert = _closed(case, told=False)
            return {
                "status": Status.VERIFIED,
                "ended": None,
                "reopened": True,
                "draft": None,
                "extension": None,
                "alert": alert and replace(alert, proposed=None),
                "partners": frozenset(),
                "confirmed": frozenset(),
            }
        case facts.CaseDePublished():
            named = case.partners | set(fact.partners)
            return {"status": Status.DE_PUBLISHED, "partners": named}
        case facts.PartnerConfirmed():
            return {"confirmed": case.confirmed | {fact.partner}}
        case facts.CaseSealed():
            return {"status": Status.SEALED}
        case facts.ExpungeAsked():
            return {"expunge": Asking(heard.id, heard.by.id, reason=fact.reason)}
        case facts.CaseExpunged():
            return {"status": Status.EXPUNGED, "expunged_at": fact.at}
        case _:
            return {}


def _alert_changes(case: Case, heard: Recorded) -> dict[str, Any]:
    fact = heard.fact
    match fact:
        case facts.AlertDrafted():
            draft = Draft(
                id=heard.id,
                by=heard.by.id,
                alert=fact.alert,
                version=fact.version,
                policy=fact.policy,
                severity=fact.severity,
                reach_km_max=fact.reach_km_max,
                expires_at=fact.expires_at,
                given_cells=fact.given_cells,
                changes_what_to_do=fact.changes_what_to_do is not False,
                persons=tuple(one.number for one in missing(case)),
            )
            known = case.drafts | {heard.id}
            return {"draft": draft, "drafts": known, "said": _said(case, heard)}
        case facts.AlertApproved():
            return _approved(case, heard, fact.draft)
        case facts.AlertIssued() | facts.AlertUpdated():
            alert = Alert(
                number=fact.alert,
                version=fact.version,
                draft=fact.draft,
                policy=fact.policy,
                severity=fact.severity,
                reach_km_max=fact.reach_km_max,
                expires_at=fact.expires_at,
                people_max=fact.people_max,
                proposed=case.draft if case.draft and case.draft.id == fact.draft else None,
                alone=fact.people_max is not None or _emergency(case, fact.draft),
                issued_at=fact.at,
                same_since=getattr(fact, "same_since", None) or fact.version,
                by=heard.by.id,
            )
            return {"status": Status.ALERTED, "alert": alert, "extension": None}
        case facts.AlertWidened() if case.alert and case.alert.draft == fact.draft:
            return {"alert": _wide(case, case.alert, fact.reach_km_max)}
        case facts.ExtensionAsked():
            asked = Asking(heard.id, heard.by.id, fact.alert, fact.version, fact.expires_at)
            return {"extension": asked}
        case facts.AlertExtended() if case.alert and case.alert.version == fact.version:
            longer = replace(case.alert, expires_at=fact.expires_at, extended_on=fact.asked or "")
            return {"alert": longer, "extension": None}
        case facts.AlertCancelled():
            closed = _closed(case, told=True, closed="cancelled")
            return {"status": Status.CANCELLED, "ended": fact, "alert": closed}
        case _:
            return _other_changes(case, heard)


def _other_changes(case: Case, heard: Recorded) -> dict[str, Any]:
    return (
        override_changes(heard)
        or review_changes(case, heard)
        or ring_changes(heard)
        or person_changes(case, heard)
    )


def _approved(case: Case, heard: Recorded, draft: str) -> dict[str, Any]:
    """Return what changes once somebody agreed to a draft: the newest, or that which is out."""
    changed: dict[str, Any] = {}
    if case.draft and case.draft.id == draft:
        changed["draft"] = replace(case.draft, approved_by=heard.by.id, approved_at=heard.fact.at)
    if case.alert and case.alert.draft == draft:
        changed["alert"] = replace(case.alert, alone=False)
    return changed


def _wide(case: Case, alert: Alert, km: int) -> Alert:
    alone = alert.alone and _emergency(case, alert.draft)
    return replace(alert, reach_km_max=km, people_max=None, alone=alone)


def _emergency(case: Case, draft: str) -> bool:
    """Whether one supervisor alone let that draft go to its whole bound."""
    return any(one.draft == draft for one in case.reviews)


def _said(case: Case, heard: Recorded) -> frozenset[tuple[str, Fact]]:
    return case.said | {(heard.by.id, heard.fact)}


def fold(recorded: Iterable[Recorded]) -> Case:
    """Return the case after these facts, given in log order."""
    case = Case()
    for heard in recorded:
        # Most are of neither, and a call takes longer.
        if heard.kind.startswith(OWN) or heard.kind == LAPSED:
            case = evolve(case, heard)
    return case
