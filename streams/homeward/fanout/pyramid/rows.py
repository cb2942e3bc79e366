"""One row per (recipient, cell), 28 bytes each: where they are, and whose."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from homeward.fanout.pyramid.ranges import Indices
from homeward.geography.cells import RES_MAX, Cells, keys
from homeward.geography.hexes import quick_balls
from homeward.geography.sphere import Floats

SCALE: Final = float(2**31 - 1)
"""Coordinates of unit vectors are kept as 32-bit integers: each point is within 3 mm."""
_DIGITS_FULL: Final = np.uint64((1 << 45) - 1)


@dataclass(frozen=True, slots=True)
class Rows:
    """Columns of rows; whoever holds them says how they are sorted."""

    keys: Cells
    """Cells with the resolution masked (`geography.cells.keys`)."""
    packed: NDArray[np.int32]
    """n x 3."""
    radii_m: NDArray[np.float32]
    owners: NDArray[np.uint32]
    """Rank of the person."""

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self.keys)

    def points(self, at: Indices) -> Floats:
        """Return unit vectors (their length is off by 1e-9)."""
        found = self.packed.take(at, axis=0).astype(np.float64)
        found *= 1 / SCALE
        return found

    def cells(self, at: Indices) -> Cells:
        """Return the cells themselves."""
        return cells_of(self.keys.take(at))

    def take(self, at: Indices | NDArray[np.bool_]) -> "Rows":
        """Return some of the rows."""
        return Rows(self.keys[at], self.packed[at], self.radii_m[at], self.owners[at])


def measured(cells: Cells) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Return the balls of cells as rows keep them."""
    points, radii_m = quick_balls(cells)
    return np.rint(points * SCALE).astype(np.int32), radii_m.astype(np.float32)


def rows_of(cells: Cells, owners: NDArray[np.uint32]) -> Rows:
    """Return rows in the order of their keys."""
    order = np.argsort(keys(cells), kind="stable")
    cells = cells[order]
    return Rows(keys(cells), *measured(cells), owners[order])


def cells_of(some: Cells) -> Cells:
    """Return the cells of keys: below a cell's own resolution all digits are 7."""
    digits = ~some & _DIGITS_FULL  # a digit in use is not 7, so it leaves a bit here
    # The lowest set bit tells the finest digit in use; as a float its exponent is its place.
    lowest = (digits & (~digits + np.uint64(1))).astype(np.float64)
    place = np.frexp(lowest)[1].astype(np.int64) - 1
    res = np.where(digits == 0, 0, RES_MAX - place // 3).astype(np.uint64)
    return some | (res << np.uint64(52))
