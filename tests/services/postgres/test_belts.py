"""What the database itself refuses, whoever asks."""

import asyncpg
import pytest

from homeward.ports import Contact, Recipient
from homeward.testing.contracts import Pen
from homeward.testing.contracts.pen import appended
from homeward.words import RecipientKind

REFUSED = asyncpg.InsufficientPrivilegeError
CHANGES = [
    "UPDATE events SET kind = 'x.y/1'",
    "DELETE FROM events",
    "TRUNCATE events",
    "UPDATE blobs SET content = ''",
    "DELETE FROM blobs",
    "DELETE FROM log_head",
    "TRUNCATE log_head",
    "UPDATE log_head SET origin = 'another'",
    "UPDATE log_head SET size = size - 1",
]
INSERT = (
    "INSERT INTO events SELECT log_index + 1, gen_random_uuid(), stream, version + 1, key,"
    " key_version + 1, kind, recorded_at, envelope, leaf_hash, chain_hash FROM events"
)
BYPASSES = [
    INSERT,
    "UPDATE log_head SET size = size + 1",
    "SELECT insert_entries('{}', 0, now())",
    "UPDATE sealed_values SET ciphertext = ''",
    "UPDATE migrations SET checksum = ''",
    "ALTER TABLE events DISABLE TRIGGER ALL",
    "DROP TABLE events",
    "CREATE TABLE here (x int)",
]


@pytest.fixture
async def written(store):
    pen = Pen(store.log.origin)
    await appended(store.log, pen.note(pen.case(1)), pen.order(pen.case(1), b"[]"))
    return store


@pytest.mark.parametrize("change", [*CHANGES, *BYPASSES])
async def test_the_application_can_only_append(written, change):
    async with written.database.pool.acquire() as connection:
        assert await connection.fetchval("SELECT current_user") == "homeward_drill_app"
        with pytest.raises(REFUSED):
            await connection.execute(change)


@pytest.mark.parametrize("change", CHANGES)
async def test_the_owner_is_refused_too(written, dsn, change):
    connection = await asyncpg.connect(dsn, server_settings={"search_path": "homeward_drill"})
    try:
        with pytest.raises(REFUSED):
            await connection.execute(change)
    finally:
        await connection.close()


async def test_a_function_looks_only_into_its_own_schema(written):
    """A table of the caller's that has the name of ours is not taken for it."""
    async with written.database.pool.acquire() as connection:
        settings = await connection.fetch(
            "SELECT proname, proconfig FROM pg_proc"
            " WHERE pronamespace = 'homeward_drill'::regnamespace AND prosecdef"
        )
    assert len(settings) >= 8
    for row in settings:
        assert "search_path=homeward_drill, pg_temp" in row["proconfig"], row["proname"]


async def test_no_contact_stands_in_the_database_in_clear(store, dsn):
    canary = "canary-5f1c@example.org"
    contacts = ((Contact("webhook", f"https://{canary}/hook"),),)
    await store.roster.register([Recipient("ann", RecipientKind.DESK, (), contacts=contacts)])
    connection = await asyncpg.connect(dsn, server_settings={"search_path": "homeward_drill"})
    try:
        kept = await connection.fetchval("SELECT contacts FROM recipients")
    finally:
        await connection.close()
    assert canary.encode() not in kept
    assert b"webhook" not in kept
    found = await store.roster.get("ann")
    assert found.recipient.contacts == contacts
