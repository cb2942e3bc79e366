"""P19: a first `homeward up` against its parts alone; its memory with 100,000 people registered.

Ours is the whole command in a folder that did not exist, from its start to the first 200 of
``/readyz``. Bare is what no such program can leave out, one after the other: initdb and the start
of the same PostgreSQL with the same options, and a Python that imports the same modules of others.

Memory is the server process's own, as `/proc` shares it out (PSS); that of its PostgreSQL stands
beside it. People come through the API, in batches, as a roster file is loaded; the index is whole.
"""

import asyncio
import json
import shutil
import signal
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from homeward.demo.people import volunteers_csv
from homeward.postgres.supervisor import EmbeddedPostgres
from loadtests.figures import Figure, Measured, Size

PEOPLE: Final = 100_000
POLL_S: Final = 0.01
LOADED_S: Final = 60.0
OTHERS: Final = """
import sys
import homeward.cli.app, homeward.house
ours = ("homeward", "loadtests", "__main__")
print(*(name for name, one in list(sys.modules.items())
        if "site-packages" in str(getattr(one, "__file__", "")) and not name.startswith(ours)))
"""
"""Tells the modules that are not ours; the standard library comes with them."""


@dataclass(frozen=True, slots=True)
class Up:
    """A `homeward up` that is ready."""

    url: str
    pid: int
    took_s: float


@asynccontextmanager
async def _up(folder: Path) -> AsyncIterator[Up]:
    """Run a drill in a folder of its own until the block ends."""
    asked = ("-m", "homeward", "up", "--drill", "--port", "0", "--json", "--data-folder", folder)
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable, *map(str, asked), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        said = json.loads(await process.stdout.readline())
        while not await asyncio.to_thread(_ready, said["url"]):  # noqa: ASYNC110 -- its only sign
            await asyncio.sleep(POLL_S)
        took_s = time.perf_counter() - began
        yield Up(said["url"], process.pid, took_s)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
        await process.wait()


def _readiness(url: str) -> dict[str, Any] | None:
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=10) as answer:  # noqa: S310 -- ours
            found: dict[str, Any] = json.load(answer)
            return found
    except urllib.error.URLError:
        return None


def _ready(url: str) -> bool:
    return _readiness(url) is not None


async def _python(*asked: str) -> str:
    process = await asyncio.create_subprocess_exec(
        sys.executable, *asked, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, asked[0]
    return said.decode()


async def _ours_s(folder: Path) -> float:
    async with _up(folder) as up:
        return up.took_s


async def _bare_s(folder: Path, others: str) -> float:
    began = time.perf_counter()
    await _python("-c", f"import {others}")
    async with EmbeddedPostgres(folder):
        return time.perf_counter() - began


async def _cold(folder: Path, rounds: int) -> list[tuple[float, float]]:
    others = ", ".join((await _python("-c", OTHERS)).split())
    found = []
    for number in range(rounds + 1):
        ours, bare = folder / f"ours-{number}", folder / f"bare-{number}"
        if number % 2:
            both = await _ours_s(ours), await _bare_s(bare, others)
        else:
            bare_s = await _bare_s(bare, others)
            both = await _ours_s(ours), bare_s
        found.append(both)
        for one in (ours, bare):
            await asyncio.to_thread(shutil.rmtree, one)
    return found[1:]  # byte code is written once, and binaries are read from the disk once


def _pss_mb(pid: int) -> float:
    """Return a process's share of the memory it maps, in MB (Linux)."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1_000
    raise LookupError(pid)


def _children(pid: int) -> list[int]:
    below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [one for child in map(int, below) for one in (child, *_children(child))]


async def _memory(folder: Path, people: int) -> tuple[float, float]:
    """Register people with a server; return MB of the server and of its PostgreSQL."""
    roster = folder / "volunteers.csv"
    roster.write_text(volunteers_csv(people, "https://sink.example"))
    async with _up(folder / "memory") as up:
        await _import(folder / "memory", roster)
        async with asyncio.timeout(LOADED_S):
            while True:
                shown = await asyncio.to_thread(_readiness, up.url)
                if shown and shown["checks"]["index"].get("people", 0) >= people:
                    break
                await asyncio.sleep(0.5)
        return _pss_mb(up.pid), sum(_pss_mb(one) for one in _children(up.pid))


async def _import(data: Path, roster: Path) -> None:
    """Load a file of people as an operator does."""
    asked = ("recipients", "import", roster, "--data-folder", data, "--drill")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "homeward",
        *map(str, asked),
        stdout=asyncio.subprocess.DEVNULL,
    )
    assert await process.wait() == 0


async def measure(size: Size) -> Measured:
    """Start cold in turn with what a start is made of; then fill a roster."""
    people = size.of(PEOPLE, PEOPLE // 20)
    with tempfile.TemporaryDirectory(prefix="homeward-cold-") as name:
        folder = Path(name)
        cold = await _cold(folder, size.of(9, 2))
        server, postgres = await _memory(folder, people)
    figures = [
        Figure.of_rounds("cold", "first homeward up to ready / initdb, start, imports", "s", cold),
        Figure.of_rounds(
            "memory", f"PSS of homeward up, {people:,} registered / 1 MB", "MB", [(server, 1.0)]
        ),
        Figure.of_rounds(
            "memory-all", "the same with its PostgreSQL, caches and all", "MB",
            [(server + postgres, 1.0)],
        ),
    ]  # fmt: skip
    return Measured(figures, "this disk's flushes; the byte code of all modules was there")
