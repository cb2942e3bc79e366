import asyncio
import itertools

import asyncpg
import pytest

from homeward.postgres.migrate import migrate
from homeward.postgres.store import open_store
from homeward.postgres.supervisor import EmbeddedPostgres
from homeward.seal.keyring import FileKeyRing

NUMBERS = itertools.count(1)
TEMPLATE = "template_of_a_drill"


async def run(dsn, statement):
    connection = await asyncpg.connect(dsn)
    await connection.execute(statement)
    await connection.close()


def dsn_of(server, database):
    return server.dsn.replace("/postgres?", f"/{database}?")


@pytest.fixture(scope="session")
def postgres(tmp_path_factory):
    """One private server for all tests, started from the main thread as it has to be."""
    server = EmbeddedPostgres(tmp_path_factory.mktemp("postgres") / "server")
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        runner.run(server.__aenter__())
        try:
            runner.run(run(server.dsn, f"CREATE DATABASE {TEMPLATE}"))
            runner.run(migrate(dsn_of(server, TEMPLATE), "drill"))
            yield server
        finally:
            runner.run(server.__aexit__(None, None, None))


@pytest.fixture
async def dsn(postgres):
    """A database of the test's own, in which the drill's schema is migrated."""
    name = f"test_{next(NUMBERS)}"
    await run(postgres.dsn, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    yield dsn_of(postgres, name)
    await run(postgres.dsn, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def empty_dsn(postgres):
    """A database with nothing in it."""
    name = f"test_{next(NUMBERS)}"
    await run(postgres.dsn, f"CREATE DATABASE {name}")
    yield dsn_of(postgres, name)
    await run(postgres.dsn, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def ring(tmp_path):
    return FileKeyRing.open(tmp_path / "keyring.json")


@pytest.fixture
async def store(dsn, ring):
    """All ports of a drill on PostgreSQL."""
    async with open_store(dsn, "drill", ring) as opened:
        yield opened
