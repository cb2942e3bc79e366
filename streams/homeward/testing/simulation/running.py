"""Runs a history on a memory store, calm or disturbed, until nothing more follows."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import Any, Final, TypeAlias

from homeward import processors
from homeward.fanout.brute import BruteIndex
from homeward.fanout.lane import Lane
from homeward.hosts.cascade import Cascade
from homeward.hosts.consumer import Consumer, Pure
from homeward.hosts.keeper import IndexKeeper
from homeward.hosts.lane import LaneConsumer
from homeward.hosts.latecomers import Latecomers
from homeward.hosts.pen import Pen
from homeward.hosts.sweep import Sweeper
from homeward.hosts.turn import Bench, hear
from homeward.hosts.waker import Waker
from homeward.ports import LogUnavailable
from homeward.processor import Processor
from homeward.processors.hubs import Hubs
from homeward.processors.reach import Reach
from homeward.record.envelope import Row
from homeward.testing.histories import History
from homeward.testing.memory import Calls, Crashed, Fault, MemoryStore
from homeward.testing.simulation.alone import too_far
from homeward.testing.simulation.asked import wrongly_asked
from homeward.testing.simulation.desk import Desk
from homeward.testing.simulation.headed import not_headed_off
from homeward.testing.simulation.judge import Outcome, outcome
from homeward.testing.simulation.lane import SmallLane
from homeward.testing.simulation.missed import missed
from homeward.testing.simulation.places import NEAR, World
from homeward.testing.simulation.sender import Sender, Sending, Sink
from homeward.testing.simulation.small import (
    SmallCallouts,
    SmallEscalation,
    SmallHubs,
    SmallReach,
)
from homeward.testing.simulation.waved import not_told_as_said

LANES: Final = 2
ROUNDS_MAX: Final = 200
FRESH: Final = 5
"""Facts that two cascades fight for in a duel."""
KEPT: Final = 0.1
"""Share of sweeps after which ``low`` is kept: a new life then begins at various depths."""
LIVES_MAX: Final = 20_000
"""Processes that one run may use up; beyond it something dies each time it is tried."""

Crew: TypeAlias = Callable[[MemoryStore], Sequence[Consumer]]
"""Makes the consumers of a new process."""


def small_crew(store: MemoryStore) -> Sequence[Consumer]:
    """Return the small processors and two small lanes."""
    lanes = (SmallLane(store.roster, store.ledger, lane, LANES) for lane in range(LANES))
    small: list[Processor[Any]] = [
        SmallReach(),
        SmallHubs(),
        SmallEscalation(),
        SmallCallouts(),
    ]
    return [*(Pure(one) for one in small), *lanes]


def real_crew(store: MemoryStore) -> Sequence[Consumer]:
    """Return the catalogue's processors, and small lanes."""
    lanes = (SmallLane(store.roster, store.ledger, lane, LANES) for lane in range(LANES))
    return [*(Pure(one) for one in processors.ALL), *lanes]


def whole_crew(store: MemoryStore) -> Sequence[Consumer]:
    """Return the catalogue's processors, and real lanes over the rule itself as their index."""
    lanes = (real_lane(store, Lane(lane, LANES, store.log.origin)) for lane in range(LANES))
    return [*(Pure(one) for one in processors.ALL), *lanes]


def real_lane(store: MemoryStore, lane: Lane) -> LaneConsumer:
    """Return a lane as a house runs it, over the rule itself as its index."""
    keeper = IndexKeeper(lane, store.roster, BruteIndex, store.meter)
    return LaneConsumer(lane, store.roster, store.ledger, keeper)


def bench_of(store: MemoryStore) -> Bench:
    """Return what turns of a process work on."""
    return Bench(store.log, store.workbench, Pen(store.log.origin, store.clock.real))


