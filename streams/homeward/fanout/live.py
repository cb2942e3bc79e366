"""Which live areas a place may enter: the index the other way round, over all areas at once.

A place is inside an area when one of its cells is in it, above a cell of it or below one
(`eligible`). So it is looked up by its own key and those of the cells above it, and by the range of
keys below it: exact, and a thousand areas cost a longer binary search, no thousand looks.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from homeward.fanout.columns import NO_CELL
from homeward.geography.cells import (
    NOWHERE,
    Cells,
    keys,
    meets,
    outermost,
    parents,
    range_starts,
    resolutions,
)

UNSORTED_MAX: Final = 32
"""Areas that are looked at one by one before all are sorted anew."""

N = TypeVar("N")


@dataclass(slots=True)
class LiveAreas(Generic[N]):
    """Areas by name, each a set of cells of mixed resolutions."""

    _slots: dict[N, int] = field(default_factory=dict)
    """The newest slot of each name: a slot is never used again."""
    _names: dict[int, N] = field(default_factory=dict)
    """The name of each slot in use."""
    _new: dict[int, Cells] = field(default_factory=dict)
    """Not sorted in yet."""
    _ends: Cells = field(default_factory=lambda: NOWHERE)
    """Keys of the cells of all areas, sorted."""
    _owners: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    """The slot of each."""
    _next: int = 0

    def __len__(self) -> int:
        """Return how many areas there are."""
        return len(self._slots)

    def __contains__(self, name: object) -> bool:
        """Return whether there is an area of that name."""
        return name in self._slots

    def put(self, name: N, area: Cells) -> None:
        """Add an area, or put another one in its place."""
        self.drop(name)
        self._slots[name], self._names[self._next] = self._next, name
        self._new[self._next] = area
        self._next += 1

    def drop(self, name: N) -> None:
        """Forget an area, if there is one of that name."""
        slot = self._slots.pop(name, None)
        if slot is not None:
            del self._names[slot]
            self._new.pop(slot, None)

    def near(self, cells: Cells, people: NDArray[np.uint32]) -> Mapping[N, BitMap]:
        """Return who is inside which area, one entry of ``cells`` and ``people`` a place."""
        placed = cells != NO_CELL
        cells, people = cells[placed], people[placed]
        if not len(cells) or not self._slots:
            return {}
        if len(self._new) > UNSORTED_MAX:
            self._sort()
        found: dict[N, BitMap] = {}
        for slot, inside in self._sorted_in(cells, people):
            found[self._names[slot]] = inside
        for slot, area in self._new.items():
            if len(kin := people[meets(area, cells)]):
                found[self._names[slot]] = BitMap(kin)
        return found

    def _sorted_in(self, cells: Cells, people: NDArray[np.uint32]) -> Iterator[tuple[int, BitMap]]:
        """Return those inside areas that are sorted in, by slot."""
        if not len(self._ends):
            return
        at, who = self._hits(cells)
        slots = self._owners[at]
        order = np.argsort(slots, kind="stable")
        slots, owners = slots[order], people[who[order]]
        firsts = np.flatnonzero(np.diff(slots, prepend=-1))
        for slot, inside in zip(slots[firsts], np.split(owners, firsts[1:]), strict=False):
            if int(slot) in self._names:
                yield int(slot), BitMap(inside)

    def _hits(self, cells: Cells) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return pairs of (place in the sorted keys, place in ``cells``) that are kin."""
        lows = [np.searchsorted(self._ends, range_starts(cells), side="left")]
        highs = [np.searchsorted(self._ends, keys(cells), side="right")]
        whose = [np.arange(len(cells))]
        above, who = cells, whose[0]
        while len(above):  # whichever cell is above it
            finer = resolutions(above) > 0
            above, who = parents(above[finer]), who[finer]
            lows.append(np.searchsorted(self._ends, keys(above), side="left"))
            highs.append(np.searchsorted(self._ends, keys(above), side="right"))
            whose.append(who)
        low, count = np.concatenate(lows), np.concatenate(highs) - np.concatenate(lows)
        firsts = np.cumsum(count) - count
        at = np.arange(count.sum()) - np.repeat(firsts - low, count)
        return at, np.repeat(np.concatenate(whose), count)

    def _sort(self) -> None:
        """Take the new areas in and leave those that are gone out."""
        kept = np.isin(self._owners, np.fromiter(self._names, np.int64, len(self._names)))
        new = {slot: keys(outermost(area)) for slot, area in self._new.items()}
        ends = np.concatenate([self._ends[kept], *new.values()])
        owners = np.concatenate(
            [self._owners[kept], *(np.full(len(one), slot) for slot, one in new.items())]
        )
        order = np.argsort(ends, kind="stable")  # long sorted runs: the stable sort merges them
        self._ends, self._owners = ends[order], owners[order]
        self._new.clear()
