"""Places for work that may come in a flood: few at once, some wait, the others are told so.

An alert goes out in the same loop, and of each round of the loop it gets its part: the fewer others
are at work, the larger that is (I-33). Whoever finds all places taken is answered at once (I-34).
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from homeward.refusals import Refused

AT_ONCE: Final = 2
"""One while another waits for the database."""
WAITING_MAX: Final = 40
"""A second's work on a slow machine: who waits longer is better told to come again."""
AGAIN_S: Final = 3


@dataclass(slots=True)
class Turns:
    """Hands out places in the order of asking; one process counts for itself."""

    refuses: type[Refused]
    at_once: int = AT_ONCE
    waiting_max: int = WAITING_MAX
    waiting: int = 0
    _places: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        """Make the places."""
        self._places = asyncio.Semaphore(self.at_once)

    @asynccontextmanager
    async def taken(self) -> AsyncIterator[None]:
        """Hold a place until the block ends; wait for one. Raises what it refuses with."""
        if self.waiting >= self.waiting_max:
            raise self.refuses(str(AGAIN_S))
        self.waiting += 1
        try:
            await self._places.acquire()
        finally:
            self.waiting -= 1
        try:
            yield
        finally:
            self._places.release()
