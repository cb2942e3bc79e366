"""Cells that cover a disk so that nobody in it is missed, at whatever resolution they are kept."""

from typing import Final

import h3.api.basic_int as h3
import numpy as np

from homeward.geography.cells import NOWHERE, Cells, children, holds_any
from homeward.geography.rings import ring_distances_m
from homeward.geography.sphere import Floats, balls_of, distances_m, unit_of, units

COVER_CELLS_MAX: Final = 20_000
"""About 0.2 s of measuring; a policy picks its resolution by the radius and stays below 2,000."""

RES_KEPT_MIN: Final = 4
"""The coarsest cell by which a recipient may be kept (private ones: 5) and is still never missed;
coarser ones would draw places tens of kilometres outside into the cover."""

WORLD: Final[Cells] = np.sort(np.array(h3.get_res0_cells(), np.uint64))
"""The coarsest cells: where every descent begins."""
_TOUCH_M: Final = 1.0
"""Who stands on the rim stands inside."""


class CoverTooFine(ValueError):
    """The disk is too large for cells so fine."""


def cover_disk(lat_deg: float, lon_deg: float, radius_m: float, finest_res: int) -> Cells:
    """Return cells of mixed resolutions that hold every place within ``radius_m``.

    A cell whose ball lies wholly inside is taken, one whose ball lies outside is dropped, others
    are descended into; at the finest resolution a cell whose ball meets the disk stays. So the
    cover exceeds the disk by a finest cell, and misses nothing, wherever it lies: whoever is in the
    disk meets the set by their cell of any resolution from RES_KEPT_MIN on. Raises CoverTooFine.
    """
    middle = unit_of(lat_deg, lon_deg)
    kept: list[Cells] = [NOWHERE]
    crossed: list[Cells] = []
    look = WORLD
    for res in range(finest_res + 1):
        points, radii = balls_of(look)
        away = distances_m(points, middle)
        inside = away + radii <= radius_m
        rim = look[(away - radii <= radius_m) & ~inside]
        kept.append(look[inside])
        if res == finest_res:
            kept.append(rim)
            break
        if res >= RES_KEPT_MIN:
            crossed.append(rim)
        look = children(rim)
        if len(look) > COVER_CELLS_MAX:
            raise CoverTooFine(f"over {COVER_CELLS_MAX} cells of resolution {res + 1}")
    cover = np.concatenate(kept)
    margin = [_margin(rim, cover, middle, radius_m, finest_res) for rim in crossed]
    return np.unique(np.concatenate([cover, *margin]))


def _margin(rim: Cells, cover: Cells, middle: Floats, radius_m: float, finest_res: int) -> Cells:
    """Return a finest cell for each coarse cell that meets the disk but has no cell in the cover.

    Children do not fill their parent: a strip along its edge belongs to a neighbour's children. A
    person kept by the coarse cell may stand in that strip, so the cell's nearest child stands for
    it. It lies outside the disk by at most a tenth of the coarse cell.
    """
    lost = rim[~holds_any(rim, cover)]
    meeting = [cell for cell in lost.tolist() if _gap_m(cell, middle) <= radius_m + _TOUCH_M]
    return np.concatenate([NOWHERE, *(nearest_below(one, middle, finest_res) for one in meeting)])


def nearest_below(cell: int, point: Floats, finest_res: int) -> Cells:
    """Return the one cell of a resolution that lies below another, child by child nearest a point.

    It stands for a coarse cell whose own children leave out the strip where somebody may be.
    """
    one = np.array([cell], np.uint64)
    while h3.get_resolution(int(one[0])) < finest_res:
        below = children(one)
        one = below[[np.argmin(distances_m(balls_of(below)[0], point))]]
    return one


def _gap_m(cell: int, point: Floats) -> float:
    """Return how far a point is from a cell itself, not from its ball."""
    return float(ring_distances_m(point[None, :], corners_of(cell))[0])


def corners_of(cell: int) -> Floats:
    """Return a cell's own corners as unit vectors, not closed."""
    return units(*zip(*h3.cell_to_boundary(cell), strict=True))
