"""I-24 on a real PostgreSQL and in real processes: of live no row changes by what a drill does."""

import asyncio
import json
import os
import random
import re
import shutil
import subprocess
import sys

import asyncpg
import pytest
from tests.services.house.drilling import LIVE_ADDRESSES, WATCH, Words, chunk_of, people

from homeward.house.calling import caller_of
from homeward.house.first import admin_key
from homeward.house.opening import HouseRefused, open_house
from homeward.ports import KeyTurn
from homeward.postgres.migrate import MigrationRefused
from homeward.settings import Settings
from homeward.words import Role

DRILLS = 24
TRICKS = (
    "",
    "search_path=homeward_live",
    "options=-csearch_path%3Dhomeward_live",
    "application_name=homeward_live&search_path=homeward_live%2Cpublic",
)
"""What may stand behind a database's address, as copied from a session of live's."""


async def asked(dsn, statement):
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetch(statement)
    finally:
        await connection.close()


async def everything(dsn, schema="homeward_live"):
    """Return what stands in each table of a schema, as one hash each."""
    tables = await asked(
        dsn, f"SELECT tablename AS t FROM pg_tables WHERE schemaname = '{schema}' ORDER BY 1"
    )
    found = {}
    for name in (one["t"] for one in tables):
        hashed = "md5(coalesce(string_agg(md5(x::text), '' ORDER BY md5(x::text)), ''))"
        [row] = await asked(dsn, f'SELECT count(*) AS n, {hashed} AS h FROM {schema}."{name}" x')
        found[name] = (row["n"], row["h"])
    return found


def dsn_with(dsn, trick):
    return dsn if not trick else f"{dsn}{'&' if '?' in dsn else '?'}{trick}"


@pytest.fixture
async def live(tmp_path, empty_dsn):
    """A live world that has worked: people, a key, facts. Yields (settings, key, roster)."""
    settings = Settings(data_folder=tmp_path / "home", database_url=empty_dsn)
    registered = people([one.format(port=9, live=9) for one in LIVE_ADDRESSES if len(one) < 2_000])
    async with open_house(settings, "live") as house:
        await admin_key(house)
        secret, _ = await house.store.api_keys.create(Role.OFFICER, "officer-1", "-")
        await house.store.roster.register(registered)
        token = house.ring.token("inbox", "v-1")
    return settings, secret, registered, token


async def drilled(house, roster):
    """Register the live roster in a drill and tell all of it that something is over."""
    registered = await house.store.roster.register(roster)
    position = (await house.store.workbench.load("drilling", ["lane"]))["lane"]
    turn = KeyTurn(
        "lane", position.revision, position.heard + 1, b"", (), position.out_version, None,
        chunks=(chunk_of(registered),),
    )  # fmt: skip
    await house.store.workbench.commit_turn("drilling", [turn])
    house.words = Words()
    caller = caller_of(house)
    try:
        await caller.once()
    finally:
        await caller.close()


async def test_what_drills_do_in_lives_database_changes_no_row_of_lives(tmp_path, live):
    settings, secret, roster, token = live
    dsn = settings.database_url.get_secret_value()
    before, opened = await everything(dsn), 0
    assert before["events"][0] > 0
    for number in range(DRILLS):
        chance = random.Random(number)
        trick = TRICKS[number % len(TRICKS)]
        home = tmp_path / f"drill-{number % 3}"
        (home / "drill").mkdir(parents=True, exist_ok=True)
        if number in {0, 1, 2} and chance.random() < 0.7:  # a fresh folder with live's key ring
            ring = home / "drill" / "keyring.json"
            shutil.copy(settings.data_folder / "live" / "keyring.json", ring)
            with pytest.raises(HouseRefused, match="key ring of the live world: move it away"):
                async with open_house(Settings(data_folder=home, database_url=dsn), "drill"):
                    pass
            ring.unlink()
        mine = Settings(data_folder=home, database_url=dsn_with(dsn, trick))
        with WATCH.on() as watch:
            if number % 3:  # another drill's folder, and the database knows the first one's ring
                with pytest.raises(HouseRefused, match="another key ring"):
                    async with open_house(mine, "drill"):
                        pass
                continue
            async with open_house(mine, "drill") as house:
                opened += 1
                assert await house.store.api_keys.lookup(secret) is None
                assert house.ring.token("inbox", "v-1") != token
                assert house.store.log.origin.startswith("homeward/drill/")
                await drilled(house, roster)
        assert not any(one.__name__.startswith("Live") for one in watch.made)
        assert not watch.connected, watch.connected
        assert not watch.looked_up, watch.looked_up
    assert opened == DRILLS // 3
    assert await everything(dsn) == before
    drill = await everything(dsn, "homeward_drill")
    assert drill["recipients"][0] == len(roster), "the drills did work"


