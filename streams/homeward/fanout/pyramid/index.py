"""The index over a pyramid: a snapshot, and beside it what changed since."""

import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from homeward.fanout.areas import Among, Anywhere, CellSet
from homeward.fanout.columns import LaneChanges, LaneColumns
from homeward.fanout.index import Matched, Query
from homeward.fanout.pyramid.delta import Delta, people_of, rows_meet
from homeward.fanout.pyramid.fast import steps
from homeward.fanout.pyramid.judging import Asked, among, asked, judge, ordinals_of
from homeward.fanout.pyramid.merging import built, merged
from homeward.fanout.pyramid.ordering import matched, ordered
from homeward.fanout.pyramid.picking import picked
from homeward.fanout.pyramid.ranges import Indices, distinct
from homeward.fanout.pyramid.ranks import Ordinals
from homeward.fanout.pyramid.shapes import Drawn
from homeward.fanout.pyramid.snapshot import Snapshot
from homeward.fanout.pyramid.walk import Found
from homeward.fanout.pyramid.wishes import Wishes

MERGED_FROM: Final = 20_000
"""Entries of the delta: so many cost a match about a millisecond."""


@dataclass(slots=True, weakref_slot=True)
class Merge:
    """A merge under way; one whose work and swap are dropped is under way no more."""

    touched: list[Ordinals] = field(default_factory=list)
    """Who changed or left since it began."""


class PyramidIndex:
    """A `RecipientIndex` whose cost follows the area's rim and the people inside it."""

    def __init__(self, columns: LaneColumns, *, fast: bool | None = None) -> None:
        """Build it. ``fast``: with machine code (numba) or without; None: when it is installed."""
        self._revision = columns.revision
        self._wishes = Wishes()
        self._snapshot = built(columns, self._wishes, None if fast is False else steps())
        self._delta = Delta(self._snapshot.ranks)
        self._merge: weakref.ref[Merge] | None = None
        """The one under way: as long as somebody can still swap it in."""

    @property
    def revision(self) -> int:
        """The newest roster change it knows."""
        return self._revision

    def __len__(self) -> int:
        """Return how many people it knows."""
        return len(self._snapshot) - self._delta.dead + self._delta.living

    def match(self, query: Query) -> Matched:
        """Return everybody inside, by the rule."""
        snapshot, delta, wishes = self._snapshot, self._delta, self._wishes
        old = [judge(snapshot, some, wishes, query) for some in self._old(query)]
        parts = [ordered(snapshot.people, old, ascending=True)]
        if delta.living:
            new = judge(delta, asked(delta, self._new(query), query), wishes, query)
            parts.append(ordered(delta.people, [new], ascending=False))
        return matched(parts)

    def find(self, area: Drawn | CellSet) -> Found:
        """Return the rows of the snapshot inside an area, as ranges: the walk alone."""
        return self._snapshot.rows_in(area)

    def apply(self, changes: LaneChanges) -> None:
        """Take changes in; older ones than the newest it knows are known."""
        columns = changes.columns
        if columns.revision < self._revision:
            return
        self._revision = columns.revision
        people, first, counts, cells = people_of(columns)
        over = people
        if changes.gone:
            gone = np.array(changes.gone.to_array(), np.uint32)
            over = distinct(np.concatenate([people, gone]))
        self._delta.kill(over)
        self._delta.add(people, self._wishes.number(columns, first), counts, cells)
        if (merge := self._under_way()) is not None:
            merge.touched.append(over)

    def merging(self) -> Callable[[], Callable[[], None]] | None:
        """Return the work of a merge, or None: too little changed, or one is under way."""
        if self._under_way() is not None or len(self._delta) + self._delta.dead < 2 * MERGED_FROM:
            return None
        merge, old, new = Merge(), self._snapshot, self._delta.frozen()
        known = self._wishes
        self._merge = weakref.ref(merge)

        def work() -> Callable[[], None]:
            try:
                found = merged(old, new, known)
            except BaseException:
                self._merge = None
                raise
            return lambda: self._swap(merge, *found, new.entries)

        return work

    def _under_way(self) -> "Merge | None":
        return None if self._merge is None else self._merge()

    def _swap(self, merge: "Merge", snapshot: Snapshot, wishes: Wishes, entries: int) -> None:
        if self._under_way() is not merge:
            return  # swapped before
        touched = distinct(np.concatenate([np.empty(0, np.uint32), *merge.touched]))
        old = self._wishes

        def numbered(numbers: NDArray[np.uint32]) -> NDArray[np.uint32]:
            return numbers if wishes is old else wishes.again(old, numbers)

        self._delta = self._delta.after(entries, snapshot.ranks, touched, numbered)
        self._snapshot, self._wishes, self._merge = snapshot, wishes, None

    def _old(self, query: Query) -> list[Asked]:
        """Return the snapshot's people inside who still stand there; nobody twice."""
        snapshot, delta = self._snapshot, self._delta
        if query.only is not None:
            ranks = delta.untouched(snapshot.find(ordinals_of(query.only)))
            return [asked(snapshot, self._inside(snapshot, ranks, query), query)]
        again = delta.untouched(snapshot.find(ordinals_of(query.again)))
        match query.area:
            case Anywhere():
                ranks = delta.untouched(np.arange(len(snapshot)))
                return [asked(snapshot, ranks, query)]
            case Among():
                ranks = delta.untouched(snapshot.find(ordinals_of(query.area.ordinals)))
                return [asked(snapshot, distinct(np.concatenate([ranks, again])), query)]
            case _:
                gone = delta.touched if delta.dead else None
                return picked(snapshot, snapshot.rows_in(query.area), again, gone, query)

    def _new(self, query: Query) -> Indices:
        """Return the delta's entries inside."""
        delta = self._delta
        if query.only is not None:
            return self._inside(delta, delta.find(ordinals_of(query.only)), query)
        entries = delta.inside(query.area)
        if query.again:
            again = delta.find(ordinals_of(query.again))
            entries = distinct(np.concatenate([entries, again]))
            entries = entries[np.argsort(delta.people[entries])]
        return entries

    @staticmethod
    def _inside(part: Snapshot | Delta, ranks: Indices, query: Query) -> Indices:
        """Return who of some is inside, or is looked at again."""
        people = part.people.take(ranks)
        match query.area:
            case Anywhere():
                return ranks
            case Among():
                inside = among(people, query.area.ordinals)
            case _:
                at, counts = part.rows_of(ranks)
                owners = np.arange(len(ranks)).repeat(counts)
                inside = np.zeros(len(ranks), np.bool_)
                inside[owners[rows_meet(part.rows, at, query.area)]] = True
        if query.again:
            inside |= among(people, query.again)
        return ranks[inside]
