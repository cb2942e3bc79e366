"""The hubs around a place as they were known when a person decided: a public blob of a fact.

A processor asks no database. So the desk writes down the hubs within the alert's bounds when an
alert is issued or a sighting accepted, and a replay finds the same hubs for ever.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Final

import numpy as np

from homeward.geography.sphere import Floats

HUBS_MAX: Final = 20_000
"""1.8 MB; the densest 500 km in the world hold about 12,000 of the 71,290 hubs we know."""


@dataclass(frozen=True, slots=True)
class Hub:
    """A station, port, airport, border crossing or service area: public, so its place is exact."""

    id: str
    kind: str
    lat_e7: int
    lon_e7: int
    contacts: int
    """How many contacts it has, one after another; 0: nobody there can be told."""

    @classmethod
    def at(cls, hub_id: str, kind: str, lat_deg: float, lon_deg: float, contacts: int) -> "Hub":
        """Return the hub at a place in degrees."""
        return cls(hub_id, kind, round(lat_deg * 1e7), round(lon_deg * 1e7), contacts)


def write_hub_book(hubs: Iterable[Hub]) -> bytes:
    """Return the book: canonical JSON, sorted by id. Raises ValueError above HUBS_MAX."""
    rows = [asdict(hub) for hub in sorted(hubs, key=lambda hub: hub.id)]
    if len(rows) > HUBS_MAX:
        raise ValueError(f"a hub book holds at most {HUBS_MAX} hubs")
    return json.dumps(rows, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def read_hub_book(raw: bytes) -> tuple[Hub, ...]:
    """Return the hubs of a book."""
    return tuple(Hub(**row) for row in json.loads(raw))


def degrees(hubs: Iterable[Hub]) -> tuple[Floats, Floats]:
    """Return the hubs' latitudes and longitudes."""
    pairs = np.array([(hub.lat_e7, hub.lon_e7) for hub in hubs], np.float64).reshape(-1, 2) / 1e7
    return pairs[:, 0], pairs[:, 1]
