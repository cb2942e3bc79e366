"""Connections to one world's schema, and one kind of trouble for every way they can break."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Final, cast

import asyncpg

from homeward.ports import LogUnavailable
from homeward.postgres.statements import schema_of, sql

CONNECTIONS_MAX: Final = 10
"""A process, and two or three beside; seven processes stay below PostgreSQL's own limit of 100, two
dozen below that of the embedded one."""
COMMAND_S_MAX: Final = 15.0
"""No call waits longer: whoever holds a lock for so long is stuck."""
CONNECT_S_MAX: Final = 5.0

PASSING: Final = (
    OSError,  # TimeoutError too
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # shut down, starting up, recovering
    asyncpg.InsufficientResourcesError,  # disk full, too many connections
    asyncpg.TransactionRollbackError,  # deadlock, serialisation
    asyncpg.ReadOnlySQLTransactionError,  # a standby, until it is promoted
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)


@contextmanager
def translated() -> Iterator[None]:
    """Turn what passes by itself into LogUnavailable; what is wrong with a call stays what it is.

    The text names the kind of trouble only: errors of a server may quote what was stored.
    """
    try:
        yield
    except PASSING as failure:
        if isinstance(failure, ValueError):  # asyncpg: an argument that does not fit its type
            raise
        raise LogUnavailable(type(failure).__name__) from None


class Plain(asyncpg.Connection):
    """A connection that is not cleaned between uses: we leave nothing in a session."""

    __slots__ = ()

    def get_reset_query(self) -> str:
        """Return nothing to run, which saves each call a round trip."""
        return ""


class Database:
    """A pool on one world; statements are named after their files."""

    def __init__(self, dsn: str, world: str, role: str | None, lanes: int = 1) -> None:
        self.dsn, self.schema, self.role, self.lanes = dsn, schema_of(world), role, lanes
        self._pool: asyncpg.Pool | None = None

    def session(self) -> dict[str, str]:
        """Return what every connection begins with: the world's schema, the role, the lanes."""
        settings = {
            "search_path": f"{self.schema}, pg_temp",
            "application_name": "homeward",
            "homeward.lanes": str(self.lanes),  # the fence of the lanes' turns
        }
        return settings if self.role is None else {**settings, "role": self.role}

    async def open(self) -> None:
        """Connect."""
        with translated():
            self._pool = await asyncpg.create_pool(
                self.dsn,
                min_size=0,  # else asyncpg logs a traceback for each try while the server is away
                max_size=CONNECTIONS_MAX,
                command_timeout=COMMAND_S_MAX,
                timeout=CONNECT_S_MAX,
                server_settings=self.session(),
                connection_class=Plain,
            )

    async def close(self) -> None:
        """Let go of all connections; at once where the server is away."""
        if self._pool is not None:
            try:
                await self._pool.close()
            except PASSING:
                self._pool.terminate()

    @property
    def pool(self) -> asyncpg.Pool:
        """The open pool."""
        assert self._pool is not None, "open() first"
        return self._pool

    async def fetch(self, statement: str, *args: object) -> Sequence[asyncpg.Record]:
        """Return the rows of a statement."""
        with translated():
            return cast(Sequence[asyncpg.Record], await self.pool.fetch(sql(statement), *args))

    async def one(self, statement: str, *args: object) -> asyncpg.Record | None:
        """Return the first row."""
        with translated():
            return await self.pool.fetchrow(sql(statement), *args)

    async def value(self, statement: str, *args: object) -> Any:  # noqa: ANN401 -- any SQL type
        """Return the first value of the first row."""
        with translated():
            return await self.pool.fetchval(sql(statement), *args)

    async def run(self, statement: str, *args: object) -> int:
        """Run a statement and return how many rows it touched."""
        with translated():
            tag = await self.pool.execute(sql(statement), *args)
        count = tag.rsplit(" ", 1)[-1]
        return int(count) if count.isdigit() else 0

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[asyncpg.Connection]:
        """Give a connection whose writes commit at the block's end, together or not at all."""
        with translated():
            async with self.pool.acquire() as connection, connection.transaction():
                yield cast(asyncpg.Connection, connection)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[asyncpg.Connection]:
        """Give a connection whose reads all see the same moment."""
        with translated():
            async with (
                self.pool.acquire() as connection,
                connection.transaction(isolation="repeatable_read", readonly=True),
            ):
                yield cast(asyncpg.Connection, connection)
