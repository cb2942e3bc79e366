"""P15, first half: the relay that users run against a bare aiokafka producer of the same bytes.

Ours: `Relay.run` from a stored position far back until all is acknowledged and written down; it
reads the log from PostgreSQL, makes records of rows and keeps its position. Bare: a producer with
the same settings (idempotent, all replicas, batches as large) that is handed the finished keys,
values and headers, sends each and waits for all. ``relay-batches`` is against one that is also told
the partitions beforehand and fills aiokafka's own batches: what is left then is Kafka alone.
"""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from aiokafka import AIOKafkaProducer
from kafka.partitioner.default import murmur2
from tests.broker import Broker

from homeward.kafka.admin import ensure
from homeward.kafka.catalogue import Names, names_of, prefix_of, topics_of
from homeward.kafka.producer import BATCH_BYTES, REQUEST_S, Line
from homeward.kafka.relay import Relay
from homeward.metrics import PrometheusMeter
from homeward.ports import Unit
from homeward.postgres.published import PostgresPublished
from homeward.postgres.store import Store
from homeward.record.wire import Wire, to_wire
from loadtests.figures import Figure, Measured, Size
from loadtests.ground import WORLD, open_ground
from loadtests.writing import Writer

CASES: Final = 200
PARTITIONS: Final = 16
GROUP: Final = 500
WITHIN_S: Final = 120.0


@dataclass(slots=True)
class UpTo:
    """`Published` that says when a size is written down."""

    kept: PostgresPublished
    wanted: int
    stop: asyncio.Event

    async def size(self) -> int | None:
        """Return what is kept."""
        return await self.kept.size()

    async def begin_at(self, size: int) -> None:
        """Write a size down."""
        await self.kept.begin_at(size)

    async def raise_to(self, size: int) -> None:
        """Write a size down, and say so when it is the one."""
        await self.kept.raise_to(size)
        if size >= self.wanted:
            self.stop.set()


@dataclass(slots=True)
class Bench:
    """A log, a broker, and what the log's rows are on the wire."""

    store: Store
    broker: Broker
    names: Names
    wires: Sequence[Wire]

    async def ours(self) -> float:
        """Publish the whole log; return the seconds that it took."""
        stop = asyncio.Event()
        published = UpTo(self.store.published, len(self.wires), stop)
        await published.begin_at(0)
        line = Line(self.broker.bootstrap, name="loadtest")
        await line.open()
        relay = Relay(
            self.store.log,
            self.store.feed,
            leases=self.store.leases,
            published=published,
            line=line,
            names=self.names,
            lanes=1,
            meter=PrometheusMeter(),
            holder="loadtest",
        )
        began = time.perf_counter()
        running = asyncio.create_task(relay.run(stop))
        async with asyncio.timeout(WITHIN_S):
            await stop.wait()
        taken_s = time.perf_counter() - began
        await running
        return taken_s

    async def bare(self) -> float:
        """Send each finished record; return the seconds until all are acknowledged."""
        async with self._producer() as producer:
            began = time.perf_counter()
            sent = [
                await producer.send(self.names.facts, value, key, headers=headers)
                for key, value, headers in self.wires
            ]
            await asyncio.gather(*sent)
            return time.perf_counter() - began

    async def batches(self, places: Sequence[int]) -> float:
        """Fill aiokafka's batches by known partitions; return the seconds."""
        async with self._producer() as producer:
            began = time.perf_counter()
            filled = {place: producer.create_batch() for place in set(places)}
            full: list[tuple[int, Any]] = []
            for (key, value, headers), place in zip(self.wires, places, strict=True):
                said = {"timestamp": None, "key": key, "value": value, "headers": headers}
                if filled[place].append(**said) is None:
                    full.append((place, filled[place]))
                    filled[place] = producer.create_batch()
                    filled[place].append(**said)
            topic, sent = self.names.facts, []
            for place, batch in [*full, *filled.items()]:
                batch.close()
                sent.append(await producer.send_batch(batch, topic, partition=place))
            await asyncio.gather(*sent)
            return time.perf_counter() - began

    @asynccontextmanager
    async def _producer(self) -> AsyncIterator[Any]:
        producer = AIOKafkaProducer(
            bootstrap_servers=self.broker.bootstrap,
            acks="all",
            enable_idempotence=True,
            max_batch_size=BATCH_BYTES,
            request_timeout_ms=int(REQUEST_S * 1_000),
        )
        await producer.start()
        try:
            await producer.partitions_for(self.names.facts)
            yield producer
        finally:
            await producer.stop()


async def written(store: Store, facts: int) -> list[Wire]:
    """Append sightings of some cases; return them as they are on the wire."""
    writer = Writer(store.log.origin)
    for start in range(0, facts, GROUP):
        cases = (writer.case(number % CASES) for number in range(start, start + GROUP))
        await store.log.append([Unit((writer.sighting(case),)) for case in cases])
    return [to_wire(row) for row in await store.log.rows(-1, facts, limit=facts)]


@asynccontextmanager
async def own_broker() -> AsyncIterator[Broker]:
    """Start a broker in a temporary folder, for the run."""
    with tempfile.TemporaryDirectory(prefix="homeward-loadtest-") as folder:
        broker = Broker(Path(folder) / "kafka")
        await asyncio.to_thread(broker.__enter__)
        try:
            yield broker
        finally:
            await asyncio.to_thread(broker.close)


async def measure(size: Size) -> Measured:
    """Publish and send in turn."""
    facts, names = size.of(20_000, 4_000), names_of("loadtest", WORLD)
    rounds: dict[str, list[tuple[float, float]]] = {"relay": [], "relay-batches": []}
    async with open_ground() as ground, ground.store() as store, own_broker() as broker:
        topics = topics_of(prefix_of("loadtest", WORLD), 1, PARTITIONS, 1)
        await asyncio.to_thread(ensure, broker.bootstrap, topics)
        bench = Bench(store, broker, names, await written(store, facts))
        places = [(murmur2(key) & 0x7FFFFFFF) % PARTITIONS for key, *_ in bench.wires]
        await bench.ours()  # nobody is timed cold
        await bench.bare()
        for _ in range(size.of(9, 3)):
            rounds["relay"].append((facts / await bench.ours(), facts / await bench.bare()))
            pair = facts / await bench.ours(), facts / await bench.batches(places)
            rounds["relay-batches"].append(pair)
    said = {
        "relay": "Relay.run, log to acknowledged / aiokafka send of finished records",
        "relay-batches": "the same / aiokafka batches with known partitions",
    }
    figures = [
        Figure.of_rounds(name, said[name], "facts/s", found) for name, found in rounds.items()
    ]
    bytes_each = sum(len(value) for _, value, _ in bench.wires) / facts
    return Measured(figures, f"{ground.said}; {facts:,} facts of {bytes_each:,.0f} bytes")
