"""P15, second half: Faust with turns against an empty Faust agent on the same topic.

Ours: `FaustHost` with `Bells` over a real PostgreSQL: every processor of the catalogue hears facts
of many cases from raised to verified with four sightings each (half of them are heard by somebody),
and what is heard and said is committed. Empty: an agent with the same settings that takes each
event and does nothing; Faust acknowledges. Time counts from the first record that was delivered to
the last that was heard, so starts and rebalances are left out. ``faust-plain`` has no bar: the same
`Bells` under a bare aiokafka consumer, for who outgrows Faust (docs/operating/scale.md).
"""

import asyncio
import itertools
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import faust
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from tests.broker import Broker

from homeward import processors
from homeward.hosts.bells import Bells
from homeward.hosts.consumer import Pure
from homeward.hosts.faust_host import SETTINGS, FaustHost
from homeward.hosts.pen import Pen
from homeward.hosts.turn import Bench
from homeward.house.collector import spare_what_stays
from homeward.kafka.admin import ensure
from homeward.kafka.catalogue import Names, names_of, prefix_of, topics_of
from homeward.messages import Fact
from homeward.metrics import PrometheusMeter
from homeward.ports import LogUnavailable, Place, Rung, Unit
from homeward.postgres.store import Store
from homeward.record.wire import to_wire
from homeward.testing import samples
from loadtests.figures import Figure, Measured, Size
from loadtests.ground import WORLD, open_ground
from loadtests.writing import Writer

CASES: Final = 100
"""Cases that go on at once."""
LIFE: Final[Sequence[Fact]] = (
    samples.RAISED,
    samples.SEEN,
    samples.TAKEN_UP,
    samples.SEEN,
    samples.FACTS_ADDED,
    samples.SEEN,
    samples.VERIFIED,
    samples.SEEN,
)
PARTITIONS: Final = 16
BATCH: Final = 1_000
WITHIN_S: Final = 120.0


@dataclass(slots=True)
class Watch:
    """From the first record to the last."""

    wanted: int
    seen: int = 0
    began_s: float = 0.0
    ended_s: float = 0.0
    done: asyncio.Event = field(default_factory=asyncio.Event)

    def begin(self) -> None:
        """Note the first."""
        self.began_s = self.began_s or time.perf_counter()

    def add(self, records: int) -> None:
        """Note what was heard."""
        self.seen += records
        if self.seen >= self.wanted and not self.done.is_set():
            self.ended_s = time.perf_counter()
            self.done.set()

    async def rate(self) -> float:
        """Wait for the last; return records a second."""
        async with asyncio.timeout(WITHIN_S):
            await self.done.wait()
        return self.wanted / (self.ended_s - self.began_s)


