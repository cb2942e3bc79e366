"""Nothing stays unanswered: a waiting report and a silent hub go on to whoever is next.

Clocks run, all on the case clock. A parent's report that no officer has taken up is told to
the next level; a watch that nobody has acknowledged is told to the hub's next contact, and at last
to the police desk. Where silence is to be expected, because the hub is closed or nobody there is on
duty, the desk is told at once and the contacts are asked beside it. A window that news moved must
be acknowledged anew, else somebody watches at the wrong time. And a report that nobody verifies or
rejects lapses, so long after somebody last said something new of it. An alarm without a second
person that nobody has reviewed in time is told once more, whatever became of its case.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from homeward.facts.case import (
    AlertCancelled,
    CaseClosedOut,
    CaseRaised,
    CaseRejected,
    CaseResolved,
    CaseTakenUp,
    CaseVerified,
    CaseWithdrawn,
    FactsAdded,
    VehicleIdentified,
)
from homeward.facts.clock import WakeDue
from homeward.facts.correcting import FactsProposed, LastSeenCorrected
from homeward.facts.emergency import EmergencyReviewed, EmergencyUsed, ReviewOverdue
from homeward.facts.hub import WatchOrdered, WatchReleased
from homeward.facts.merging import CaseMerged, CaseParted
from homeward.facts.watch import (
    ClockLapsed,
    ReportLapsed,
    WatchAcknowledged,
    WatchLapsed,
    WatchStoodDown,
)
from homeward.messages import Fact, Recorded
from homeward.policies.lapsing import LAPSES_AFTER
from homeward.processor import Reaction
from homeward.processors.keeping import Shape, earliest, is_time, kinds
from homeward.words import ReasonCode, Role

CLOCK_LEVELS: Final = (timedelta(minutes=10), timedelta(minutes=20), timedelta(minutes=30))
"""After the report: county, province, NGO desk. A duty officer picks up a phone within ten minutes;
three levels fit into half an hour, since of abducted children who are killed three in four are dead
within three hours and most reports come two hours late."""
MOVED: Final[ReasonCode] = "moved"
"""The desk was told of the watch, so it is told the new window without waiting."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A watch that nobody has acknowledged."""

    watch: str
    hub: str
    alert: int
    version: int
    contact: int
    """Who was asked last, from 0."""
    contacts: int
    asked_at: datetime
    due: datetime
    texts_of: str
    desk: bool = False
    """The desk was told already."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How far an order has come, so that one anew goes on from there."""

    watch: str
    moved: int = 0
    """How often its window was moved."""
    ask: tuple[int, ...] = ()
    contact: int = 0
    """Who was asked last, from 0 in the order of ``ask``."""
    desk: bool = False
    """The desk was told, under this order or one before."""


@dataclass(frozen=True, slots=True)
class Unreviewed:
    """An alarm without a second person that nobody has reviewed."""

    review: str
    alert: int
    version: int
    since: datetime
    due: datetime


@dataclass(frozen=True, slots=True)
class EscalationState:
    """The report's clock and the watches that wait."""

    reported_at: datetime | None = None
    """None: nobody waits, or somebody answered."""
    level: int = 0
    """Which was told last; 0 is told by the report itself."""
    pending: tuple[Pending, ...] = ()
    acknowledged: tuple[str, ...] = ()
    asked: tuple[Asked, ...] = ()
    """One entry a watch that is not over."""
    look_at: datetime | None = None
    said_at: datetime | None = None
    """When somebody last said something of a report that nobody has verified; None: none waits."""
    reviews: tuple[Unreviewed, ...] = ()
    """Without those that are overdue: of these the desks were told."""


_SHAPE: Final = Shape(EscalationState)


