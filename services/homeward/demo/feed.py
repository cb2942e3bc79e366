"""The case's live feed: what is waited for, and what is told of it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from homeward.client import Server, Trouble
from homeward.demo.telling import Teller, local_clock

AGAIN_S: Final = 0.5
LINES_OF_A_KIND: Final = 4
"""One after another; forty hubs are ordered in one breath, and nobody reads forty lines."""
PATIENCE_S: Final = 60.0
"""Longer than anything takes that the story waits for; then the demo says what is missing."""


class TookTooLong(Exception):
    """What the story waits for did not happen; the text says what."""


@dataclass(slots=True)
class Feed:
    """Follows one case over SSE, tells it, and lets the story wait for facts."""

    there: Server
    case: str
    teller: Teller
    names: dict[str, str]
    """Of hubs, by recipient id."""
    facts: list[dict[str, Any]] = field(default_factory=list)
    _burst: tuple[str, int] = ("", 0)
    """Kind of the newest line, and how many of it came one after another."""
    _grown: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def follow(self) -> None:
        """Follow until cancelled; a server that is away for a moment is asked again."""
        while True:
            after = str(self.facts[-1]["log_index"]) if self.facts else None
            try:
                async for _, one in self.there.live(f"/v1/cases/{self.case}/live", after):
                    await self._hear(one)
            except Trouble:
                await asyncio.sleep(AGAIN_S)

    async def _hear(self, one: dict[str, Any]) -> None:
        self._tell(one)
        async with self._grown:
            self.facts.append(one)
            self._grown.notify_all()

    def of(self, kind: str, **what: object) -> list[dict[str, Any]]:
        """Return the facts of a kind that say this."""
        return [
            one
            for one in self.facts
            if one["kind"].startswith(f"{kind}/")
            and all(one["what"].get(name) == value for name, value in what.items())
        ]

    async def until(
        self, what: str, holds: Callable[[], object], patience_s: float = PATIENCE_S
    ) -> None:
        """Wait until something holds. Raises TookTooLong."""
        try:
            async with asyncio.timeout(patience_s), self._grown:
                await self._grown.wait_for(lambda: bool(holds()))
        except TimeoutError:
            raise TookTooLong(what) from None

    def _tell(self, one: dict[str, Any]) -> None:
        kind, said = one["kind"].split("/")[0], one["what"]
        telling = _TELLINGS.get(kind)
        if telling is None:
            return
        if kind != self._burst[0]:
            self.rest()
        hub = self.names.get(str(said.get("hub")), str(said.get("hub_kind", "")))
        line = telling(said, hub)
        if line is None:
            return
        count = self._burst[1] + 1 if kind == self._burst[0] else 1
        self._burst = kind, count
        if count <= LINES_OF_A_KIND:
            self.teller.event(one["at"], *line)

    def rest(self) -> None:
        """Say how many lines of a kind were left out, when others follow."""
        left_out = self._burst[1] - LINES_OF_A_KIND
        if left_out > 0:
            self.teller.event(None, "", f"... and {left_out} more", "dim")
        self._burst = "", 0


Line = tuple[str, str, str] | None


def _taken_up(said: dict[str, Any], _: str) -> Line:
    return "officer", f"{said['unit']} has it; the parent sees that", ""


def _widened(said: dict[str, Any], _: str) -> Line:
    minutes, km = said["elapsed_s"] // 60, said["radius_m"] / 1_000
    return "reach", f"wave {said['wave']}: {minutes} min gone, {km:.0f} km", "bold"


def _cut(said: dict[str, Any], _: str) -> Line:
    if said["audience"] == "hub" or not said["people"]:
        return None
    if said["audience"] == "desk":
        return "fan-out", "the desk is told", ""
    if said["audience"] == "told":
        return "fan-out", f"{said['people']:,} who were told are told that it is over", ""
    more = f"; {said['already_told']:,} know already" if said["already_told"] else ""
    return "fan-out", f"{said['people']:,} volunteers are told{more}", ""


def _ordered(said: dict[str, Any], hub: str) -> Line:
    since, minutes = local_clock(said["window_from"]), said["eta_s"] // 60
    what = f"{hub}: watch from {since}, the van can be there in {minutes} min"
    return "hubs", what, ""


def _lapsed(said: dict[str, Any], hub: str) -> Line:
    whom = "the police desk" if said["to_desk"] else f"contact {said['contact'] + 1}"
    return "escalation", f"{hub} is silent: {whom} is asked", "yellow"


def _clock(said: dict[str, Any], _: str) -> Line:
    level = ("duty", "county", "province", "NGO")[said["level"]]
    waiting = said["waiting_s"] // 60
    return "escalation", f"the report waits for {waiting} min: the {level} desk is told", "yellow"


_TELLINGS: Final[dict[str, Callable[[dict[str, Any], str], Line]]] = {
    "case.raised": lambda _s, _h: (
        "parent",
        "a boy of two has been missing for 35 minutes",
        "bold",
    ),
    "case.taken-up": _taken_up,
    "case.vehicle-identified": lambda _s, _h: ("officer", "a neighbour's camera shows a van", ""),
    "case.verified": lambda _s, _h: ("officer", "verified", ""),
    "case.alert-drafted": lambda s, _h: ("officer", f"drafts an alert, {s['reach_km_max']} km", ""),
    "case.alert-widened": lambda s, _h: ("officer", f"it goes on, {s['reach_km_max']} km", ""),
    "case.alert-approved": lambda _s, _h: ("supervisor", "has read and approved it", ""),
    "case.alert-issued": lambda _s, _h: ("officer", "the alert is live", "bold"),
    "case.resolved": lambda _s, _h: ("officer", "the boy is found, safe", "bold green"),
    "case.closed-out": lambda _s, _h: ("officer", "closed out", ""),
    "reach.widened": _widened,
    "fanout.chunks-cut": _cut,
    "hubs.watch-ordered": _ordered,
    "hubs.unreachable": lambda _s, h: ("hubs", f"{h} lies ahead and has no contact", "red"),
    "hubs.watch-released": lambda s, h: (
        ("hubs", f"{h} may stop watching", "") if s["reason"] != "over" else None
    ),
    "watch.acknowledged": lambda _s, h: ("hub", f"{h} is watching", "green"),
    "escalation.watch-lapsed": _lapsed,
    "escalation.clock-lapsed": _clock,
    "sighting.reported": lambda s, _h: ("sighting", f"reported by a {s['source']}", ""),
    "sighting.accepted": lambda _s, _h: ("coordinator", "a sighting is accepted", "bold"),
    "sighting.rejected": lambda _s, _h: ("coordinator", "a sighting is rejected", ""),
    "sighting.merged": lambda _s, _h: ("coordinator", "two sightings are one", ""),
    "sighting.released": lambda _s, _h: ("coordinator", "the reporter is told of it", ""),
    "sighting.withheld": lambda _s, _h: ("coordinator", "the reporter sees it no longer", ""),
    "sighting.parted": lambda _s, _h: ("coordinator", "two sightings are two after all", ""),
    "answer.given": lambda s, _h: ("volunteer", f"answers: {s['answer']}", ""),
}
