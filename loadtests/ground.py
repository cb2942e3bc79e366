"""What a bench stands on: a private PostgreSQL in a temporary folder, flushes of 1 ms, a world."""

import asyncio
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import asyncpg

from homeward.house.opening import KEY_RING_FILE
from homeward.postgres.ground import binaries, reachable, server_user
from homeward.postgres.statements import schema_of
from homeward.postgres.store import Store, open_store
from homeward.postgres.supervisor import EmbeddedPostgres
from homeward.seal.keyring import FileKeyRing

WORLD: Final = "drill"
SHIM: Final = Path(__file__).with_name("slow_flush.c")
COMMITS: Final = 100
"""How many bare commits tell what one takes here."""

WRAPPER: Final = """#!/bin/sh
LD_PRELOAD={shim} exec {program} "$@"
"""


@dataclass(frozen=True, slots=True)
class Ground:
    """A server that runs, and how its flushes were made alike."""

    server: EmbeddedPostgres
    folder: Path
    """As a house's data folder: it holds the world's key ring where a house looks for it."""
    ring: FileKeyRing
    said: str
    """One clause for the table: the server, what a flush is, what a bare commit takes with it."""

    @asynccontextmanager
    async def store(self) -> AsyncIterator[Store]:
        """Open one more store on the world, as one more process would."""
        async with open_store(self.server.dsn, WORLD, self.ring) as opened:
            yield opened

    async def connect(self) -> asyncpg.Connection:
        """Return a bare connection in the world's schema; it may make tables beside the log."""
        settings = {"search_path": f"{schema_of(WORLD)}, pg_temp"}
        return await asyncpg.connect(self.server.dsn, server_settings=settings)


@asynccontextmanager
async def open_ground() -> AsyncIterator[Ground]:
    """Start a server of our own in a temporary folder; with a C compiler its flushes take 1 ms."""
    with tempfile.TemporaryDirectory(prefix="homeward-loadtest-") as name:
        folder = Path(name)
        bindir = await asyncio.to_thread(_slowed_binaries, folder)
        async with EmbeddedPostgres(folder / "postgres", bindir) as server:
            (folder / WORLD).mkdir(mode=0o700)
            ring = FileKeyRing.open(folder / WORLD / KEY_RING_FILE, WORLD)
            async with open_store(server.dsn, WORLD, ring):
                pass  # migrated, so that what is measured begins on a world that is there
            version, commit_ms = await _told(server.dsn)
            kind = "1 ms (shim)" if bindir else "this disk's (no shim: cc did not build one)"
            said = f"PostgreSQL {version}; a flush is {kind}, a bare commit {commit_ms:.2f} ms"
            yield Ground(server, folder, ring, said)


def _slowed_binaries(folder: Path) -> Path | None:
    """Return a folder with programs whose flushes take 1 ms; None where that cannot be built."""
    folder.chmod(0o755)  # the server's user reads the shim in here; data stand in a 0700 below
    compiler = shutil.which("cc")
    user = server_user(folder / "postgres" / "data")
    if compiler is None or not reachable(folder, user):
        return None
    shim, bindir = folder / "slow_flush.so", folder / "bin"
    built = subprocess.run(  # noqa: S603 -- the compiler of this machine on our own file
        [compiler, "-O2", "-shared", "-fPIC", "-o", str(shim), str(SHIM)],
        check=False,
        capture_output=True,
    )
    if built.returncode != 0:
        return None
    shim.chmod(0o644)
    bindir.mkdir(mode=0o755)
    real = binaries(None, user)
    for program, preloaded in (("postgres", shim), ("initdb", "")):
        wrapper = bindir / program
        wrapper.write_text(WRAPPER.format(shim=preloaded, program=real / program))
        wrapper.chmod(0o755)
    return bindir


async def _told(dsn: str) -> tuple[str, float]:
    """Return the server's version and how long a bare commit of one row takes, in ms."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("CREATE TABLE commits (n integer)")
        taken_s = []
        for n in range(COMMITS):
            began = time.perf_counter()
            await connection.execute("INSERT INTO commits VALUES ($1)", n)
            taken_s.append(time.perf_counter() - began)
        version = ".".join(str(part) for part in connection.get_server_version()[:2])
        return version, statistics.median(taken_s) * 1_000
    finally:
        await connection.close()
