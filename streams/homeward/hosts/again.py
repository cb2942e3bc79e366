"""A part of a host that outlives every fault."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Final

from homeward.hosts.parking import TooManyParked
from homeward.hosts.turn import where
from homeward.ports import LogUnavailable, Meter

BACK_OFF_S: Final = 0.05
BACK_OFF_S_MAX: Final = 2.0
"""A part never waits longer than this before it tries again: an alert is seconds."""

Say = Callable[[str, str], None]
"""Tells the operator (part, what went wrong: a class and a place, no text)."""


async def again(
    part: str,
    round_: Callable[[], Awaitable[None]],
    stop: asyncio.Event,
    *,
    meter: Meter,
    say: Say,
) -> None:
    """Run rounds until told to stop: after a failure say it, count it, back off and go on.

    A store that is away is counted only. Raises TooManyParked.
    """
    back_off_s = BACK_OFF_S
    while not stop.is_set():
        try:
            await round_()
            back_off_s = BACK_OFF_S
        except TooManyParked:
            raise
        except Exception as failure:  # noqa: BLE001 -- a host must outlive every fault
            if not isinstance(failure, LogUnavailable):
                say(part, where(failure))
            meter.count("homeward_host_retries_total", part=part)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), back_off_s)
            back_off_s = min(back_off_s * 2, BACK_OFF_S_MAX)
