"""Of how many alerts people were told on each of their days, as bitmaps of ordinals.

For a date there is one bitmap a count: who was told of one alert or more, of two or more, and so
on. Whose day is spent is then one bitmap, and counting is one operation a count. Dates are those of
people's own zones, in days since the year 1, so two or three of them go on at once.
"""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import numpy as np
from pyroaring import BitMap

from homeward.fanout.shards import SHARDS
from homeward.policies.attention import PER_DAY_MAX

KEPT_DAYS: Final = 3
"""Dates before the newest that are still counted: zones lie up to 26 hours apart, and an order may
be heard late."""
COUNT_BITS: Final = 26
Levels: TypeAlias = tuple[BitMap, ...]
"""[k]: who was told of k + 1 alerts or more."""
Counted: TypeAlias = tuple[tuple[int, BitMap], ...]
"""(date, who was told of one more alert on it)"""
ShardDay: TypeAlias = tuple[int, int]
"""(shard, date)"""


@dataclass(frozen=True, slots=True)
class DayRow:
    """One shard's day, as it is kept."""

    shard: int
    day: int
    revision: int
    """Counts its commits."""
    levels: tuple[bytes, ...]
    """Portable bitmaps, as `Levels`."""


@dataclass(frozen=True, slots=True)
class DayChange:
    """One shard's day as a turn leaves it; the turn is refused when it is not what it was."""

    shard: int
    day: int
    expected_revision: int
    """0: there is no row."""
    levels: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Days:
    """A lane's days; frozen, so that what was read before a count stays as it was."""

    levels: Mapping[int, Levels] = field(default_factory=dict)
    """By date."""

    def spent(self, day: int, limit: int) -> BitMap:
        """Return who was told of so many alerts (1 or more) on a date, or of more."""
        levels = self.levels.get(day, ())
        return levels[limit - 1] if limit <= len(levels) else BitMap()

    def count(self, counted: Counted) -> "Days":
        """Return the days after some people were told of one more alert."""
        levels = dict(self.levels)
        for day, people in counted:
            if people:
                levels[day] = _more(levels.get(day, ()), people)
        return Days(levels)

    def put(self, shard: int, day: int, levels: Levels) -> "Days":
        """Return the days with one shard's day in the place of what was known of it."""
        others = BitMap(range(shard << COUNT_BITS, (shard + 1) << COUNT_BITS))
        before = self.levels.get(day, ())
        size = max(len(before), len(levels))
        kept = [(before[k] - others) if k < len(before) else BitMap() for k in range(size)]
        whole = [kept[k] | levels[k] if k < len(levels) else kept[k] for k in range(size)]
        return Days({**self.levels, day: tuple(whole)})

    def since(self, day: int) -> "Days":
        """Return the days without those before a date."""
        return Days({one: levels for one, levels in self.levels.items() if one >= day})


def _more(levels: Levels, people: BitMap) -> Levels:
    """Return the levels after each of these was told once more; beyond the most nobody counts."""
    below = [people, *(one & people for one in levels)][:PER_DAY_MAX]
    return tuple(
        (levels[k] | more) if k < len(levels) else more
        for k, more in enumerate(below)
        if more or k < len(levels)
    )


def by_shard(people: BitMap) -> Mapping[int, BitMap]:
    """Return people by shard; shards of nobody are left out."""
    ordinals = np.array(people.to_array(), np.uint32)
    starts = np.searchsorted(ordinals, np.arange(SHARDS + 1, dtype=np.int64) << COUNT_BITS)
    pairs = enumerate(zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True))
    return {
        shard: BitMap(array("I", ordinals[first:after].tobytes()))
        for shard, (first, after) in pairs
        if first < after
    }


def counted_of(days: Iterable[tuple[int, BitMap]], people: BitMap) -> Counted:
    """Return whom of some people it was which day for; nobody on no day."""
    found = ((day, there & people) for day, there in days)
    return tuple((day, there) for day, there in found if there)


def raw_levels(levels: Sequence[BitMap]) -> tuple[bytes, ...]:
    """Return levels as they are kept: the same people, the same bytes."""
    found = []
    for one in levels:
        fresh = BitMap(one)
        fresh.run_optimize()
        found.append(bytes(fresh.serialize()))
    return tuple(found)


def levels_of(raw: Sequence[bytes]) -> Levels:
    """Return levels that were kept."""
    return tuple(BitMap.deserialize(one) for one in raw)
