"""The walk as machine code (extra ``fast``): disks and rings, the same answers, sooner.

numba takes half a second to import and seconds to compile, once (it keeps what it compiled), so it
is asked for only when an index is made. Without it nothing is lost but time.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from homeward.fanout.pyramid.levels import Level
from homeward.fanout.pyramid.ranges import Indices
from homeward.fanout.pyramid.rows import SCALE, Rows
from homeward.fanout.pyramid.shapes import Band
from homeward.geography.sphere import EARTH_RADIUS_M, Floats

_ACROSS_M = 2 * EARTH_RADIUS_M
_RADIUS_MARGIN = 2e-7
_ONE_ROW = Rows(
    np.zeros(1, np.uint64),
    np.zeros((1, 3), np.int32),
    np.zeros(1, np.float32),
    np.zeros(1, np.uint32),
)
_ENDS = np.array([0, 1], np.int32)
_ONE_CELL = Level(_ENDS, _ENDS, np.zeros((1, 3)), _ONE_ROW.radii_m, _ONE_ROW.radii_m)
_BAND = Band(np.zeros(3), -np.inf, 0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Steps:
    """The two steps of a walk, compiled."""

    open_cells: Callable[..., tuple[Indices, Indices, Indices]]
    test_rows: Callable[..., tuple[Indices, Indices]]

    def walk(
        self, levels: Sequence[Level], rows: Rows, band: Band
    ) -> tuple[list[Indices], list[Indices], Indices, Indices]:
        """Return starts and ends of ranges, single rows inside, and rows on the rim."""
        starts: list[Indices] = []
        ends: list[Indices] = []
        limits = (band.middle, band.inner_m, band.outer_m, band.margin_m)
        some = np.arange(len(levels[0]) if levels else 0)
        for number, one in enumerate(levels):
            below = one.children if number + 1 < len(levels) else one.starts
            balls = (one.points, one.outer_m, one.inner_m)
            first, after, some = self.open_cells(some, *balls, one.starts, below, *limits)
            starts.append(first)
            ends.append(after)
            if not len(some):
                break
        return starts, ends, *self.test_rows(some, rows.packed, rows.radii_m, *limits)


@cache
def steps() -> Steps | None:
    """Return the compiled steps; None where numba is not installed."""
    try:
        import numba  # noqa: PLC0415 -- an extra, and slow to import
    except ImportError:
        return None
    compiled: Any = numba.njit(cache=True, nogil=True)
    found = Steps(compiled(_open_cells), compiled(_test_rows))
    found.walk((_ONE_CELL,), _ONE_ROW, _BAND)  # compiles now, and not when somebody waits
    return found


def _open_cells(  # noqa: PLR0913, PLR0917 -- machine code takes columns one by one
    some: Indices,
    points: Floats,
    reach_m: NDArray[np.float32],
    least_m: NDArray[np.float32],
    rows: NDArray[np.int32],
    below: NDArray[np.int32],
    middle: Floats,
    inner_m: float,
    outer_m: float,
    margin_m: float,
) -> tuple[Indices, Indices, Indices]:
    """Return the rows of cells inside, as starts and ends, and what lies below those opened."""
    starts, ends = np.empty(len(some), np.int64), np.empty(len(some), np.int64)
    opened = np.empty(len(some), np.int64)
    taken, many, total = 0, 0, 0
    for place in range(len(some)):
        at = some[place]
        x, y, z = points[at, 0] - middle[0], points[at, 1] - middle[1], points[at, 2] - middle[2]
        away_m = _ACROSS_M * math.asin(min(math.sqrt(x * x + y * y + z * z) / 2, 1.0))
        gap_m = max(away_m - outer_m, inner_m - away_m)
        if gap_m > reach_m[at]:
            continue
        if gap_m + least_m[at] <= -margin_m:
            starts[taken], ends[taken] = rows[at], rows[at + 1]
            taken += 1
        else:
            opened[many] = at
            many += 1
            total += below[at + 1] - below[at]
    under = np.empty(total, np.int64)
    used = 0
    for place in range(many):
        for one in range(below[opened[place]], below[opened[place] + 1]):
            under[used] = one
            used += 1
    return starts[:taken], ends[:taken], under


def _test_rows(
    some: Indices,
    packed: NDArray[np.int32],
    radii_m: NDArray[np.float32],
    middle: Floats,
    inner_m: float,
    outer_m: float,
    margin_m: float,
) -> tuple[Indices, Indices]:
    """Return the rows that are surely inside, and those too near the edge to tell."""
    inside, rim = np.empty(len(some), np.int64), np.empty(len(some), np.int64)
    taken, doubtful = 0, 0
    for place in range(len(some)):
        at = some[place]
        x = packed[at, 0] / SCALE - middle[0]
        y = packed[at, 1] / SCALE - middle[1]
        z = packed[at, 2] / SCALE - middle[2]
        away_m = _ACROSS_M * math.asin(min(math.sqrt(x * x + y * y + z * z) / 2, 1.0))
        gap_m = max(away_m - outer_m, inner_m - away_m) - radii_m[at]
        if abs(gap_m) <= margin_m + _RADIUS_MARGIN * radii_m[at]:
            rim[doubtful] = at
            doubtful += 1
        elif gap_m < 0:
            inside[taken] = at
            taken += 1
    return inside[:taken], rim[:doubtful]
