"""P10: appending to the log against an INSERT of the same bytes and pyeventsourcing; 1 ms flushes.

Ours is `Log.append` with many callers, each waiting for its own fact: unique ids, expected
versions, a dense index, the bell. Bare is one connection that puts the same bytes into tables with
the same indexes, in groups as large as there are callers. Facts are sightings, chained and with
three sealed fields; ``append-written`` also counts the work of encoding, chaining and sealing them.
pyeventsourcing keeps the same bytes from as many threads; each waits for its own event.
"""

import asyncio
import itertools
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from typing import Final

import asyncpg

from homeward.ports import Appended, Unit
from homeward.postgres.store import Store
from homeward.record.envelope import Entry
from loadtests import bare
from loadtests.figures import Figure, Measured, Size
from loadtests.ground import open_ground
from loadtests.peers.eventstore import EventStore, event_store
from loadtests.writing import Writer

CASES: Final = 500


@dataclass(frozen=True, slots=True)
class Way:
    """One figure."""

    name: str
    what: str
    callers: int
    facts: int
    """A round."""
    peer: int = 0
    """Of those, how many pyeventsourcing keeps; it takes ten times as long for each."""
    written: bool = False
    """Facts are written while the clock runs."""


@dataclass(slots=True)
class Bench:
    """Two ways to keep the same facts."""

    store: Store
    connection: asyncpg.Connection
    writer: Writer
    store_of_peer: EventStore
    kept: int = 0

    def sightings(self, many: int) -> Iterator[Entry]:
        """Write so many sightings when they are asked for, spread over the cases."""
        return (self.writer.sighting(self.writer.case(n % CASES)) for n in range(many))

    async def ours(self, entries: Iterable[Entry], callers: int) -> float:
        """Append from so many callers at once; return the seconds it took."""
        waiting = iter(entries)

        async def call() -> None:
            for entry in waiting:
                [outcome] = await self.store.log.append([Unit((entry,))])
                assert isinstance(outcome, Appended)

        began = time.perf_counter()
        await asyncio.gather(*(call() for _ in range(callers)))
        return time.perf_counter() - began

    async def bare(self, entries: Iterable[Entry], group: int) -> float:
        """Insert the same bytes, a group a statement; return the seconds it took."""
        waiting = iter(entries)
        began = time.perf_counter()
        while some := list(itertools.islice(waiting, group)):
            await self.connection.execute(bare.INSERT, *bare.columns(some, self.kept))
            self.kept += len(some)
        return time.perf_counter() - began

    async def peer(self, entries: Iterable[Entry], callers: int) -> float:
        """Keep the same bytes by pyeventsourcing; return the seconds it took."""
        some = list(entries)
        began = time.perf_counter()
        await self.store_of_peer.append(some, callers)
        return time.perf_counter() - began

    async def round(self, way: Way, *, ours_first: bool) -> tuple[float, float, float]:
        """Return facts a second of ours, bare and the peer (0: not asked)."""
        entries = list(self.sightings(way.facts))
        bare_s = 0.0 if ours_first else await self.bare(entries, way.callers)
        timed = self.sightings(way.facts) if way.written else entries
        ours_s = await self.ours(timed, way.callers)
        if ours_first:
            bare_s = await self.bare(entries, way.callers)
        peer_s = await self.peer(entries[: way.peer], way.callers) if way.peer else 0.0
        peer = way.peer / peer_s if way.peer else 0.0
        return way.facts / ours_s, way.facts / bare_s, peer


async def measure(size: Size) -> Measured:
    """Append and insert in turn."""
    few, many = size.of(2_400, 800), size.of(8_192, 2_048)
    ways = [
        Way("append-16", "log.append, 16 callers / bare groups of 16", 16, few, few // 5),
        Way("append-256", "log.append, 256 callers / bare groups of 256", 256, many, many // 16),
        Way("append-written", "the same, facts sealed while timed", 256, many, written=True),
    ]
    found: dict[str, list[tuple[float, float, float]]] = {way.name: [] for way in ways}
    async with (
        open_ground() as ground,
        ground.store() as store,
        event_store(ground.server.dsn) as peer,
    ):
        connection = await ground.connect()
        try:
            await bare.make_tables(connection)
            bench = Bench(store, connection, Writer(store.log.origin), peer)
            await bench.round(ways[1], ours_first=True)  # nobody is timed cold
            for number in range(size.of(9, 3)):
                for way in ways:
                    both = await bench.round(way, ours_first=number % 2 == 0)
                    found[way.name].append(both)
        finally:
            await connection.close()
    figures = []
    for way in ways:
        bare_rounds = [(ours, bare) for ours, bare, _ in found[way.name]]
        figures.append(Figure.of_rounds(way.name, way.what, "facts/s", bare_rounds))
        if way.peer:
            what = f"the same / pyeventsourcing, {way.callers} threads"
            rounds = [(ours, peer) for ours, _, peer in found[way.name]]
            figures.append(Figure.of_rounds(f"{way.name}-peer", what, "facts/s", rounds))
    said = f"{ground.said}; eventsourcing {version('eventsourcing')}"
    return Measured(figures, said)
