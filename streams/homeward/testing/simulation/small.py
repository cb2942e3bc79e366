"""Small processors with the shape of the real ones: waves, watches, clocks, orders.

They judge hosts, not policies: each is a few lines, so that thousands of histories take a minute.
A simulation may be given the real catalogue instead (`Crew`).
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import h3

from homeward.facts.callout import CalloutOrdered
from homeward.facts.case import (
    AlertCancelled,
    AlertIssued,
    AlertUpdated,
    CaseClosedOut,
    CaseRaised,
    CaseRejected,
    CaseResolved,
    CaseTakenUp,
    CaseVerified,
    CaseWithdrawn,
)
from homeward.facts.clock import WakeDue
from homeward.facts.hub import WatchOrdered, WatchReleased
from homeward.facts.reach import ReachWidened
from homeward.facts.sighting import SightingAccepted
from homeward.facts.watch import ClockLapsed, WatchAcknowledged, WatchLapsed, WatchStoodDown
from homeward.geography.cells import cells_from, from_bytes, to_bytes
from homeward.messages import Fact, Recorded
from homeward.processor import Reaction
from homeward.testing.memory import ORIGIN
from homeward.testing.simulation.places import HUBS, disk
from homeward.words import Audience, Mode, Purpose, derived_id, instant_text

State = dict[str, Any]

WAVE_EVERY: Final = timedelta(minutes=5)
WAVES_MAX: Final = 3
RING: Final = timedelta(minutes=3)
LEVELS: Final = timedelta(minutes=6)


def kinds(*facts: type[Fact]) -> frozenset[str]:
    """Return the kinds of fact classes."""
    return frozenset(str(one.model_fields["kind"].default) for one in facts)


class Small:
    """What the small processors share: a state that is a JSON object."""

    name: str
    hears: frozenset[str]

    def begin(self) -> State:
        return {}

    def dump(self, state: State) -> bytes:
        return json.dumps(state, sort_keys=True).encode()

    def load(self, raw: bytes) -> State:
        loaded: State = json.loads(raw)
        return loaded

    def step(self, state: State, heard: Recorded) -> Reaction[State]:
        """Let the processor change a copy of the state and collect what it says."""
        after = self.load(self.dump(state))
        says = self.react(after, heard)
        wake = after.get("wake")
        return Reaction(after, tuple(says), None if wake is None else datetime.fromisoformat(wake))

    def react(self, state: State, heard: Recorded) -> Sequence[Fact]:
        raise NotImplementedError


class SmallReach(Small):
    """Widens ring by ring, from the newest credible place."""

    name = "reach"
    hears = kinds(
        CaseRaised,
        AlertIssued,
        AlertUpdated,
        AlertCancelled,
        CaseResolved,
        SightingAccepted,
        WakeDue,
    )

    def react(self, state: State, heard: Recorded) -> Sequence[Fact]:
        match heard.fact:
            case CaseRaised(last_seen_cell=cell):
                state["focus"] = h3.cell_to_parent(cell, 7)
            case AlertIssued() | AlertUpdated() as alert:
                state["live"] = alert.model_dump(mode="json", exclude={"hubs"})
                state.update(wave=0, rings=0, told=[])
                return self._widen(state, heard)
            case AlertCancelled() | CaseResolved():
                state.update(live=None, wake=None)
            case SightingAccepted(cell=cell):
                state["focus"] = h3.cell_to_parent(cell, 7)
                return self._widen(state, heard) if state.get("live") else ()
            case WakeDue(processor=self.name) if state.get("live"):
                state["rings"] += 1
                return self._widen(state, heard)
        return ()

    def _widen(self, state: State, heard: Recorded) -> Sequence[Fact]:
        live, told = state["live"], state["told"]
        last = state["rings"] >= WAVES_MAX
        state["wake"] = None if last else instant_text(heard.at + WAVE_EVERY)
        new = [cell for cell in disk(state["focus"], state["rings"] + 1) if cell not in told]
        if not new:
            return ()
        state["told"] = told + new
        state["wave"] += 1
        return (
            ReachWidened(
                case=live["case"],
                at=heard.at,
                alert=live["alert"],
                version=live["version"],
                wave=state["wave"] - 1,
                policy=live["policy"],
                severity=live["severity"],
                elapsed_s=0,
                radius_m=1_000 * state["rings"],
                focus=state["focus"],
                reach_km_max=live["reach_km_max"],
                texts_of=live["draft"],
                same_since=live.get("same_since"),
                expires_at=live["expires_at"],
                cell_count=len(new),
                cells=to_bytes(cells_from(new)),
            ),
        )


class SmallHubs(Small):
    """Orders a watch at each hub that a wave reaches, and releases all at the end."""

    name = "hubs"
    hears = kinds(ReachWidened, AlertCancelled, CaseResolved, WatchStoodDown)

    def react(self, state: State, heard: Recorded) -> Sequence[Fact]:
        watches = state.setdefault("watches", {})
        match heard.fact:
            case ReachWidened() as wave if wave.cells is not None and not state.get("over"):
                reached = {f"{cell:x}" for cell in from_bytes(wave.cells)}
                ahead = [
                    hub
                    for hub in HUBS
                    if hub.id not in watches and h3.cell_to_parent(hub.cells[0], 7) in reached
                ]
                orders = [self._order(wave, heard, hub.id, len(hub.contacts)) for hub in ahead]
                watches.update({one.hub: [one.watch, one.alert, one.version] for one in orders})
                return orders
            case WatchStoodDown(hub=hub):
                watches.pop(hub, None)
            case AlertCancelled() | CaseResolved():
                state.update(over=True, watches={})
                return [
                    WatchReleased(
                        case=heard.fact.case,
                        at=heard.at,
                        watch=watch,
                        hub=hub,
                        alert=alert,
                        version=version,
                        reason="over",
                    )
                    for hub, (watch, alert, version) in sorted(watches.items())
                ]
        return ()

    def _order(self, wave: ReachWidened, heard: Recorded, hub: str, contacts: int) -> WatchOrdered:
        return WatchOrdered(
            case=wave.case,
            at=heard.at,
            watch=derived_id(ORIGIN, heard.id, hub, "watch"),
            hub=hub,
            hub_kind="rail-station",
            alert=wave.alert,
            version=wave.version,
            rank=0,
            eta_s=600,
            window_from=heard.at + RING,
            window_to=heard.at + LEVELS,
            mode=Mode.UNKNOWN,
            contacts=contacts,
            acknowledge_by=heard.at + RING,
            texts_of=wave.texts_of,
        )


class SmallEscalation(Small):
    """Asks the next contact of a silent hub, and the next level for an unanswered report."""

    name = "escalation"
    hears = kinds(
        CaseRaised,
        CaseTakenUp,
        CaseVerified,
        CaseRejected,
        CaseWithdrawn,
        WatchOrdered,
        WatchAcknowledged,
        WatchStoodDown,
        WatchReleased,
        WakeDue,
    )

    def react(self, state: State, heard: Recorded) -> Sequence[Fact]:
        rings: dict[str, State] = state.setdefault("rings", {})
        says: Sequence[Fact] = ()
        match heard.fact:
            case CaseRaised(case=case, at=at):
                state["clock"] = {"case": case, "since": instant_text(at), "level": 0}
            case CaseTakenUp() | CaseVerified() | CaseRejected() | CaseWithdrawn():
                state["clock"] = None
            case WatchOrdered() as order:
                rings[order.watch] = {
                    **order.model_dump(
                        mode="json", include={"hub", "alert", "version", "contacts"}
                    ),
                    "case": order.case,
                    "texts_of": order.texts_of,
                    "contact": 0,
                    "next": instant_text(order.acknowledge_by),
                }
            case WatchAcknowledged(watch=watch) | WatchStoodDown(watch=watch):
                rings.pop(watch, None)
            case WatchReleased(watch=watch):
                rings.pop(watch, None)
            case WakeDue(processor=self.name, due=due):
                says = [*self._lapse_watches(rings, due), *self._lapse_clock(state, due)]
        state["wake"] = min(
            [ring["next"] for ring in rings.values()] + self._clock_next(state), default=None
        )
        return says

    def _lapse_watches(self, rings: dict[str, State], due: datetime) -> list[Fact]:
        says: list[Fact] = []
        for watch, ring in sorted(rings.items()):
            if datetime.fromisoformat(ring["next"]) > due:
                continue
            ring["contact"] += 1
            last = ring["contact"] >= ring["contacts"]
            ring["next"] = instant_text(due + RING)
            says.append(
                WatchLapsed(
                    at=due,
                    watch=watch,
                    to_desk=last,
                    next_at=None if last else due + RING,
                    **{name: ring[name] for name in ("case", "hub", "alert", "version")},
                    contact=ring["contact"],
                    texts_of=ring["texts_of"],
                )
            )
            if last:
                del rings[watch]
        return says

    def _clock_next(self, state: State) -> list[str]:
        clock = state.get("clock")
        if not clock or clock["level"] >= 3:  # noqa: PLR2004 -- the NGO desk is the last
            return []
        since = datetime.fromisoformat(clock["since"])
        return [instant_text(since + LEVELS * (clock["level"] + 1))]

    def _lapse_clock(self, state: State, due: datetime) -> list[Fact]:
        if not (nexts := self._clock_next(state)) or datetime.fromisoformat(nexts[0]) > due:
            return []
        clock = state["clock"]
        clock["level"] += 1
        waiting_s = (due - datetime.fromisoformat(clock["since"])).total_seconds()
        return [
            ClockLapsed(case=clock["case"], at=due, level=clock["level"], waiting_s=int(waiting_s))
        ]


class SmallCallouts(Small):
    """Turns what the others say into orders to tell people."""

    name = "callouts"
    hears = kinds(
        CaseRaised,
        ReachWidened,
        WatchOrdered,
        WatchLapsed,
        WatchReleased,
        ClockLapsed,
        AlertCancelled,
        CaseClosedOut,
    )

    def react(self, state: State, heard: Recorded) -> Sequence[Fact]:
        fact, said = heard.fact, heard.id
        base: dict[str, Any] = {"case": fact.case, "at": heard.at}
        for name in ("alert", "version", "wave", "severity", "focus", "reach_km_max", "expires_at"):
            if (value := getattr(fact, name, None)) is not None:
                base[name] = value
        to: dict[str, Any]
        match fact:
            case CaseRaised():
                to = {"audience": Audience.DESK, "purpose": Purpose.CLOCK, "texts_of": said}
            case ClockLapsed(level=level):
                to = {"audience": Audience.DESK, "purpose": Purpose.CLOCK, "texts_of": said}
                to["level"] = level
            case ReachWidened(texts_of=texts, cells=cells):
                to = {"audience": Audience.AREA, "purpose": Purpose.ALERT, "texts_of": texts}
                to |= {"cells": cells, "cell_count": fact.cell_count}
                to["same_since"] = fact.same_since
            case WatchOrdered(watch=watch, hub=hub, contacts=contacts) if contacts:
                to = {"audience": Audience.HUB, "purpose": Purpose.WATCH, "watch": watch}
                to |= {"hub": hub, "texts_of": fact.texts_of}
            case WatchLapsed(watch=watch, hub=hub, to_desk=to_desk):
                audience = Audience.DESK if to_desk else Audience.HUB
                to = {"audience": audience, "purpose": Purpose.WATCH, "watch": watch, "hub": hub}
                to |= {"contact": fact.contact, "texts_of": fact.texts_of}
            case WatchReleased(watch=watch, hub=hub):
                to = {"audience": Audience.HUB, "purpose": Purpose.STAND_DOWN, "watch": watch}
                to |= {"hub": hub, "texts_of": said}
            case AlertCancelled(draft=draft):
                to = {"audience": Audience.TOLD, "purpose": Purpose.CANCEL, "texts_of": draft}
            case CaseClosedOut(alert=alert) if alert is not None:
                to = {"audience": Audience.TOLD, "purpose": Purpose.CLOSE_OUT, "texts_of": said}
            case _:
                return ()
        return (CalloutOrdered(**base, **to),)