class Escalation:
    """Lapses what is due on a wake; answers stop the clocks."""

    name = "escalation"
    hears = kinds(
        CaseRaised,
        FactsAdded,
        VehicleIdentified,
        FactsProposed,
        LastSeenCorrected,
        CaseTakenUp,
        CaseVerified,
        CaseRejected,
        CaseWithdrawn,
        WatchOrdered,
        WatchAcknowledged,
        WatchStoodDown,
        WatchReleased,
        AlertCancelled,
        CaseResolved,
        CaseClosedOut,
        EmergencyUsed,
        EmergencyReviewed,
        CaseMerged,
        CaseParted,
        WakeDue,
    )

    def begin(self) -> EscalationState:
        """Nothing waits."""
        return EscalationState()

    def dump(self, state: EscalationState) -> bytes:
        """Return the state as JSON."""
        return _SHAPE.dump(state)

    def load(self, raw: bytes) -> EscalationState:
        """Return the state from JSON."""
        return _SHAPE.load(raw)

    def step(self, state: EscalationState, heard: Recorded) -> Reaction[EscalationState]:
        """React; the one wake is the earliest of all clocks."""
        says: tuple[Fact, ...] = ()
        match heard.fact:
            case CaseRaised() | CaseParted() as fact:
                state = _begins(state, fact)
            case FactsAdded() | VehicleIdentified() | FactsProposed() | LastSeenCorrected():
                state = _said_more(state, heard)
            case CaseTakenUp():
                state = replace(_said_more(state, heard), reported_at=None)
            case CaseVerified() | CaseRejected() | CaseWithdrawn():
                state = replace(state, reported_at=None, said_at=None)
            case WatchOrdered() as order:
                state, says = _waits(state, heard, order)
            case WatchAcknowledged(watch=watch):
                others = _without(state.pending, watch)
                known = tuple(sorted({*state.acknowledged, watch}))
                state = replace(state, pending=others, acknowledged=known)
            case WatchStoodDown(watch=watch) | WatchReleased(watch=watch):
                others, asked = _without(state.pending, watch), _but(state.asked, watch)
                state = replace(state, pending=others, asked=asked)
            case AlertCancelled() | CaseResolved() | CaseClosedOut() | CaseMerged():
                state = EscalationState(reviews=state.reviews)
            case EmergencyUsed() | EmergencyReviewed() as fact:
                state = replace(state, reviews=_reviews(state, heard, fact))
            case WakeDue() as wake if is_time(self.name, state, wake):
                state, says = _lapse(state, heard)
        due = [*(one.due for one in state.pending), *(one.due for one in state.reviews)]
        state = replace(state, look_at=earliest(_next_level_at(state), _lapses_at(state), *due))
        return Reaction(state, says, state.look_at)


def _begins(state: EscalationState, fact: CaseRaised | CaseParted) -> EscalationState:
    """Let a report wait, or wait anew after it was of somebody else than another one."""
    if isinstance(fact, CaseRaised):
        said, waits = True, fact.raised_by is Role.REPORTER
    else:
        said, waits = fact.unverified, fact.waiting
    since = fact.at if waits else None
    return replace(state, said_at=fact.at if said else None, reported_at=since, level=0)


def _said_more(state: EscalationState, heard: Recorded) -> EscalationState:
    """Let a waiting report wait anew; of one that is verified, or lapsed, nothing waits."""
    if state.said_at is None:
        return state
    return replace(state, said_at=max(state.said_at, heard.at))


def _lapses_at(state: EscalationState) -> datetime | None:
    return None if state.said_at is None else state.said_at + LAPSES_AFTER


def _reviews(
    state: EscalationState, heard: Recorded, fact: EmergencyUsed | EmergencyReviewed
) -> tuple[Unreviewed, ...]:
    if isinstance(fact, EmergencyReviewed):
        return tuple(one for one in state.reviews if one.review != fact.review)
    fresh = Unreviewed(heard.id, fact.alert, fact.version, heard.at, fact.review_by)
    return (*state.reviews, fresh)


def _overdue(state: EscalationState, heard: Recorded) -> tuple[Fact, ...]:
    return tuple(
        ReviewOverdue(
            case=heard.key,
            at=heard.at,
            review=one.review,
            alert=one.alert,
            version=one.version,
            waiting_s=int((heard.at - one.since).total_seconds()),
        )
        for one in state.reviews
        if one.due <= heard.at
    )


def _without(pending: tuple[Pending, ...], watch: str) -> tuple[Pending, ...]:
    return tuple(one for one in pending if one.watch != watch)


def _but(asked: tuple[Asked, ...], watch: str) -> tuple[Asked, ...]:
    return tuple(one for one in asked if one.watch != watch)


