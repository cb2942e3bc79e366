"""The workbench in memory: state rows, wakes, parked keys; outputs go to log and ledger."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from homeward.fanout.days import DayRow, ShardDay
from homeward.ports import KeyTurn, Parked, Position, Taken, Wake
from homeward.record.envelope import Entry, Row, kind_of
from homeward.testing.memory.calls import Calls, port_call
from homeward.testing.memory.keeping import MemoryClock
from homeward.testing.memory.ledger import LedgerDisk
from homeward.testing.memory.log import LogDisk

At = tuple[str, str]
"""(processor, key)"""


@dataclass(slots=True)
class BenchDisk:
    """What a crash leaves of the workbench."""

    positions: dict[At, Position] = field(default_factory=dict)
    wakes: dict[At, Wake] = field(default_factory=dict)
    parked: dict[At, Parked] = field(default_factory=dict)
    births: dict[str, int] = field(default_factory=dict)
    lows: dict[str, int] = field(default_factory=dict)
    live: set[At] = field(default_factory=set)
    days: dict[ShardDay, DayRow] = field(default_factory=dict)


class MemoryWorkbench:
    """`Workbench` over the disks; each call is one transaction because nothing in it waits."""

    def __init__(
        self, disk: BenchDisk, log: LogDisk, ledger: LedgerDisk, clock: MemoryClock, calls: Calls
    ) -> None:
        self.disk, self.log, self.ledger = disk, log, ledger
        self.clock, self.calls = clock, calls

    @port_call
    async def load(self, processor: str, keys: Collection[str]) -> Mapping[str, Position]:
        return {key: self._position((processor, key)) for key in keys}

    def _position(self, at: At) -> Position:
        return replace(self.disk.positions.get(at, Position()), parked=at in self.disk.parked)

    @port_call
    async def commit_turn(self, processor: str, turns: Sequence[KeyTurn]) -> frozenset[str]:
        ordered = sorted(turns, key=lambda turn: turn.key)
        refused = frozenset(turn.key for turn in ordered if not self._commit(processor, turn))
        self.log.ring()
        return refused

    @port_call
    async def commit_cascade(
        self,
        turns: Sequence[tuple[str, KeyTurn]],
        entries: Sequence[Entry],
        first: int,
        taken: Taken | None = None,
    ) -> bool:
        [key] = {turn.key for _, turn in turns}
        known = [self.disk.positions.get((name, key), Position()).revision for name, _ in turns]
        newest = sum(row.key == key for row in self.log.rows)
        if known != [turn.expected_revision for _, turn in turns]:
            return False
        if not all(self._days_hold(turn) for _, turn in turns):
            return False
        if entries and newest + 1 != first:
            return False
        chunks = {chunk.id: chunk for _, turn in turns for chunk in turn.chunks}
        if taken and (taken.chunk in self.ledger.rows or self.ledger.over(chunks[taken.chunk])):
            return False
        for name, turn in turns:
            assert self._commit(name, replace(turn, entries=()))
        stale = self.log.continues(tuple(entries))
        assert stale is None, f"somebody else wrote to {stale}"
        self.log.insert(tuple(entries), self.clock.real())
        if taken:
            row = self.ledger.rows[taken.chunk]
            row.lease = 1
            row.leased_until = self.clock.real() + timedelta(seconds=taken.lease_s)
            row.lease_s = taken.lease_s
        self.log.ring()
        return True

    def _commit(self, processor: str, turn: KeyTurn) -> bool:
        at = processor, turn.key
        before = self.disk.positions.get(at, Position())
        if before.revision != turn.expected_revision or not self._days_hold(turn):
            return False
        stale = self.log.continues(turn.entries)
        assert stale is None, f"somebody else wrote to {stale}"
        self.disk.positions[at] = Position(
            heard=turn.heard,
            revision=turn.expected_revision + 1,
            state=turn.state,
            out_version=turn.out_version,
            out_chain=turn.out_chain,
            wake_at=self._wake(at, turn.wake, before.wake_at),
        )
        for one in turn.days:
            row = DayRow(one.shard, one.day, one.expected_revision + 1, one.levels)
            self.disk.days[one.shard, one.day] = row
        (self.disk.live.add if turn.live else self.disk.live.discard)(at)
        self.ledger.add(turn.chunks, self.clock.real())
        self.log.insert(turn.entries, self.clock.real())
        return True

    def _days_hold(self, turn: KeyTurn) -> bool:
        days = self.disk.days
        return all(
            one.expected_revision
            == (days[one.shard, one.day].revision if (one.shard, one.day) in days else 0)
            for one in turn.days
        )

    def _wake(self, at: At, wake: Wake | str | None, before: datetime | None) -> datetime | None:
        if isinstance(wake, Wake):
            self.disk.wakes[at] = wake
            return wake.due
        if wake is None:
            self.disk.wakes.pop(at, None)
            return None
        return before

    @port_call
    async def days(
        self, shards: range, since: int, known: Mapping[ShardDay, int]
    ) -> Sequence[DayRow]:
        return [
            row
            for (shard, day), row in sorted(self.disk.days.items())
            if shard in shards and day >= since and known.get((shard, day)) != row.revision
        ]

    @port_call
    async def forget_days(self, before: int) -> int:
        late = [at for at in self.disk.days if at[1] < before]
        for at in late:
            del self.disk.days[at]
        return len(late)

    @port_call
    async def live(self, processor: str) -> Mapping[str, int]:
        rows = self.disk.positions
        return {at[1]: rows[at].revision for at in self.disk.live if at[0] == processor}

    @port_call
    async def unheard(
        self,
        processor: str,
        kinds: Collection[str],
        low: int,
        upto: int,
        limit: int = 500,
        keys: Collection[str] | None = None,
    ) -> Sequence[Row]:
        found: list[Row] = []
        for row in self.log.rows[low:upto]:
            position = self._position((processor, row.key))
            fresh = row.key_version > position.heard and not position.parked
            if fresh and kind_of(row) in kinds and (keys is None or row.key in keys):
                found.append(row)
        return found[:limit]

    @port_call
    async def start(self, processor: str) -> tuple[int, int]:
        size = len(self.log.rows)
        birth = self.disk.births.setdefault(processor, size)
        return birth, self.disk.lows.setdefault(processor, size)

    @port_call
    async def raise_low(self, processor: str, low: int) -> None:
        self.disk.lows[processor] = max(low, self.disk.lows.get(processor, 0))

    @port_call
    async def park(self, parked: Parked) -> None:
        self.disk.parked.setdefault((parked.processor, parked.key), parked)

    @port_call
    async def unpark(self, processor: str, key: str) -> bool:
        return self.disk.parked.pop((processor, key), None) is not None

    @port_call
    async def parked(self) -> Sequence[Parked]:
        return list(self.disk.parked.values())

    @port_call
    async def due(self, moment: datetime, limit: int = 100) -> Sequence[Wake]:
        found = sorted(
            (wake for wake in self.disk.wakes.values() if wake.due <= moment),
            key=lambda wake: (wake.due, wake.processor, wake.key),
        )
        return found[:limit]

    @port_call
    async def next_due(self) -> datetime | None:
        return min((wake.due for wake in self.disk.wakes.values()), default=None)

    @port_call
    async def drop_wake(self, wake: Wake) -> None:
        if self.disk.wakes.get((wake.processor, wake.key)) == wake:
            del self.disk.wakes[wake.processor, wake.key]
