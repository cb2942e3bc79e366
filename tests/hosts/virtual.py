"""A loop whose time is that of the tests: who sleeps wakes at once, and the clock says when."""

import asyncio
from datetime import datetime, timedelta

from homeward.testing.memory import MemoryClock


class VirtualLoop(asyncio.SelectorEventLoop):
    """Jumps to the next moment that somebody waits for once nothing else is to be done."""

    now_s = 0.0

    def time(self):
        return self.now_s

    def _run_once(self):
        if not self._ready and self._scheduled:
            self.now_s = max(self.now_s, self._scheduled[0]._when)
        super()._run_once()


class LoopClock(MemoryClock):
    """The store's clock goes with the loop's, and is set back by itself."""

    def real(self) -> datetime:
        return super().real() + timedelta(seconds=asyncio.get_running_loop().time())


def in_virtual_time(story):
    """Run a coroutine function to its end."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(story())


def virtual(test):
    """Run a test in virtual time."""

    def run():
        in_virtual_time(test)

    run.__name__ = test.__name__
    return run
