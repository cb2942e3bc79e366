import json

import asyncpg
import pytest

from homeward.cli.courses import Wanted, courses, pictured
from homeward.cli.histories import told
from homeward.cli.ledgers import key_created, migrated, opened
from homeward.cli.output import Complaint
from homeward.cli.sound import verified
from homeward.desk import Asking
from homeward.settings import Settings
from homeward.testing.given import OFFICER
from homeward.testing.samples import RAISED

TAMPER = "SET search_path TO homeward_drill; ALTER TABLE events DISABLE TRIGGER USER; "


@pytest.fixture
async def world(dsn, tmp_path):
    """A drill with one case in it, raised at the desk."""
    settings = Settings(data_folder=tmp_path, database_url=dsn)
    async with opened(settings, "drill") as house:
        asking = Asking(OFFICER, "raise", b"raise")

        async def nothing():
            return ()

        await house.desk.submit(f"case-{RAISED.case}", asking, nothing, lambda _: (RAISED,))
    return settings, RAISED.case


async def tamper(dsn, statement):
    connection = await asyncpg.connect(dsn)
    await connection.execute(TAMPER + statement)
    await connection.close()


async def test_an_untouched_log_is_sound(world):
    settings, case = world
    assert await verified(settings, "drill", None) == {"sound": True, "facts": 1, "streams": 1}
    assert (await verified(settings, "drill", case))["sound"]


@pytest.mark.parametrize(
    ("statement", "part"),
    [
        ("UPDATE events SET envelope = set_byte(envelope, 40, 65)", ""),
        ("UPDATE events SET leaf_hash = sha256('x')", "leaf"),
        ("UPDATE events SET chain_hash = sha256('x')", "chain"),
        ("UPDATE events SET key_version = 5", "key version"),
        ("UPDATE events SET log_index = 5", "hole"),
        ("DELETE FROM events", "the end is gone: 1 facts were written, 0 are there"),
        ("UPDATE sealed_values SET ciphertext = 'x'", "sealed"),
    ],
)
async def test_whatever_a_superuser_alters_is_named(world, dsn, statement, part):
    settings, _ = world
    await tamper(dsn, statement)
    found = await verified(settings, "drill", None)
    assert not found["sound"]
    assert part in found["says"]


async def test_what_was_erased_is_still_sound(world, dsn):
    settings, _ = world
    await tamper(dsn, "DELETE FROM sealed_values")
    assert (await verified(settings, "drill", None))["sound"]


async def test_the_timeline_is_read_without_a_server(world):
    settings, case = world
    [line] = await told(settings, "drill", case, None)
    assert line["kind"] == "case.raised/1"
    assert await told(settings, "drill", case, "2001-01-01T00:00:00Z") == []
    with pytest.raises(Complaint, match="no moment"):
        await told(settings, "drill", case, "yesterday")


@pytest.mark.parametrize("moment", ["1", "99", "2999-01-01T00:00:00Z"])
async def test_a_moment_in_the_future_is_refused_as_the_server_does(world, moment):
    settings, case = world
    with pytest.raises(Complaint, match="future"):
        await told(settings, "drill", case, moment)
    assert len(await told(settings, "drill", case, "0")) == 1


async def test_a_case_that_is_not_there(world):
    settings, _ = world
    for text in ("ABCD-EFGH", "nonsense", ""):
        with pytest.raises(Complaint, match="no case"):
            await verified(settings, "drill", text)


async def test_a_replay_under_a_policy_that_nobody_knows(world):
    settings, case = world
    with pytest.raises(Complaint, match="no reach policy guesswork"):
        await courses(settings, "drill", case, ["guesswork"], None)
    found, drawings = await courses(settings, "drill", case, ["circles"], None)
    assert [(one["policy"], one["waves"], one["people"]) for one in found] == [
        ("as-it-was", 0, 0),
        ("circles", 0, 0),
    ]
    assert set(drawings) == {
        *("as-it-was.svg", "as-it-was.geojson", "circles.svg", "circles.geojson")
    }


async def test_a_map_is_drawn_without_a_server(world):
    settings, case = world
    svg = await pictured(settings, "drill", Wanted(case, None, None, None, "en"), "map")
    assert svg.startswith("<svg ")
    said = await pictured(settings, "drill", Wanted(case, "0", None, "circles", "en"), "field")
    assert json.loads(said)["policy"] == "circles"
    for asked, says in (
        (Wanted(case, "yesterday", None, None, "en"), "as_of"),
        (Wanted(case, None, "noon", None, "en"), "no time"),
        (Wanted(case, None, None, "guesswork", "en"), "policy"),
        (Wanted(case, "2001-01-01T00:00:00Z", None, None, "en"), "not raised"),
    ):
        with pytest.raises(Complaint, match=says):
            await pictured(settings, "drill", asked, "map")


async def test_the_first_key_is_made_without_a_server(world):
    settings, _ = world
    made = await key_created(settings, "drill", {"role": "admin", "account": "a", "org": "-"})
    async with opened(settings, "drill") as house:
        holder = await house.store.api_keys.lookup(made["key"])
    assert holder is not None
    assert (holder.account, holder.role) == ("a", "admin")
    assert (await verified(settings, "drill", None))["facts"] == 2
    with pytest.raises(Complaint, match="no role"):
        await key_created(settings, "drill", {"role": "king", "account": "a", "org": "-"})


async def test_migrating_again_changes_nothing(world):
    settings, _ = world
    assert await migrated(settings, "drill") == await migrated(settings, "drill")


async def test_a_world_that_is_not_there_is_not_made(tmp_path):
    with pytest.raises(Complaint, match="no drill world"):
        async with opened(Settings(data_folder=tmp_path / "nowhere"), "drill"):
            pass
    assert not (tmp_path / "nowhere").exists()
