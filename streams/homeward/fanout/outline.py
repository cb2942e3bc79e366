"""An area that somebody draws, grown to whole coarse cells before people in it are counted.

Whoever may choose an area freely finds a single person with two counts whose areas differ by a
doorstep. Grown to cells of 36 km2 or more, two areas differ by such a cell or not at all (SAFETY
"reading volunteers' places").
"""

from typing import Final

import numpy as np

from homeward.fanout.areas import Area, CellSet
from homeward.fanout.eligible import rows_inside
from homeward.geography.cells import Cells, children, compacted, parents, resolutions
from homeward.geography.covering import WORLD
from homeward.geography.sphere import balls_of

RES_COUNTED: Final = 6
"""The finest cell that people are counted by for somebody: 36 km2."""
CELLS_MAX: Final = 8_000
"""Before compaction; 290,000 km2 in the finest cells, a disk of 300 km. Wider areas are grown to
coarser cells."""
_STRAY: Final = 1.2
"""Children stray outside their parent by up to 0.15 edges, and so perhaps outside its ball."""


def grown(area: Area) -> CellSet:
    """Return every cell that a disk, ring, polygon or set of cells meets, none finer than 36 km2.

    Holds all of the area, and beyond its rim less than a cell. Raises nothing.
    """
    if isinstance(area, CellSet):
        return CellSet(compacted(_coarse(area.cells)))
    look = _meeting(area, WORLD, 1.0)
    for _ in range(RES_COUNTED):
        below = children(_meeting(area, look, _STRAY))
        found = _meeting(area, below, 1.0)
        if len(found) > CELLS_MAX:
            break
        look = below
    return CellSet(compacted(_meeting(area, look, 1.0)))


def _meeting(area: Area, cells: Cells, stray: float) -> Cells:
    points, radii_m = balls_of(cells)
    nobody = np.zeros(len(cells), np.uint32)
    return cells[rows_inside(area, cells, nobody, points, radii_m * stray)]


def _coarse(cells: Cells) -> Cells:
    while len(fine := cells[resolutions(cells) > RES_COUNTED]):
        cells = np.unique(np.concatenate([cells[resolutions(cells) <= RES_COUNTED], parents(fine)]))
    return cells
