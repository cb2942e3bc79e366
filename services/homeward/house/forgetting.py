"""Forgets what is kept for longer than is promised."""

import asyncio
import contextlib
from datetime import timedelta
from typing import Final

from homeward.house.opening import House

FORGET_S: Final = 3_600.0


async def forgetting(house: House, stop: asyncio.Event) -> None:
    """Forget what is kept under Idempotency-Keys, and of places, for longer than is promised."""
    while not stop.is_set():
        await forget(house)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), FORGET_S)


async def forget(house: House) -> None:
    """Forget once. Raises LogUnavailable."""
    kept = timedelta(hours=house.settings.positions_kept_h)
    await house.store.forget_old_answers()
    await house.store.roster.forget_places(house.store.clock.now() - kept)
