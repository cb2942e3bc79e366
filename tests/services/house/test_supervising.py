"""One parent: what dies is started again, and nothing outlives it."""

import asyncio
import os
import signal
import time
from pathlib import Path

import pytest
from tests.services.house.apart import apart, get, gone

from homeward.kafka.admin import admin_of

UP = ("up", "--drill", "--processes", "--json", "--port", "0")
ONE = ("--apis", "0", "--dispatchers", "1", "--workers", "0", "--relays", "0")
FEW = ("--apis", "2", "--dispatchers", "1", "--workers", "0", "--relays", "0")


@pytest.fixture
def house(tmp_path, dsn):
    made = apart(tmp_path, dsn)
    yield made
    made.end()


def pids(said):
    return {one["name"]: one["pid"] for one in said["children"]}


def again(said, name, within_s=60):
    """Return the process id of who took the place of a child, by the kernel's list of children."""
    old, end = pids(said)[name], time.monotonic() + within_s
    role = name.rpartition("-")[0].encode()
    while time.monotonic() < end:
        for proc in Path("/proc").glob("[0-9]*"):
            try:
                words = (proc / "cmdline").read_bytes().split(b"\0")
                parent = int((proc / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            if parent == said["parent"] and b"homeward" in words and role in words:
                pid = int(proc.name)
                if pid not in {old, *pids(said).values()}:
                    return pid
        time.sleep(0.1)
    raise AssertionError(f"nobody took the place of {name}")


async def up(house, *args, **env):
    parent = house.start(*UP, *args, **env)
    said = await asyncio.to_thread(house.said, parent)
    return parent, {**said, "parent": parent.pid}


async def test_who_is_killed_is_started_again_and_all_end_in_ten_seconds(house):
    parent, said = await up(house, *FEW)
    assert set(pids(said)) == {"api-1", "api-2", "dispatch-1"}
    assert said["admin_key_file"] == str(house.folder / "drill" / "admin.key")
    assert (house.folder / "drill" / "url").read_text().strip() == said["url"]
    os.kill(pids(said)["dispatch-1"], signal.SIGKILL)
    os.kill(pids(said)["api-1"], signal.SIGKILL)
    fresh = [await asyncio.to_thread(again, said, name) for name in ("dispatch-1", "api-1")]
    assert get(f"{said['url']}/livez")[0] == 200  # the other api answers meanwhile
    began = time.monotonic()
    parent.send_signal(signal.SIGTERM)
    assert await asyncio.to_thread(parent.wait, 12) == 0, house.errors()
    assert time.monotonic() - began < 10
    for pid in [*fresh, *pids(said).values()]:
        assert gone(pid, 0.5)
    assert "Traceback" not in house.errors()
    assert str(house.env["HOMEWARD_DATABASE_URL"]) not in house.errors()


async def test_a_supervisor_that_is_killed_takes_all_with_it_the_database_too(tmp_path):
    house = apart(tmp_path, None)
    try:
        parent, said = await up(house, *ONE)
        database = int((tmp_path / "drill/postgres/data/postmaster.pid").read_text().split()[0])
        assert not gone(database, 0.1)
        parent.kill()
        parent.wait()
        for pid in [database, *pids(said).values()]:
            assert gone(pid, 10), house.errors()
    finally:
        house.end()


async def test_asked_twice_all_end_at_once(house):
    parent, said = await up(house, *ONE)
    stopped = pids(said)["dispatch-1"]
    os.kill(stopped, signal.SIGSTOP)  # it cannot end by itself
    parent.send_signal(signal.SIGINT)
    await asyncio.sleep(0.5)
    parent.send_signal(signal.SIGINT)
    assert await asyncio.to_thread(parent.wait, 2) == 130
    for pid in pids(said).values():
        assert gone(pid, 2)


async def test_who_does_not_end_is_ended(house):
    parent, said = await up(house, *ONE)
    os.kill(pids(said)["dispatch-1"], signal.SIGSTOP)
    began = time.monotonic()
    parent.send_signal(signal.SIGTERM)
    assert await asyncio.to_thread(parent.wait, 12) == 0
    assert time.monotonic() - began < 10
    assert all(gone(pid, 0.5) for pid in pids(said).values())


async def test_a_port_that_another_household_has_is_refused(house, tmp_path):
    _, said = await up(house, *FEW)
    taken = said["url"].rpartition(":")[2]
    other = apart(tmp_path / "other", house.env["HOMEWARD_DATABASE_URL"])
    other.folder.mkdir()
    try:
        second = other.start("up", "--drill", "--processes", "--port", taken)
        assert await asyncio.to_thread(second.wait, 60) == 1
        assert "cannot listen" in other.errors()
    finally:
        other.end()


async def test_a_second_household_in_a_folder_is_refused_and_the_first_goes_on(house):
    first, said = await up(house, *ONE)
    second = house.start(*UP, *ONE)
    assert await asyncio.to_thread(second.wait, 60) == 1
    errors = (house.folder / "stderr.log").read_text()
    assert errors.count("error: ") == 1
    assert f"runs in {house.folder / 'drill'} (pid {first.pid})" in errors
    assert not gone(pids(said)["dispatch-1"], 0.1)
    first.kill()  # who dies lets go of the folder
    first.wait()
    await up(house, *ONE)


async def test_topics_that_a_broker_lost_are_made_again(house, broker, tmp_path):
    prefix = f"lost-{tmp_path.name.replace('_', '-')}"[:40].rstrip("-")

    def there(*, remove=False):
        with admin_of(broker.bootstrap) as client:
            names = {one["name"] for one in client.describe_topics()}
            found = sorted(one for one in names if one.startswith(f"{prefix}-drill."))
            if remove:
                client.delete_topics(found)
        return len(found)

    await up(house, *ONE, HOMEWARD_KAFKA=broker.bootstrap, HOMEWARD_TOPIC_PREFIX=prefix)
    assert await asyncio.to_thread(there, remove=True) == 3
    end = time.monotonic() + 60
    while "topics are gone" not in house.errors() or await asyncio.to_thread(there) < 3:
        assert time.monotonic() < end, house.errors()
        await asyncio.sleep(0.5)


async def test_without_a_broker_named_it_is_refused_with_the_mend(house):
    parent = house.start("up", "--drill", "--processes", HOMEWARD_KAFKA="")
    assert await asyncio.to_thread(parent.wait, 60) == 1
    assert "make kafka" in house.errors()
