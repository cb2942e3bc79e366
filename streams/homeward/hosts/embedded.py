"""The embedded host: one process sweeps every consumer, woken by the log's own bell."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from homeward.hosts.again import Say, again
from homeward.hosts.cascade import Cascade
from homeward.hosts.consumer import Consumer
from homeward.hosts.sweep import Sweeper
from homeward.hosts.turn import Bench
from homeward.hosts.waker import Waker
from homeward.ports import By, Feed, Meter

LEAD_MAX: Final = 1_000
"""New facts that the cascade looks at; of a flood the sweeps hear more at once."""
LEAD_S_MAX: Final = 1.0
"""The sweeps wait no longer for the cascade: twice its own patience."""


@dataclass(slots=True)
class EmbeddedHost:
    """Sweeps, wakes and nothing else; two copies on one log are safe."""

    bench: Bench
    consumers: Sequence[Consumer]
    feed: Feed
    waker: Waker
    meter: Meter
    say: Say
    ahead: Cascade | None = None
    """Goes before the sweeps, and takes from them what it can."""
    poll_s: float = 1.0
    caught_up: dict[str, int] = field(default_factory=dict)
    """Consumer -> size of the log that it has heard."""
    _led: int = -1
    _gone: int = -1
    """Sizes of the log up to which the cascade set out, and has been."""
    _leads: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when it has gone on; taken anew each time."""

    async def run(self, stop: asyncio.Event) -> None:
        """Run until ``stop`` is set; whatever fails is said, counted and tried again."""
        async with asyncio.TaskGroup() as group:
            for consumer in self.consumers:
                round_ = self._sweeping(Sweeper(self.bench, consumer), stop)
                group.create_task(self.again(consumer.name, round_, stop))
            if self.ahead is not None:
                lead = self._leading(self.ahead, stop)
                group.create_task(self.again("cascade", lead, stop))
            group.create_task(self.again("waker", lambda: self._waking(stop), stop))

    async def again(
        self, part: str, round_: Callable[[], Awaitable[None]], stop: asyncio.Event
    ) -> None:
        """Run rounds for ever: after a failure back off (at most 2 s) and go on."""
        await again(part, round_, stop, meter=self.meter, say=self.say)

    def _leading(self, ahead: Cascade, stop: asyncio.Event) -> Callable[[], Awaitable[None]]:
        async def round_() -> None:
            size = await self.bench.log.size()
            led, self._led = self._led, max(self._led, size)
            try:
                if 0 <= led < size <= led + LEAD_MAX:  # what was said before we began is swept
                    await ahead.hear(await self.bench.log.rows(led - 1, size - 1))
            finally:
                leads, self._leads = self._leads, asyncio.Event()
                self._gone = size
                leads.set()
            if not stop.is_set():
                await self.feed.beyond(size, self.poll_s)

        return round_

    async def _after_the_lead(self, size: int) -> None:
        """Wait until the cascade has been there, but not long."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LEAD_S_MAX):
                while self.ahead is not None and self._gone < size:
                    await self._leads.wait()

    def _sweeping(self, sweeper: Sweeper, stop: asyncio.Event) -> Callable[[], Awaitable[None]]:
        name = sweeper.consumer.name

        async def round_() -> None:
            size = await self.bench.log.size()
            await self._after_the_lead(size)
            began = time.monotonic()
            rang = await sweeper.sweep(size)
            self.caught_up[name] = size
            if rang:
                self.meter.count("homeward_facts_heard_total", rang, consumer=name, by=By.SWEEP)
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
