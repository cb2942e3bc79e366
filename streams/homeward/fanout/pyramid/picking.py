"""Rows inside, as people: who has one row as it comes, who has several once.

Rows are taken as they lie, by ranges, because memory likes that best; nothing is looked up by
person that a row can tell. The rows of a cell lie side by side, so a cell is measured once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from homeward.fanout.index import Query
from homeward.fanout.pyramid.judging import Asked, Flags, asked, focus_of
from homeward.fanout.pyramid.measuring import least, near_m
from homeward.fanout.pyramid.ranges import Indices, order_of, spread
from homeward.fanout.pyramid.rows import Rows
from homeward.fanout.pyramid.snapshot import Snapshot
from homeward.fanout.pyramid.walk import Found
from homeward.geography.sphere import Floats

_T = TypeVar("_T", bound=np.generic)
_RANGES_LONG: Final = 32
"""Ranges that are longer on average are copied slice by slice."""


@dataclass(frozen=True, slots=True)
class Picked:
    """Rows by their places among those that were found."""

    rows: Rows
    slices: tuple[slice, ...]
    at: Indices
    """Rows that follow the slices one by one."""

    @classmethod
    def of(cls, rows: Rows, found: Found) -> "Picked":
        """Return the rows found; ranges that touch become one."""
        order = np.argsort(found.starts)
        starts, ends = found.starts.take(order), found.ends.take(order)
        apart = (starts[1:] != ends[:-1]).nonzero()[0]
        starts = starts[np.concatenate([[0], apart + 1])] if len(starts) else starts
        ends = np.append(ends.take(apart), ends[-1:])
        if (ends - starts).sum() < _RANGES_LONG * len(starts):
            return cls(rows, (), np.concatenate([spread(starts, ends), found.single]))
        pairs = zip(starts.tolist(), ends.tolist(), strict=True)
        return cls(rows, tuple(slice(*pair) for pair in pairs), found.single)

    def column(self, values: NDArray[_T]) -> NDArray[_T]:
        """Return a column of the rows."""
        single = values.take(self.at, axis=0)
        if not self.slices:
            return single
        return np.concatenate([*(values[one] for one in self.slices), single])

    def row(self, places: Indices) -> Indices:
        """Return which row stands at each place."""
        if not self.slices:
            return self.at.take(places)
        starts = np.array([one.start for one in self.slices], np.int64)
        after = np.array([one.stop for one in self.slices], np.int64) - starts
        after = after.cumsum()
        some = np.searchsorted(after, places, side="right")
        ranged = int(np.searchsorted(places, after[-1]))  # places ascend, and single rows are last
        before = np.concatenate([[0], after[:-1]])
        first = places[:ranged] + (starts - before).take(some[:ranged])
        return np.concatenate([first, self.at.take(places[ranged:] - after[-1])])

    def near_m(self, focus: Floats | None) -> Floats:
        """Return how far each row's ball is from the focus; a cell is measured once."""
        if focus is None:
            return np.zeros(sum(one.stop - one.start for one in self.slices) + len(self.at))
        cells = self.column(self.rows.keys)
        changes = (cells[1:] != cells[:-1]).nonzero()[0]
        firsts = np.concatenate([[0], changes + 1])[: len(cells)]
        counts = np.diff(firsts, append=len(cells))
        return near_m(self.rows, self.row(firsts), focus).repeat(counts)


def picked(
    snapshot: Snapshot,
    found: Found,
    again: Indices,
    gone: Callable[[Indices], Flags] | None,
    query: Query,
) -> list[Asked]:
    """Return the people of rows, and whoever is looked at again, to be judged; nobody twice.

    ``gone`` tells who stands there no more; without it nobody is gone.
    """
    focus = None if query.focus is None else focus_of(query.focus)
    some = Picked.of(snapshot.rows, found)
    ranks = some.column(snapshot.rows.owners).astype(np.int64)
    wishes = some.column(snapshot.row_wishes)
    away_m = some.near_m(focus)
    left_out = (wishes & np.uint32(1)).astype(np.bool_)
    many = left_out.nonzero()[0]
    mates, mates_m = several(snapshot, ranks.take(many), away_m.take(many), focus)
    if gone is not None:
        left_out |= gone(ranks)
        stay = (~gone(mates)).nonzero()[0]
        mates, mates_m = mates.take(stay), mates_m.take(stay)
    asking = [
        Asked(ranks, wishes >> np.uint32(1), away_m.take, left_out),
        Asked(mates, snapshot.wishes.take(mates), mates_m.take),
    ]
    if len(again):
        again = again[~snapshot.marks.hits(ranks, again)]
        asking.append(asked(snapshot, again, query))
    return [one for one in asking if len(one.ranks)] or asking[:1]


def several(
    snapshot: Snapshot, owners: Indices, away_m: Floats, focus: Floats | None
) -> tuple[Indices, Floats]:
    """Return the people behind rows, ascending and each once, and how far each one's nearest is.

    Rows outside count for nearness, too: of who has any, all are looked at.
    """
    order = order_of(owners)
    ranks = owners.take(order)
    starts = np.concatenate([[True], ranks[1:] != ranks[:-1]]).nonzero()[0][: len(ranks)]
    ranks = ranks.take(starts)
    if focus is None or not len(ranks):
        return ranks, np.zeros(len(ranks))
    nearest_m = np.minimum.reduceat(away_m.take(order), starts)
    inside = np.diff(starts, append=len(order))
    some = (inside != snapshot.counts(ranks)).nonzero()[0]
    if len(some):
        at, counts = snapshot.rows_of(ranks.take(some))
        nearest_m[some] = least(near_m(snapshot.rows, at, focus), counts)
    return ranks, nearest_m
