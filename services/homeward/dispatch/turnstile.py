"""One at a time, and of those who wait the nearest first."""

import asyncio
import heapq
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from homeward.dispatch.line import Rank


class Turnstile:
    """Where chunks in hand read their people, so that the nearest chunk's leave first.

    Side by side they would come back in any order, and the first places of a channel would go to
    whoever was read by chance.
    """

    def __init__(self) -> None:
        self._busy = False
        self._waiting: list[tuple[Rank, int, asyncio.Future[None]]] = []
        self._numbers = itertools.count()

    @asynccontextmanager
    async def turn(self, rank: Rank) -> AsyncIterator[None]:
        """Hold the turnstile inside the block."""
        if self._busy:
            woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            heapq.heappush(self._waiting, (rank, next(self._numbers), woken))
            try:
                await woken
            except asyncio.CancelledError:
                if woken.done() and not woken.cancelled():
                    self._pass_on()  # it was ours already
                raise
        self._busy = True
        try:
            yield
        finally:
            self._pass_on()

    def _pass_on(self) -> None:
        """Let the nearest who waits through; it stays busy until nobody does."""
        while self._waiting:
            woken = heapq.heappop(self._waiting)[2]
            if not woken.done():
                woken.set_result(None)
                return
        self._busy = False
