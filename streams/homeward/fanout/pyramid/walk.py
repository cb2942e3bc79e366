"""The walk down the pyramid: a ball inside is a slice taken, one outside is dropped, others open.

Level by level with all cells at once, because numpy is slow to begin and fast to go on.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from homeward.fanout.areas import CellSet
from homeward.fanout.eligible import rows_inside
from homeward.fanout.pyramid.fast import Steps
from homeward.fanout.pyramid.levels import Level
from homeward.fanout.pyramid.ranges import Indices, distinct, spread
from homeward.fanout.pyramid.rows import Rows
from homeward.fanout.pyramid.shapes import Band, Drawn, Shape, doubtful
from homeward.geography.cells import (
    RES_MAX,
    Cells,
    keys,
    outermost,
    range_starts,
    resolutions,
)
from homeward.geography.sphere import balls_of

_NO_INDICES = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class Found:
    """Rows inside: ranges, and single ones that were looked at; no row twice."""

    starts: Indices
    ends: Indices
    single: Indices = field(default_factory=lambda: _NO_INDICES)

    def __len__(self) -> int:
        """Return how many rows there are."""
        return int((self.ends - self.starts).sum()) + len(self.single)


def walk(levels: Sequence[Level], rows: Rows, area: Drawn, shape: Shape) -> Found:
    """Return the rows inside a drawn area."""
    starts: list[NDArray[np.signedinteger]] = [_NO_INDICES]
    ends: list[NDArray[np.signedinteger]] = [_NO_INDICES]
    some = np.arange(len(levels[0])) if levels else _NO_INDICES
    for number, level in enumerate(levels):
        outer_m = level.outer_m.take(some).astype(np.float64)
        gaps_m = shape.gaps_m(level.points.take(some, axis=0), outer_m)
        near = (gaps_m <= outer_m).nonzero()[0]
        some, gaps_m = some.take(near), gaps_m.take(near)
        whole = gaps_m + level.inner_m.take(some) <= -shape.margin_m
        taken = some[whole]
        if len(taken):
            starts.append(level.starts.take(taken))
            ends.append(level.starts.take(taken + 1))
            some = some[~whole]
        if not len(some):
            return Found(np.concatenate(starts), np.concatenate(ends))
        below = level.children if number + 1 < len(levels) else level.starts
        some = spread(below.take(some), below.take(some + 1))
    # The rows of a cell lie side by side and are inside together: one of them is looked at.
    cells = rows.keys.take(some)
    changes = (cells[1:] != cells[:-1]).nonzero()[0] + 1
    firsts = np.concatenate([[0], changes])[: len(some)]
    inside = meets_drawn(rows, some.take(firsts), area, shape)
    inside = inside.repeat(np.diff(firsts, append=len(some)))
    return Found(np.concatenate(starts), np.concatenate(ends), some[inside])


def meets_drawn(rows: Rows, at: Indices, area: Drawn, shape: Shape) -> NDArray[np.bool_]:
    """Return which rows' balls meet a drawn area; whoever is on the rim is judged by the rule."""
    radii_m = rows.radii_m.take(at).astype(np.float64)
    gaps_m = shape.gaps_m(rows.points(at), radii_m + shape.margin_m)
    inside: NDArray[np.bool_] = gaps_m <= radii_m
    rim = doubtful(gaps_m, radii_m, shape.margin_m).nonzero()[0]
    if len(rim):
        inside[rim] = ruled(rows, at[rim], area)
    return inside


def ruled(rows: Rows, at: Indices, area: Drawn) -> NDArray[np.bool_]:
    """Return what the rule itself says of rows."""
    cells = rows.cells(at)
    return rows_inside(area, cells, np.zeros(len(at), np.uint32), *balls_of(cells))


def compiled_walk(
    steps: Steps, levels: Sequence[Level], rows: Rows, area: Drawn, band: Band
) -> Found:
    """Return the same as `walk`, sooner."""
    starts, ends, inside, rim = steps.walk(levels, rows, band)
    if len(rim):
        inside = np.concatenate([inside, rim[ruled(rows, rim, area)]])
        inside.sort()
    return Found(
        np.concatenate(starts or [_NO_INDICES]), np.concatenate(ends or [_NO_INDICES]), inside
    )


def within_cells(rows: Rows, coarse: Sequence[int], area: CellSet) -> Found:
    """Return the rows in cells, below them or above them.

    All below a cell is one range of keys. Above it stand its own parents, at the resolutions that
    rows have (``coarse``).
    """
    outer = outermost(area.cells)
    ends = keys(outer)
    above = _parents(area.cells, coarse)
    above = above[~_held(above, range_starts(outer), ends)]
    lows = np.concatenate([range_starts(outer), above])
    highs = np.concatenate([ends, above])
    starts = np.searchsorted(rows.keys, lows, side="left").astype(np.int64)
    stops = np.searchsorted(rows.keys, highs, side="right").astype(np.int64)
    some = stops > starts
    return Found(starts[some], stops[some])


def _parents(cells: Cells, resolutions_above: Sequence[int]) -> Cells:
    """Return the keys of the cells' parents at some resolutions, each once."""
    own = resolutions(cells)
    found = [
        keys(cells[own > res]) | np.uint64((1 << 3 * (RES_MAX - res)) - 1)
        for res in resolutions_above
    ]
    return distinct(np.concatenate([np.empty(0, np.uint64), *found]))


def _held(some: Cells, starts: Cells, ends: Cells) -> NDArray[np.bool_]:
    """Return which keys lie in one of some ranges that are apart and sorted."""
    if not len(ends):
        return np.zeros(len(some), np.bool_)
    at = np.searchsorted(ends, some)
    near = np.minimum(at, len(ends) - 1)
    held: NDArray[np.bool_] = (at < len(ends)) & (starts[near] <= some)
    return held
