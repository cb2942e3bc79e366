"""One case and its alerts: what is true of it, and what a request makes true.

Folded from the public parts of ``case-<case>`` alone; other facts of the case are passed over, so
the whole of a case can be folded as it comes. An alert keeps its number for as long as the case
lasts: what follows an expired version is its next version, so that close-out finds everybody who
was ever told under one number.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from homeward.facts import case as facts
from homeward.messages import Fact, Recorded
from homeward.policies.approval import APPROVAL_LASTS
from homeward.words import Category, Instant, Mode, Severity


class Status(StrEnum):
    """Where a case stands (DOMAIN "Life cycle")."""

    NONE = "none"
    PROVISIONAL = "provisional"
    VERIFYING = "verifying"
    VERIFIED = "verified"
    ALERTED = "alerted"
    """An alert was issued; whether it is live still depends on its expiry."""
    WITHDRAWN = "withdrawn"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    RESOLVED = "resolved"
    CLOSED_OUT = "closed-out"

    @property
    def over(self) -> bool:
        """Whether nothing more goes out for the case, except that it is over."""
        return self in _OVER


_OVER = frozenset(
    {Status.WITHDRAWN, Status.REJECTED, Status.CANCELLED, Status.RESOLVED, Status.CLOSED_OUT}
)
_UNVERIFIED = frozenset({Status.PROVISIONAL, Status.VERIFYING})


@dataclass(frozen=True, slots=True)
class Draft:
    """The newest proposal for an alert."""

    id: str
    by: str
    alert: int
    version: int
    policy: str
    severity: Severity
    reach_km_max: int
    expires_at: Instant
    approved_by: str | None = None
    approved_at: Instant | None = None
    given_cells: int | None = None
    """Of how many cells the area is that goes with it; None: its policy makes one."""

    def approved(self, at: datetime) -> bool:
        """Whether a second person approved it, and at that moment it still holds."""
        return self.approved_at is not None and at < self.approved_at + APPROVAL_LASTS


@dataclass(frozen=True, slots=True)
class Alert:
    """The newest version that was issued."""

    number: int
    version: int
    draft: str
    policy: str
    severity: Severity
    reach_km_max: int
    expires_at: Instant
    people_max: int | None = None
    """On one officer's word; None: as a whole, two have approved it."""
    proposed: Draft | None = None
    """The draft that it was issued on."""

    @property
    def widens(self) -> Draft | None:
        """The draft that a second person may still approve: then it goes on to its whole bound."""
        return None if self.people_max is None else self.proposed


@dataclass(frozen=True, slots=True)
class Case:
    """What is true of a case."""

    status: Status = Status.NONE
    version: int = 0
    """Of its stream: counts human decisions, and is its ETag."""
    raised: facts.CaseRaised | None = None
    reporter: str = ""
    unit: str = ""
    category: Category = Category.OTHER
    mode: Mode = Mode.UNKNOWN
    draft: Draft | None = None
    drafts: frozenset[str] = frozenset()
    alert: Alert | None = None
    ended: Fact | None = None
    """The fact that ended it; of a closed-out case the one that resolved it."""
    said: frozenset[tuple[str, Fact]] = frozenset()
    """Who said what already, so that the same words twice add nothing."""

    @property
    def id(self) -> str:
        """The case's id; empty when there is none."""
        return self.raised.case if self.raised else ""

    @property
    def unverified(self) -> bool:
        """Whether nobody in public may be told of it."""
        return self.status is Status.NONE or self.status in _UNVERIFIED

    def live(self, at: datetime) -> bool:
        """Whether an alert is out and not expired at that moment of the case clock."""
        return (
            self.status is Status.ALERTED and self.alert is not None and at < self.alert.expires_at
        )


def evolve(case: Case, heard: Recorded) -> Case:
    """Return the case after a fact; facts of other streams change nothing."""
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
                "category": fact.category,
                "mode": fact.mode,
            }
        case facts.CaseTakenUp():
            status = Status.VERIFYING if case.status in _UNVERIFIED else case.status
            return {"unit": fact.unit, "status": status}
        case facts.FactsAdded():
            category, mode = fact.category or case.category, fact.mode or case.mode
            return {"category": category, "mode": mode, "said": _said(case, heard)}
        case facts.VehicleIdentified():
            return {"mode": Mode.VEHICLE, "said": _said(case, heard)}
        case facts.CaseVerified():
            return {"status": Status.VERIFIED, "unit": fact.unit}
        case facts.CaseWithdrawn():
            return {"status": Status.WITHDRAWN, "ended": fact}
        case facts.CaseRejected():
            return {"status": Status.REJECTED, "ended": fact}
        case facts.CaseResolved():
            return {"status": Status.RESOLVED, "ended": fact}
        case facts.CaseClosedOut():
            return {"status": Status.CLOSED_OUT}
        case _:
            return _alert_changes(case, heard)


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
            )
            known = case.drafts | {heard.id}
            return {"draft": draft, "drafts": known, "said": _said(case, heard)}
        case facts.AlertApproved() if case.draft and case.draft.id == fact.draft:
            return {"draft": replace(case.draft, approved_by=heard.by.id, approved_at=fact.at)}
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
            )
            return {"status": Status.ALERTED, "alert": alert}
        case facts.AlertWidened() if case.alert and case.alert.draft == fact.draft:
            wide = replace(case.alert, reach_km_max=fact.reach_km_max, people_max=None)
            return {"alert": wide}
        case facts.AlertCancelled():
            return {"status": Status.CANCELLED, "ended": fact}
        case _:
            return {}


def _said(case: Case, heard: Recorded) -> frozenset[tuple[str, Fact]]:
    return case.said | {(heard.by.id, heard.fact)}


def fold(recorded: Iterable[Recorded]) -> Case:
    """Return the case after these facts, given in log order."""
    case = Case()
    for heard in recorded:
        if heard.kind.startswith("case."):  # most are not, and a call takes longer
            case = evolve(case, heard)
    return case
