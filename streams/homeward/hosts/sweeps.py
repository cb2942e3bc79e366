"""The scale-out's sweep: whatever was not rung for is heard a moment later, broker or not.

Every process notes how large the log is as it grows. One of them, the holder of a lease, lets
everybody hear what was in the log ``after_s`` ago and is not heard yet, by its own monotonic clock:
an age out of ``recorded_at`` would stand still while a clock is set back. What its own turns say is
followed at once until nothing follows, so that an alert costs one wait however many steps lie
between it and the people. Each consumer has a task of its own: a lane that loads its index holds up
nobody else. docs/decisions/0013 says why there is one lease for all of them.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from homeward.hosts.again import Say, again
from homeward.hosts.consumer import Consumer
from homeward.hosts.noting import HeardNotes
from homeward.hosts.office import Office
from homeward.hosts.parking import ParkingLimit
from homeward.hosts.turn import Bench, HeardOf, hear
from homeward.ports import By, Feed, Meter
from homeward.record.envelope import Row

ROWS_MAX: Final = 500
"""Facts heard at once: a turn of this size commits in some 50 ms, so no key waits long."""
GATHER_S: Final = 0.05
"""The size of a growing log is noted no more often."""
GAP_S: Final = 0.2
"""Between two sweeps under load; the first after a silence does not wait for it."""
LINES: Final = 10
"""So many consumers ask their one question in GAP_S; of more lanes each is swept less often."""
KEEP_S: Final = 2.0
"""How often ``low`` is kept at most: who comes next looks back no further."""
LOOK_S: Final = 1.0
"""A ring between tasks that was missed costs no more."""
WINDOW: Final = 50_000
"""Facts looked through at once for those not heard: some 50 ms when all of them are."""
EVER: Final = 2**62
"""Beyond every log: what is followed may be newer than any size known here."""

Round: TypeAlias = Callable[[], Awaitable[None]]


@dataclass(slots=True)
class _Line:
    """One consumer and how far it was swept."""

    consumer: Consumer
    low: int = -1
    """Below it everything was heard or parked; -1: not asked yet."""
    kept: int = -1
    kept_s: float = 0.0
    follow: set[str] = field(default_factory=set)
    """Keys in which a turn of ours said something."""
    ring: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(slots=True)
class Sweeps:
    """Sweeps every consumer while it holds the lease; two at once do no harm."""

    bench: Bench
    """Whose workbench remembers nothing: what another process heard must be seen."""
    consumers: Sequence[Consumer]
    size: Callable[[], Awaitable[int]]
    """The size of the log."""
    feed: Feed
    office: Office
    notes: HeardNotes
    meter: Meter
    say: Say
    after_s: float = 2.0
    poll_s: float = 1.0
    limit: ParkingLimit = field(default_factory=ParkingLimit)
    _noted: deque[tuple[float, int]] = field(default_factory=deque)
    """(When, size of the log then), not older than ``after_s``."""
    _newest: int = -1
    _target: int = -1
    """The size of the log ``after_s`` ago."""
    _grown: asyncio.Event = field(default_factory=asyncio.Event)
    _lines: list[_Line] = field(init=False)

    def __post_init__(self) -> None:
        """Nobody was swept yet."""
        self._lines = [_Line(one) for one in self.consumers]
        self.office.changed = self._changed
        self.meter.gauge("homeward_sweep_holder", 0)

    async def run(self, stop: asyncio.Event) -> None:
        """Sweep until told to stop; what fails is said, counted and tried again.

        Raises TooManyParked, in a group.
        """

        def part(name: str, round_: Round) -> Coroutine[None, None, None]:
            return again(name, round_, stop, meter=self.meter, say=self.say)

        async with asyncio.TaskGroup() as group:
            group.create_task(part("sweep lease", lambda: self.office.keep(stop)))
            clocks = [
                group.create_task(part("sweep sizes", self._note)),
                group.create_task(part("sweep target", self._ripen)),
            ]
            for line in self._lines:
                group.create_task(part(f"sweep {line.consumer.name}", self._round_of(line)))
            await stop.wait()
            for one in clocks:
                one.cancel()
            self._ring()

    def _ring(self) -> None:
        for line in self._lines:
            line.ring.set()

    def _changed(self, mine: bool) -> None:  # noqa: FBT001 -- one word of a lease
        self.meter.gauge("homeward_sweep_holder", mine)
        for line in self._lines:
            line.follow.clear()  # what they said is swept as everything is
            self._measure(line)
            line.ring.set()

    async def _note(self) -> None:
        """Note how large the log is, as soon as it grows."""
        size = await self.size()
        if size > self._newest:
            self._newest = size
            self._noted.append((asyncio.get_running_loop().time(), size))
            self._grown.set()
        await self.feed.beyond(size, self.poll_s)
        await asyncio.sleep(GATHER_S)

    async def _ripen(self) -> None:
        """Move the target to what was noted so long ago."""
        now_s = asyncio.get_running_loop().time()
        while self._noted and self._noted[0][0] + self.after_s <= now_s:
            self._target = self._noted.popleft()[1]
        for line in self._lines:
            if line.low < self._target:
                line.ring.set()
        if self._noted:
            gap_s = GAP_S * max(1.0, len(self._lines) / LINES)
            await asyncio.sleep(max(gap_s, self._noted[0][0] + self.after_s - now_s))
        else:
            self._grown.clear()
            await self._grown.wait()

    def _round_of(self, line: _Line) -> Round:
        async def round_() -> None:
            line.ring.clear()
            if self.office.mine:
                await self._sweep(line)
                self._measure(line)
                await self._keep(line)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(line.ring.wait(), LOOK_S)

        return round_

    async def _sweep(self, line: _Line) -> None:
        """Let one consumer hear what is to be followed, and what nobody rang for."""
        workbench, name = self.bench.workbench, line.consumer.name
        if line.low < 0:
            _, line.low = await workbench.start(name)
            line.kept = line.low
        await self._follow(line)
        while line.low < (target := self._target) and self.office.mine:
            upto = min(target, line.low + WINDOW)
            rows = await workbench.unheard(name, line.consumer.hears, line.low, upto, ROWS_MAX)
            self._measure(line)
            await self._hear(line, rows, By.SWEEP)
            line.low = rows[-1].log_index + 1 if len(rows) == ROWS_MAX else upto
            await self._follow(line)  # it does not wait for all that is left of an outage

    async def _follow(self, line: _Line) -> None:
        """Let one consumer hear what our own turns said, until nothing follows."""
        while line.follow and self.office.mine:
            keys = sorted(line.follow)[:ROWS_MAX]
            # Before it is asked: what is said meanwhile is followed in the next round.
            line.follow.difference_update(keys)
            try:
                rows = await self.bench.workbench.unheard(
                    line.consumer.name, line.consumer.hears, max(line.low, 0), EVER, ROWS_MAX, keys
                )
                await self._hear(line, rows, By.CASCADE)
            except BaseException:
                line.follow.update(keys)
                raise
            if len(rows) == ROWS_MAX:
                line.follow.update(keys)

    async def _hear(self, line: _Line, rows: Collection[Row], by: By) -> None:
        if not rows:
            return
        loop, turns = asyncio.get_running_loop(), list[HeardOf]()
        began_s, name = loop.time(), line.consumer.name
        parked: Collection[str] = ()
        try:
            parked = await hear(self.bench, line.consumer, rows, turns.append)
        finally:
            self._said([one.key for one in turns if one.said])
            self.notes.swept(name, by, turns)
        self.limit.note(len({row.key for row in rows}), len(parked))
        self.meter.observe("homeward_turn_seconds", loop.time() - began_s, consumer=name)

    def _said(self, keys: Collection[str]) -> None:
        for line in self._lines if keys else ():
            line.follow.update(keys)
            line.ring.set()

    def _measure(self, line: _Line) -> None:
        """Show what is left of what should be heard by now; who does not sweep shows nothing."""
        behind = max(0, self._target - line.low) if self.office.mine else 0
        self.meter.gauge("homeward_unheard_facts", behind, consumer=line.consumer.name)

    async def _keep(self, line: _Line) -> None:
        """Keep ``low`` now and then."""
        now_s = asyncio.get_running_loop().time()
        if line.low > line.kept and now_s - line.kept_s > KEEP_S:
            await self.bench.workbench.raise_low(line.consumer.name, line.low)
            line.kept, line.kept_s = line.low, now_s
