"""From ordinals to ranks: where a person stands among those that an index knows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from homeward.fanout.pyramid.ranges import Indices, spread

Ordinals = NDArray[np.uint32]
NOBODY: Final = -1
_SHARD_AT: Final = 26
_SHARDS: Final = 64
_LOCAL: Final = (1 << _SHARD_AT) - 1
_SPARE: Final = 1 << 16
_BIT: Final = np.uint8(1) << np.arange(8, dtype=np.uint8)
_SPARSE: Final = 4
"""A table may be so many times as long as there are people; ordinals of the departed stay used."""


@dataclass(frozen=True, slots=True)
class Ranks:
    """The ordinals of people, ascending, and a table to find them by: ordinals count up by shard.

    Without a table (ordinals drawn from everywhere) they are searched for.
    """

    people: Ordinals
    table: NDArray[np.int32] | None
    shift: Indices
    """Per shard: added to an ordinal it gives its place in the table."""
    ends: Indices
    """Per shard: the ordinal after its last."""
    begins: Indices
    """Per shard: its first ordinal."""

    @classmethod
    def of(cls, people: Ordinals) -> "Ranks":
        """Return the ranks of people in ascending order."""
        first = np.searchsorted(people, np.arange(_SHARDS, dtype=np.uint64) << _SHARD_AT)
        after = np.append(first[1:], len(people))
        some = after > first
        begins, ends = np.zeros(_SHARDS, np.int64), np.zeros(_SHARDS, np.int64)
        begins[some] = people[first[some]]
        ends[some] = people[after[some] - 1].astype(np.int64) + 1
        spans = ends - begins
        shift = spans.cumsum() - spans - begins
        if spans.sum() > _SPARSE * len(people) + _SPARE:
            return cls(people, None, shift, ends, begins)
        table = np.full(spans.sum(), NOBODY, np.int32)
        table[people + shift[people >> _SHARD_AT]] = np.arange(len(people), dtype=np.int32)
        return cls(people, table, shift, ends, begins)

    def __len__(self) -> int:
        """Return how many people there are."""
        return len(self.people)

    def find(self, ordinals: Ordinals) -> Indices:
        """Return each one's rank, or NOBODY."""
        if self.table is None:
            if not len(self.people):
                return np.full(len(ordinals), NOBODY, np.int64)
            at = np.searchsorted(self.people, ordinals)
            near = np.minimum(at, len(self.people) - 1)
            return np.where(self.people[near] == ordinals, near, NOBODY)
        wide = ordinals.astype(np.int64)
        shard = wide >> _SHARD_AT
        known = (wide >= self.begins.take(shard)) & (wide < self.ends.take(shard))
        place = np.where(known, wide + self.shift.take(shard), 0)
        if not len(self.table):
            return np.full(len(ordinals), NOBODY, np.int64)
        return np.where(known, self.table.take(place), NOBODY).astype(np.int64)

    def known(self, ordinals: Ordinals) -> Indices:
        """Return the ranks of those who are known among ascending ordinals."""
        if self.table is None or not len(self.table):
            ranks = self.find(ordinals)
        else:
            begins = np.searchsorted(ordinals, self.begins.astype(np.uint32))
            # The ordinal after the last of all has 33 bits.
            lasts = np.maximum(self.ends - 1, 0).astype(np.uint32)
            ends = np.where(self.ends, np.searchsorted(ordinals, lasts, side="right"), begins)
            counts = ends - begins
            some = ordinals
            if counts.sum() < len(ordinals):
                some = ordinals.take(spread(begins, ends))
            ranks = self.table.take(some + self.shift.repeat(counts)).astype(np.int64)
        if ranks.min(initial=0) > NOBODY:
            return ranks
        known: Indices = ranks[ranks != NOBODY]
        return known


class Marks:
    """Flags of people by rank; of whom an alert told they are kept, until another is asked about.

    An alert tells more and more people: from one question to the next only those are written who
    came. Not for two threads at once.
    """

    def __init__(self, people: int) -> None:
        self._people = people
        self._told = BitMap()
        self._told_bits = np.zeros(people // 8 + 1, np.uint8)
        """A bit a person: what is looked up at random fits into a core's cache."""
        self._spare: NDArray[np.bool_] | None = None

    def changes(self, told: BitMap) -> int:
        """Return how many people `told` would have to look up."""
        many: int = self._told.symmetric_difference_cardinality(told)
        return many

    def told(
        self, told: BitMap, find: Callable[[Ordinals], Indices], asked: Indices
    ) -> NDArray[np.bool_]:
        """Return which of those asked for are in a bitmap; ``find`` gives ranks."""
        if changed := self._told ^ told:
            ranks = find(np.array(changed.to_array(), np.uint32))
            np.bitwise_xor.at(self._told_bits, ranks >> 3, _BIT.take(ranks & 7))
            self._told = told.copy()
        found = self._told_bits.take(asked >> 3)
        found &= _BIT.take(asked & 7)
        return found.astype(np.bool_)

    def hits(self, some: Indices, asked: Indices) -> NDArray[np.bool_]:
        """Return which of those asked for are among some; a new array for millions costs more."""
        marks, self._spare = self._spare, None
        if marks is None:
            marks = np.zeros(self._people, np.bool_)
        marks[some] = True
        found = marks.take(asked)
        marks[some] = False
        self._spare = marks
        return found
