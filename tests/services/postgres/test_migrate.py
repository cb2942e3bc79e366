import asyncio
from dataclasses import replace

import asyncpg
import pytest

from homeward.postgres import migrate as subject
from homeward.postgres.migrate import MigrationRefused, migrate, migrations, script
from homeward.postgres.statements import schema_of


async def ask(dsn, question, **session):
    connection = await asyncpg.connect(dsn, server_settings=session)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


async def test_whoever_comes_first_migrates_and_the_others_find_it_done(empty_dsn):
    found = await asyncio.gather(*(migrate(empty_dsn, "drill") for _ in range(4)))
    assert sorted(len(one.applied) for one in found) == [0, 0, 0, len(migrations())]
    assert len({one.origin for one in found}) == 1


async def test_worlds_are_apart(empty_dsn):
    drill, live = await migrate(empty_dsn, "drill"), await migrate(empty_dsn, "live")
    assert drill.origin.startswith("homeward/drill/")
    assert live.origin.startswith("homeward/live/")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await ask(empty_dsn, "SELECT count(*) FROM homeward_live.events", role=drill.app_role)


async def test_an_origin_is_given_once_and_never_changes(empty_dsn):
    assert (await migrate(empty_dsn, "drill", origin="example.org/a")).origin == "example.org/a"
    assert (await migrate(empty_dsn, "drill")).origin == "example.org/a"
    with pytest.raises(MigrationRefused, match=r"example\.org/a for ever"):
        await migrate(empty_dsn, "drill", origin="example.org/b")


async def test_an_altered_migration_is_refused(dsn, monkeypatch):
    first, *rest = migrations()
    altered = (replace(first, text=first.text + "-- a small change"), *rest)
    monkeypatch.setattr(subject, "migrations", lambda: altered)
    with pytest.raises(MigrationRefused, match=r"0001_log\.sql was altered"):
        await migrate(dsn, "drill")


async def test_a_migration_that_fails_leaves_nothing(empty_dsn, monkeypatch):
    broken = replace(migrations()[0], name="0999_broken.sql", text="CREATE TABLE x (y nonsense)")
    monkeypatch.setattr(subject, "migrations", lambda: (*migrations(), broken))
    with pytest.raises(asyncpg.PostgresError):
        await migrate(empty_dsn, "drill")
    assert await ask(empty_dsn, "SELECT to_regnamespace('homeward_drill')") is None


async def test_the_script_does_the_same(empty_dsn):
    connection = await asyncpg.connect(empty_dsn)
    await connection.execute(script("drill"))
    await connection.close()
    assert (await migrate(empty_dsn, "drill")).applied == ()


async def test_who_may_not_make_roles_goes_on_as_owner(empty_dsn):
    """With a database of somebody else's: the triggers still refuse."""
    database = empty_dsn.split("/")[-1].split("?")[0]
    owner = f"plain_{database}"
    password = empty_dsn.split(":")[2].split("@")[0]
    await ask(empty_dsn, f"CREATE ROLE {owner} LOGIN PASSWORD '{password}'")
    await ask(empty_dsn, f"GRANT CREATE ON DATABASE {database} TO {owner}")
    theirs = empty_dsn.replace("//homeward:", f"//{owner}:")
    try:
        assert (await migrate(theirs, "zoo")).app_role is None
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
            await ask(theirs, "DELETE FROM homeward_zoo.events")
    finally:
        await ask(empty_dsn, f"DROP OWNED BY {owner}")
        await ask(empty_dsn, f"DROP ROLE {owner}")


@pytest.mark.parametrize("world", ["", "Live", "live; drop", "a" * 30, "../x"])
def test_a_world_is_one_plain_word(world):
    with pytest.raises(ValueError, match="lower-case word"):
        schema_of(world)


async def test_who_is_not_let_in_is_told_what_to_mend(dsn):
    for wrong in (dsn.replace("homeward:", "homeward:x"), dsn.replace("/test_", "/nothing_")):
        with pytest.raises(MigrationRefused, match="mend HOMEWARD_DATABASE_URL"):
            await migrate(wrong, "drill")


def test_no_two_migrations_have_one_number():
    numbers = [one.name.partition("_")[0] for one in migrations()]
    assert numbers == [f"{number:04d}" for number in range(1, len(numbers) + 1)]
