"""Tells whoever comes late to a live area: beside the sweeps, by the same rule, each once.

A live case is looked at as a whole when its row is new here or changed (by a wave, by another
process): so a change of the roster that came between two looks is never missed, and a restart
needs to know nothing. After that only those people are looked at who changed. What follows commits
as a turn of the lane's own row in which nothing was heard: who is late writes nothing.
"""

import asyncio
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeAlias

import numpy as np
from pyroaring import BitMap

from homeward.fanout.columns import LaneChanges
from homeward.fanout.days import DayChange, Days
from homeward.fanout.index import RecipientIndex
from homeward.fanout.late import KINDS, LatePlan, Looked, late_query, plan_late
from homeward.fanout.live import LiveAreas
from homeward.fanout.told import LaneState, bitmap, load
from homeward.geography.cells import from_bytes
from homeward.hosts.lane import LaneConsumer
from homeward.hosts.turn import Bench
from homeward.ports import KEEP_WAKE, Clock, Feed, KeyTurn, Meter, Position, Wake
from homeward.record.chain import chain_start
from homeward.record.envelope import StreamHead
from homeward.words import RecipientKind

KEYS_MAX: Final = 100
"""Rows loaded or committed at once."""
TRIES: Final = 3
"""Whoever is refused for the third time waits for the next look."""
GATHER_S: Final = 0.05
"""Between two looks: a storm of positions is looked at in batches, and somebody who enters a live
area waits no longer than that."""
_KINDS: Final = [list(RecipientKind).index(kind) for kind in KINDS]

Name: TypeAlias = tuple[str, int]
"""(case, alert)"""


@dataclass(slots=True)
class _Row:
    """A live case as it was read last."""

    position: Position
    state: LaneState
    told: dict[int, BitMap] = field(default_factory=dict)
    """By alert: of its live version."""
    areas: dict[int, bytes] = field(default_factory=dict)
    """By alert: of its live version."""
    asleep: BitMap = field(default_factory=BitMap)
    """Passed over by any live version."""


