"""How a command is interrupted: while it works, and at no other moment."""

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
_CTRL_C = {signal.SIGINT}


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run to its end, as `asyncio.run` does; Ctrl-C cancels the work and is a KeyboardInterrupt.

    While the loop is made or ended Ctrl-C waits: half a loop would speak of itself on stderr when
    it is freed, below the one line that a command owes who stopped it.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _CTRL_C)

    async def heard() -> T:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        try:
            return await work
        finally:
            signal.pthread_sigmask(signal.SIG_BLOCK, _CTRL_C)

    try:
        with asyncio.Runner() as runner:
            return runner.run(heard())
    finally:
        work.close()  # when it never began
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
