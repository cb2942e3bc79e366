import asyncio
import contextlib
import inspect
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import asyncpg
import pytest

from homeward.postgres import ground
from homeward.postgres.ground import PostgresTrouble, User
from homeward.postgres.supervisor import EmbeddedPostgres

SERVE = str(Path(__file__).with_name("serve.py"))
NOBODY = 65534


class Served:
    """A process that runs serve.py; killed at the end."""

    def __init__(self, folder, *before, python=sys.executable):
        env = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        command = [*before, python, SERVE, str(folder)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env)

    def said(self):
        return json.loads(self.process.stdout.readline())

    def kill(self):
        self.process.kill()
        self.process.wait()

    def close(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(10)
        self.kill()
        self.process.stdout.close()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder whose server was made and stopped: making one takes most of a test's time."""
    folder = tmp_path_factory.mktemp("made") / "pg"

    async def make():
        async with EmbeddedPostgres(folder):
            pass

    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        runner.run(make())
    return folder


@pytest.fixture
def folder(made, tmp_path):
    subprocess.run(["cp", "-a", str(made), str(tmp_path / "pg")], check=True)
    return tmp_path / "pg"


@pytest.fixture
def serve():
    started = []

    def start(*args, **kwargs):
        started.append(Served(*args, **kwargs))
        return started[-1]

    yield start
    for one in started:
        one.close()


def owner_of(pid):
    return Path(f"/proc/{pid}").stat().st_uid


def python_for_everybody():
    """A Python of this version that others than root may run, or None."""
    minor = f"python3.{sys.version_info.minor}"
    for one in map(Path, (sys.executable, f"/usr/bin/{minor}", f"/usr/local/bin/{minor}")):
        there = User(NOBODY, NOBODY, drop=True)
        if one.exists() and ground.reachable(one.resolve().parent, there):
            return str(one)
    return None


def is_gone(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(")")[1].split()[0] == "Z"
    except OSError:
        return True


async def until(true, within_s):
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        answer = true()
        if await answer if inspect.isawaitable(answer) else answer:
            return True
        await asyncio.sleep(0.05)
    return False


async def ask(dsn, question="SELECT 1"):
    connection = await asyncpg.connect(dsn, timeout=5)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


async def answers(dsn):
    with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return await ask(dsn) == 1
    return False


async def test_it_is_private_checked_and_in_utf8(tmp_path):
    async with EmbeddedPostgres(tmp_path / "pg") as server:
        said = await ask(
            server.dsn,
            "SELECT concat_ws(' ', current_setting('data_checksums'), current_setting('fsync'),"
            " datlocprovider, pg_encoding_to_char(encoding), current_setting('listen_addresses'))"
            " FROM pg_database WHERE datname = current_database()",
        )
        assert said.split() == ["on", "on", "b", "UTF8"]
        for name in ("data", "run"):
            assert stat.S_IMODE((tmp_path / "pg" / name).stat().st_mode) == 0o700
        assert stat.S_IMODE((tmp_path / "pg" / "password").stat().st_mode) == 0o600
        with pytest.raises(asyncpg.InvalidPasswordError):
            await ask(server.dsn.replace("homeward:", "homeward:wrong"))
        pid = server.pid
    assert is_gone(pid)


async def test_a_path_too_long_for_a_socket_gets_a_short_one(tmp_path):
    folder = tmp_path / ("a" * 60) / ("b" * 60)
    async with EmbeddedPostgres(folder) as server:
        assert await ask(server.dsn) == 1
        run = ground.socket_folder(folder, ground.server_user(folder / "data"))
        assert stat.S_IMODE(run.stat().st_mode) == 0o700
    shutil.rmtree(run)


async def test_the_server_ends_with_its_parent_even_when_that_is_killed(folder, serve):
    first = serve(folder)
    said = first.said()
    assert await ask(said["dsn"]) == 1
    first.kill()
    assert await until(lambda: is_gone(said["pid"]), 5)
    again = serve(folder).said()
    assert await ask(again["dsn"]) == 1


async def test_the_next_start_waits_for_a_server_that_is_still_ending(folder, serve):
    first = serve(folder)
    said = first.said()
    first.kill()
    assert serve(folder).said()["owner"]  # at once, while the old one shuts down
    assert is_gone(said["pid"])


async def test_a_killed_server_comes_back_by_itself(folder, serve):
    said = serve(folder).said()
    await ask(said["dsn"], "CREATE TABLE kept (n int)")
    for _ in range(2):
        pid = int((folder / "data" / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGKILL)
        assert await until(lambda pid=pid: is_gone(pid), 5)
        assert await until(lambda: answers(said["dsn"]), 10)
    assert await ask(said["dsn"], "SELECT count(*) FROM kept") == 0


async def test_a_second_process_attaches_and_takes_over(folder, serve):
    first = serve(folder)
    one = first.said()
    two = serve(folder).said()
    assert (one["owner"], two["owner"], two["dsn"]) == (True, False, one["dsn"])
    first.kill()
    assert await until(lambda: is_gone(one["pid"]), 5)
    assert await until(lambda: answers(two["dsn"]), 10)


async def test_a_pid_file_of_somebody_else_is_no_server(folder):
    (folder / "data" / "postmaster.pid").write_text(f"{os.getpid()}\n/x\n1\n5432\n/x\n")
    async with EmbeddedPostgres(folder) as server:
        assert await ask(server.dsn) == 1


async def test_a_start_that_was_killed_half_way_is_begun_anew(tmp_path):
    (tmp_path / "pg" / "data.new").mkdir(parents=True)
    (tmp_path / "pg" / "data.new" / "PG_VERSION").write_text("18\n")
    async with EmbeddedPostgres(tmp_path / "pg") as server:
        assert await ask(server.dsn) == 1


async def test_another_major_version_is_refused_with_the_mend(folder):
    (folder / "data" / "PG_VERSION").write_text("17\n")
    with pytest.raises(PostgresTrouble, match=r"is of PostgreSQL 17.*pg_dumpall") as refused:
        async with EmbeddedPostgres(folder):
            pass
    assert "\n" not in str(refused.value)


async def test_binaries_that_are_not_there_are_named(tmp_path):
    with pytest.raises(PostgresTrouble, match="no PostgreSQL in"):
        async with EmbeddedPostgres(tmp_path / "pg", bindir=tmp_path):
            pass


def test_programs_in_a_closed_folder_are_copied_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(ground, "SHARED", tmp_path / "shared")
    monkeypatch.setattr(ground, "reachable", lambda *_: False)
    for _ in range(2):
        bindir = ground.binaries(None, User(NOBODY, NOBODY, drop=True))
        assert bindir.is_relative_to(tmp_path)
        assert ground.major_of_binaries(bindir) >= 18
    assert len(list((tmp_path / "shared").iterdir())) == 1


def test_a_socket_folder_that_somebody_else_made_is_refused(tmp_path):
    (tmp_path / "run").symlink_to(tmp_path.parent)
    with pytest.raises(PostgresTrouble, match="not ours"):
        ground.private_folder(tmp_path / "run", User(os.geteuid(), os.getegid(), drop=False))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can drop to somebody else")
async def test_as_root_the_server_is_somebody_else_and_closed_parents_stay_closed(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    async with EmbeddedPostgres(closed / "pg") as server:
        assert await ask(server.dsn) == 1
        assert owner_of(server.pid) != 0
        assert (closed / "pg" / "data").stat().st_uid != 0
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    assert closed.stat().st_uid == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="who is not root tests this with every other test")
async def test_who_is_not_root_runs_the_server_as_themselves(serve):
    python = python_for_everybody()
    if python is None:
        pytest.skip("no Python of this version that others than root may run")
    folder = Path(tempfile.mkdtemp())
    try:
        os.chown(folder, NOBODY, NOBODY)
        become = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
        said = serve(folder / "pg", *become, python=python).said()
        assert await ask(said["dsn"]) == 1
        assert owner_of(said["pid"]) == NOBODY
        os.kill(said["pid"], signal.SIGKILL)
        assert await until(lambda: answers(said["dsn"]), 10)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a folder of somebody else's")
def test_a_folder_of_somebody_else_is_refused_with_the_mend(folder, serve):
    python = python_for_everybody()
    if python is None:
        pytest.skip("no Python of this version that others than root may run")
    become = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
    trouble = serve(folder, *become, python=python).said()["trouble"]
    assert "run as the user it belongs to" in trouble
    assert "\n" not in trouble
