"""Cases that are hard to map: where a wrong formula shows. Tests and docs/reach draw from here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import h3

from homeward.policies.known import Known, Source
from homeward.words import RES_PUBLIC_MAX, AgeBand, Category, Mode

NOON: Final = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)
_PENTAGON: Final = h3.cell_to_latlng(sorted(h3.get_pentagons(7))[3])


@dataclass(frozen=True, slots=True)
class HardPlace:
    """A question to a policy, and what is hard about it."""

    what: str
    known: Known
    minutes: int
    """After the person was last seen."""

    @property
    def at(self) -> datetime:
        """The moment asked about."""
        return NOON + timedelta(minutes=self.minutes)


def _seen(
    lat_deg: float, lon_deg: float, minute: int = 0, error_m: int = 100, trust: float = 1.0
) -> Source:
    cell = str(h3.latlng_to_cell(lat_deg, lon_deg, RES_PUBLIC_MAX))
    seen_at = NOON + timedelta(minutes=minute)
    return Source(cell, seen_at, error_m, Mode.UNKNOWN, round(trust * 1_000_000))


def _taken(*seen: Source, reach_km: int = 500) -> Known:
    return Known(Category.STRANGER_ABDUCTION, AgeBand.CHILD, Mode.VEHICLE, seen, reach_km)


def _lost(*seen: Source, reach_km: int = 30) -> Known:
    return Known(Category.LOST_CHILD, AgeBand.SMALL, Mode.FOOT, seen, reach_km)


HARD: Final[Mapping[str, HardPlace]] = {
    "antimeridian": HardPlace(
        "A van on Taveuni, Fiji, where east becomes west: one area, not two halves of the world",
        _taken(_seen(-16.8, 179.98), reach_km=120),
        60,
    ),
    "north-pole": HardPlace(
        "Thirty kilometres from the north pole: every direction is south",
        _taken(_seen(89.73, 20.0), reach_km=120),
        60,
    ),
    "south-pole": HardPlace(
        "At the south pole, where every meridian meets", _lost(_seen(-89.99, 0.0)), 180
    ),
    "pentagon": HardPlace(
        "In one of H3's twelve pentagons, where cells have five neighbours",
        _taken(_seen(*_PENTAGON), reach_km=120),
        60,
    ),
    "island": HardPlace(
        "Tristan da Cunha: an island without a hub, 2,400 km from the next; the field goes out "
        "over the sea as over land, for it knows no coast",
        _taken(_seen(-37.07, -12.31), reach_km=50),
        60,
    ),
    "error": HardPlace(
        "A last-seen place that can be 5 km off: nobody within 5 km is left out",
        _lost(_seen(33.0416, 115.2576, error_m=5_000)),
        15,
    ),
    "late": HardPlace(
        "A report six hours late: the first wave is as wide as six hours are long",
        _taken(_seen(33.0416, 115.2576)),
        360,
    ),
    "two-sightings": HardPlace(
        "Two accepted sightings that disagree: neither closes the area where the other points",
        _taken(
            _seen(33.0416, 115.2576),
            _seen(33.45, 115.60, minute=60, trust=0.6),
            _seen(32.60, 115.00, minute=65, trust=0.5),
        ),
        90,
    ),
}
"""By the name of its map in docs/reach."""
