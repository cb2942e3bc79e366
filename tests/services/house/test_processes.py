"""Each process by itself: ready, shown, and ended in time; several first starts at once."""

import asyncio
import json
import signal
import time

import asyncpg
import pytest
from tests.services.house.apart import apart, get

from homeward.cli import run

ROLES = ("api", "worker", "relay", "dispatch")
PORTS = {"api": ("--port", "0")}


@pytest.fixture
def house(tmp_path, dsn):
    made = apart(tmp_path, dsn)
    yield made
    made.end()


async def rows(dsn, statement):
    connection = await asyncpg.connect(dsn, server_settings={"search_path": "homeward_drill"})
    try:
        return await connection.fetch(statement)
    finally:
        await connection.close()


@pytest.mark.parametrize("role", ROLES)
async def test_a_process_shows_itself_signs_in_and_ends_in_time_with_the_broker_away(
    house, dsn, role
):
    one = house.start(role, "--drill", "--json", *PORTS.get(role, ()))
    said = await asyncio.to_thread(house.said, one)
    assert (said["role"], said["pid"], said["world"]) == (role, one.pid, "drill")
    url = said["url"] if role == "api" else said["metrics"]
    assert get(f"{url}/livez")[0] == 200
    status, shown = get(f"{url}/readyz")
    assert (status, json.loads(shown)["ready"]) == (200, True)
    assert f'homeward_process_info{{role="{role}"}} 1.0' in get(f"{url}/metrics")[1]
    assert json.loads(get(f"{url}/version")[1])["world"] == "drill"
    async with asyncio.timeout(10):
        while not (there := await rows(dsn, "SELECT id, role, pid FROM processes")):  # noqa: ASYNC110 -- another process
            await asyncio.sleep(0.1)
    assert [tuple(row) for row in there] == [(said["id"], role, one.pid)]
    began = time.monotonic()
    one.send_signal(signal.SIGTERM)
    assert await asyncio.to_thread(one.wait, 10) == 0, house.errors()
    assert time.monotonic() - began < 10
    assert await rows(dsn, "SELECT id FROM processes") == []
    assert "Traceback" not in house.errors()


@pytest.mark.parametrize("role", ["worker", "relay"])
async def test_without_a_broker_named_it_is_refused_with_the_mend(house, role):
    one = house.start(role, "--drill", HOMEWARD_KAFKA="")
    assert await asyncio.to_thread(one.wait, 60) == 1
    assert "make kafka" in house.errors()


@pytest.mark.parametrize("role", ROLES)
def test_no_process_guesses_its_world(role, capsys):
    assert run([role]) == 2
    assert "--drill or --live" in capsys.readouterr().err


async def test_several_first_starts_at_once_make_one_world(tmp_path, empty_dsn):
    house = apart(tmp_path, empty_dsn)
    try:
        started = [house.start("api", "--drill", "--json", "--port", "0") for _ in range(3)]
        started += [house.start("dispatch", "--drill", "--json") for _ in range(2)]
        said = [await asyncio.to_thread(house.said, one) for one in started]
        assert len({one["id"] for one in said}) == len(started)
        kinds = await rows(empty_dsn, "SELECT kind FROM events WHERE kind LIKE 'access.%'")
        assert [row["kind"] for row in kinds] == ["access.key-issued/1"]
        key = (tmp_path / "drill" / "admin.key").read_text().strip()
        assert len(await rows(empty_dsn, "SELECT 1 FROM api_keys")) == 1
        assert key
    finally:
        house.end()
    assert "Traceback" not in house.errors()


async def test_two_apis_share_a_port_and_the_folder_says_so_until_the_last_one_ends(house):
    first = house.start("api", "--drill", "--json", "--port", "0", "--share-port")
    said = await asyncio.to_thread(house.said, first)
    port = said["url"].rpartition(":")[2]
    second = house.start("api", "--drill", "--json", "--port", port, "--share-port")
    assert (await asyncio.to_thread(house.said, second))["url"] == said["url"]
    file = house.folder / "drill" / "url"
    first.send_signal(signal.SIGTERM)
    assert await asyncio.to_thread(first.wait, 12) == 0
    assert file.read_text().strip() == said["url"]
    assert get(f"{said['url']}/livez")[0] == 200
    second.send_signal(signal.SIGTERM)
    assert await asyncio.to_thread(second.wait, 12) == 0
    assert not file.exists()


async def test_a_shared_port_is_not_shared_with_another_world(house, tmp_path, empty_dsn):
    first = house.start("api", "--drill", "--json", "--port", "0", "--share-port")
    port = (await asyncio.to_thread(house.said, first))["url"].rpartition(":")[2]
    other = apart(tmp_path / "other", empty_dsn)
    other.folder.mkdir()
    try:
        one = other.start("api", "--drill", "--port", port, "--share-port")
        assert await asyncio.to_thread(one.wait, 60) == 1
        assert "another world is served" in other.errors()
    finally:
        other.end()


async def test_only_who_is_told_a_rate_sets_the_case_clock(house, dsn):
    told = house.start("dispatch", "--drill", "--json", HOMEWARD_CASE_CLOCK_RATE="30")
    await asyncio.to_thread(house.said, told)
    untold = house.start("dispatch", "--drill", "--json")
    await asyncio.to_thread(house.said, untold)
    assert [row["rate"] for row in await rows(dsn, "SELECT rate FROM case_clock")] == [30.0]
