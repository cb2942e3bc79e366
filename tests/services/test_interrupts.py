"""Ctrl-C at any moment ends a command with its own word, and with no other on stderr."""

import asyncio
import signal
import subprocess
import sys
import time

import pytest

from homeward import interrupts

SCRIPT = """
import asyncio, os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from homeward import interrupts

class Loop(asyncio.SelectorEventLoop):
    def __init__(self):
        if {when!r} == "before":
            os.kill(os.getpid(), signal.SIGINT)
        super().__init__()

    def close(self):
        if {when!r} == "after":
            os.kill(os.getpid(), signal.SIGINT)
        super().close()

class Policy(asyncio.DefaultEventLoopPolicy):
    _loop_factory = Loop

asyncio.set_event_loop_policy(Policy())

async def work():
    if {when!r} == "while":
        os.kill(os.getpid(), signal.SIGINT)
    await asyncio.sleep(0 if {when!r} == "after" else 30)

try:
    interrupts.run(work())
except KeyboardInterrupt:
    sys.exit(130)
"""


@pytest.mark.parametrize("when", ["before", "while", "after"])
def test_ctrl_c_says_nothing_of_its_own(when):
    began_s = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-c", SCRIPT.format(when=when)],
        capture_output=True, text=True, timeout=25, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (130, "")
    assert time.monotonic() - began_s < 20


def test_what_comes_of_it_comes_back_and_ctrl_c_is_heard_again():
    async def work():
        await asyncio.sleep(0)
        return 7

    before = signal.pthread_sigmask(signal.SIG_BLOCK, set())
    assert interrupts.run(work()) == 7
    assert signal.pthread_sigmask(signal.SIG_BLOCK, set()) == before
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
