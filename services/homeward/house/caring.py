"""What one worker does for all: it says what comes due, watches over the world and forgets."""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from homeward.hosts.office import Office
from homeward.hosts.waker import Waker
from homeward.house.forgetting import FORGET_S, forget
from homeward.house.opening import House
from homeward.house.watchdog import EVERY_S, Watchdog
from homeward.ports.leasing import CARE, WAKER

OVERLAP: Final = 5
"""Looks: who takes over alarms again of what was said in the last ten seconds, in which the one
before may have died."""
IDLE_S: Final = 0.2
"""How often who does not hold an office looks whether it does."""


@dataclass(slots=True)
class Waking:
    """Says what comes due, while it holds the office."""

    house: House
    office: Office

    @classmethod
    def of(cls, house: House, holder: str) -> "Waking":
        """Return one process's."""
        return cls(house, Office(house.store.leases, WAKER, holder))

    async def round(self) -> None:
        """Say what is due and wait a moment. Raises LogUnavailable."""
        store, poll_s = self.house.store, self.house.settings.poll_s
        if not self.office.mine:
            await asyncio.sleep(IDLE_S)
            return
        waker = Waker(store.log, store.workbench, store.clock)
        said = await waker.once()
        if said:
            self.house.meter.count("homeward_wakes_said_total", said)
        else:
            await asyncio.sleep(max(await waker.wait_s(poll_s / 4), 0.005))


@dataclass(slots=True)
class Care:
    """Sets the world's figures, alarms and forgets, while it holds the office."""

    house: House
    office: Office
    watchdog: Watchdog
    _sizes: deque[int] = field(default_factory=lambda: deque(maxlen=OVERLAP))
    _cared: bool = False
    _forgot_s: float = float("-inf")

    @classmethod
    def of(cls, house: House, holder: str) -> "Care":
        """Return one process's."""
        return cls(house, Office(house.store.leases, CARE, holder), Watchdog(house))

    async def run(self, stop: asyncio.Event) -> None:
        """Look until told to stop. Raises LogUnavailable, and is called again."""
        while not stop.is_set():
            await self.look()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), EVERY_S)

    async def look(self) -> None:
        """Look once."""
        if self.office.mine:
            if not self._cared:
                self.watchdog.seen = self._sizes[0] if self._sizes else -1
            self._cared = True
            await self.watchdog.look()
            await self.house.store.roster.end_pauses(self.house.store.clock.now())
            self._sizes.append(self.watchdog.seen)
            if time.monotonic() - self._forgot_s > FORGET_S:
                await forget(self.house)
                self._forgot_s = time.monotonic()
            return
        if self._cared:
            self.watchdog.rest()
        self._cared = False
        self._sizes.append(await self.house.store.log.size())


Beside = Callable[[str, Callable[[], Awaitable[None]]], None]
"""Runs a part beside the others until the process ends; one that fails is begun again."""


def take_care(house: House, holder: str, stop: asyncio.Event, beside: Beside) -> None:
    """Let a process wake and care whenever no other one does."""
    waking, care = Waking.of(house, holder), Care.of(house, holder)
    beside("waker lease", lambda: waking.office.keep(stop))
    beside("waker", waking.round)
    beside("care lease", lambda: care.office.keep(stop))
    beside("care", lambda: care.run(stop))
