"""Ends a process that hangs: a stuck loop, a bell that nobody hears, a broken app.

A thread of its own looks, because what hangs cannot say so, and a group does not notice it either:
heartbeats go on. The supervisor starts the process again; the log kept every fact.
"""

import asyncio
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Self

EXIT: Final = 70
"""EX_SOFTWARE of sysexits.h."""
STUCK_S: Final = 30.0
"""Longer than any answer of the database is waited for (15 s) or a rebalance takes (9 s)."""
TICK_S: Final = 1.0
SLEPT_S: Final = 2.0
"""A tick that comes so late was not ours to keep: the whole process slept, or got no processor."""

Say = Callable[[str, str], None]
"""Tells the operator (part, what is wrong)."""


@dataclass(slots=True)
class Pulse:
    """Signs of life, by the monotonic clock; each is set by one thread and read by another."""

    beat_s: float = field(default_factory=time.monotonic)
    """The event loop came round."""
    progress_s: float = field(default_factory=time.monotonic)
    """What was delivered was heard, or whoever hears said that the database is away."""
    waiting_s: float | None = None
    """Since when the oldest fact that was delivered waits to be heard; None: none does."""
    broken_s: float | None = None
    """Since when what delivers is known to be broken and not replaced; None: it is not."""

    def progress(self) -> None:
        """Note that something goes on; whoever does what takes minutes calls it now and then."""
        self.progress_s = time.monotonic()

    def stuck(self, since_s: float, now_s: float, limit_s: float) -> str | None:
        """Return what has hung for longer than ``limit_s``, all of it after ``since_s``."""
        if now_s - max(self.beat_s, since_s) > limit_s:
            return "the event loop does not answer"
        waiting, broken = self.waiting_s, self.broken_s
        if waiting is not None and now_s - max(waiting, self.progress_s, since_s) > limit_s:
            return "what was delivered is not heard"
        if broken is not None and now_s - max(broken, since_s) > limit_s:
            return "what delivers is broken and cannot be replaced"
        return None


@dataclass(slots=True)
class Watchdog:
    """Looks every second, in a thread, until the block ends."""

    pulse: Pulse
    say: Say
    limit_s: float = STUCK_S
    tick_s: float = TICK_S
    slept_s: float = SLEPT_S
    exit: Callable[[int], object] = os._exit
    clock: Callable[[], float] = time.monotonic
    _ended: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        """Begin to look."""
        threading.Thread(target=self._looking, name="watchdog", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Look no more."""
        self._ended.set()

    async def beat(self) -> None:
        """Show for ever that the loop comes round; runs as a task of the loop that is watched."""
        while True:
            self.pulse.beat_s = self.clock()
            await asyncio.sleep(self.tick_s)

    def _looking(self) -> None:
        since_s = due_s = self.clock()
        while not self._ended.wait(self.tick_s):
            now_s = self.clock()
            if now_s - due_s > self.tick_s + self.slept_s:
                since_s = now_s  # stopped and woken: everything has its whole time anew
            due_s = now_s
            what = self.pulse.stuck(since_s, now_s, self.limit_s)
            if what is not None:
                self.say("watchdog", f"{what} for {self.limit_s:g} s: ending, to be started again")
                self.exit(EXIT)
                return


__all__ = ["EXIT", "STUCK_S", "Pulse", "Watchdog"]
