"""P11: from a fact that is handed over to another process that has read it, p99.

Ours: a sighting is written and sealed, `Log.append` on one store, the feed of another store rings,
the row is read and decoded. ``feed-desk`` begins at the desk, which looks for an earlier answer,
makes the witness's key, loads the case and decides. Bare: one INSERT of such bytes that notifies,
and the listener's callback. Senders keep to a schedule, and time counts from the moment it names.
"""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import asyncpg

from homeward.desk import Asking, Desk
from homeward.metrics import PrometheusMeter
from homeward.ports import Appended, Unit
from homeward.postgres.store import Store
from homeward.record.envelope import Entry, read
from homeward.testing import samples
from homeward.words import derived_id
from loadtests import bare
from loadtests.figures import Figure, Measured, Size, percentile
from loadtests.ground import Ground, open_ground
from loadtests.writing import BY, Writer

EVERY_S: Final = 0.01
"""Between two sends: 100 a second, an alert's busy minute, far below what either side can take."""
LATE_S_MAX: Final = 10.0
BLOCK: Final = 25
"""Sends of one kind before the next kind's turn: a quarter of a second, in which the machine's
other users hardly change, and one kind never waits for another."""
SHARE: Final = 0.99

Send: TypeAlias = Callable[[str], Coroutine[None, None, None]]
"""Sends a sighting of a case; each case has one."""


@dataclass(slots=True)
class Arrivals:
    """How long after it was due each sighting arrived."""

    due: dict[str, float] = field(default_factory=dict)
    taken_s: list[float] = field(default_factory=list)

    def there(self, case: str) -> None:
        """Note that the sighting of a case arrived."""
        self.taken_s.append(time.perf_counter() - self.due.pop(case))

    async def block(self, send: Send, cases: Iterable[str]) -> list[float]:
        """Send on schedule, whatever became of those before; return what each took, in ms."""
        self.taken_s.clear()
        due = time.perf_counter()
        async with asyncio.timeout(LATE_S_MAX), asyncio.TaskGroup() as group:
            for case in cases:
                due += EVERY_S
                self.due[case] = due
                await asyncio.sleep(due - time.perf_counter())
                group.create_task(send(case))
            while self.due:  # noqa: ASYNC110 -- a callback of a driver tells
                await asyncio.sleep(EVERY_S)
        return [one * 1_000 for one in self.taken_s]


@dataclass(slots=True)
class Ours:
    """A store that writes, and one that reads as another process would."""

    store: Store
    reader: Store
    writer: Writer
    desk: Desk
    arrivals: Arrivals = field(default_factory=Arrivals)

    async def append(self, case: str) -> None:
        """Write a sighting and append it."""
        [outcome] = await self.store.log.append([Unit((self.writer.sighting(case),))])
        assert isinstance(outcome, Appended)

    async def submit(self, case: str) -> None:
        """Hand a sighting to the desk."""
        sighting = derived_id(case, "sighting")
        fact = samples.SEEN.model_copy(update={"case": case, "sighting": sighting})
        asking = Asking(BY, f"sent-{case}", b"as it was sent")
        await self.desk.submit(
            f"sighting-{sighting}", asking, lambda: self.desk.case_facts(case), lambda _: (fact,)
        )

    async def listen(self) -> None:
        """Read and understand whatever the feed announces, for ever."""
        size = await self.reader.log.size()
        while True:
            if await self.reader.feed.beyond(size, 1.0):
                for row in await self.reader.log.rows(size - 1, size + 1_000):
                    size = row.log_index + 1
                    self.arrivals.there(str(read(row).fact.case))


@dataclass(slots=True)
class Bare:
    """One connection that inserts and notifies, one that listens."""

    connection: asyncpg.Connection
    listener: asyncpg.Connection
    like: Entry
    """Whose bytes are inserted."""
    arrivals: Arrivals = field(default_factory=Arrivals)
    numbers: "itertools.count[int]" = field(default_factory=itertools.count)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def send(self, case: str) -> None:
        """Insert a row and notify, in one statement."""
        one = self.like
        async with self.turn:
            number = next(self.numbers)
            await self.connection.execute(
                bare.INSERT_AND_NOTIFY, number, case, f"sighting-{case}", one.version, case,
                number + 1, one.kind, samples.NOON, one.envelope, one.leaf, one.chain,
            )  # fmt: skip

    def heard(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        """Take what the server notified of."""
        self.arrivals.there(str(payload))


@asynccontextmanager
async def _opened(ground: Ground) -> AsyncIterator[tuple[Ours, Bare]]:
    """Open both sides, listening."""
    async with ground.store() as store, ground.store() as reader:
        writer = Writer(store.log.origin)
        desk = Desk(store.log, store.subject_keys, store.clock, PrometheusMeter())
        ours = Ours(store, reader, writer, desk)
        connection, listener = await ground.connect(), await ground.connect()
        await bare.make_tables(connection)
        beside = Bare(connection, listener, writer.sighting(writer.case(-1)))
        await listener.add_listener("bare", beside.heard)
        listening = asyncio.create_task(ours.listen())
        try:
            yield ours, beside
        finally:
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening
            for one in (connection, listener):
                await one.close()


async def measure(size: Size) -> Measured:
    """Send through the log, through the desk and bare, in turn."""
    names = ("feed", "feed-desk")
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in names}
    async with open_ground() as ground, _opened(ground) as (ours, beside):
        kinds = {
            "bare": (beside.arrivals, beside.send),
            "feed": (ours.arrivals, ours.append),
            "feed-desk": (ours.arrivals, ours.submit),
        }
        cases = (ours.writer.case(number) for number in itertools.count())

        async def p99_ms(blocks: int) -> dict[str, float]:
            taken: dict[str, list[float]] = {kind: [] for kind in kinds}
            for _ in range(blocks):
                for kind, (arrivals, send) in kinds.items():
                    taken[kind] += await arrivals.block(send, itertools.islice(cases, BLOCK))
            return {kind: percentile(some, SHARE) for kind, some in taken.items()}

        await p99_ms(2)  # nobody is timed cold
        for _ in range(size.of(7, 3)):
            p99 = await p99_ms(size.of(16, 7))
            for name in names:
                found[name].append((p99[name], p99["bare"]))
    what = {
        "feed": "log.append to read by a feed, p99 / INSERT + NOTIFY wake",
        "feed-desk": "desk to read by a feed, p99 / INSERT + NOTIFY wake",
    }
    figures = [Figure.of_rounds(name, what[name], "ms", both) for name, both in found.items()]
    return Measured(figures, ground.said)
