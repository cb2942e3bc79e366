"""Bring a world's schema up to date, once, whoever comes first.

Migrations are SQL files that are applied in order and never edited: an altered one is refused. A
world (live, drill) is a database schema of its own; the files name no schema. What is newer than
this build is left alone, so that an old process may run on during an upgrade.
"""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

import asyncpg
import structlog

from homeward.postgres.database import CONNECT_S_MAX
from homeward.postgres.statements import app_role_of, in_world, schema_of, sql

POSTGRES_MAJOR_MIN: Final = 15
WORLDS: Final = frozenset({"live", "drill"})

log = structlog.get_logger()


class MigrationRefused(Exception):
    """The schema cannot be brought up to date; the text is one line with the mend."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One file."""

    name: str
    text: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the file."""
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Migrated:
    """What `migrate` found and did."""

    applied: tuple[str, ...]
    origin: str
    app_role: str | None
    """None: no role could be made, and only the triggers guard the log."""
    lanes: int
    """How many lanes cut the roster."""


def migrations() -> tuple[Migration, ...]:
    """Return all migrations of this build, in order."""
    folder = files("homeward.postgres") / "migrations"
    found = sorted((f for f in folder.iterdir() if f.name.endswith(".sql")), key=lambda f: f.name)
    return tuple(Migration(f.name, f.read_text(encoding="utf-8")) for f in found)


def script(world: str) -> str:
    """Return everything as one script, for who applies it by hand (``homeward migrate --sql``)."""
    parts = [
        in_world("create_schema", world),
        in_world("set_schema", world),
        sql("migrations_make"),
    ]
    parts += [_noted(one) for one in migrations()]
    parts += [in_world("create_app_role", world), in_world("grant_app", world)]
    parts.append(sql("origin_write").replace("$1", f"'{fresh_origin(world)}'"))
    return f"BEGIN;\n{_joined(parts)}\nCOMMIT;\n"


def _noted(one: Migration) -> str:
    """Return a migration and the note that it was applied, as one script."""
    note = sql("migrations_note").replace("$1", f"'{one.name}'").replace("$2", f"'{one.checksum}'")
    return _joined([f"-- {one.name}\n{one.text}", note])


def _joined(parts: Iterable[str]) -> str:
    return "\n".join(part if part.rstrip().endswith(";") else f"{part.rstrip()};" for part in parts)


def fresh_origin(world: str) -> str:
    """Return a new log's origin: the world, and chance so that no two logs share it."""
    return f"homeward/{world}/{secrets.token_hex(8)}"


async def migrate(dsn: str, world: str, *, origin: str | None = None) -> Migrated:
    """Apply what is missing in one transaction under a lock.

    ``origin`` counts at the first migrate only; later it stays what it is, and another one is
    refused. Raises MigrationRefused.
    """
    try:
        connection = await asyncpg.connect(dsn, timeout=CONNECT_S_MAX)
    except (asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidCatalogNameError) as no:
        raise MigrationRefused(
            f"PostgreSQL lets us in nowhere ({type(no).__name__}): mend HOMEWARD_DATABASE_URL"
        ) from None
    except (ValueError, OverflowError) as no:  # its text may quote the password
        raise MigrationRefused(
            f"no database is named so ({type(no).__name__}): mend HOMEWARD_DATABASE_URL"
        ) from None
    try:
        if connection.get_server_version().major < POSTGRES_MAJOR_MIN:
            raise MigrationRefused(f"PostgreSQL {POSTGRES_MAJOR_MIN} or newer is needed")
        async with connection.transaction():
            await connection.execute(sql("migrations_lock"), schema_of(world))
            await connection.execute(in_world("create_schema", world))
            await connection.execute(in_world("set_schema", world))
            applied = await _apply(connection)
            kept = await _origin(connection, world, origin)
            role = await _app_role(connection, world)
            lanes = int(await connection.fetchval(sql("lanes_count")))
        return Migrated(applied, kept, role, lanes)
    finally:
        await connection.close()


async def _apply(connection: asyncpg.Connection) -> tuple[str, ...]:
    await connection.execute(sql("migrations_make"))
    known = {row["name"]: row["checksum"] for row in await connection.fetch(sql("migrations_done"))}
    missing = []
    for one in migrations():
        if one.name not in known:
            missing.append(one)
        elif known[one.name] != one.checksum:
            raise MigrationRefused(
                f"{one.name} was altered after it was applied: restore the file, add a new one"
            )
    if missing:  # in one message: each is a part of the same transaction anyway
        await connection.execute(_joined([_noted(one) for one in missing]))
    return tuple(one.name for one in missing)


async def _origin(connection: asyncpg.Connection, world: str, origin: str | None) -> str:
    await connection.execute(sql("origin_write"), origin or fresh_origin(world))
    kept = str(await connection.fetchval(sql("origin")))
    if (of := _world_of(kept)) not in {world, None}:  # a schema that was renamed, or restored so
        raise MigrationRefused(
            f"the log in {schema_of(world)} is of the {of} world ({kept}): restore that of the "
            f"{world} world, or name another database"
        )
    if origin is not None and origin != kept:
        raise MigrationRefused(f"this log's origin is {kept} for ever: start it with that, or none")
    return kept


def _world_of(origin: str) -> str | None:
    """Return the world that an origin names; None when somebody chose another form."""
    first, _, rest = origin.partition("/")
    said, _, _ = rest.partition("/")
    return said if first == "homeward" and said in WORLDS else None


async def _app_role(connection: asyncpg.Connection, world: str) -> str | None:
    """Make the role that may only add to the log; None where the user may not make roles."""
    try:
        async with connection.transaction():
            await connection.execute(in_world("create_app_role", world))
            await connection.execute(in_world("grant_app", world))
    except asyncpg.InsufficientPrivilegeError:
        log.warning("postgres.no-app-role", mend="grant CREATEROLE; until then triggers only")
        return None
    return app_role_of(world)
