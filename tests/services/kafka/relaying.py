"""A relay on a real broker over a log in memory, and readers that are not ours."""

import asyncio
import contextlib
import itertools
from collections import defaultdict

from kafka import KafkaConsumer, TopicPartition

from homeward.kafka.admin import ensure
from homeward.kafka.catalogue import names_of, prefix_of, topics_of
from homeward.kafka.producer import Line
from homeward.kafka.relay import Relay
from homeward.record.wire import from_wire
from homeward.testing.contracts.pen import Pen, unit
from homeward.testing.memory import MemoryStore

NUMBERS = itertools.count(1)
LANES = 2
PARTITIONS = 4
WITHIN_S = 30


def new_topics(bootstrap, lanes=LANES):
    """Make the topics of a world of the test's own."""
    prefix = f"t{next(NUMBERS)}"
    ensure(bootstrap, topics_of(prefix_of(prefix, "drill"), lanes, PARTITIONS, 1))
    return names_of(prefix, "drill")


async def fill(store, pen, cases, each):
    """Append facts of some cases in turn; one in five is an order, which lanes hear."""
    for number in range(each):
        units = []
        for case in map(pen.case, range(cases)):
            said = pen.order(case, b"12345678") if number % 5 == 4 else pen.note(case)
            units.append(unit(said))
        await store.log.append(units)


class World:
    """A log in memory whose facts go to topics of their own."""

    def __init__(self, bootstrap, lanes=LANES):
        self.bootstrap, self.lanes = bootstrap, lanes
        self.names = new_topics(bootstrap, lanes)
        self.store = MemoryStore()
        self.pen = Pen(self.store.log.origin)

    def relay(self, name="relay-1", store=None, **own):
        store = store or self.store
        line = Line(self.bootstrap, name=name, **own.pop("line", {}))
        ports = {"leases": store.leases, "published": store.published, "meter": store.meter} | own
        return Relay(
            store.log, store.feed, line=line, names=self.names, lanes=self.lanes, holder=name,
            **ports,
        )  # fmt: skip

    @contextlib.asynccontextmanager
    async def running(self, *relays):
        """Run relays; they end within seconds, and without an error."""
        stop = asyncio.Event()
        tasks = [asyncio.create_task(one.run(stop)) for one in relays]
        try:
            yield stop
        finally:
            stop.set()
            async with asyncio.timeout(10):
                await asyncio.gather(*tasks)

    async def published(self, size, store=None):
        """Wait until so many facts are acknowledged."""
        store = store or self.store
        async with asyncio.timeout(WITHIN_S):
            while (await store.published.size() or 0) < size:  # noqa: ASYNC110 -- a row tells
                await asyncio.sleep(0.02)

    async def read(self, topic):
        return await asyncio.to_thread(read, self.bootstrap, topic)

    async def facts(self):
        """Return all rows in the facts topic, a list for each partition."""
        return {
            partition: [row_of(one) for one in records]
            for partition, records in (await self.read(self.names.facts)).items()
        }


class Alone:
    """Leases that everybody gets: as if two relays did not know of each other."""

    async def take(self, name, holder, for_s, *, force=False):
        return True

    async def let_go(self, name, holder):
        pass


def read(bootstrap, topic):
    """Return all records of a topic by kafka-python, by partition."""
    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap, auto_offset_reset="earliest", enable_auto_commit=False
    )
    try:
        places = [TopicPartition(topic, one) for one in consumer.partitions_for_topic(topic)]
        consumer.assign(places)
        ends = consumer.end_offsets(places)
        found = defaultdict(list)
        while any(consumer.position(place) < ends[place] for place in places):
            for place, records in consumer.poll(timeout_ms=500).items():
                found[place.partition] += records
        return {place.partition: found[place.partition] for place in places}
    finally:
        consumer.close()


def row_of(record):
    return from_wire(record.key, record.value, dict(record.headers))


def by_key(rows):
    """Return the key versions of each key, in the order in which they came."""
    found = defaultdict(list)
    for row in rows:
        found[row.key].append(row.key_version)
    return dict(found)


def first_times(numbers):
    return list(dict.fromkeys(numbers))


def whole(found, cases, each):
    """Every fact at least once, and the first of each in the order of its key."""
    assert {row.log_index for of in found.values() for row in of} == set(range(cases * each))
    for of in found.values():
        for versions in by_key(of).values():
            assert first_times(versions) == list(range(1, each + 1))


@contextlib.contextmanager
def said_by_asyncio():
    """Give the list of what asyncio complains of: failures that nobody looked at, and the like."""
    said = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: said.append(context))
    yield said
