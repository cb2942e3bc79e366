"""Turns what other processors say into orders to tell people: who, what, and in whose words."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from homeward.facts.asking import RoundOrdered, RoundsFilled, RoundsOver
from homeward.facts.attention import AttentionOverridden
from homeward.facts.callout import CalloutOrdered, ToldOf
from homeward.facts.case import (
    AlertCancelled,
    AlertExtended,
    AlertIssued,
    AlertUpdated,
    CaseClosedOut,
    CaseRaised,
    CaseRejected,
    CaseResolved,
    CaseWithdrawn,
)
from homeward.facts.emergency import EmergencyUsed, ReviewOverdue
from homeward.facts.hold import HoldPlaced
from homeward.facts.hub import WatchOrdered, WatchReleased
from homeward.facts.merging import CaseJoined, CaseLeft, CaseMerged, CaseParted
from homeward.facts.reach import ReachWidened
from homeward.facts.ringzero import RingZeroAsked
from homeward.facts.watch import ClockLapsed, ReportLapsed, WatchLapsed, WatchStoodDown
from homeward.messages import Recorded
from homeward.processor import Reaction
from homeward.processors.asks import asks
from homeward.processors.ends import ending, told_of, told_without
from homeward.processors.keeping import Live, Shape, kinds
from homeward.processors.ringzero import ring_orders, ring_over, to_desk
from homeward.words import Audience, Purpose, Role, Severity

DUTY_DESK: Final = 0
POLICE_DESKS: Final = (DUTY_DESK, 1, 2)
"""Duty, county and province: where supervisors sit. The NGO desk reviews nothing."""
STOOD_DOWN_FOR: Final = frozenset({"not-ahead", "expired", "merged"})
"""Reasons that hubs are told at once. When it is over, cancel or close-out tells them."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A watch, as its hub was told of it."""

    watch: str
    hub: str
    alert: int
    version: int
    contact: int
    """Who was asked last, from 0, as the roster counts them."""
    window_from: datetime
    window_to: datetime
    texts_of: str
    ask: tuple[int, ...] = ()
    """The contacts in the order in which they are asked; empty: as they stand."""
    before: tuple[int, ...] = ()
    """Who else was asked, under this version or one before."""
    moved: int = 0
    """How often its window was moved."""
    knows: tuple[int, ...] = ()
    """The contacts that were told the window as it is now."""


@dataclass(frozen=True, slots=True)
class CalloutsState:
    """The live alert, the watches, and the report that desks are told of."""

    live: Live | None = None
    asked: tuple[Asked, ...] = ()
    report: str | None = None
    area: CalloutOrdered | None = None
    """The newest order of the live version for an area, without its cells."""
    overridden: bool = False
    """The live version reaches those, too, who sleep or whose day is spent."""
    ring: bool = False
    """Some were told of the unverified report, and of nothing since."""
    was_ring: bool = False
    """The same of a report that goes on in another case."""
    merged: int = 0
    """How often it went on in another case."""
    joined: tuple[ToldOf, ...] = ()
    """Of cases that went on in this one: whoever was told of these hears how it ends."""


_SHAPE: Final = Shape(CalloutsState)


class Callouts:
    """Orders; each fan-out lane finds the recipients."""

    name = "callouts"
    hears = kinds(
        CaseRaised,
        ClockLapsed,
        AlertIssued,
        AlertUpdated,
        AttentionOverridden,
        AlertExtended,
        EmergencyUsed,
        ReviewOverdue,
        ReachWidened,
        WatchOrdered,
        WatchLapsed,
        WatchReleased,
        WatchStoodDown,
        RoundOrdered,
        RoundsFilled,
        RoundsOver,
        AlertCancelled,
        CaseClosedOut,
        RingZeroAsked,
        CaseWithdrawn,
        CaseRejected,
        ReportLapsed,
        CaseResolved,
        HoldPlaced,
        CaseMerged,
        CaseJoined,
        CaseParted,
        CaseLeft,
    )

    def begin(self) -> CalloutsState:
        """Nobody was told of anything."""
        return CalloutsState()

    def dump(self, state: CalloutsState) -> bytes:
        """Return the state as JSON."""
        return _SHAPE.dump(state)

    def load(self, raw: bytes) -> CalloutsState:
        """Return the state from JSON."""
        return _SHAPE.load(raw)

    def step(self, state: CalloutsState, heard: Recorded) -> Reaction[CalloutsState]:
        """React with orders."""
        match heard.fact:
            case AlertIssued() | AlertUpdated() as fact:
                live = Live.of(fact).without_area()
                return Reaction(replace(state, live=live, area=None, overridden=False, ring=False))
            case (
                AttentionOverridden() | AlertExtended() | EmergencyUsed() | ReviewOverdue()
            ) as fact:
                return _on_change(state, heard, fact)
            case ReachWidened() as wave:
                order = _to_area(state, wave)
                return Reaction(
                    replace(state, area=order.model_copy(update={"cells": None, "cell_count": 0})),
                    (order,),
                )
            case WatchOrdered() as order:
                state, asked = _asks(state, order)
                return Reaction(
                    state,
                    tuple(
                        _to_hub(state, heard, replace(asked, contact=contact), Purpose.WATCH)
                        for contact in asked.knows
                    ),
                )
            case WatchLapsed() as lapse:
                return _on_lapse(state, heard, lapse)
            case WatchReleased() as released:
                return _on_release(state, heard, released)
            case WatchStoodDown(reason="cannot-watch") as ended:
                return Reaction(state, _without_watch(state, heard, ended))
            case RoundOrdered() | RoundsFilled() | RoundsOver() as fact:
                return Reaction(state, asks(fact, _severity(state)))
            case AlertCancelled() | CaseClosedOut() | CaseMerged() | CaseParted():
                return _on_end(state, heard)
            case CaseJoined() as fact:
                return Reaction(replace(state, joined=told_of(state.joined, fact)))
            case CaseLeft() as fact:
                return Reaction(replace(state, joined=told_without(state.joined, fact)))
        return _of_report(state, heard)


