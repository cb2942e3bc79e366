"""How a world's database stands, looked at from outside and without changing anything."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import asyncpg

from homeward.ports import LogUnavailable
from homeward.postgres.database import CONNECT_S_MAX, translated
from homeward.postgres.migrate import migrations
from homeward.postgres.statements import schema_of, sql


@dataclass(frozen=True, slots=True)
class Standing:
    """What was found."""

    fsync: str
    synchronous_commit: str
    full_page_writes: str
    version: int
    """150004 for 15.4."""
    standby: bool
    ahead_s: float
    """How far the database's clock is ahead of this machine's."""
    missing: Sequence[str] = ()
    """Migrations of this build that were not applied."""
    altered: Sequence[str] = ()
    """Migrations that say something else than when they were applied."""
    unknown: Sequence[str] = ()
    """Migrations that this build does not know: a newer one was here."""
    rate: float | None = None
    """Of the case clock; None: nobody made this world yet."""
    behind: Mapping[str, int] = field(default_factory=dict)
    """Facts that each consumer has not certainly heard; it is noted now and then."""


async def look(dsn: str, world: str) -> Standing:
    """Return how a world's database stands. Raises LogUnavailable."""
    async with _reading(dsn, world) as connection:
        began = datetime.now(UTC)
        row = dict(await connection.fetchrow(sql("standing")) or {})
        ahead_s = (row.pop("real") - began).total_seconds()
        found: dict[str, object] = {}
        if row.pop("made"):
            found |= await _of_world(connection)
        else:
            found["missing"] = tuple(one.name for one in migrations())
        return Standing(**row, ahead_s=ahead_s, **found)  # type: ignore[arg-type]


async def _of_world(connection: asyncpg.Connection) -> dict[str, object]:
    kept = {row["name"]: row["checksum"] for row in await connection.fetch(sql("migrations_done"))}
    ours = {one.name: one.checksum for one in migrations()}
    clock = await connection.fetchrow(sql("clock_rate"))
    lows = await connection.fetch(sql("consumer_lows"))
    return {
        "missing": tuple(name for name in ours if name not in kept),
        "altered": tuple(name for name in ours if kept.get(name, ours[name]) != ours[name]),
        "unknown": tuple(name for name in kept if name not in ours),
        "rate": None if clock is None else float(clock["rate"]),
        "behind": {row["processor"]: int(row["behind"]) for row in lows},
    }


@asynccontextmanager
async def _reading(dsn: str, world: str) -> AsyncIterator[asyncpg.Connection]:
    """Give a connection that cannot write. Raises LogUnavailable."""
    settings = {
        "search_path": f"{schema_of(world)}, pg_temp",
        "default_transaction_read_only": "on",
        "application_name": "homeward doctor",
    }
    try:
        with translated():
            connection = await asyncpg.connect(
                dsn, timeout=CONNECT_S_MAX, command_timeout=CONNECT_S_MAX, server_settings=settings
            )
    except (asyncpg.PostgresError, ValueError, OverflowError) as no:
        # Its text may quote the password.
        raise LogUnavailable(type(no).__name__) from None
    try:
        with translated():
            yield connection
    finally:
        await connection.close()
