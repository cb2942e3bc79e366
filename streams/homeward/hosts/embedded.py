"""The embedded host: one process sweeps every consumer, woken by the log's own bell."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from homeward.hosts.consumer import Consumer
from homeward.hosts.sweep import Sweeper
from homeward.hosts.turn import Bench, where
from homeward.hosts.waker import Waker
from homeward.ports import Feed, LogUnavailable, Meter

BACK_OFF_S_MAX: Final = 2.0
"""A consumer never waits longer than this before it tries again: an alert is seconds."""

Say = Callable[[str, str], None]
"""Tells the operator (part, what went wrong: a class and a place, no text)."""


@dataclass(slots=True)
class EmbeddedHost:
    """Sweeps, wakes and nothing else; two copies on one log are safe."""

    bench: Bench
    consumers: Sequence[Consumer]
    feed: Feed
    waker: Waker
    meter: Meter
    say: Say
    poll_s: float = 1.0
    caught_up: dict[str, int] = field(default_factory=dict)
    """Consumer -> size of the log that it has heard."""

    async def run(self, stop: asyncio.Event) -> None:
        """Run until ``stop`` is set; whatever fails is said, counted and tried again."""
        async with asyncio.TaskGroup() as group:
            for consumer in self.consumers:
                round_ = self._sweeping(Sweeper(self.bench, consumer), stop)
                group.create_task(self.again(consumer.name, round_, stop))
            group.create_task(self.again("waker", lambda: self._waking(stop), stop))

    async def again(
        self, part: str, round_: Callable[[], Awaitable[None]], stop: asyncio.Event
    ) -> None:
        """Run rounds for ever: after a failure back off (at most 2 s) and go on."""
        back_off_s = 0.05
        while not stop.is_set():
            try:
                await round_()
                back_off_s = 0.05
            except Exception as failure:  # noqa: BLE001 -- a host must outlive every fault
                if not isinstance(failure, LogUnavailable):
                    self.say(part, where(failure))
                self.meter.count("homeward_host_retries_total", part=part)
                await asyncio.sleep(back_off_s)
                back_off_s = min(back_off_s * 2, BACK_OFF_S_MAX)

    def _sweeping(self, sweeper: Sweeper, stop: asyncio.Event) -> Callable[[], Awaitable[None]]:
        name = sweeper.consumer.name

        async def round_() -> None:
            size = await self.bench.log.size()
            began = time.monotonic()
            rang = await sweeper.sweep(size)
            self.caught_up[name] = size
            if rang:
                self.meter.count("homeward_facts_heard_total", rang, consumer=name)
                took_s = time.monotonic() - began
                self.meter.observe("homeward_turn_seconds", took_s, consumer=name)
            elif not await self.feed.beyond(size, self.poll_s) and not stop.is_set():
                await sweeper.keep()

        return round_

    async def _waking(self, stop: asyncio.Event) -> None:
        said = await self.waker.once()
        if said:
            self.meter.count("homeward_wakes_said_total", said)
        elif not stop.is_set():
            await asyncio.sleep(max(await self.waker.wait_s(self.poll_s / 4), 0.005))