@dataclass(slots=True)
class Latecomers:
    """One lane's look-out in this process; any number of processes may have one."""

    bench: Bench
    consumer: LaneConsumer
    clock: Clock
    meter: Meter
    _rows: dict[str, _Row] = field(default_factory=dict)
    _areas: LiveAreas[Name] = field(default_factory=LiveAreas)
    _asleep: BitMap | None = None
    """Passed over by any live version of any case; None: to be put together anew."""
    _dirty: dict[str, BitMap | None] = field(default_factory=dict)
    """Whom to look at, by case; None: at everybody, in the row as it is now."""
    _mark: str = ""
    """Of the roster's newest change when the last look began."""
    _size: int = -1
    """Of the log when the live cases were listed."""
    _listed_at_s: float = -math.inf

    @property
    def name(self) -> str:
        """Names the part in figures and messages."""
        return f"latecomers.{self.consumer.lane.number}"

    async def round(self, feed: Feed, poll_s: float) -> None:
        """Look once, then wait until the log grew or the roster changed. Raises LogUnavailable."""
        size = await self.bench.log.size()
        self._mark = await self.consumer.roster.wait(0)
        old = time.monotonic() - self._listed_at_s > poll_s  # somebody passed over says nothing
        if size != self._size or old:
            self._size = -1
            await self.once()
            self._size, self._listed_at_s = size, time.monotonic()
        else:
            await self.once(rows=False)
        await self._wait(feed, size, poll_s)
        await asyncio.sleep(GATHER_S)

    async def once(self, *, rows: bool = True) -> int:
        """Tell whoever came late by now; return how many. Raises LogUnavailable.

        Without ``rows`` the live cases are taken to be those of the last call.
        """
        keeper = self.consumer.keeper
        index = await keeper.fresh()
        self._changed(keeper.taken())
        if rows:
            await self._list()
        told = 0
        keys = sorted(self._dirty)
        for _ in range(TRIES):
            refused: list[str] = []
            for start in range(0, len(keys), KEYS_MAX):
                told += await self._look(keys[start : start + KEYS_MAX], index, refused)
            keys = sorted(refused)
            if not keys:
                break
        return told

    async def _wait(self, feed: Feed, size: int, poll_s: float) -> None:
        waits = [
            asyncio.ensure_future(self.consumer.roster.wait(poll_s, self._mark)),
            asyncio.ensure_future(feed.beyond(size, poll_s)),
        ]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waits:
                one.cancel()
            await asyncio.gather(*waits, return_exceptions=True)

    def _changed(self, journal: Sequence[LaneChanges] | None) -> None:
        """Note who of those that changed has to be looked at, and where."""
        if journal is None:
            self._dirty.update(dict.fromkeys(self._rows))
            return
        for changes in journal:
            columns = changes.columns
            kin = np.isin(columns.kinds, _KINDS)
            cells, people = columns.cells[kin], columns.ordinals[kin]
            for (key, alert), inside in self._areas.near(cells, people).items():
                self._note(key, inside - self._rows[key].told[alert])
            slept = BitMap(people) & self._sleepers()
            for key, row in self._rows.items() if slept else ():
                self._note(key, slept & row.asleep)

    def _note(self, key: str, people: BitMap) -> None:
        before = self._dirty.get(key, BitMap())
        if people and before is not None:
            self._dirty[key] = before | people

    def _sleepers(self) -> BitMap:
        if self._asleep is None:
            self._asleep = BitMap().union(*(row.asleep for row in self._rows.values()))
        return self._asleep

    async def _list(self) -> None:
        """Find the live cases that are new here, changed, or live no more."""
        live = await self.bench.workbench.live(self.consumer.name)
        for key in [key for key in self._rows if key not in live]:
            self._drop(key)
        for key, revision in live.items():
            if key not in self._rows or self._rows[key].position.revision != revision:
                self._dirty[key] = None

    async def _look(self, keys: Sequence[str], index: RecipientIndex, refused: list[str]) -> int:
        """Look at some cases and commit what follows; return how many people are told."""
        await self._load([key for key in keys if self._dirty[key] is None])
        consumer = self.consumer.afresh(self.bench.workbench)
        turns: list[KeyTurn] = []
        plans: dict[str, LatePlan] = {}
        for key in [key for key in keys if key in self._rows]:
            only, at = self._dirty[key], self.clock.now()
            plan = self._plan(key, index, await consumer.today(at), only, at)
            if plan is None:
                del self._dirty[key]
            else:
                plans[key] = plan
                consumer.count(plan.counted)
                turns.append(self._turn(key, plan, consumer.counted()))
                self._dirty[key] = None  # until it is known to be committed
            await asyncio.sleep(0)  # others first: there may be a thousand
        if not plans:
            return 0
        late = await self.bench.workbench.commit_turn(self.consumer.name, turns)
        refused.extend(late)
        told = 0
        for turn in turns:
            if turn.key not in late:
                told += sum(chunk.people for chunk in turn.chunks)
                position = _after(turn, self._rows[turn.key].position)
                self._put(turn.key, position, plans[turn.key].state)
                del self._dirty[turn.key]
        if told:
            self.meter.count("homeward_latecomers_total", told)
        return told

    def _plan(
        self, key: str, index: RecipientIndex, days: Days, only: BitMap | None, at: datetime
    ) -> LatePlan | None:
        state = self._rows[key].state
        looked = [
            Looked(
                one, index.match(late_query(one, at, only, state.told_of(one.alert), days)), only
            )
            for one in state.live(at)
            # A wake that is due tells those who slept under its own name; then all are looked at.
            if one.look_at is None or at < one.look_at
        ]
        return plan_late(key, state, self.consumer.lane, looked, at, index.revision)

    async def _load(self, keys: Sequence[str]) -> None:
        if not keys:
            return
        found = await self.bench.workbench.load(self.consumer.name, keys)
        for key in keys:
            position = found[key]
            if position.state is None:
                self._drop(key)
                del self._dirty[key]
            elif position.parked:  # its end may be among what it cannot hear: nobody is told
                self._drop(key)
            else:
                self._put(key, position, load(position.state))

    def _put(self, key: str, position: Position, state: LaneState) -> None:
        """Keep a row as it is now."""
        row, before = _Row(position, state), self._rows.get(key)
        for one in state.live(self.clock.now()):
            row.told[one.alert] = bitmap(one.told)
            row.asleep |= bitmap(one.suppressed)
            row.areas[one.alert] = one.area
            if before is None or before.areas.get(one.alert) != one.area:
                self._areas.put((key, one.alert), from_bytes(one.area))
        for alert in before.areas if before else ():
            if alert not in row.areas:
                self._areas.drop((key, alert))
        self._rows[key], self._asleep = row, None

    def _drop(self, key: str) -> None:
        row = self._rows.pop(key, None)
        for alert in row.areas if row else ():
            self._areas.drop((key, alert))
        self._asleep = None

    def _turn(self, key: str, plan: LatePlan, days: tuple[DayChange, ...]) -> KeyTurn:
        """Return the turn of the lane's row: nothing was heard, and what follows is named."""
        consumer, position, pen = self.consumer, self._rows[key].position, self.bench.pen
        stream = consumer.stream(key)
        chain = position.out_chain or chain_start(pen.log, stream)
        head = StreamHead(stream, position.out_version, chain)
        entries = [
            entry
            for said in plan.says
            for entry in pen.named(said.name, consumer.name, said.cause, (said.fact,), head)
        ]
        due = plan.state.look_at
        asked = None if due is None else Wake(consumer.name, key, due, plan.wake_name)
        return KeyTurn(
            key=key,
            expected_revision=position.revision,
            heard=position.heard,
            state=consumer.dump(plan.state),
            entries=tuple(entries),
            out_version=head.version,
            out_chain=head.chain if head.version else None,
            wake=KEEP_WAKE if due == position.wake_at else asked,
            chunks=plan.chunks,
            live=bool(plan.state.live(self.clock.now())),
            days=days,
        )


def _after(turn: KeyTurn, before: Position) -> Position:
    """Return the position that a turn leaves."""
    wake_at = turn.wake.due if isinstance(turn.wake, Wake) else None
    return Position(
        heard=turn.heard,
        revision=turn.expected_revision + 1,
        state=turn.state,
        out_version=turn.out_version,
        out_chain=turn.out_chain,
        wake_at=before.wake_at if turn.wake == KEEP_WAKE else wake_at,
    )
