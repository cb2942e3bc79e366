"""The stories as data: who asks what, where people are, how the clock goes. Any host can play it.

Every id follows from actor and Idempotency-Key, and each step's key is its script and its name; the
case clock stands still between two steps. So two hosts that play a script say the same words.
"""

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeAlias

import h3

FIRST_DAY: Final = datetime(2026, 3, 1, 3, tzinfo=UTC)
"""11 in the morning in Shanghai; each script has a day of its own, so that none meets another's
wakes."""
RES: Final = 7
"""Of a volunteer's cells."""


@dataclass(frozen=True, slots=True)
class Ago:
    """A moment before the step, on the case clock; in a body it becomes a text."""

    minutes: float


@dataclass(frozen=True, slots=True)
class Ask:
    """A request over HTTP; it has to be granted."""

    name: str
    who: str
    """A role, or ``hi:<recipient>``: whoever holds the link that reached them."""
    path: str
    """May name what was saved: ``/v1/cases/{case}/verify``."""
    body: Any = None
    """Texts in it, too."""
    method: str = "POST"
    saves: dict[str, str] = field(default_factory=dict)
    """Name -> where it stands in the answer: ``watch`` -> ``items.0.watch``."""


@dataclass(frozen=True, slots=True)
class Move:
    """Positions, said by one recipient (a cell of their own) or by a coordinator's file."""

    name: str
    who: str
    cells: tuple[tuple[str, str], ...]
    """(recipient, cell)."""


@dataclass(frozen=True, slots=True)
class Pass:
    """Case time goes on, resting at each moment that somebody waits for."""

    name: str
    minutes: float


@dataclass(frozen=True, slots=True)
class Send:
    """Senders stop, or begin: what they do not send meanwhile waits in the ledger."""

    name: str
    on: bool


Step: TypeAlias = Ask | Move | Pass | Send


@dataclass(frozen=True, slots=True)
class Script:
    """One story's history."""

    name: str
    steps: tuple[Step, ...]

    def begins(self, number: int) -> datetime:
        """Return the moment at which the script with this number begins."""
        return FIRST_DAY + timedelta(days=number)


@dataclass(frozen=True, slots=True)
class Town:
    """Where a script plays: far from the others', and whoever lives there is invented."""

    name: str
    lat: float
    lon: float

    def place(self, north_deg: float = 0.0, east_deg: float = 0.0) -> dict[str, Any]:
        """Return a place so far from the middle."""
        lat, lon = round(self.lat + north_deg, 5), round(self.lon + east_deg, 5)
        return {"lat": lat, "lon": lon, "datum": "wgs84", "accuracy_m": 50}

    def cell(self, north_deg: float = 0.0, east_deg: float = 0.0) -> str:
        """Return a volunteer's cell there."""
        return h3.latlng_to_cell(self.lat + north_deg, self.lon + east_deg, RES)

    def person(self, who: str, north_deg: float = 0.0, **wishes: Any) -> dict[str, Any]:
        """Return the body that registers a volunteer who reads an inbox."""
        return {
            "recipient": self.name + "." + who,
            "kind": "volunteer",
            "cells": [self.cell(north_deg)],
            "contacts": [[{"channel": "inbox"}]],
            **wishes,
        }

    def people(self, count: int, seed: int = 7) -> list[dict[str, Any]]:
        """Return volunteers within some 60 km; every tenth left no way to reach them."""
        chance = random.Random(seed)
        spread = [(chance.uniform(-0.4, 0.4), chance.uniform(-0.4, 0.4)) for _ in range(count)]
        return [
            {
                **self.person(f"v-{number:04d}"),
                "cells": [self.cell(north, east)],
                "contacts": [] if number % 10 == 9 else [[{"channel": "inbox"}]],
            }
            for number, (north, east) in enumerate(spread)
        ]

    def hubs(self, count: int) -> list[dict[str, Any]]:
        """Return stations to the north, 5 km apart; the last left no contact."""
        return [
            {
                "recipient": f"{self.name}.hub-{number}",
                "kind": "hub",
                "hub_kind": "rail",
                "name": f"Invented {number}",
                "places": [self.place(number / 20, 0.03)],
                "contacts": [[{"channel": "inbox"}]] * 2 if number < count - 1 else [],
            }
            for number in range(count)
        ]


def register(name: str, people: Iterable[dict[str, Any]]) -> Ask:
    """Return the step that registers some people, or changes what they wish."""
    body = {"recipients": list(people)}
    return Ask(name, "admin", "/v1/recipients/batch", body)


def raised(
    town: Town, who: str = "officer", name: str = "raise", case: str = "case", **more: Any
) -> Ask:
    """Return the step that raises an invented case in the middle of a town."""
    body = {
        "category": "stranger-abduction",
        "mode": "vehicle",
        "last_seen": {
            "at": Ago(40),
            "text": "an alley that was made up",
            "place": town.place(),
        },
        "custody": "none",
        "protection_order": False,
        "person": {"name": "Invented Child", "age_years": 2, "sex": "male"},
        **more,
    }
    return Ask(name, who, "/v1/cases", body, saves={case: "case"})


def verified(case: str = "case", name: str = "verify") -> Ask:
    """Return the step that verifies it."""
    return Ask(name, "officer", f"/v1/cases/{{{case}}}/verify", {"unit": "tests"})


def alerted(tag: str, case: str = "case", **bounds: Any) -> tuple[Step, ...]:
    """Return the steps by which two people draft, approve and issue an alert."""
    body = {
        "policy": "circles",
        "severity": "extreme",
        "reach_km_max": 300,
        "expires_in_s": 86_400,
        **bounds,
    }
    path = f"/v1/cases/{{{case}}}/alerts"
    draft = f"{path}/{{draft-{tag}}}"
    saves = {f"draft-{tag}": "draft", f"digest-{tag}": "digest"}
    return (
        Ask(f"draft-{tag}", "officer", path, body, saves=saves),
        Ask(f"approve-{tag}", "supervisor", f"{draft}/approve", {"digest": f"{{digest-{tag}}}"}),
        Ask(f"issue-{tag}", "officer", f"{draft}/issue", {}),
    )


def over(case: str = "case", **said: Any) -> tuple[Step, ...]:
    """Return the steps that end a case: everybody who was told hears it."""
    path = f"/v1/cases/{{{case}}}"
    outcome = {"outcome": "found-safe", **said}
    return (
        Ask(f"resolve-{case}", "officer", f"{path}/resolve", outcome),
        Ask(f"close-out-{case}", "officer", f"{path}/close-out", {}),
    )
