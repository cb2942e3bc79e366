"""Turns what other processors say into orders to tell people: who, what, and in whose words."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from homeward.facts.callout import CalloutOrdered
from homeward.facts.case import (
    AlertCancelled,
    AlertIssued,
    AlertUpdated,
    CaseClosedOut,
    CaseRaised,
)
from homeward.facts.hub import WatchOrdered, WatchReleased
from homeward.facts.reach import ReachWidened
from homeward.facts.watch import ClockLapsed, WatchLapsed
from homeward.messages import Recorded
from homeward.processor import Reaction
from homeward.processors.keeping import Live, Shape, kinds
from homeward.words import Audience, Purpose, Role, Severity

DUTY_DESK: Final = 0
STOOD_DOWN_FOR: Final = frozenset({"not-ahead", "expired"})
"""Reasons that hubs are told at once. When it is over, cancel or close-out tells them."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A watch, as its hub was told of it."""

    watch: str
    hub: str
    alert: int
    version: int
    contact: int
    """Who was asked last, from 0."""
    window_from: datetime
    window_to: datetime
    texts_of: str


@dataclass(frozen=True, slots=True)
class CalloutsState:
    """The live alert, the watches, and the report that desks are told of."""

    live: Live | None = None
    asked: tuple[Asked, ...] = ()
    report: str | None = None


_SHAPE: Final = Shape(CalloutsState)


class Callouts:
    """Orders; each fan-out lane finds the recipients."""

    name = "callouts"
    hears = kinds(
        CaseRaised,
        ClockLapsed,
        AlertIssued,
        AlertUpdated,
        ReachWidened,
        WatchOrdered,
        WatchLapsed,
        WatchReleased,
        AlertCancelled,
        CaseClosedOut,
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
            case CaseRaised(raised_by=Role.REPORTER):
                state = replace(state, report=heard.id)
                return Reaction(state, _to_desk_of_report(state, heard, DUTY_DESK))
            case ClockLapsed(level=level):
                return Reaction(state, _to_desk_of_report(state, heard, level))
            case AlertIssued() | AlertUpdated() as fact:
                return Reaction(replace(state, live=Live.of(fact)))
            case ReachWidened() as wave:
                return Reaction(state, (_to_area(wave),))
            case WatchOrdered() as order:
                state, asked = _asks(state, order)
                return Reaction(state, (_to_hub(state, heard, asked, Purpose.WATCH),))
            case WatchLapsed() as lapse:
                return _on_lapse(state, heard, lapse)
            case WatchReleased() as released:
                return _on_release(state, heard, released)
            case AlertCancelled() as fact:
                return Reaction(replace(state, asked=()), (_cancelled(state, fact),))
            case CaseClosedOut() as fact:
                return Reaction(replace(state, asked=()), _closed_out(state, heard, fact))
        return Reaction(state)


def _severity(state: CalloutsState) -> Severity:
    return state.live.severity if state.live else Severity.SEVERE


def _to_desk_of_report(
    state: CalloutsState, heard: Recorded, level: int
) -> tuple[CalloutOrdered, ...]:
    if state.report is None:
        return ()
    return (
        CalloutOrdered(
            case=heard.key,
            at=heard.at,
            audience=Audience.DESK,
            purpose=Purpose.CLOCK,
            level=level,
            texts_of=state.report,
        ),
    )


def _to_area(wave: ReachWidened) -> CalloutOrdered:
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
        texts_of=wave.texts_of,
        expires_at=wave.expires_at,
        cell_count=wave.cell_count,
        cells=wave.cells,
    )


def _asks(state: CalloutsState, order: WatchOrdered) -> tuple[CalloutsState, Asked]:
    """Keep a watch as ordered; ordered anew under an update it starts with the first contact."""
    asked = Asked(
        watch=order.watch,
        hub=order.hub,
        alert=order.alert,
        version=order.version,
        contact=0,
        window_from=order.window_from,
        window_to=order.window_to,
        texts_of=order.texts_of,
    )
    return replace(state, asked=(*_without(state, order.watch), asked)), asked


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
        texts_of=asked.texts_of,
        expires_at=state.live.expires_at if state.live and not purpose.ends else None,
    )


def _on_lapse(state: CalloutsState, heard: Recorded, lapse: WatchLapsed) -> Reaction[CalloutsState]:
    asked = _of(state, lapse.watch)
    if asked is None:  # over meanwhile
        return Reaction(state)
    if lapse.to_desk:
        told = replace(asked, contact=0)  # the hub's contacts are used up; a desk has its own
        return Reaction(state, (_to_hub(state, heard, told, Purpose.WATCH, Audience.DESK),))
    asked = replace(asked, contact=lapse.contact)
    state = replace(state, asked=(*_without(state, lapse.watch), asked))
    return Reaction(state, (_to_hub(state, heard, asked, Purpose.WATCH),))


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
            for contact in range(asked.contact + 1)
        ),
    )


def _cancelled(state: CalloutsState, fact: AlertCancelled) -> CalloutOrdered:
    return CalloutOrdered(
        case=fact.case,
        at=fact.at,
        audience=Audience.TOLD,
        purpose=Purpose.CANCEL,
        alert=fact.alert,
        version=fact.version,
        severity=_severity(state),
        texts_of=fact.draft,
    )


def _closed_out(
    state: CalloutsState, heard: Recorded, fact: CaseClosedOut
) -> tuple[CalloutOrdered, ...]:
    """Nobody was told of a case that never had an alert."""
    if fact.alert is None or fact.version is None:
        return ()
    return (
        CalloutOrdered(
            case=fact.case,
            at=fact.at,
            audience=Audience.TOLD,
            purpose=Purpose.CLOSE_OUT,
            alert=fact.alert,
            version=fact.version,
            severity=_severity(state),
            texts_of=heard.id,
        ),
    )
