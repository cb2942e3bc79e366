"""A process that another one starts, watches, and takes with it when it ends."""

import asyncio
import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import structlog

from homeward.postgres.supervisor import LAUNCH

READY_S: Final = 60.0
"""A worker loads its lanes meanwhile: a million people take some seconds."""
BACK_OFF_S: Final = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
"""Before it is started again, by how often it died lately; the first time at once."""
LIVED_S: Final = 60.0
"""One that lived so long died by chance, and is started again at once."""
KILL_S: Final = 8.3
"""A process ends by itself 8 s after it is asked."""
LOG_BYTES_MAX: Final = 10_000_000
LINE_BYTES_MAX: Final = 65_536

log = structlog.get_logger("homeward")


@dataclass(slots=True)
class Child:
    """One place in the household, filled again whenever who fills it dies."""

    name: str
    """``worker-1``"""
    args: Sequence[str]
    """What follows ``homeward``."""
    env: Mapping[str, str]
    log_file: Path
    said: Mapping[str, Any] = field(default_factory=dict)
    """What it said once it was ready; empty while it is not."""
    starts: int = 0
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    """Set while it runs and has said that it is ready."""
    _process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int | None:
        """Its process id, while it runs."""
        process = self._process
        return process.pid if process is not None and process.returncode is None else None

    async def keep(self, stop: asyncio.Event) -> None:
        """Start it, and again when it dies, until told to stop; then end it."""
        deaths = 0
        while not stop.is_set():
            began_s = time.monotonic()
            await self._live(stop)
            if stop.is_set():
                return
            deaths = 1 if time.monotonic() - began_s > LIVED_S else deaths + 1
            pause_s = BACK_OFF_S[min(deaths, len(BACK_OFF_S)) - 1]
            log.warning(
                "process died",
                name=self.name,
                code=self._process and self._process.returncode,
                again_in_s=pause_s,
                log=str(self.log_file),
            )
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), pause_s)

    def kill(self) -> None:
        """End it at once."""
        if (pid := self.pid) is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    async def _live(self, stop: asyncio.Event) -> None:
        """Let one process live: from its start to its end."""
        self.log_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _opened(self.log_file) as out:
            self._process = process = await asyncio.create_subprocess_exec(
                *_command(self.args),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=out,
                env=dict(self.env),
                limit=LINE_BYTES_MAX,
            )
        self.starts += 1
        listening = asyncio.create_task(self._listen(process))
        stopping = asyncio.create_task(stop.wait())
        dying = asyncio.create_task(process.wait())
        try:
            await asyncio.wait({stopping, dying}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
            await _ended(process, dying)
            self.ready.clear()
            self.said = {}
            await listening

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        """Hear that it is ready, and go on reading, so that it never waits for us."""
        assert process.stdout is not None
        line = b""
        began_s = time.monotonic()
        while not line and process.returncode is None:
            try:
                line = await asyncio.wait_for(process.stdout.readline(), READY_S)
            except TimeoutError:
                waited_s = round(time.monotonic() - began_s)
                log.warning(
                    "process not ready", name=self.name, waited_s=waited_s, log=str(self.log_file)
                )
                continue
            if not line:
                return
        with contextlib.suppress(ValueError):
            self.said = json.loads(line)
            self.ready.set()
            took_ms = round(1_000 * (time.monotonic() - began_s))
            log.info("process ready", name=self.name, pid=process.pid, took_ms=took_ms)
        while await process.stdout.read(LINE_BYTES_MAX):
            pass


def _command(args: Sequence[str]) -> list[str]:
    """Return what starts a process that is told to end when we are gone, however we go."""
    number, stay = int(signal.SIGTERM), -1
    who = [str(one) for one in (os.getpid(), number, stay, stay)]
    python = [sys.executable, "-m", "homeward", *args]
    return [sys.executable, "-I", "-S", LAUNCH, *who, *python]


def _opened(path: Path) -> Any:  # noqa: ANN401 -- a binary file
    full = path.exists() and path.stat().st_size > LOG_BYTES_MAX
    return path.open("wb" if full else "ab")


async def _ended(process: asyncio.subprocess.Process, dying: asyncio.Task[int]) -> None:
    """Ask a process to end, and end it when it does not."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        done, _ = await asyncio.wait({dying}, timeout=KILL_S)
        if not done:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
    await dying
