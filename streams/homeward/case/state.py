"""One case and its alerts: what is true of it, and what a request makes true.

Folded from the public parts of ``case-<case>`` and ``hold-<case>``; other facts of the case are
passed over, so the whole of a case can be folded as it comes. An alert keeps its number for as long
as the case lasts: what follows an expired version is its next version, so that close-out finds
everybody who was ever told under one number.

    provisional -> verifying -> verified -> alerted
    provisional | verifying -> withdrawn | rejected | lapsed;  lapsed -> verified | rejected
    alerted -> cancelled;  all that are not over -> resolved -> closed-out
    cancelled | resolved | closed-out | de-published -> verified, by a reopening
    cancelled | closed-out -> de-published -> sealed -> expunged
    withdrawn | lapsed -> sealed: nothing of them was published
    all that are not over -> merged -> de-published: it goes on in another case

A rejected and an expunged case never change. That a report lapsed is said by a processor and not
by the desk, so it may come between what an officer read and what they decided: whoever was first
in the log counts, and verifying a lapsed report is always possible.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from homeward.case.attention import Override, override_changes
from homeward.case.holding import hold_changes
from homeward.case.reviews import Review, review_changes
from homeward.case.ringzero import ring_changes
from homeward.facts import case as facts
from homeward.facts.merging import CaseJoined, CaseMerged, JoinedCase
from homeward.facts.watch import ReportLapsed
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
    LAPSED = "lapsed"
    """Nobody verified or rejected it in time."""
    DE_PUBLISHED = "de-published"
    MERGED = "merged"
    """It goes on in another case of the same person."""
    SEALED = "sealed"
    EXPUNGED = "expunged"

    @property
    def over(self) -> bool:
        """Whether nothing more goes out for the case, except that it is over."""
        return self not in _OPEN

    @property
    def hidden(self) -> bool:
        """Whether pages and pictures show only that it is over."""
        return self in _HIDDEN

    @property
    def reopenable(self) -> bool:
        """Whether it may have been closed by mistake, and be opened again."""
        return self in _REOPENABLE


_OPEN = frozenset(
    {Status.NONE, Status.PROVISIONAL, Status.VERIFYING, Status.VERIFIED, Status.ALERTED}
)
_HIDDEN = frozenset({Status.DE_PUBLISHED, Status.SEALED, Status.EXPUNGED})
_REOPENABLE = frozenset({Status.CANCELLED, Status.RESOLVED, Status.CLOSED_OUT, Status.DE_PUBLISHED})
LAPSED: Final = str(ReportLapsed.model_fields["kind"].default)
"""The one kind of another stream that changes a case."""
OWN: Final = ("case.", "hold.")
"""How the kinds begin that people say of a case; its version counts the first alone."""
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
    issued_at: Instant | None = None
    closed: str = ""
    """How it ended: ``cancelled``, ``over``, ``merged``; empty: it did not, or has expired."""
    told_over: bool = False
    """Everybody who was told of it was told that it is over."""
    extended_on: str = ""
    """The asking that it was extended on last."""

    @property
    def widens(self) -> Draft | None:
        """The draft that a second person may still approve: then it goes on to its whole bound."""
        return None if self.people_max is None else self.proposed


@dataclass(frozen=True, slots=True)
class Asking:
    """What somebody asks for that a second person must agree to."""

    id: str
    by: str
    alert: int = 0
    version: int = 0
    expires_at: Instant | None = None
    """Of an extension."""
    reason: str = ""
    """Of an expunging."""


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
    override: Override | None = None
    """What was asked last for those whom a version lets sleep."""
    held: bool = False
    """Nothing goes out until a supervisor lifts it."""
    lifted_by: str = ""
    """Who lifted the hold; empty: nobody did, or there was none."""
    verified_by: str = ""
    reviews: tuple[Review, ...] = ()
    """Of what went out without a second person, the oldest first."""
    ring_zero: Instant | None = None
    """Until when the unverified report is told to those near it; None: nobody asked for that."""
    ended: Fact | None = None
    """The fact that ended it; of a closed-out case the one that resolved it."""
    verified: bool = False
    """An officer checked it once, whatever became of it."""
    reopened: bool = False
    extension: Asking | None = None
    """For the version that is out."""
    partners: frozenset[str] = frozenset()
    """Who held a copy when it was de-published."""
    confirmed: frozenset[str] = frozenset()
    """Those who have taken it down."""
    expunge: Asking | None = None
    expunged_at: Instant | None = None
    into: str = ""
    """The case that it goes on in; empty: it is one of its own."""
    joined: tuple[JoinedCase, ...] = ()
    """Cases that go on in it, also those that went on in one of these."""
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
    """Return the case after a fact; facts of other streams change nothing, but for a lapse."""
    if heard.kind == LAPSED:
        unverified = case.status in _UNVERIFIED
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
        case CaseMerged() | CaseJoined():
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
            return _alert_changes(case, heard)


def _merging_changes(case: Case, fact: CaseMerged | CaseJoined) -> dict[str, Any]:
    if isinstance(fact, CaseJoined):
        known = {one.case for one in case.joined}
        return {"joined": (*case.joined, *(one for one in fact.cases if one.case not in known))}
    # What was drafted was drafted of a case of its own.
    alert = _closed(case, told=True, closed="merged")
    return {
        "status": Status.MERGED,
        "ended": fact,
        "into": fact.into,
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
                issued_at=fact.at,
            )
            return {"status": Status.ALERTED, "alert": alert, "extension": None}
        case facts.AlertWidened() if case.alert and case.alert.draft == fact.draft:
            wide = replace(case.alert, reach_km_max=fact.reach_km_max, people_max=None)
            return {"alert": wide}
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
            return override_changes(heard) or review_changes(case, heard) or ring_changes(heard)


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
