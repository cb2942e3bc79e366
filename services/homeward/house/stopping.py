"""How a process ends: asked once in its own time, asked twice at once, and never late."""

import asyncio
import os
import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Final

GRACE_S: Final = 8.0
"""A stop that takes longer is cut off: what was not done is done at the next start."""


def stop_on_signals(
    stop: asyncio.Event,
    *,
    grace_s: float = GRACE_S,
    at_once: Callable[[], None] | None = None,
) -> None:
    """Let SIGINT and SIGTERM set ``stop``, and end the process ``grace_s`` later whatever it does.

    Plain handlers and a thread, not the loop's: a loop that is stuck ends too. Asked twice it ends
    now, after ``at_once``.
    """
    loop = asyncio.get_running_loop()
    asked = False

    def stopped(_number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            if at_once is not None:
                at_once()
            os._exit(130)
        asked = True
        cut_off(grace_s)
        if not loop.is_closed():
            loop.call_soon_threadsafe(stop.set)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stopped)


def cut_off(after_s: float = GRACE_S) -> None:
    """End this process after so long, whatever it does then."""
    cutting = threading.Timer(after_s, os._exit, [0])
    cutting.daemon = True
    cutting.start()
