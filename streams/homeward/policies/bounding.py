"""How far an area of cells may reach, and what one officer's word leaves of it.

A bound lies around each place where the person was seen. But a sighting takes nobody but one
officer: a form makes the account that reports it, and whoever issued the alert may accept it. So
while nobody else stands for the alert, people and hubs lie near the place last seen as well,
whatever was sighted since. Where the person is likely to be stays what all sightings say.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from homeward.geography.cells import Cells
from homeward.geography.hubbook import Hub, degrees
from homeward.geography.sphere import (
    Floats,
    balls_of,
    centre_deg,
    distances_m,
    unit_of,
    units,
)
from homeward.policies.known import Area, Known, Source

OVERHANG: Final = 0.1
OVERHANG_M: Final = 3_000
"""An area is kept in cells, outwards: by so much more than the bound they may reach. Cells that
cover a disk overhang it by 3 to 8 %, and by up to 2.6 km where a coarse cell's edge is near."""


def outwards_m(reach_km_max: int) -> float:
    """Return how far cells may reach under a bound."""
    return reach_km_max * 1_000 * (1 + OVERHANG) + OVERHANG_M


def ends_m(cells: Cells, source: Source) -> Floats:
    """Return how far each cell reaches from a place, in metres."""
    points, radii_m = balls_of(cells)
    return distances_m(points, unit_of(*centre_deg(source.cell))) + radii_m


def farthest_m(cells: Cells, source: Source) -> float:
    """Return how far cells reach from a place, at most; 0 for none."""
    return float(ends_m(cells, source).max(initial=0.0))


def near_last_seen(area: Area, known: Known) -> Area:
    """Return the whole cells that one officer's word reaches; the area itself, if two gave it.

    By how much the place may be off is no part of it: the same officer may have reported it.
    """
    if known.last_seen_km_max is None:
        return area
    fits = ends_m(area.cells, known.sources[0]) <= outwards_m(known.last_seen_km_max)
    if fits.all():
        return area
    cells, focus = area.cells[fits], replace(known.sources[0], cell=area.focus)
    return Area(cells, int(farthest_m(cells, focus)) + 1, area.focus)


def hubs_within(known: Known, hubs: Sequence[Hub]) -> NDArray[np.bool_]:
    """Return which hubs one officer's word reaches; all, if two gave it."""
    if known.last_seen_km_max is None:
        return np.ones(len(hubs), np.bool_)
    place = unit_of(*centre_deg(known.sources[0].cell))
    near: NDArray[np.bool_] = (
        distances_m(units(*degrees(hubs)), place) <= known.last_seen_km_max * 1_000
    )
    return near
