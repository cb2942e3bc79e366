"""A lane's days: of how many alerts its people were told today, as this process knows them.

What one commit counts on is read before it and is fenced in it: a shard's day that somebody else
counted on meanwhile refuses the turn, and it is made anew. So the count is exact over alerts,
processes and crashes, and lanes may be cut anew, for days are kept by shard.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from homeward.fanout.days import (
    KEPT_DAYS,
    Counted,
    DayChange,
    Days,
    ShardDay,
    by_shard,
    levels_of,
    raw_levels,
)
from homeward.ports import Workbench


@dataclass(slots=True)
class DayCache:
    """What a process has read of a lane's days; asked again, only what changed is read."""

    shards: range
    days: Days = field(default_factory=Days)
    revisions: dict[ShardDay, int] = field(default_factory=dict)

    async def read(self, workbench: Workbench, at: datetime) -> None:
        """Read what others committed. Raises LogUnavailable."""
        oldest = (at - timedelta(days=KEPT_DAYS)).toordinal()
        rows = await workbench.days(self.shards, oldest, dict(self.revisions))
        for row in rows:
            if self.revisions.get((row.shard, row.day), 0) < row.revision:
                self.days = self.days.put(row.shard, row.day, levels_of(row.levels))
                self.revisions[row.shard, row.day] = row.revision
        if any(day < oldest for _, day in self.revisions):
            self.days = self.days.since(oldest)
            self.revisions = {at: one for at, one in self.revisions.items() if at[1] >= oldest}


@dataclass(slots=True)
class DayView:
    """The days as one commit knows them: what was read, and what its own turns count."""

    workbench: Workbench
    cache: DayCache
    days: Days | None = None
    """None: nobody has asked yet."""
    _revisions: dict[ShardDay, int] = field(default_factory=dict)
    _counted: list[tuple[int, AbstractSet[int]]] = field(default_factory=list)

    async def read(self, at: datetime) -> Days:
        """Return the days, the same for all of a commit but for what it counts itself."""
        if self.days is None:
            await self.cache.read(self.workbench, at)
            if self.days is None:  # two keys of one commit are never read at once, but may be
                self.days, self._revisions = self.cache.days, dict(self.cache.revisions)
        return self.days

    def count(self, counted: Counted) -> None:
        """Count people who are told of one more alert."""
        if counted and self.days is not None:
            self.days = self.days.count(counted)
            self._counted += [(day, by_shard(people).keys()) for day, people in counted]

    def taken(self) -> tuple[DayChange, ...]:
        """Return what was counted since the last call, for the turn that tells those people."""
        touched = {(shard, day) for day, shards in self._counted for shard in shards}
        self._counted.clear()
        changes = []
        for day in sorted({day for _, day in touched}):
            assert self.days is not None
            split = [by_shard(level) for level in self.days.levels[day]]
            for shard in sorted(shard for shard, one in touched if one == day):
                levels = [one[shard] for one in split if shard in one]
                expected = self._revisions.get((shard, day), 0)
                self._revisions[shard, day] = expected + 1
                changes.append(DayChange(shard, day, expected, raw_levels(levels)))
        return tuple(changes)
