import json
import stat

import asyncpg
import pytest

from homeward.postgres.keys import OtherKeyRing, PostgresSubjectKeys
from homeward.postgres.store import open_store
from homeward.seal.keyring import FileKeyRing, KeyRingRefused
from homeward.words import Role


async def test_each_subject_has_one_key_that_is_stored_wrapped(store, dsn):
    keys = store.subject_keys
    assert await keys.keys_for(["s_1"], create=False) == {}
    made = await keys.keys_for(["s_1", "s_2", "s_1"], create=True)
    assert len({made["s_1"], made["s_2"]}) == 2
    assert await keys.keys_for(["s_2", "s_3"], create=False) == {"s_2": made["s_2"]}
    assert await keys.keys_for(["s_1"], create=True) == {"s_1": made["s_1"]}
    connection = await asyncpg.connect(dsn)
    kept = await connection.fetch("SELECT wrapped FROM homeward_drill.subject_keys")
    await connection.close()
    assert all(key not in row["wrapped"] for row in kept for key in made.values())


async def test_a_key_that_was_destroyed_is_gone_and_one_made_anew_is_another(store):
    keys = store.subject_keys
    made = await keys.keys_for(["s_1", "s_2"], create=True)
    await keys.destroy(["s_1", "s_3"])
    assert await keys.keys_for(["s_1", "s_2"], create=False) == {"s_2": made["s_2"]}
    assert (await keys.keys_for(["s_1"], create=True))["s_1"] != made["s_1"]


async def test_a_key_opens_what_it_was_made_for_until_it_is_revoked(store):
    keys = store.api_keys
    secret, holder = await keys.create(Role.OFFICER, "li", "fuyang")
    assert secret.startswith(f"hw_{holder.prefix}_")
    assert await keys.lookup(secret) == holder
    assert (holder.role, holder.account, holder.org) == (Role.OFFICER, "li", "fuyang")
    for wrong in ("", "hw", "hw_x_y", secret[:-1], secret + "x", f"hw_{holder.prefix}_", "a_b_c_d"):
        assert await keys.lookup(wrong) is None
    assert await keys.holder(holder.prefix) == holder
    assert await keys.holder("none") is None
    assert await keys.revoke(holder.prefix)
    assert (await keys.holder(holder.prefix)).revoked
    assert not await keys.revoke(holder.prefix)
    assert await keys.lookup(secret) is None
    assert [one.revoked for one in await keys.page()] == [True]


async def test_of_a_key_only_the_hash_is_kept(store, dsn):
    secret, _ = await store.api_keys.create(Role.ADMIN, "owner", "-")
    connection = await asyncpg.connect(dsn)
    kept = await connection.fetchval("SELECT k::text FROM homeward_drill.api_keys k")
    await connection.close()
    assert secret.split("_", 2)[2] not in kept


async def test_another_ring_cannot_open_what_this_one_sealed(store, tmp_path):
    await store.subject_keys.keys_for(["s_1"], create=True)
    other = FileKeyRing.open(tmp_path / "other.json")
    with pytest.raises(KeyError):
        await PostgresSubjectKeys(store.database, other).keys_for(["s_1"], create=False)


async def test_a_world_opens_with_its_own_ring_and_no_other(dsn, ring, tmp_path):
    other = FileKeyRing.open(tmp_path / "other.json")
    async with open_store(dsn, "drill", ring):
        pass
    with pytest.raises(OtherKeyRing, match="restore that one"):
        async with open_store(dsn, "drill", other):
            pass
    async with open_store(dsn, "drill", ring) as store:
        await store.subject_keys.keys_for(["s_1"], create=True)


def test_a_ring_is_made_once_for_its_owner_only(tmp_path):
    path = tmp_path / "folder" / "keyring.json"
    ring = FileKeyRing.open(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]
    again = FileKeyRing.open(path)
    assert again.unwrap(ring.wrap(b"k" * 32)) == b"k" * 32
    assert again.token("inbox", "ann") == ring.token("inbox", "ann")
    assert again.mac("roster", b"ann") == ring.mac("roster", b"ann")


def test_a_ring_separates_purposes(tmp_path):
    ring = FileKeyRing.open(tmp_path / "keyring.json")
    assert ring.mac("a", b"x") != ring.mac("b", b"x")
    assert ring.token("in", "boxann") != ring.token("inbox", "ann")
    assert ring.wrap(b"k" * 32) != ring.wrap(b"k" * 32)
    assert FileKeyRing.open(tmp_path / "b.json").token("inbox", "ann") != ring.token("inbox", "ann")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_ring_that_others_may_read_is_refused_with_the_mend(tmp_path, mode):
    path = tmp_path / "keyring.json"
    FileKeyRing.open(path)
    path.chmod(mode)
    with pytest.raises(KeyRingRefused, match=f"chmod 600 {path}"):
        FileKeyRing.open(path)


def test_what_is_no_ring_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "keyring.json"
    FileKeyRing.open(path)
    whole = json.loads(path.read_text())
    cut = {**whole, "link": whole["link"][:8]}
    for text in ("", "{", "[]", json.dumps(cut), json.dumps({**whole, "newest": "gone"})):
        path.write_text(text)
        with pytest.raises(KeyRingRefused, match="restore it"):
            FileKeyRing.open(path)
        assert path.read_text() == text


def test_an_epoch_that_is_gone_is_gone(tmp_path):
    ring, other = FileKeyRing.open(tmp_path / "a.json"), FileKeyRing.open(tmp_path / "b.json")
    with pytest.raises(KeyError):
        other.unwrap(ring.wrap(b"k" * 32))