@dataclass(slots=True)
class Bed:
    """A log, a broker, and three ways to listen to it."""

    store: Store
    broker: Broker
    names: Names
    folder: Path
    writer: Writer
    numbers: "itertools.count[int]" = field(default_factory=itertools.count)
    groups: "itertools.count[int]" = field(default_factory=itertools.count)

    def bells(self) -> Bells:
        """Return who hears, as in a worker."""
        bench = Bench(self.store.tail, self.store.workbench, Pen(self.store.log.origin, _now(self)))

        async def nowhere(_: object) -> None:
            return

        return Bells(
            bench=bench,
            processors=[Pure(one) for one in processors.ALL],
            lane_of=lambda _: None,
            moves=nowhere,
            facts=self.names.facts,
            orders=self.names.orders,
            positions=self.names.positions,
            noted=lambda *_: None,
            meter=PrometheusMeter(),
            say=print,
        )

    async def publish(self, facts: int) -> None:
        """Append facts of new cases and put them on the topic, as a relay does."""
        wires, size = [], await self.store.log.size()
        for _ in range(facts // (CASES * len(LIFE))):
            cases = [self.writer.case(next(self.numbers)) for _ in range(CASES)]
            for fact in LIFE:
                await self.store.log.append([Unit((self._entry(fact, one),)) for one in cases])
        rows = await self.store.log.rows(size - 1, size + facts, limit=facts)
        wires = [to_wire(row) for row in rows]
        producer = AIOKafkaProducer(bootstrap_servers=self.broker.bootstrap, linger_ms=5)
        await producer.start()
        for wire in wires:
            await producer.send(self.names.facts, wire.value, wire.key, headers=wire.headers)
        await producer.stop()

    def _entry(self, fact: Fact, case: str) -> Any:  # noqa: ANN401 -- an Entry
        if fact is samples.SEEN:
            return self.writer.sighting(case)
        return self.writer.entry(f"case-{case}", fact.model_copy(update={"case": case}))

    async def pair(self, facts: int, *, ours_first: bool) -> tuple[float, float]:
        """Return (ours, empty), one measured right after the other."""
        if ours_first:
            return await self.ours(facts), await self.empty(facts)
        bare = await self.empty(facts)
        return await self.ours(facts), bare

    async def ours(self, facts: int) -> float:
        """Let Faust deliver and processors hear; return records a second."""
        watch, bells, stop = Watch(facts), self.bells(), asyncio.Event()

        async def hear(rungs: Sequence[Rung]) -> None:
            watch.begin()
            await bells(rungs)
            watch.add(len(rungs))

        host = FaustHost(
            bootstrap=self.broker.bootstrap,
            group=self.names.group,
            topics=[self.names.facts],
            hear=hear,
            assigned=lambda _: None,
            folder=self.folder,
            meter=PrometheusMeter(),
            say=print,
            batch_max=BATCH,
        )
        running = asyncio.create_task(host.run(stop))
        try:
            return await watch.rate()
        finally:
            await asyncio.sleep(SETTINGS["broker_commit_interval"])
            stop.set()
            await running

    async def empty(self, facts: int) -> float:
        """Let Faust deliver to an agent that does nothing; return records a second."""
        watch = Watch(facts)
        app: Any = faust.App(
            f"{self.names.group}.empty",
            broker=f"kafka://{self.broker.bootstrap}",
            datadir=self.folder,
            **SETTINGS,
        )
        raw = {"key_serializer": "raw", "value_serializer": "raw"}
        topic = app.topic(self.names.facts, key_type=bytes, value_type=bytes, **raw)

        async def nothing(stream: Any) -> None:  # noqa: ANN401 -- Faust's
            async for _ in stream:
                watch.begin()
                watch.add(1)

        app.agent(topic, name="empty", concurrency=1)(nothing)
        await app.start()
        try:
            return await watch.rate()
        finally:
            await asyncio.sleep(SETTINGS["broker_commit_interval"])
            await app.stop()

    async def plain(self, facts: int) -> float:
        """Let a bare consumer deliver and processors hear; return records a second."""
        watch, bells = Watch(facts), self.bells()
        consumer = AIOKafkaConsumer(
            self.names.facts,
            bootstrap_servers=self.broker.bootstrap,
            group_id=self.names.group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
        )
        await consumer.start()
        try:
            while not watch.done.is_set():
                found = await consumer.getmany(timeout_ms=1_000, max_records=BATCH)
                rungs = [_rung(one) for some in found.values() for one in some]
                if rungs:
                    watch.begin()
                    await _again(lambda rungs=rungs: bells(rungs))
                    await consumer.commit()
                    watch.add(len(rungs))
            return await watch.rate()
        finally:
            await consumer.stop()


def _rung(one: Any) -> Rung:  # noqa: ANN401 -- aiokafka's
    place = Place(one.topic, one.partition)
    return Rung(place, one.offset, one.key, one.value, dict(one.headers))


async def _again(hear: Callable[[], Awaitable[None]]) -> None:
    """Try until it is heard: the whole of a host without Faust, beside an assignment's end."""
    while True:
        try:
            return await hear()
        except LogUnavailable:
            await asyncio.sleep(0.05)


def _now(bed: Bed) -> Callable[[], Any]:
    return bed.store.clock.real


@asynccontextmanager
async def own_broker(folder: Path) -> AsyncIterator[Broker]:
    """Start a broker in a folder, for the run."""
    broker = Broker(folder / "kafka")
    await asyncio.to_thread(broker.__enter__)
    try:
        yield broker
    finally:
        await asyncio.to_thread(broker.close)


async def measure(size: Size) -> Measured:
    """Listen in each way to as many facts, in turn."""
    facts, names = size.of(8_000, 2_400), names_of("loadtest-faust", WORLD)
    rounds: dict[str, list[tuple[float, float]]] = {"faust": [], "faust-plain": []}
    with tempfile.TemporaryDirectory(prefix="homeward-loadtest-") as name:
        async with (
            open_ground() as ground,
            ground.store() as store,
            own_broker(Path(name)) as broker,
        ):
            topics = topics_of(prefix_of("loadtest-faust", WORLD), 1, PARTITIONS, 1)
            await asyncio.to_thread(ensure, broker.bootstrap, topics)
            for one in processors.ALL:
                await store.workbench.start(one.name)
            bed = Bed(store, broker, names, Path(name), Writer(store.log.origin))
            spare_what_stays()  # as a worker does; the empty agent has it, too
            for number in range(size.of(6, 3)):
                await bed.publish(facts)
                pair = await bed.pair(facts, ours_first=number % 2 == 0)
                await bed.publish(facts)
                plain = await bed.plain(facts)
                await bed.empty(facts)  # it has those, too
                if number:  # nobody is timed cold
                    rounds["faust"].append(pair)
                    rounds["faust-plain"].append((pair[0], plain))
    said = {
        "faust": "Faust, queue, pump, Bells, turns committed / an empty Faust agent",
        "faust-plain": "the same / a bare aiokafka consumer with the same Bells",
    }
    figures = [
        Figure.of_rounds(name, said[name], "facts/s", found) for name, found in rounds.items()
    ]
    return Measured(figures, f"{ground.said}; {facts:,} facts, half of which are heard")
