"""pyeventsourcing on the bench's own PostgreSQL: its recorder, its mapper, its aggregates.

As it comes: its functions in the database are faster by half, but without its table lock an event
may become visible after a later one, so whoever follows the log misses it. Ours promises that.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID

import asyncpg
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder

from homeward.record.envelope import Entry

DATABASE: Final = "peer"
TOPIC: Final = "loadtests.peers.eventstore:Case.Said"
EVENTS_AT_ONCE: Final = 1_000
CALLERS_MAX: Final = 256
CONNECTIONS: Final = 32
"""More do not make it faster: its inserts wait for one lock."""


class Case(Aggregate):
    """A case as its users would write it; what is said of it is kept whole."""

    @event("Said")
    def say(self, kind: str, said: dict[str, Any]) -> None:
        """Keep one fact."""


@dataclass(frozen=True, slots=True)
class EventStore:
    """An application on a database of its own."""

    app: Application[UUID]
    threads: ThreadPoolExecutor

    @property
    def recorder(self) -> PostgresApplicationRecorder:
        """What keeps stored events."""
        found = self.app.recorder
        assert isinstance(found, PostgresApplicationRecorder)
        return found

    async def append(self, entries: Sequence[Entry], callers: int) -> None:
        """Keep the same bytes as we do, from so many threads; each waits for its own event."""
        waiting = iter(entries)
        stored = ((UUID(one.id), 1, TOPIC, one.envelope) for one in waiting)
        turn = _Shared(stored)

        def call() -> None:
            for originator, version, topic, state in turn:
                self.recorder.insert_events([StoredEvent(originator, version, topic, state)])

        loop = asyncio.get_running_loop()
        await asyncio.gather(*(loop.run_in_executor(self.threads, call) for _ in range(callers)))

    def keep(self, said: Sequence[tuple[str, dict[str, Any]]]) -> UUID:
        """Keep a long case; return its id."""
        case = Case()
        for number, (kind, body) in enumerate(said, 1):
            case.say(kind, body)
            if number % EVENTS_AT_ONCE == 0:
                self.app.save(case)
        self.app.save(case)
        return case.id

    def read(self, case: UUID) -> int:
        """Read a case, typed, an event at a time; return how many."""
        return sum(1 for _ in self.app.events.get(case))


class _Shared(Iterator[tuple[UUID, int, str, bytes]]):
    """An iterator that threads share; the interpreter's lock makes `next` on a list's one whole."""

    def __init__(self, waiting: Iterator[tuple[UUID, int, str, bytes]]) -> None:
        self._waiting = iter(list(waiting))

    def __next__(self) -> tuple[UUID, int, str, bytes]:
        return next(self._waiting)


@asynccontextmanager
async def event_store(dsn: str) -> AsyncIterator[EventStore]:
    """Open it on a database of its own in the server of a DSN."""
    connection = await asyncpg.connect(dsn)
    await connection.execute(f"CREATE DATABASE {DATABASE}")
    await connection.close()
    parts = urlsplit(dsn)
    where = parse_qs(parts.query)
    environment = {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": DATABASE,
        "POSTGRES_HOST": where["host"][0],
        "POSTGRES_PORT": where["port"][0],
        "POSTGRES_USER": unquote(parts.username or ""),
        "POSTGRES_PASSWORD": unquote(parts.password or ""),
        "POSTGRES_POOL_SIZE": str(CONNECTIONS),
        "POSTGRES_MAX_OVERFLOW": "0",
        "POSTGRES_CONN_MAX_AGE": "3600",
        "POSTGRES_LOCK_TIMEOUT": "60",
        "POSTGRES_IDLE_IN_TRANSACTION_SESSION_TIMEOUT": "60",
    }
    with ThreadPoolExecutor(CALLERS_MAX) as threads:
        app = await asyncio.to_thread(Application[UUID], environment)
        try:
            yield EventStore(app, threads)
        finally:
            await asyncio.to_thread(app.close)