def _waits(
    state: EscalationState, heard: Recorded, order: WatchOrdered
) -> tuple[EscalationState, tuple[Fact, ...]]:
    """Start a watch's clock.

    Whoever acknowledged it before need not again under an update, but must once its window was
    moved. Then silence goes on with those whom nobody has asked yet, and a desk that was told
    before is told at once.
    """
    known = (one for one in state.asked if one.watch == order.watch)
    before, ask = next(known, Asked(order.watch)), order.ask or ()
    moved = (order.moved or 0) > before.moved
    if order.watch in state.acknowledged and not moved:
        return state, ()
    going_on = moved and ask == before.ask and before.contact < order.contacts
    reason = order.unattended or (MOVED if moved and before.desk else None)
    fresh = Pending(
        watch=order.watch,
        hub=order.hub,
        alert=order.alert,
        version=order.version,
        contact=before.contact if going_on else 0,
        contacts=order.contacts,
        asked_at=order.at,
        due=order.acknowledge_by,
        texts_of=order.texts_of,
        desk=reason is not None,
    )
    says = (_lapsed(fresh, heard, order.contacts, reason),) if fresh.desk else ()
    asked = Asked(order.watch, order.moved or 0, ask, fresh.contact, fresh.desk or before.desk)
    state = replace(
        state,
        pending=(*_without(state.pending, order.watch), fresh),
        acknowledged=tuple(one for one in state.acknowledged if one != order.watch),
        asked=(*_but(state.asked, order.watch), asked),
    )
    return state, says


def _next_level_at(state: EscalationState) -> datetime | None:
    if state.reported_at is None or state.level >= len(CLOCK_LEVELS):
        return None
    return state.reported_at + CLOCK_LEVELS[state.level]


def _lapse(state: EscalationState, heard: Recorded) -> tuple[EscalationState, tuple[Fact, ...]]:
    """Say what is due.

    A late wake tells every level that is due, but each contact gets its time: the next one is asked
    now and has as long as the first had.
    """
    at, says = heard.at, list[Fact]()
    while (moment := _next_level_at(state)) is not None and moment <= at:
        state = replace(state, level=state.level + 1)
        waiting = at - (state.reported_at or at)
        says.append(
            ClockLapsed(
                case=heard.key, at=at, level=state.level, waiting_s=int(waiting.total_seconds())
            )
        )
    if state.said_at is not None and state.said_at + LAPSES_AFTER <= at:
        waited_s = int((at - state.said_at).total_seconds())
        says.append(ReportLapsed(case=heard.key, at=at, waiting_s=waited_s))
        state = replace(state, reported_at=None, said_at=None)
    says.extend(_overdue(state, heard))
    state = replace(state, reviews=tuple(one for one in state.reviews if one.due > at))
    kept: list[Pending] = []
    gone_on: dict[str, Pending] = {}
    for one in state.pending:
        if one.due > at:
            kept.append(one)
            continue
        contact = one.contact + 1
        again = replace(one, contact=contact, asked_at=at, due=at + (one.due - one.asked_at))
        if contact < one.contacts:
            kept.append(again)
        elif one.desk:
            continue
        gone_on[one.watch] = again
        says.append(_lapsed(again, heard, contact))
    asked = tuple(_gone_on(one, gone_on.get(one.watch)) for one in state.asked)
    return replace(state, pending=tuple(kept), asked=asked), tuple(says)


def _gone_on(one: Asked, to: Pending | None) -> Asked:
    if to is None:
        return one
    if to.contact < to.contacts:
        return replace(one, contact=to.contact)
    return replace(one, desk=True)


def _lapsed(one: Pending, heard: Recorded, contact: int, reason: str | None = None) -> WatchLapsed:
    """Return that it is the next one's turn, who has until the watch is due again."""
    to_desk = contact >= one.contacts
    return WatchLapsed(
        case=heard.key,
        at=heard.at,
        watch=one.watch,
        hub=one.hub,
        alert=one.alert,
        version=one.version,
        contact=contact,
        to_desk=to_desk,
        texts_of=one.texts_of,
        next_at=None if to_desk else one.due,
        reason=reason,
    )