class Restless(Exception):
    """The run never comes to rest: something follows from itself for ever."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """How often what goes wrong; the seed decides when. Shares are from 0 to 1."""

    seed: int = 0
    crash: float = 0.0
    """Of port calls after or before which the process dies."""
    away: float = 0.0
    """Of port calls that the store does not answer, done or not."""
    lost: float = 0.0
    """Of deliveries that never come; the sweep heals."""
    doubled: float = 0.0
    """Of deliveries that come again, also much later."""
    shuffled: float = 0.0
    """Of batches that come out of order."""
    ahead: float = 0.0
    """Of rounds in which a cascade hears what is new before anybody else, all consumers in one."""
    duel: float = 0.0
    """Of sweeps that two processes do at once, each pausing before its port calls."""
    crash_at: tuple[int, Fault] | None = None
    """One certain fault: at that port call of the run."""
    bells: bool = True
    """Whether deliveries come at all; the embedded host has only the sweep."""
    sweeps: bool = True
    """Whether the sweep is done at all: without it what is lost is missing."""


CALM: Final = Trouble(bells=False)


def drawn(seed: int) -> Trouble:
    """Return the trouble of a seed."""
    chance = random.Random(f"trouble {seed}")
    return Trouble(
        seed=seed,
        crash=chance.choice([0.0, 0.02, 0.05, 0.08]),
        away=chance.choice([0.0, 0.0, 0.01, 0.05]),
        lost=chance.choice([0.0, 0.1, 0.4]),
        doubled=chance.choice([0.0, 0.1, 0.3]),
        shuffled=chance.choice([0.0, 0.5]),
        duel=chance.choice([0.0, 0.0, 0.3]),
        ahead=chance.choice([0.0, 0.5, 1.0]),
    )


@dataclass(slots=True)
class _Process:
    """One life: ports, consumers and what they remember until it dies."""

    store: MemoryStore
    bench: Bench
    consumers: Sequence[Consumer]
    cascade: Cascade
    sweepers: list[Sweeper]
    sender: Sending
    latecomers: list[Latecomers]


@dataclass(slots=True)
class Simulation:
    """One run of one history."""

    history: History
    trouble: Trouble = CALM
    crew: Crew = small_crew
    bench: Callable[[MemoryStore], Bench] = bench_of
    send: Callable[[MemoryStore, Sink], Sending] = Sender
    """Makes the senders of a new process."""
    world: World = NEAR
    store: MemoryStore = field(default_factory=MemoryStore)
    sink: Sink = field(default_factory=Sink)
    lives: int = 0
    calls: int = 0
    rung: int = 0
    led: int = 0
    missed: list[str] = field(default_factory=list)
    chance: random.Random = field(init=False)
    process: _Process = field(init=False)

    def __post_init__(self) -> None:
        self.chance = random.Random(f"{self.history.seed} {self.trouble.seed}")
        self.process = self._born()

    def _born(self) -> _Process:
        self.lives += 1
        if self.lives > LIVES_MAX:
            raise Restless(f"{LIVES_MAX} processes died")
        store = self.store.restarted(Calls(faults=self._fault))
        bench, consumers = self.bench(store), self.crew(store)
        sweepers = [Sweeper(bench, one) for one in consumers]
        latecomers = [
            Latecomers(bench, one, store.clock, store.meter)
            for one in consumers
            if isinstance(one, LaneConsumer)
        ]
        sender = self.send(store, self.sink)
        cascade = Cascade(bench, consumers, sender)
        return _Process(store, bench, consumers, cascade, sweepers, sender, latecomers)

    def _fault(self, _: int) -> Fault | None:
        self.calls += 1
        trouble = self.trouble
        if trouble.crash_at and trouble.crash_at[0] == self.calls:
            return trouble.crash_at[1]
        if not trouble.crash and not trouble.away:
            return None
        drawn_share = self.chance.random()
        if drawn_share < trouble.crash:
            return self.chance.choice((Fault.CRASH_BEFORE, Fault.CRASH_AFTER))
        if drawn_share < trouble.crash + trouble.away:
            return self.chance.choice((Fault.AWAY_BEFORE, Fault.AWAY_AFTER))
        return None

    async def run(self) -> Outcome:
        """Do all steps, each after the last came to rest, and then let time run out."""
        await self.store.roster.register(self.world.roster())
        desk = Desk(self.history, self.world)
        await self.rest()
        for number, step in enumerate(self.history.steps):
            await self._pass(step.after_s)
            await self._alive(partial(_act, desk, number))
            await self.rest()
        await self._pass(self.world.rest_s)
        found, disk = outcome(self.store.disk, self.sink.lines), self.store.disk
        now = self.store.clock.now()
        late = not_headed_off(disk.log, now) if self._aboard(Hubs) else ()
        far = too_far(disk.log) if self._aboard(Reach) and self._aboard(Hubs) else ()
        untold = not_told_as_said(disk.log, now) if self._aboard(Reach) else ()
        asked = wrongly_asked(disk)
        return replace(found, wrong=(*found.wrong, *self.missed, *late, *far, *untold, *asked))

    def _aboard(self, processor: type[object]) -> bool:
        """Whether one of the catalogue's is; the small ones have rules of their own."""
        return any(
            isinstance(one, Pure) and isinstance(one.processor, processor)
            for one in self.process.consumers
        )

    async def _alive(self, part: Callable[[_Process], Awaitable[object]]) -> None:
        """Do a part of the work until a process lives through it."""
        while True:
            try:
                await part(self.process)
                return
            except Crashed:
                self.process = self._born()
            except LogUnavailable:
                continue

    async def _pass(self, case_s: float) -> None:
        """Let the case clock go on, resting at each moment that somebody waits for."""
        clock, wakes = self.store.clock, self.store.disk.bench.wakes
        until = clock.now() + timedelta(seconds=case_s)
        for _ in range(ROUNDS_MAX):
            due = min((wake.due for wake in wakes.values()), default=None)
            if due is None or due > until:
                clock.move_to(until)
                return
            clock.move_to(due)
            await self.wake()
            await self.rest()
        raise Restless("wakes follow wakes")

    async def wake(self) -> None:
        """Say what is due by the case clock."""
        clock = self.store.clock
        await self._alive(lambda one: Waker(one.store.log, one.store.workbench, clock).once())

    async def rest(self) -> None:
        """Deliver, sweep and send until nothing more follows."""
        rows = self.store.disk.log.rows
        for _ in range(ROUNDS_MAX):
            size = len(rows)
            if self.chance.random() < self.trouble.ahead:
                await self._once(partial(_ahead, rows[self.led : size]))
            self.led = size
            if self.trouble.bells:
                await self._ring(size)
            if self.trouble.sweeps:
                await self._sweep(size)
            for place in range(len(self.process.latecomers)):
                await self._alive(partial(_look_out, place))
            await self._alive(lambda one: one.sender.drain())
            if len(rows) == size:
                await self._judge()
                return
        raise Restless("facts follow facts")

    async def _judge(self) -> None:
        """See that nobody is missed now; small lanes do not look for those who come late."""
        if self.process.latecomers:
            everybody = await self.store.roster.columns(0, 1)
            self.missed.extend(missed(self.store.disk, everybody, self.store.clock.now(), LANES))

    async def _ring(self, size: int) -> None:
        """Deliver what is new, the way a broken bus would; a death here loses the rest of it."""
        fresh = self.store.disk.log.rows[self.rung : size]
        self.rung = size
        for place in range(len(self.process.consumers)):
            batch = self._mangled(fresh)
            if batch:
                await self._once(partial(_hear, place, batch))

    async def _once(self, part: Callable[[_Process], Awaitable[object]]) -> None:
        try:
            await part(self.process)
        except Crashed:
            self.process = self._born()
        except LogUnavailable:
            pass

    def _mangled(self, fresh: Sequence[Row]) -> list[Row]:
        chance, trouble = self.chance, self.trouble
        batch = [row for row in fresh if chance.random() >= trouble.lost]
        batch += [row for row in fresh if chance.random() < trouble.doubled]
        if self.rung and chance.random() < trouble.doubled:
            batch.append(self.store.disk.log.rows[chance.randrange(self.rung)])
        if chance.random() < trouble.shuffled:
            chance.shuffle(batch)
        return batch

    async def _sweep(self, size: int) -> None:
        if self.chance.random() < self.trouble.duel:
            await self._duel(size)
        for place in range(len(self.process.consumers)):
            await self._alive(partial(_sweep, place, size, self.chance.random() < KEPT))

    async def _duel(self, size: int) -> None:
        """Let a second process sweep at the same time; whoever is late must change nothing."""
        other = self._born()
        for one in (self.process, other):
            one.store.calls.pause = self._pause
        sweeps = [
            _sweep(place, size, self.chance.random() < KEPT, one)
            for place in range(len(other.consumers))
            for one in (self.process, other)
        ]
        looks = [
            _look_out(place, one)
            for place in range(len(other.latecomers))
            for one in (self.process, other)
        ]
        fresh = self.store.disk.log.rows[max(0, size - FRESH) : size]
        leads = [_ahead(fresh, one) for one in (self.process, other) if self.trouble.ahead]
        for gone in await asyncio.gather(*leads, *sweeps, *looks, return_exceptions=True):
            if gone is not None and not isinstance(gone, Crashed | LogUnavailable):
                raise gone
        self.process.store.calls.pause = None
        if self.process.store.calls.dead:
            self.process = self._born()

    async def _pause(self) -> None:
        for _ in range(self.chance.randrange(4)):
            await asyncio.sleep(0)


async def _act(desk: Desk, number: int, process: _Process) -> None:
    await desk.act(process.store, number, desk.history.steps[number])


async def _hear(place: int, rows: Sequence[Row], process: _Process) -> None:
    await hear(process.bench, process.consumers[place], rows)


async def _ahead(rows: Sequence[Row], process: _Process) -> None:
    await process.cascade.hear(rows)


async def _sweep(place: int, size: int, keep: bool, process: _Process) -> None:  # noqa: FBT001 -- mapped
    await process.sweepers[place].sweep(size)
    if keep:
        await process.sweepers[place].keep()


async def _look_out(place: int, process: _Process) -> None:
    await process.latecomers[place].once()


def run(
    history: History,
    trouble: Trouble = CALM,
    *,
    crew: Crew = small_crew,
    bench: Callable[[MemoryStore], Bench] = bench_of,
    world: World = NEAR,
) -> Outcome:
    """Run a history to its end in a loop of its own."""
    return asyncio.run(Simulation(history, trouble, crew, bench, world=world).run())
