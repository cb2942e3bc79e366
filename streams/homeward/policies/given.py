"""What the policies have in common that take an area and grow nothing.

The area is the whole answer: neither time nor sightings move it, which is what the systems that
work so do. Hubs are headed off as the circles would (one speed, around the newest credible place),
as far as the approved bound: a drawn area says whom in public to tell, and the van leaves it.
"""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from homeward.geography.cells import Cells
from homeward.geography.hubbook import Hub
from homeward.geography.sphere import centre_deg, distance_m
from homeward.policies.bounding import (
    OVERHANG,
    OVERHANG_M,
    ends_m,
    farthest_m,
    near_last_seen,
    outwards_m,
)
from homeward.policies.circles import Even, arrivals_by_circle
from homeward.policies.known import Area, Arrivals, Known, Source, anchors, area_of


class Given(Even):
    """The given area, from the first moment to the last."""

    name: ClassVar[str]
    version: ClassVar[int] = 1

    @abstractmethod
    def stand_in_m(self, known: Known) -> float:
        """Return the radius of the disk that a case without a given area is replayed with."""

    def area(self, known: Known, at: datetime) -> Area:
        """Return the given area."""
        return near_last_seen(given_area(known, at, self.stand_in_m(known)), known)

    def next_look(self, known: Known, at: datetime) -> datetime | None:
        """Return None: what was given does not grow."""
        del known, at
        return None

    def arrivals(self, known: Known, hubs: Sequence[Hub], at: datetime) -> Arrivals:
        """Return when the circles' speed reaches each hub, as far as the bound."""
        return arrivals_by_circle(known, hubs, at, known.reach_km_max)


def allowed_m(source: Source, reach_km_max: int) -> float:
    """Return how far cells may reach from a place under a bound."""
    return outwards_m(reach_km_max) + source.error_m


def km_needed(cells: Cells, source: Source) -> int:
    """Return the smallest bound, whole km, that allows the cells."""
    over_m = farthest_m(cells, source) - OVERHANG_M - source.error_m
    return max(1, -int(-over_m // (1_000 * (1 + OVERHANG))))


def given_area(known: Known, at: datetime, stand_in_m: float) -> Area:
    """Return the area that was given, as far as its bound allows; without one a disk instead.

    ``stand_in_m`` is the disk's radius, around the place last seen: for a replay of a case that has
    no area. An alert without one is refused when it is drafted.
    """
    focus, first = anchors(known, at)[0], known.sources[0]
    if not len(known.given):
        radius_m = min(stand_in_m, known.reach_km_max * 1_000.0)
        found = area_of([(first, radius_m)])
        away_m = distance_m(*centre_deg(focus.cell), *centre_deg(first.cell))
        return replace(found, focus=focus.cell, radius_m=found.radius_m + int(away_m))
    cells = np.unique(known.given[_allowed(known)])
    return Area(cells, int(farthest_m(cells, focus)) + 1, focus.cell)


def _allowed(known: Known) -> NDArray[np.bool_]:
    """Return which cells some source's bound allows: a fact made by hand binds nobody."""
    fits = np.zeros(len(known.given), np.bool_)
    for source in known.sources:
        fits |= ends_m(known.given, source) <= allowed_m(source, known.reach_km_max)
    return fits
