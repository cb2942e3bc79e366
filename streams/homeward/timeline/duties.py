"""What all open cases wait for, for whoever is on duty: the head of the queue first.

A board is a fold of the log: facts in log order, each heard once. A moment of the case clock says
what of it is due, so that the same facts show what is urgent now and what was urgent then.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from homeward.case import LAPSED, OWN, Case, Draft, Status, evolve
from homeward.case.alerts import is_disputed, is_guarded
from homeward.codec import KINDS as ALL_KINDS
from homeward.facts.case import CaseRaised
from homeward.facts.merging import CaseJoined, CaseLeft
from homeward.facts.sighting import SightingReported
from homeward.facts.watch import ClockLapsed
from homeward.messages import Recorded
from homeward.policies.approval import APPROVAL_LASTS, REVIEWED_WITHIN, needs_second
from homeward.sighting import Sighting, take_in
from homeward.sighting import Status as Sighted
from homeward.watch import Status as Watched
from homeward.watch import Watch
from homeward.watch import evolve as evolve_watch

KINDS: Final = frozenset(
    kind
    for kind in ALL_KINDS
    if kind.startswith(("case.", "hold.", "sighting.", "watch.", "escalation.", "hubs.watch-"))
)
"""What a board hears."""
OVER_MAX: Final = 1_000
"""Cases that were closed last and may be opened again: a mistake is found within days."""
STATED: Final = ("case.facts-added/1", "case.proposal-accepted/1", "case.joined/1")
"""Kinds that can say that custody is disputed of a case with an alert."""
CANNOT_WATCH: Final = "cannot-watch"


class Waits(StrEnum):
    """What a case waits for."""

    REPORT = "report"
    """Somebody who takes it up; it is escalated meanwhile."""
    WATCH = "watch"
    """Hubs that nobody acknowledged, or that cannot watch."""
    APPROVAL = "approval"
    """A second person."""
    ISSUE = "issue"
    """An approved draft that nobody issued: the approval runs out."""
    SIGHTINGS = "sightings"
    """Somebody who judges them."""
    VERIFY = "verify"
    DRAFT = "draft"
    """Verified, and nobody has drafted an alert."""
    EXPIRED = "expired"
    """The alert is over by its own expiry, the case is not."""
    CLOSE_OUT = "close-out"
    """Resolved, and those who were told have not been told so."""
    HOLD = "hold"
    """A supervisor who looks at whether somebody is protected."""
    PROPOSAL = "proposal"
    """An officer who decides about what outsiders said."""
    DISPUTED = "disputed"
    """A second person for what is out on one word, and stands still as custody is disputed."""
    REVIEW = "review"
    """An alarm that one supervisor gave alone, to be judged by another."""


@dataclass(frozen=True, slots=True)
class Wait:
    """One thing that a case waits for."""

    what: Waits
    since: datetime
    urgent: bool
    many: int = 1
    until: datetime | None = None
    """When it is void."""


@dataclass(frozen=True, slots=True)
class Line:
    """One open case on the queue."""

    case: Case
    level: int
    """How far its report was escalated."""
    waits: tuple[Wait, ...]
    """The urgent first, then the oldest."""

    @property
    def urgent(self) -> bool:
        """Whether anything of it is urgent."""
        return any(one.urgent for one in self.waits)

    @property
    def since(self) -> datetime:
        """Since when its oldest urgent thing waits; else since when the case is known."""
        assert self.case.raised is not None
        found = [one.since for one in self.waits if one.urgent]
        return min(found, default=self.case.raised.at)


KNOWN_SINCE: Final = ("case.verified/1", "case.reopened/1", "case.parted/1")
"""From when on an alert can be drafted."""


@dataclass(slots=True)
class Open:
    """What is known of one open case."""

    case: Case = field(default_factory=Case)
    org: str = "-"
    """Whose account raised it."""
    level: int = 0
    at: dict[str, datetime] = field(default_factory=dict)
    """When each kind of fact was said last."""
    among: dict[str, Sighting] = field(default_factory=dict)
    own: set[str] = field(default_factory=set)
    """Sightings that were reported of the case itself, and not of one that goes on in it."""
    watches: dict[str, Watch] = field(default_factory=dict)

    def hear(self, heard: Recorded) -> None:
        """Take in the next fact of the case."""
        self.at[heard.kind] = heard.at
        if heard.kind.startswith(OWN) or heard.kind == LAPSED:
            self.case = evolve(self.case, heard)
        take_in(self.among, heard)
        watch = getattr(heard.fact, "watch", None)
        if isinstance(watch, str):
            self.watches[watch] = evolve_watch(self.watches.get(watch, Watch()), heard)
        match heard.fact:
            case ClockLapsed(level=level):
                self.level = max(self.level, level)
            case CaseRaised():
                self.org = heard.by.org
            case SightingReported(sighting=name):
                self.own.add(name)

    def line(self, now: datetime) -> Line:
        """Return how it stands on the queue at a moment."""
        found = sorted(self._waits(now), key=lambda one: (not one.urgent, one.since))
        return Line(self.case, self.level, tuple(found))

    def _waits(self, now: datetime) -> Iterator[Wait]:
        case, raised = self.case, self.case.raised
        assert raised is not None
        if case.held and not case.status.over:
            yield Wait(Waits.HOLD, self.at["hold.placed/1"], urgent=True)
            return
        match case.status:
            case Status.PROVISIONAL:
                yield Wait(Waits.REPORT, raised.at, urgent=True)
            case Status.VERIFYING:
                yield Wait(Waits.VERIFY, self.at.get("case.taken-up/1", raised.at), urgent=False)
            case Status.VERIFIED if case.draft is None:
                known = (self.at.get(one) for one in KNOWN_SINCE)
                since = max(one for one in known if one is not None)
                yield Wait(Waits.DRAFT, since, urgent=False)
            case Status.ALERTED if not case.live(now) and case.alert is not None:
                yield Wait(Waits.EXPIRED, case.alert.expires_at, urgent=False)
            case Status.RESOLVED:
                yield Wait(Waits.CLOSE_OUT, self.at["case.resolved/1"], urgent=False)
        for review in case.reviews:
            if review.verdict is None:
                yield Wait(Waits.REVIEW, review.due - REVIEWED_WITHIN, urgent=now >= review.due)
        if not case.status.over:
            yield from self._drafts(now)
            yield from self._unwatched(now)
            yield from self._sighted()
            yield from self._proposed(now)

    def _drafts(self, now: datetime) -> Iterator[Wait]:
        alert, draft = self.case.alert, self.case.draft
        widens = alert.widens if alert else None
        if widens is not None and needs_second(widens.reach_km_max):
            issued = (self.at.get(one) for one in ("case.alert-issued/1", "case.alert-updated/1"))
            since = max(one for one in issued if one is not None)
            yield Wait(Waits.APPROVAL, since, urgent=True)
        if self.case.extension is not None and self.case.live(now) and alert:
            asked = self.at["case.extension-asked/1"]
            yield Wait(Waits.APPROVAL, asked, urgent=True, until=alert.expires_at)
        if draft is None or now >= draft.expires_at or (alert and alert.draft == draft.id):
            return
        yield self._draft(draft, now)

    def _draft(self, draft: Draft, now: datetime) -> Wait:
        drafted = self.at["case.alert-drafted/1"]
        if draft.approved(now) and draft.approved_at is not None:
            until = draft.approved_at + APPROVAL_LASTS
            return Wait(Waits.ISSUE, draft.approved_at, urgent=True, until=until)
        if needs_second(draft.reach_km_max) or is_guarded(self.case):
            return Wait(Waits.APPROVAL, drafted, urgent=True, until=draft.expires_at)
        return Wait(Waits.ISSUE, drafted, urgent=True, until=draft.expires_at)

    def _proposed(self, now: datetime) -> Iterator[Wait]:
        case, alert = self.case, self.case.alert
        told = [one.at for one in case.proposals if one.accepted is None]
        if told:
            urgent = case.status is Status.ALERTED
            yield Wait(Waits.PROPOSAL, min(told), urgent=urgent, many=len(told))
        if is_disputed(case) and case.live(now) and alert and alert.people_max is not None:
            said = (self.at.get(one) for one in STATED)
            since = max((one for one in said if one is not None), default=now)
            yield Wait(Waits.DISPUTED, since, urgent=True, until=alert.expires_at)

    def _unwatched(self, now: datetime) -> Iterator[Wait]:
        since = [
            order.at if one.to_desk or one.ended_for else order.acknowledge_by
            for one in self.watches.values()
            if (order := one.ordered) is not None and _is_silent(one, now)
        ]
        if since:
            yield Wait(Waits.WATCH, min(since), urgent=True, many=len(since))

    def _sighted(self) -> Iterator[Wait]:
        told = [
            one.reported.at
            for one in self.among.values()
            if one.status is Sighted.REPORTED and one.reported is not None
        ]
        if told:
            urgent = self.case.status is Status.ALERTED
            yield Wait(Waits.SIGHTINGS, min(told), urgent=urgent, many=len(told))


def _is_silent(watch: Watch, now: datetime) -> bool:
    """Whether the police desk has to see to a hub: nobody answers there, or nobody can watch."""
    assert watch.ordered is not None
    match watch.status:
        case Watched.LAPSED:
            return True
        case Watched.ORDERED:
            return watch.to_desk or now >= watch.ordered.acknowledge_by
        case Watched.STOOD_DOWN:
            return watch.ended_for == CANNOT_WATCH and now < watch.ordered.window_to
        case _:
            return False


@dataclass(slots=True)
class DutyBoard:
    """All open cases."""

    upto: int = -1
    """Log index of the last fact heard."""
    open: dict[str, Open] = field(default_factory=dict)
    _over: dict[str, Open] = field(default_factory=dict)
    """The newest that were closed."""

    def hear(self, heard: Recorded) -> None:
        """Take in the next fact of the log; what was heard is passed over."""
        if heard.log_index <= self.upto:
            return
        self.upto = heard.log_index
        if heard.kind.startswith("case.") and heard.key not in self.open:
            self.open[heard.key] = self._over.pop(heard.key, Open())
        mine = self.open.get(heard.key)
        if mine is None:
            return
        mine.hear(heard)
        if isinstance(heard.fact, CaseJoined) and (gone := self._gone(heard.fact.joined)):
            mine.among |= {one: it for one, it in gone.among.items() if one not in mine.among}
        if isinstance(heard.fact, CaseLeft):
            theirs = [gone.own for one in heard.fact.cases if (gone := self._gone(one))]
            mine.among = {
                name: it
                for name, it in mine.among.items()
                if not any(name in own for own in theirs)
            }
        untold = mine.case.status is Status.RESOLVED and mine.case.alert is not None
        unreviewed = any(one.verdict is None for one in mine.case.reviews)
        if mine.case.status.over and not untold and not unreviewed:
            self._over[heard.key] = self.open.pop(heard.key)
            while len(self._over) > OVER_MAX:
                del self._over[next(iter(self._over))]

    def _gone(self, case: str) -> Open | None:
        return self._over.get(case) or self.open.get(case)

    def lines(self, now: datetime) -> list[Line]:
        """Return the queue at a moment: the longest urgent first, then the oldest case."""
        found = [one.line(now) for one in self.open.values() if one.case.raised is not None]
        return sorted(found, key=lambda one: (not one.urgent, one.since, one.case.id))
