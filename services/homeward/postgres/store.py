"""One world's store: every port on PostgreSQL, opened and closed together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from homeward.ports import KeyRing
from homeward.postgres.apikeys import PostgresApiKeys
from homeward.postgres.bell import Bell
from homeward.postgres.clock import DatabaseClock
from homeward.postgres.database import Database, translated
from homeward.postgres.group import GroupWriter
from homeward.postgres.hearing import PostgresHearing
from homeward.postgres.inbox import PostgresInbox
from homeward.postgres.invites import PostgresInvites
from homeward.postgres.keys import PostgresSubjectKeys, check_ring
from homeward.postgres.leases import PostgresLeases
from homeward.postgres.ledger import PostgresLedger
from homeward.postgres.log import PostgresFeed, PostgresLog
from homeward.postgres.migrate import migrate
from homeward.postgres.positions import KeptWorkbench
from homeward.postgres.processes import PostgresProcesses
from homeward.postgres.protecting import PostgresProtected
from homeward.postgres.published import PostgresPublished
from homeward.postgres.roster import PostgresRoster
from homeward.postgres.tail import LogTail
from homeward.postgres.workbench import PostgresWorkbench


@dataclass(frozen=True, slots=True)
class Store:
    """The ports of one world."""

    world: str
    database: Database
    log: PostgresLog
    tail: LogTail
    """The log for who follows it."""
    feed: PostgresFeed
    workbench: KeptWorkbench
    shared: PostgresWorkbench
    """The workbench that remembers nothing: for who looks after other processes."""
    ledger: PostgresLedger
    inbox: PostgresInbox
    roster: PostgresRoster
    invites: PostgresInvites
    protected: PostgresProtected
    subject_keys: PostgresSubjectKeys
    clock: DatabaseClock
    api_keys: PostgresApiKeys
    leases: PostgresLeases
    processes: PostgresProcesses
    hearing: PostgresHearing
    published: PostgresPublished
    lanes: int
    """How many lanes cut the roster; a process keeps to what it found when it started."""

    async def forget_old_answers(self) -> int:
        """Delete what is kept under idempotency keys for more than a week; return how many."""
        return await self.database.run("answers_forget")


@asynccontextmanager
async def open_store(
    dsn: str, world: str, ring: KeyRing, origin: str | None = None
) -> AsyncIterator[Store]:
    """Migrate a world's schema and open its ports.

    ``origin`` counts only when the world is new. Raises LogUnavailable when the database does not
    answer, MigrationRefused when the schema is not one this build can work on, OtherKeyRing.
    """
    with translated():
        migrated = await migrate(dsn, world, origin=origin)
    database = Database(dsn, world, migrated.app_role, migrated.lanes)
    bell, writer = Bell(database), GroupWriter(database)
    clock = DatabaseClock(database, bell, drill=world != "live")
    try:
        await database.open()
        await check_ring(database, ring, migrated.origin)
        await clock.start()
        bell.start()
        writer.start()
        log = PostgresLog(database, writer, migrated.origin)
        tail = LogTail(log, bell)
        writer.said = tail.take
        yield Store(
            world=world,
            database=database,
            log=log,
            tail=tail,
            feed=PostgresFeed(log, bell),
            workbench=KeptWorkbench(database),
            shared=PostgresWorkbench(database),
            ledger=PostgresLedger(database, bell),
            inbox=PostgresInbox(database),
            roster=PostgresRoster(database, ring, bell),
            invites=PostgresInvites(database),
            protected=PostgresProtected(database),
            subject_keys=PostgresSubjectKeys(database, ring),
            clock=clock,
            api_keys=PostgresApiKeys(database),
            leases=PostgresLeases(database),
            processes=PostgresProcesses(database),
            hearing=PostgresHearing(database),
            published=PostgresPublished(database),
            lanes=migrated.lanes,
        )
    finally:
        await writer.stop()
        await bell.stop()
        await clock.stop()
        await database.close()
