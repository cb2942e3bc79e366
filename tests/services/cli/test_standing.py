"""The doctor looks at the database and the roster: what is broken is named, with a mend."""

import shutil
from dataclasses import replace

import asyncpg
import pytest

from homeward.cli.checks import every_check
from homeward.cli.standing import channels, judged, ring_is_ours
from homeward.cli.whereabouts import Whereabouts
from homeward.ports import Contact, LogUnavailable, Recipient
from homeward.postgres.standing import Standing, look
from homeward.seal.keyring import FileKeyRing
from homeward.words import RecipientKind

MEDDLE = "SET search_path TO homeward_drill; ALTER TABLE migrations DISABLE TRIGGER USER; "
WELL = Standing("on", "on", "on", 150_004, standby=False, ahead_s=0.01, rate=1.0)


@pytest.mark.parametrize("world", ["live", "drill"])
def test_a_well_database(world):
    assert [one for one in judged(WELL, world) if not one.ok] == []


@pytest.mark.parametrize(
    ("broken", "part"),
    [
        ({"fsync": "off"}, "fsync is off"),
        ({"synchronous_commit": "off"}, "synchronous_commit is off"),
        ({"full_page_writes": "off"}, "full_page_writes is off"),
        ({"standby": True}, "standby"),
        ({"ahead_s": -7.0}, "7.0 s behind"),
        ({"missing": ("0099_x.sql",)}, "0099_x.sql is not applied"),
        ({"altered": ("0001_log.sql",)}, "0001_log.sql is altered"),
        ({"unknown": ("0099_x.sql",)}, "of a newer build"),
        ({"rate": 20.0}, "20 seconds a second"),
        ({"behind": {"reach": 50_000}}, "reach has 50,000 facts"),
    ],
)
def test_what_is_broken_is_named_with_a_mend(broken, part):
    [wrong] = [one for one in judged(replace(WELL, **broken), "live") if not one.ok]
    assert part in wrong.what
    assert len(wrong.mend) > 20


async def test_a_real_database_is_looked_at_without_changing_it(dsn):
    found = await look(dsn, "drill")
    assert (found.missing, found.altered, found.unknown) == ((), (), ())
    assert (found.fsync, found.rate, abs(found.ahead_s) < 2) == ("on", 1.0, True)
    assert [one.what for one in judged(found, "drill") if not one.ok] == []


@pytest.mark.parametrize(
    ("statement", "part"),
    [
        ("DELETE FROM migrations WHERE name LIKE '0009%'", "0009_moves.sql is not applied"),
        ("UPDATE migrations SET checksum = '0' WHERE name LIKE '0003%'", "is altered"),
        ("INSERT INTO migrations VALUES ('9999_later.sql', '0')", "9999_later.sql is of a newer"),
    ],
)
async def test_migrations_that_were_meddled_with(dsn, statement, part):
    connection = await asyncpg.connect(dsn)
    await connection.execute(MEDDLE + statement)
    await connection.close()
    [wrong] = [one for one in judged(await look(dsn, "drill"), "drill") if not one.ok]
    assert part in wrong.what


async def test_a_world_that_was_never_made_and_a_server_that_is_away(empty_dsn):
    found = await look(empty_dsn, "drill")
    assert (found.rate, len(found.missing) > 5) == (None, True)
    with pytest.raises(LogUnavailable):
        await look("postgresql://nobody@127.0.0.1:1/nowhere", "drill")


def test_the_key_ring(tmp_path):
    path = tmp_path / "keyring.json"
    assert ring_is_ours(path).ok
    FileKeyRing.open(path)
    assert ring_is_ours(path).ok
    path.chmod(0o644)
    assert "chmod 600" in ring_is_ours(path).mend
    path.chmod(0o600)
    path.write_text("{}")
    assert "restore it from its backup" in ring_is_ours(path).mend


def someone(name, *ways):
    contacts = (tuple(Contact(way) for way in ways),) if ways else ()
    return Recipient(name, RecipientKind.VOLUNTEER, ("8740b059affffff",), contacts=contacts)


async def test_who_can_only_be_told_by_a_channel_that_is_not_there(store):
    people = [someone("v-1", "pigeon"), someone("v-2", "pigeon", "inbox"), someone("v-3")]
    found = await store.roster.register(people)
    [lost, silent] = channels({"inbox", "webhook"}, found, whole=True)
    assert (lost.ok, "1 recipients are only told by 'pigeon'" in lost.what) == (False, True)
    assert "1 recipients have no contact" in silent.what
    assert not any("v-" in one.what + one.mend for one in (lost, silent))


async def test_the_whole_doctor_over_a_database_of_ones_own(dsn, ring, tmp_path, monkeypatch):
    """What the database and the roster say stands beside what the machine says."""
    monkeypatch.setenv("HOMEWARD_DATABASE_URL", dsn)
    (tmp_path / "drill").mkdir(mode=0o700)
    shutil.copy(tmp_path / "keyring.json", tmp_path / "drill" / "keyring.json")
    found = await every_check(Whereabouts(tmp_path / "drill", "drill"), None)
    said = {one.what: one.ok for one in found}
    assert said["every migration of this build is applied"]
    assert said["every recipient with a contact has a channel that is there"]
    assert any("no server runs" in what and not ok for what, ok in said.items())


async def test_another_key_ring_than_the_databases_is_named(dsn, store, tmp_path, monkeypatch):
    monkeypatch.setenv("HOMEWARD_DATABASE_URL", dsn)
    (tmp_path / "drill").mkdir(mode=0o700)
    path = tmp_path / "drill" / "keyring.json"
    FileKeyRing.open(path)
    wrong = [one for one in await every_check(Whereabouts(tmp_path / "drill", "drill"), None)
             if "another key ring" in one.what]  # fmt: skip
    assert [(one.ok, one.mend) for one in wrong] == [(False, f"restore that one as {path}")]
