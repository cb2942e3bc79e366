"""Cells of mixed resolutions around places: fine near them, coarse far away.

A cell is split while the nearest place lies within some edges of it. So a field of 500 km has some
six thousand cells instead of a hundred and fifty thousand, and each is as fine as its distance
deserves.
"""

from typing import Final, NamedTuple

import h3.api.basic_int as h3
import numpy as np

from homeward.geography.cells import NOWHERE, Cells, children, holds_any
from homeward.geography.covering import WORLD
from homeward.geography.sphere import Floats, centres_of, distances_m
from homeward.words import RES_PUBLIC_MAX

RES_COARSE: Final = 4
"""Coarser cells would hold several counties."""
RES_FAR: Final = 3
FAR_M: Final = 1_500_000.0
"""Beyond, cells of resolution 3 do: nobody is told there, and a bound of 5,000 km would else be
forty thousand cells."""
EDGE_M: Final[Floats] = np.array([h3.average_hexagon_edge_length(res, "m") for res in range(16)])
EDGES_AWAY: Final = 9.0
"""A cell's distance in edges below which it is split: its own size is then a ninth of the way."""
_CIRCUMRADII: Final = 2.2
"""Edges from a cell's centre within which all of it and its descendants lies, distortion included
(H3: the longest edge is 1.3 times the mean one, and descendants stray by 7 %)."""


class Lattice(NamedTuple):
    """Cells with their centres; ``nearest_m`` is each centre's distance from the nearest place."""

    cells: Cells
    points: Floats
    """Unit vectors, n x 3."""
    away_m: Floats
    """Distances, n x places."""


def lattice(places: Floats, radius_m: float, alone: Cells = NOWHERE) -> Lattice:
    """Return cells that hold all within ``radius_m`` of any place (unit vectors, k x 3).

    ``alone``: cells of the finest resolution that are to stand by themselves wherever they lie.
    """
    look, found = WORLD, []
    for res in range(RES_PUBLIC_MAX + 1):
        points = centres_of(look)
        away = distances_m(points[:, None], places)
        near = away.min(axis=1)
        inside = near <= radius_m + _CIRCUMRADII * EDGE_M[res]
        split = inside & (near <= (EDGES_AWAY + _CIRCUMRADII) * EDGE_M[res])
        if res < RES_COARSE:
            split = inside & ((near <= FAR_M) | (res < RES_FAR))
        if len(alone):
            split |= inside & holds_any(look, alone)
        if res == RES_PUBLIC_MAX:
            split = np.zeros_like(inside)
        kept = inside & ~split
        found.append(Lattice(look[kept], points[kept], away[kept]))
        look = children(look[split])
        if not len(look):
            break
    return Lattice(*(np.concatenate(column) for column in zip(*found, strict=True)))
