"""A host on a real broker, who hears there, and who rings."""

import asyncio
import contextlib
import time
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from pathlib import Path

from aiokafka import AIOKafkaProducer
from kafka.admin import KafkaAdminClient, NewTopic

from homeward.hosts.faust_host import FaustHost
from homeward.ports import LogUnavailable, Place, Rung
from homeward.testing.memory import MemoryMeter

PARTITIONS = 4
PATIENCE_S = 40.0
"""A group of which a member was killed waits 6 s for it, and a rebalance may take 9 s more."""


class Listener:
    """Hears, and writes down what; may be told to fail, to wait or to hang."""

    def __init__(self) -> None:
        self.heard: list[Rung] = []
        self.fails: Exception | None = None
        self.takes_s = 0.0
        self.tries = 0
        self.places: list[frozenset[Place]] = []
        self.said: list[tuple[str, str]] = []

    async def hear(self, rungs: Sequence[Rung]) -> None:
        self.tries += 1
        if self.takes_s:
            await asyncio.sleep(self.takes_s)
        if self.fails is not None:
            raise self.fails
        self.heard += rungs

    def values(self) -> Counter[bytes]:
        return Counter(one.value for one in self.heard)

    def by_key(self) -> dict[bytes | None, list[int]]:
        """Return what was heard for the first time of each key, in that order."""
        found: dict[bytes | None, list[int]] = {}
        for value in dict.fromkeys((one.key, one.value) for one in self.heard):
            found.setdefault(value[0], []).append(int(value[1].split(b"-")[1]))
        return found


class Belfry:
    """A topic of its own on a broker, and hosts of one group that listen to it."""

    def __init__(self, bootstrap: str, folder: Path) -> None:
        self.bootstrap, self.folder = bootstrap, folder
        self.topic = f"t-{uuid.uuid4().hex[:8]}"

    def make(self) -> None:
        """Make the topic."""
        admin = KafkaAdminClient(bootstrap_servers=self.bootstrap)
        admin.create_topics([NewTopic(self.topic, PARTITIONS, 1)])
        admin.close()

    def host(self, listener: Listener, **more: object) -> FaustHost:
        return FaustHost(
            bootstrap=self.bootstrap,
            group=f"{self.topic}.worker",
            topics=[self.topic],
            hear=listener.hear,
            assigned=listener.places.append,
            folder=self.folder / "faust",
            meter=MemoryMeter(),
            say=lambda part, what: listener.said.append((part, what)),
            **more,
        )

    async def ring(self, numbers: Iterable[int], keys: int = 7) -> None:
        """Send ``<key>-<number>`` under a few keys, in order."""
        async with producing(self.bootstrap) as producer:
            for number in numbers:
                key = b"k%d" % (number % keys)
                await producer.send(self.topic, key + b"-%d" % number, key=key)


@contextlib.asynccontextmanager
async def producing(bootstrap: str) -> AsyncIterator[AIOKafkaProducer]:
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap)
    await producer.start()
    try:
        yield producer
    finally:
        await producer.stop()


class Running:
    """A host while it runs."""

    def __init__(self, host: FaustHost) -> None:
        self.host, self.stop = host, asyncio.Event()
        self.task = asyncio.create_task(host.run(self.stop))

    async def end(self) -> float:
        """Stop it; return how many seconds that took."""
        began_s = time.monotonic()
        self.stop.set()
        await asyncio.wait({self.task}, timeout=20)
        assert self.task.done(), "it does not end"
        return time.monotonic() - began_s


@contextlib.asynccontextmanager
async def running(*hosts: FaustHost) -> AsyncIterator[list[Running]]:
    """Run some hosts, and stop those that still run."""
    some = [Running(one) for one in hosts]
    try:
        yield some
    finally:
        await asyncio.gather(*(one.end() for one in some))


@contextlib.asynccontextmanager
async def nothing_left() -> AsyncIterator[None]:
    """What a cut-off app leaves in our loop can be cancelled; else the run would never end."""
    yield
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for _ in range(20):
        for one in left:
            one.cancel()
        if left:
            _, left = await asyncio.wait(left, timeout=0.5)
    assert not left


async def until(condition: Callable[[], object], patience_s: float = PATIENCE_S) -> None:
    end_s = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < end_s, condition
        await asyncio.sleep(0.02)


AWAY = LogUnavailable("tests")
