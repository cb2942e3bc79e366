"""Which lanes a worker serves: those of its partitions, and those that nobody serves.

To serve a lane is to keep its index warm and to look out for who comes late; two who do it do no
harm. Orders are heard by whoever gets them: by the bell the lane's own worker, by a sweep anybody,
who then loads the index for that.
"""

import asyncio
import contextlib
import math
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from homeward.hosts.again import Say, again
from homeward.hosts.lane import LaneConsumer
from homeward.house.opening import House
from homeward.ports import Leases, LogUnavailable, Place
from homeward.ports.leasing import LANE

LEASE_S: Final = 3.0
RENEW_S: Final = 1.0
IDLE_S: Final = 60.0
"""An index that nobody asked for in so long is dropped, unless its lane is served here."""


@dataclass(slots=True)
class _Served:
    """One lane while it is served here."""

    stop: asyncio.Event
    parts: list[asyncio.Task[None]]


@dataclass(slots=True)
class LaneSteward:
    """One worker's lanes; works the same without a broker, when nothing is ever assigned."""

    house: House
    leases: Leases
    holder: str
    topics: Collection[str]
    """Those with one partition a lane: orders and positions."""
    say: Say
    workers: Callable[[], Awaitable[int]]
    """How many workers there are: of the lanes that nobody serves each takes its part."""
    lease_s: float = LEASE_S
    renew_s: float = RENEW_S
    idle_s: float = IDLE_S
    _mine: frozenset[int] = frozenset()
    """Lanes whose partitions this worker has."""
    _claims: set[int] = field(default_factory=set)
    """Of those, the ones to be taken from whoever has them."""
    _served: dict[int, _Served] = field(default_factory=dict)
    _unserved_since_s: dict[int, float] = field(default_factory=dict)
    _rung: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def held(self) -> frozenset[int]:
        """The lanes that are served here."""
        return frozenset(self._served)

    def assigned(self, places: frozenset[Place]) -> None:
        """Take note of the partitions that this worker has now; returns at once.

        Lanes whose partitions went are served on until another takes them: a worker that is gone,
        or a broker, must not leave them to nobody.
        """
        lanes = {one.partition for one in places if one.topic in self.topics}
        mine = frozenset(lane for lane in lanes if lane < len(self.house.lanes))
        self._claims = (self._claims & mine) | (mine - self._mine)
        self._mine = mine
        self._rung.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until told to stop; the leases are given back at the end."""
        try:
            while not stop.is_set():
                self._rung.clear()
                with contextlib.suppress(LogUnavailable):  # what is served is served on
                    await self.look()
                await self._tidy()
                await self._pause(stop)
        finally:
            lanes = list(self._served)
            await asyncio.gather(*(self._leave(lane) for lane in lanes))
            with contextlib.suppress(LogUnavailable, TimeoutError):
                async with asyncio.timeout(self.renew_s):
                    for lane in lanes:
                        await self.leases.let_go(f"{LANE}{lane}", self.holder)

    async def look(self) -> None:
        """Renew what is held, take what is claimed or served by nobody. Raises LogUnavailable."""
        for lane in sorted(self._served.keys() | self._mine):
            # A claim is made once: when the broker gave the lane to us and we heard of it late,
            # whoever has it by now shall keep it.
            force = lane in self._claims
            took = await self.leases.take(f"{LANE}{lane}", self.holder, self.lease_s, force=force)
            self._claims.discard(lane)
            if took:
                self._enter(lane)
            else:
                await self._leave(lane)
        free = self._free(await self.leases.held())
        if free:
            for lane in free[: math.ceil(len(free) / max(1, await self.workers()))]:
                if await self.leases.take(f"{LANE}{lane}", self.holder, self.lease_s):
                    self._enter(lane)
                    self._unserved_since_s.pop(lane, None)
        self.house.meter.gauge("homeward_lanes_held", len(self._served))
        self.house.meter.gauge("homeward_lanes_unserved", len(self._unserved_since_s))

    def _free(self, held: Mapping[str, str]) -> list[int]:
        """Return the lanes that nobody has served for longer than a lease lasts."""
        now_s, since_s = time.monotonic(), self._unserved_since_s
        for lane in range(len(self.house.lanes)):
            if f"{LANE}{lane}" in held or lane in self._served:
                since_s.pop(lane, None)
            else:
                since_s.setdefault(lane, now_s)
        return [lane for lane in sorted(since_s) if now_s - since_s[lane] > self.lease_s]

    def _enter(self, lane: int) -> None:
        if lane in self._served:
            return
        house, consumer, stop = self.house, self.house.lanes[lane], asyncio.Event()
        late, feed, poll_s = house.latecomers(consumer), house.store.feed, house.settings.poll_s
        self._served[lane] = _Served(
            stop,
            [
                self._part(f"index.{lane}", lambda: consumer.keeper.run(stop), stop),
                self._part(late.name, lambda: late.round(feed, poll_s), stop),
            ],
        )

    def _part(
        self, part: str, round_: Callable[[], Awaitable[None]], stop: asyncio.Event
    ) -> asyncio.Task[None]:
        work = again(part, round_, stop, meter=self.house.meter, say=self.say)
        return asyncio.create_task(work, name=part)

    async def _leave(self, lane: int) -> None:
        served = self._served.pop(lane, None)
        if served is None:
            return
        served.stop.set()
        for part in served.parts:
            part.cancel()
        await asyncio.gather(*served.parts, return_exceptions=True)

    async def _tidy(self) -> None:
        """Drop the indexes that were loaded for a sweep, or served once; merge the others."""
        for lane, consumer in enumerate(self.house.lanes):
            if lane not in self._served:
                await _tidied(consumer, self.idle_s)

    async def _pause(self, stop: asyncio.Event) -> None:
        waits = [asyncio.ensure_future(one.wait()) for one in (stop, self._rung)]
        try:
            await asyncio.wait(waits, timeout=self.renew_s, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waits:
                one.cancel()
            await asyncio.gather(*waits, return_exceptions=True)


async def idle_indexes(house: House, stop: asyncio.Event, idle_s: float = IDLE_S) -> None:
    """Drop indexes that nobody asked for: in a process that serves no lane (previews load them)."""
    while not stop.is_set():
        for consumer in house.lanes:
            await _tidied(consumer, idle_s)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), RENEW_S)


async def _tidied(consumer: LaneConsumer, idle_s: float) -> None:
    keeper = consumer.keeper
    if keeper.people is None:
        return
    if keeper.idle_s > idle_s:
        await keeper.drop()
    else:
        await keeper.merge()
