"""The hubs around a place as they were known when a person decided: a public blob of a fact.

A processor asks no database. So the desk writes down the hubs within the alert's bounds when an
alert is issued or a sighting accepted, and a replay finds the same hubs for ever.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Final

import h3.api.basic_int as h3
import numpy as np

from homeward.geography.cells import Cells
from homeward.geography.sphere import Floats
from homeward.words import RES_PUBLIC_MAX

HUBS_MAX: Final = 20_000
"""1.8 MB; the densest 500 km in the world hold about 12,000 of the 71,290 hubs we know."""


@dataclass(frozen=True, slots=True)
class Duty:
    """When a hub is open and its contacts are on duty, as texts that `policies.duty` reads."""

    zone: str
    hours: str = ""
    """Empty: always open."""
    shifts: tuple[str, ...] = ()
    """One a contact, in their order; empty or missing: always on duty. Who they are is no part."""


@dataclass(frozen=True, slots=True)
class Hub:
    """A station, port, airport, border crossing or service area: public, so its place is exact."""

    id: str
    kind: str
    lat_e7: int
    lon_e7: int
    contacts: int
    """How many contacts it has, one after another; 0: nobody there can be told."""
    duty: Duty | None = None
    """None: open and on duty always."""

    @classmethod
    def at(
        cls,
        hub_id: str,
        kind: str,
        lat_deg: float,
        lon_deg: float,
        contacts: int,
        duty: Duty | None = None,
    ) -> "Hub":
        """Return the hub at a place in degrees."""
        return cls(hub_id, kind, round(lat_deg * 1e7), round(lon_deg * 1e7), contacts, duty)

    @property
    def kind_word(self) -> str:
        """The kind as facts and rosters write it, with hyphens; files write ``road_terminal``."""
        return self.kind.replace("_", "-")

    @property
    def lat_deg(self) -> float:
        """WGS-84 latitude in degrees."""
        return self.lat_e7 / 1e7

    @property
    def lon_deg(self) -> float:
        """WGS-84 longitude in degrees."""
        return self.lon_e7 / 1e7


BOARDING: Final = frozenset({"rail", "bus", "coach", "road-terminal", "ferry", "port", "airport"})
"""Kinds where people wait, board and alight; at the others they pass."""


def boarding_cells(hubs: Iterable[Hub]) -> Cells:
    """Return the cells of resolution 9 of hubs where people board and alight, as a set."""
    lat_deg, lon_deg = degrees([hub for hub in hubs if hub.kind_word in BOARDING])
    pairs = zip(lat_deg.tolist(), lon_deg.tolist(), strict=True)
    return np.unique(
        np.array([h3.latlng_to_cell(*one, RES_PUBLIC_MAX) for one in pairs], np.uint64)
    )


def write_hub_book(hubs: Iterable[Hub]) -> bytes:
    """Return the book: canonical JSON, sorted by id. Raises ValueError above HUBS_MAX."""
    rows = [_row(hub) for hub in sorted(hubs, key=lambda hub: hub.id)]
    if len(rows) > HUBS_MAX:
        raise ValueError(f"a hub book holds at most {HUBS_MAX} hubs")
    return json.dumps(rows, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def read_hub_book(raw: bytes) -> tuple[Hub, ...]:
    """Return the hubs of a book."""
    return tuple(Hub(**{**row, "duty": _duty(row.get("duty"))}) for row in json.loads(raw))


def _row(hub: Hub) -> dict[str, Any]:
    """Return a hub without what is not said of it: so a book of before shifts keeps its hash."""
    row = asdict(hub)
    if hub.duty is None:
        del row["duty"]
    return row


def _duty(row: dict[str, Any] | None) -> Duty | None:
    return None if row is None else Duty(row["zone"], row["hours"], tuple(row["shifts"]))


def degrees(hubs: Iterable[Hub]) -> tuple[Floats, Floats]:
    """Return the hubs' latitudes and longitudes."""
    pairs = np.array([(hub.lat_e7, hub.lon_e7) for hub in hubs], np.float64).reshape(-1, 2) / 1e7
    return pairs[:, 0], pairs[:, 1]
