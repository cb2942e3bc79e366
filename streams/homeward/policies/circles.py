"""Tuanyuan's circles: what the best-known system does, kept for comparison and to fall back on.

It knows neither who the person is nor how they move. Unlike the original, a credible sighting moves
the middle and starts the hours again.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar, Final

import numpy as np

from homeward.geography.cells import Cells
from homeward.geography.hubbook import Hub, degrees
from homeward.geography.sphere import centre_deg, distances_m, unit_of, units
from homeward.policies.bounding import hubs_within, near_last_seen
from homeward.policies.known import Area, Arrivals, Known, anchors, area_of, elapsed_s, surface_of
from homeward.policies.surface import Surface
from homeward.words import Mode

_HOUR_S: Final = 3_600
RINGS_KM: Final = (100, 200, 300)
"""Within the first, second and third hour."""
LAST_KM: Final = 500
SPEED_KMH: Final = 100.0
"""What the circles come to: a hub is reached when the circle's speed reaches it."""
LATE_FACTOR: Final = 3.0


class Even(ABC):
    """A rule by which nobody in an area is likelier than another."""

    horizon_s: ClassVar[int] = 2 * _HOUR_S

    @abstractmethod
    def area(self, known: Known, at: datetime) -> Area:
        """Return where the person can be until the next look."""

    def parts(self, known: Known, at: datetime, area: Area) -> tuple[Cells, ...]:
        """Return the area in one: nobody in it is likelier than another."""
        return (area.cells,)

    def surface(self, known: Known, at: datetime) -> Surface:
        """Return the area, alike everywhere: the nearest come first."""
        return surface_of(self.area(known, at), SPEED_KMH, known, at)


class Circles(Even):
    """100 km within the first hour, 200 within the second, 300 within the third, then 500."""

    name: ClassVar[str] = "circles"
    version: ClassVar[int] = 1

    def area(self, known: Known, at: datetime) -> Area:
        """Return the circles around the places the search goes out from."""
        bound_m = known.reach_km_max * 1_000
        found = area_of(
            [
                (source, min(ring_km(elapsed_s(source, at)) * 1_000, bound_m))
                for source in anchors(known, at)
            ]
        )
        return near_last_seen(found, known)

    def next_look(self, known: Known, at: datetime) -> datetime | None:
        """Return the end of the hour; None once the last circle, or the bound, is reached."""
        source = anchors(known, at)[0]
        hours = int(elapsed_s(source, at) // _HOUR_S) + 1
        if hours > len(RINGS_KM) or ring_km(elapsed_s(source, at)) >= known.reach_km_max:
            return None
        return source.seen_at + timedelta(hours=hours, seconds=1)

    def arrivals(self, known: Known, hubs: Sequence[Hub], at: datetime) -> Arrivals:
        """Return when the circle's speed reaches each hub."""
        return arrivals_by_circle(known, hubs, at, min(LAST_KM, known.reach_km_max))


def arrivals_by_circle(known: Known, hubs: Sequence[Hub], at: datetime, within_km: int) -> Arrivals:
    """Return when one speed from the newest credible place reaches each hub that near."""
    source = anchors(known, at)[0]
    away_m = distances_m(units(*degrees(hubs)), unit_of(*centre_deg(source.cell)))
    travel_s = np.maximum(away_m - source.error_m, 0) / (SPEED_KMH * 1_000) * _HOUR_S
    gone_s = elapsed_s(source, at)
    latest_s = travel_s * LATE_FACTOR + _HOUR_S - gone_s
    return Arrivals(
        earliest_s=travel_s - gone_s,
        latest_s=latest_s,
        modes=(Mode.UNKNOWN,) * len(hubs),
        ahead=(away_m <= within_km * 1_000) & (latest_s >= 0) & hubs_within(known, hubs),
    )


def ring_km(gone_s: float) -> int:
    """Return the circle's radius so long after the person was last seen."""
    hours = max(0, -int(-gone_s // _HOUR_S) - 1)
    return RINGS_KM[hours] if hours < len(RINGS_KM) else LAST_KM
