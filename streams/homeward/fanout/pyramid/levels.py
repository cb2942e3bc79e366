"""The levels of the pyramid: a row for each cell that is occupied, with a ball around its people.

A person whose cell is coarser than a level stands in a row of their own cell there, or the walk
would step over them.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from homeward.fanout.pyramid.rows import SCALE, Rows
from homeward.geography.cells import RES_MAX
from homeward.geography.sphere import EARTH_RADIUS_M, Floats

RESOLUTIONS: Final = (1, 3, 5, 7)
FIRST_ROWS_MAX: Final = 1_024
"""So many balls are looked at in one step as fast as ten, so coarser levels are left out."""
PADDING_M: Final = 1.0
"""For what rounding does to points, radii and distances, near the far side of the Earth too."""


@dataclass(frozen=True, slots=True)
class Level:
    """Occupied cells of one resolution, in the order of their keys."""

    starts: NDArray[np.int32]
    """First row (of `Rows`) of each; one more entry: the number of rows."""
    children: NDArray[np.int32]
    """First cell of the next level; one more entry. Without a next level: the same as starts."""
    points: Floats
    outer_m: NDArray[np.float32]
    """No person's ball reaches farther from the point."""
    inner_m: NDArray[np.float32]
    """The greatest of the people's distances less their own radius."""

    def __len__(self) -> int:
        """Return how many cells there are."""
        return len(self.outer_m)


def levels_of(rows: Rows) -> tuple[Level, ...]:
    """Return the levels above rows that are sorted by key, coarsest first; none without rows."""
    if not len(rows):
        return ()
    found: list[Level] = []
    below: Level | None = None
    for res in reversed(RESOLUTIONS):
        starts = _starts(rows, res)
        below = _above_rows(rows, starts) if below is None else _above(below, starts)
        found.insert(0, below)
        if len(below) <= FIRST_ROWS_MAX:
            break
    return tuple(found)


def _starts(rows: Rows, res: int) -> NDArray[np.int32]:
    fine = np.uint64((1 << 3 * (RES_MAX - res)) - 1)
    coarse = rows.keys | fine
    changes = np.flatnonzero(coarse[1:] != coarse[:-1]) + 1
    return np.concatenate([[0], changes, [len(rows)]]).astype(np.int32)


def _above_rows(rows: Rows, starts: NDArray[np.int32]) -> Level:
    counts = np.diff(starts)
    points = np.stack(
        [
            np.add.reduceat(rows.packed[:, axis].astype(np.float64), starts[:-1])
            for axis in range(3)
        ],
        axis=1,
    )
    points /= np.sqrt((points**2).sum(axis=1))[:, None]
    chord = np.zeros(len(rows))
    for axis in range(3):
        chord += (rows.packed[:, axis] * (1 / SCALE) - points[:, axis].repeat(counts)) ** 2
    away_m = np.arcsin(np.minimum(np.sqrt(chord) / 2, 1)) * (2 * EARTH_RADIUS_M)
    outer_m = np.maximum.reduceat(away_m + rows.radii_m, starts[:-1]) + PADDING_M
    inner_m = np.maximum.reduceat(away_m - rows.radii_m, starts[:-1]) + PADDING_M
    return Level(starts, starts, points, outer_m.astype(np.float32), inner_m.astype(np.float32))


def _above(below: Level, starts: NDArray[np.int32]) -> Level:
    children = np.searchsorted(below.starts, starts).astype(np.int32)
    first, counts = children[:-1], np.diff(children)
    points = np.add.reduceat(below.points, first, axis=0)
    points /= np.sqrt((points**2).sum(axis=1))[:, None]
    chord = np.sqrt(((below.points - points.repeat(counts, axis=0)) ** 2).sum(axis=1))
    away_m = np.arcsin(np.minimum(chord / 2, 1)) * (2 * EARTH_RADIUS_M)
    outer_m = np.maximum.reduceat(away_m + below.outer_m, first) + PADDING_M
    inner_m = np.maximum.reduceat(away_m + below.inner_m, first) + PADDING_M
    return Level(starts, children, points, outer_m.astype(np.float32), inner_m.astype(np.float32))