@pytest.mark.parametrize("world", ["live", "drill"])
async def test_a_schema_that_was_renamed_or_restored_into_the_other_world_is_refused(
    tmp_path, live, world
):
    settings, *_ = live
    dsn, other = settings.database_url.get_secret_value(), {"live": "drill", "drill": "live"}[world]
    if other == "drill":
        async with open_house(settings, "drill") as house:
            await admin_key(house)
        await asked(dsn, "DROP SCHEMA homeward_live CASCADE")
    await asked(dsn, f"ALTER SCHEMA homeward_{other} RENAME TO homeward_{world}")
    before = await everything(dsn, f"homeward_{world}")
    with pytest.raises(MigrationRefused, match=f"is of the {other} world"):
        async with open_house(settings, world):
            pass
    assert await everything(dsn, f"homeward_{world}") == before


async def test_a_ring_from_before_rings_said_their_world_opens_what_it_is_of_and_nothing_new(
    tmp_path, live, empty_dsn
):
    settings, *_ = live
    ring = settings.data_folder / "live" / "keyring.json"
    ring.write_text(re.sub(r',\s*"world": "live"', "", ring.read_text()))
    assert "world" not in json.loads(ring.read_text())
    async with open_house(settings, "live") as house:
        assert await house.store.log.size()
    to = tmp_path / "other" / "drill" / "keyring.json"
    to.parent.mkdir(parents=True)
    shutil.copy(ring, to)
    mine = Settings(data_folder=tmp_path / "other", database_url=empty_dsn)
    with pytest.raises(HouseRefused, match="says not of which world"):
        async with open_house(mine, "drill"):
            pass


def started(settings, *words, **env):
    kept = {name: one for name, one in os.environ.items() if not name.startswith("HOMEWARD_")}
    mine = {
        "HOMEWARD_DATA_FOLDER": str(settings.data_folder),
        "HOMEWARD_DATABASE_URL": settings.database_url.get_secret_value(),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "homeward", *words],
        env={**kept, **mine, **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


REFUSED = (
    (("dispatch", "--drill", "--live"), {}, "contradict"),
    (("up", "--live", "--port", "0", "--drill"), {}, "contradict"),
    (("dispatch", "--drill"), {"HOMEWARD_WEBHOOK_LOOPBACK": "hooks.example.org:443"}, "loopback"),
    (
        ("worker", "--live"),
        {"HOMEWARD_TOPIC_PREFIX": "homeward-drill", "HOMEWARD_KAFKA": "127.0.0.1:1"},
        "HOMEWARD_TOPIC_PREFIX",
    ),
    (("dispatch", "--live"), {"HOMEWARD_WEBHOOK_LOOPBACK": "127.0.0.1:9"}, "WEBHOOK_LOOPBACK"),
    (("dispatch",), {"HOMEWARD_WORLD": "live"}, "say which world"),
)


async def test_real_processes_refuse_what_is_the_other_worlds_in_one_line_with_the_mend(live):
    settings, *_ = live
    dsn = settings.database_url.get_secret_value()
    before = await everything(dsn)
    running = [started(settings, *words, **env) for words, env, _ in REFUSED]
    try:
        for process, (words, _, says) in zip(running, REFUSED, strict=True):
            out, errors = await asyncio.to_thread(process.communicate, timeout=120)
            assert process.returncode, (words, out)
            told = f"{out}{errors}"
            assert says in re.sub(r"\s+", " ", told), (words, told)
            assert "Traceback" not in told
    finally:
        for process in running:
            if process.poll() is None:
                process.kill()
                process.communicate()
    assert await everything(dsn) == before


async def test_a_real_drill_with_lives_environment_tells_nobody_and_writes_nothing_of_lives(live):
    """Live's .env copied whole; live's roster stands in the drill's, and all of it is told."""
    settings, _, roster, _ = live
    dsn = settings.database_url.get_secret_value()
    async with open_house(settings, "drill") as house:
        await drilled(house, roster)
    before = await everything(dsn)
    live_env = {"HOMEWARD_PUBLIC_URL": "https://live.example.org", "HOMEWARD_AUTHORITY": "Live"}
    process = started(settings, "dispatch", "--drill", "--twice-is-once", "--json", **live_env)
    out, errors = await asyncio.to_thread(process.communicate, timeout=120)
    assert process.returncode == 2, (out, errors)
    process = started(settings, "dispatch", "--drill", "--drill", "--json", **live_env)
    try:
        said = json.loads(await asyncio.to_thread(process.stdout.readline))
        assert said["world"] == "drill"
    finally:
        process.terminate()
        await asyncio.to_thread(process.communicate, timeout=60)
    assert await everything(dsn) == before
