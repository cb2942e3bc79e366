"""Forgets what is kept for longer than is promised."""

import asyncio
import contextlib
from datetime import timedelta
from typing import Final

from homeward.desk import destroy_again
from homeward.fanout.days import KEPT_DAYS
from homeward.house.opening import House

FORGET_S: Final = 3_600.0
PAUSES_S: Final = 2.0
"""Whose pause is over is told of what is live within that."""


async def forgetting(house: House, stop: asyncio.Event) -> None:
    """Forget what is kept under Idempotency-Keys, places and days for longer than promised."""
    while not stop.is_set():
        await forget(house)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), FORGET_S)


async def pausing(house: House, stop: asyncio.Event) -> None:
    """End the pauses that are over. Raises LogUnavailable, and is called again."""
    while not stop.is_set():
        await house.store.roster.end_pauses(house.store.clock.now())
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), PAUSES_S)


async def forget(house: House) -> None:
    """Forget once. Raises LogUnavailable."""
    kept = timedelta(hours=house.settings.positions_kept_h)
    now = house.store.clock.now()
    await house.store.forget_old_answers()
    await destroy_again(house.store.log, house.store.subject_keys)
    await house.store.roster.forget_places(now - kept)
    await house.store.workbench.forget_days((now - timedelta(days=KEPT_DAYS)).toordinal())