def _of_report(state: CalloutsState, heard: Recorded) -> Reaction[CalloutsState]:
    """Tell desks that a report waits, and those near it of one that nobody verified."""
    match heard.fact:
        case CaseRaised(raised_by=Role.REPORTER):
            state = replace(state, report=heard.id)
            return Reaction(state, to_desk(heard.id, heard, DUTY_DESK))
        case ClockLapsed(level=level):
            return Reaction(state, to_desk(state.report, heard, level))
        case RingZeroAsked() as asked:
            return Reaction(replace(state, ring=True), ring_orders(heard, asked))
        case CaseWithdrawn() | CaseRejected() | ReportLapsed() | CaseResolved() | HoldPlaced() if (
            state.ring
        ):
            return Reaction(replace(state, ring=False), ring_over(heard))
        case _:
            return Reaction(state)


def _on_end(state: CalloutsState, heard: Recorded) -> Reaction[CalloutsState]:
    """Tell those who were told of this case, and of cases that went on in it."""
    parts = isinstance(heard.fact, CaseParted)
    ring, times = state.ring or (parts and state.was_ring), state.merged
    says = ending(heard, _severity(state), state.joined, ring=ring, before=times - parts)
    if isinstance(heard.fact, CaseMerged):
        # Hubs that watch for this case alone are told so when their watch is released.
        merged = replace(state, ring=False, was_ring=ring, merged=times + 1)
        return Reaction(merged, says)
    if parts:  # those near an unverified report hear once more how that ends
        return Reaction(replace(state, ring=ring, was_ring=False), says)
    return Reaction(replace(state, asked=()), says)


def _on_change(
    state: CalloutsState,
    heard: Recorded,
    fact: AttentionOverridden | AlertExtended | EmergencyUsed | ReviewOverdue,
) -> Reaction[CalloutsState]:
    """Take in what changes of the version that is out; reach says the wave of an extension."""
    if isinstance(fact, EmergencyUsed | ReviewOverdue):
        return Reaction(state, _to_reviewers(heard, fact))
    if isinstance(fact, AttentionOverridden):
        return _on_override(state, fact)
    longer = state.live and state.live.extended(fact)
    return Reaction(replace(state, live=longer or state.live))


def _severity(state: CalloutsState) -> Severity:
    return state.live.severity if state.live else Severity.SEVERE


def _to_reviewers(
    heard: Recorded, fact: EmergencyUsed | ReviewOverdue
) -> tuple[CalloutOrdered, ...]:
    """Tell the police desks that an alarm without a second person is to be reviewed.

    It belongs to no alert, so that it is told also when that one was cancelled meanwhile; version
    and ``moved`` make each of two such messages, and its reminder, one of its own.
    """
    return tuple(
        CalloutOrdered(
            case=heard.key,
            at=heard.at,
            audience=Audience.DESK,
            purpose=Purpose.REVIEW,
            version=fact.version,
            level=level,
            moved=1 if isinstance(fact, ReviewOverdue) else None,
            texts_of=heard.id,
        )
        for level in POLICE_DESKS
    )


def _on_override(state: CalloutsState, fact: AttentionOverridden) -> Reaction[CalloutsState]:
    """Let lanes look again at those passed over; waves that come say so themselves."""
    live = state.live
    if live is None or (live.alert, live.version) != (fact.alert, fact.version):
        return Reaction(state)
    state = replace(state, overridden=True)
    if state.area is None:  # no wave went out yet
        return Reaction(state)
    again = state.area.model_copy(update={"at": fact.at, "overridden": True})
    return Reaction(replace(state, area=again), (again,))


