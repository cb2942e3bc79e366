"""An office: what only one process has to do, and one always does, by a lease."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from homeward.ports import Leases, LogUnavailable

LEASE_S: Final = 2.0
"""A holder that dies while no broker rings costs an alert this; one that was only slow is doubled
for a moment, which does no harm."""
RENEW_S: Final = 0.5
"""Three renewals in a row may be lost."""
TRY_S: Final = 0.25
"""Who waits for a lease has it so long after it ran out."""
LET_GO_S: Final = 1.0


@dataclass(slots=True)
class Office:
    """One lease as one process has it, or waits for it."""

    leases: Leases
    name: str
    holder: str
    changed: Callable[[bool], object] = lambda _: None
    """Told when it is had, and when no more; must not raise."""
    _until_s: float = 0.0
    _had: bool = False

    @property
    def mine(self) -> bool:
        """Whether it is had now, by our own monotonic clock.

        Who was stopped and woken knows at once that it ran out, without asking.
        """
        return asyncio.get_running_loop().time() < self._until_s

    async def once(self) -> bool:
        """Ask for it or prolong it; return whether it is had. Raises LogUnavailable."""
        asked_s = asyncio.get_running_loop().time()
        try:
            had = await self.leases.take(self.name, self.holder, LEASE_S)
            self._until_s = asked_s + LEASE_S if had else 0.0
        finally:
            self._tell()
        return self.mine

    async def keep(self, stop: asyncio.Event) -> None:
        """Ask until told to stop, then give it back. Raises LogUnavailable, and is called again."""
        while not stop.is_set():
            await self.once()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), RENEW_S if self.mine else TRY_S)
        await self.let_go()

    async def let_go(self) -> None:
        """Give it back, so that nobody waits until it runs out."""
        had, self._until_s = self._had, 0.0
        self._tell()
        if had:
            with contextlib.suppress(LogUnavailable, TimeoutError):
                async with asyncio.timeout(LET_GO_S):
                    await self.leases.let_go(self.name, self.holder)

    def _tell(self) -> None:
        if self.mine != self._had:
            self._had = self.mine
            self.changed(self._had)
