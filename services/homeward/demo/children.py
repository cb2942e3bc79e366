"""Processes that the demo starts, and that end when it ends, however it ends."""

import ctypes
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

START_S: Final = 90.0
"""Making a database on a slow machine takes half a minute."""
STOP_S: Final = 15.0
_PR_SET_PDEATHSIG: Final = 1


class NotStarted(Exception):
    """A process did not start; the text says why, on one line."""


@dataclass(slots=True)
class Child:
    """A process of ours that has said, as one line of JSON, where it listens."""

    name: str
    process: subprocess.Popen[bytes]
    said: Mapping[str, Any]

    @property
    def running(self) -> bool:
        """Whether it still runs."""
        return self.process.poll() is None

    def stop(self) -> None:
        """Ask it to end, and end it when it does not."""
        if self.running:
            self.process.terminate()
        try:
            self.process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()


def start(name: str, args: Sequence[str], log: Path, env: Mapping[str, str]) -> Child:
    """Start ``python -m args`` and wait until it says where it listens. Raises NotStarted.

    In a session of its own, so that Ctrl-C reaches only the demo, which ends its children in
    order; should it be killed, the kernel tells them.
    """
    parent = os.getpid()
    with log.open("ab") as errors:
        process = subprocess.Popen(  # noqa: S603 -- our own modules
            [sys.executable, "-m", *args],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=dict(env),
            start_new_session=True,
            preexec_fn=lambda: _die_with(parent),  # noqa: PLW1509 -- no threads run yet
        )
    try:
        return Child(name, process, _first_line(name, process, log))
    except BaseException:
        Child(name, process, {}).stop()
        raise


def _die_with(parent: int) -> None:
    """Ask the kernel for SIGTERM when the parent is gone (also when it is gone already)."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os._exit(1)


def _first_line(name: str, process: subprocess.Popen[bytes], log: Path) -> Mapping[str, Any]:
    assert process.stdout is not None
    end = time.monotonic() + START_S
    line = b""
    while time.monotonic() < end and not line.endswith(b"\n"):
        if not select.select([process.stdout], [], [], 0.2)[0]:
            continue
        more = os.read(process.stdout.fileno(), 4_096)
        if not more:
            raise NotStarted(f"{name} ended at once: {_last_line(log)}")
        line += more
    try:
        return dict(json.loads(line))
    except ValueError:
        raise NotStarted(f"{name} said nothing in {START_S:.0f} s; its log is {log}") from None


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
    return lines[-1] if lines else f"see {log}"
