"""The commands of docs/operating/backup.md: dumped, restored, and the same log, byte by byte."""

import asyncio
import os
import re
import subprocess
import sys
from pathlib import Path

import asyncpg
from tests.stage import Stage, alert, raise_case, register, staged, until, volunteers

from homeward.postgres.ground import binaries, server_user
from homeward.postgres.statements import schema_of
from homeward.postgres.supervisor import EmbeddedPostgres, dsn_in

LOG = (
    f"SELECT log_index, envelope, leaf_hash, chain_hash FROM {schema_of('drill')}.events ORDER BY 1"
)


def blocks(project: Path) -> list[str]:
    text = (project / "docs/operating/backup.md").read_text().replace("/live/", "/drill/")
    return re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def shell(block: str, folder: Path, bindir: Path, **env: str) -> None:
    path = f"{bindir}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block],
        cwd=folder,
        env={**os.environ, **env, "PATH": path},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def homeward(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "homeward", *words],
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


async def rows(dsn: str) -> list[tuple[object, ...]]:
    connection = await asyncpg.connect(dsn)
    try:
        return [tuple(row) for row in await connection.fetch(LOG)]
    finally:
        await connection.close()


def told(stage: Stage, people: int) -> bool:
    return len({one["recipient"] for one in stage.messages()}) == people


def test_a_dump_and_the_ring_apart_bring_everything_back(project: Path, tmp_path: Path) -> None:
    back_up, ring, restore = blocks(project)
    with staged(tmp_path) as stage:
        address = stage.start_sink()
        stage.start()
        stage.make_keys("officer", "supervisor", "auditor")
        register(stage, volunteers(address, 50))
        case = raise_case(stage)
        stage.ask("POST", f"/v1/cases/{case}/verify", {"unit": "t"}, role="officer", key="verify")
        alert(stage, case, tag="v1")
        until(lambda: told(stage, 50), 60, "everybody is told")
        dsn = dsn_in(stage.world / "postgres")
        bindir = binaries(None, server_user(stage.world / "postgres" / "data"))
        kept = tmp_path / "ring"
        kept.mkdir()
        home = {"HOMEWARD_DATA_FOLDER": str(tmp_path / "home"), "RING_BACKUP": str(kept)}
        shell(back_up, tmp_path, bindir, HOMEWARD_DATABASE_URL=dsn)
        shell(ring, tmp_path, bindir, **home)
        before = asyncio.run(rows(dsn))
    assert before
    asyncio.run(restored(restore, tmp_path, bindir, kept, before, case))


async def restored(
    block: str, tmp_path: Path, bindir: Path, kept: Path, before: list[object], case: str
) -> None:
    """Restore where nothing is, and let our own commands work on it."""
    async with EmbeddedPostgres(tmp_path / "other") as other:
        dsn = other.dsn.replace("/postgres?", "/homeward?")
        host = str(re.search(r"host=([^&]+)", dsn).group(1)).replace("%2F", "/")  # type: ignore[union-attr]
        env = {
            "DATABASE": "homeward",
            "HOMEWARD_DATABASE_URL": dsn,
            "PGHOST": host,
            "PGPORT": str(re.search(r"port=(\d+)", dsn).group(1)),  # type: ignore[union-attr]
            "PGUSER": "homeward",
            "PGPASSWORD": (other.folder / "password").read_text().strip(),
        }
        await asyncio.to_thread(shell, block, tmp_path, bindir, **env)
        assert await rows(dsn) == before
        home = tmp_path / "new-home"
        (home / "drill").mkdir(parents=True, mode=0o700)
        (kept / "keyring.json").rename(home / "drill" / "keyring.json")
        there = {"HOMEWARD_DATABASE_URL": dsn, "HOMEWARD_DATA_FOLDER": str(home)}
        for words in (("migrate",), ("verify", "--json"), ("replay", case)):
            done = await asyncio.to_thread(homeward, *words, **there)
            assert done.returncode == 0, (words, done.stdout[-2_000:], done.stderr[-2_000:])