def _to_area(state: CalloutsState, wave: ReachWidened) -> CalloutOrdered:
    return CalloutOrdered(
        case=wave.case,
        at=wave.at,
        audience=Audience.AREA,
        purpose=Purpose.ALERT,
        alert=wave.alert,
        version=wave.version,
        wave=wave.wave,
        severity=wave.severity,
        focus=wave.focus,
        reach_km_max=wave.reach_km_max,
        people_max=wave.people_max,
        same_since=wave.same_since,
        texts_of=wave.texts_of,
        expires_at=wave.expires_at,
        overridden=state.overridden or None,
        cell_count=wave.cell_count,
        cells=wave.cells,
    )


def _asks(state: CalloutsState, order: WatchOrdered) -> tuple[CalloutsState, Asked]:
    """Keep a watch as ordered; ordered anew it starts with the first contact.

    A new window is told to everybody who was asked: any of them may be on the watch.
    """
    old, moved = _of(state, order.watch), order.moved or 0
    first, before = order.ask[0] if order.ask else 0, _were_asked(old) if old else ()
    others = before if old and moved > old.moved else ()
    asked = Asked(
        watch=order.watch,
        hub=order.hub,
        alert=order.alert,
        version=order.version,
        contact=first,
        window_from=order.window_from,
        window_to=order.window_to,
        texts_of=order.texts_of,
        ask=order.ask or (),
        before=before,
        moved=moved,
        knows=tuple(dict.fromkeys((first, *others))),
    )
    return replace(state, asked=(*_without(state, order.watch), asked)), asked


def _were_asked(asked: Asked) -> tuple[int, ...]:
    """Return every contact that was asked; a state of the build before counted them from 0."""
    counted = () if asked.ask else range(asked.contact)
    return tuple(dict.fromkeys((*(asked.before or counted), asked.contact)))


def _without(state: CalloutsState, watch: str) -> tuple[Asked, ...]:
    return tuple(one for one in state.asked if one.watch != watch)


def _of(state: CalloutsState, watch: str) -> Asked | None:
    return next((one for one in state.asked if one.watch == watch), None)


def _to_hub(
    state: CalloutsState,
    heard: Recorded,
    asked: Asked,
    purpose: Purpose,
    audience: Audience = Audience.HUB,
) -> CalloutOrdered:
    return CalloutOrdered(
        case=heard.key,
        at=heard.at,
        audience=audience,
        purpose=purpose,
        alert=asked.alert,
        version=asked.version,
        severity=_severity(state),
        hub=asked.hub,
        watch=asked.watch,
        contact=asked.contact,
        window_from=asked.window_from,
        window_to=asked.window_to,
        moved=(asked.moved or None) if purpose is Purpose.WATCH else None,
        texts_of=asked.texts_of,
        expires_at=state.live.expires_at if state.live and not purpose.ends else None,
    )


def _on_lapse(state: CalloutsState, heard: Recorded, lapse: WatchLapsed) -> Reaction[CalloutsState]:
    asked = _of(state, lapse.watch)
    if asked is None:  # over meanwhile
        return Reaction(state)
    if lapse.to_desk:
        return Reaction(state, (_to_police(state, heard, asked),))
    contact = asked.ask[lapse.contact] if lapse.contact < len(asked.ask) else lapse.contact
    told = contact in asked.knows
    asked = replace(
        asked,
        contact=contact,
        before=_were_asked(asked),
        knows=tuple(dict.fromkeys((*asked.knows, contact))),
    )
    state = replace(state, asked=(*_without(state, lapse.watch), asked))
    return Reaction(state, () if told else (_to_hub(state, heard, asked, Purpose.WATCH),))


def _to_police(state: CalloutsState, heard: Recorded, asked: Asked) -> CalloutOrdered:
    """Tell the police desk of a watch; it has contacts of its own."""
    return _to_hub(state, heard, replace(asked, contact=0), Purpose.WATCH, Audience.DESK)


def _without_watch(
    state: CalloutsState, heard: Recorded, ended: WatchStoodDown
) -> tuple[CalloutOrdered, ...]:
    """Tell the police desk that a hub cannot watch: somebody else must."""
    asked = _of(state, ended.watch)
    return () if asked is None else (_to_police(state, heard, asked),)


def _on_release(
    state: CalloutsState, heard: Recorded, released: WatchReleased
) -> Reaction[CalloutsState]:
    """Tell every contact that was asked, each of whom may be on the watch."""
    asked = _of(state, released.watch)
    state = replace(state, asked=_without(state, released.watch))
    if asked is None or released.reason not in STOOD_DOWN_FOR:
        return Reaction(state)
    return Reaction(
        state,
        tuple(
            _to_hub(state, heard, replace(asked, contact=contact), Purpose.STAND_DOWN)
            for contact in _were_asked(asked)
        ),
    )
