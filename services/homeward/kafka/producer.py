"""A producer that acknowledges or fails within seconds, and is made anew after a failure.

aiokafka's idempotent producer retries for ever and never says that a broker is away; a batch whose
partition has no leader runs out and may be overtaken by a later one. So whoever sends here waits
for all of a call, a deadline ends it, and the producer is not used again after any failure: a new
one begins from what is known to be acknowledged. What a failed call sent may be there or not.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple, TypeAlias

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, ProducerClosed
from aiokafka.partitioner import murmur2

from homeward.kafka.catalogue import RECORD_BYTES_MAX

REQUEST_S: Final = 3.0
"""A broker that does not answer one request in that time is asked again, by the same number."""
DEADLINE_S: Final = 6.0
"""A call ends by then: two requests."""
OPEN_S: Final = 4.0
END_S: Final = 5.0
"""A producer that failed is let go after so long, whatever it still waits for."""
BATCH_BYTES: Final = 262_144
"""A quarter of what a broker takes by default (message.max.bytes)."""
FEW: Final = 32
"""Fewer records share batches with those of other callers; more make batches of their own, which
spares each record a future."""
SAY_AGAIN_S: Final = 60.0
KEYS_KEPT: Final = 8_192
"""Hashing a key costs as much as encoding a record; a case has many facts."""

log = structlog.get_logger("homeward")


class LineDown(Exception):
    """The broker did not acknowledge in time; the text is the kind of trouble only."""


class Record(NamedTuple):
    """What is to be sent."""

    topic: str
    value: bytes
    key: bytes | None = None
    partition: int | None = None
    """None: by the key, as every client of Kafka does by default."""
    headers: Sequence[tuple[str, bytes]] = ()


Futures: TypeAlias = list["asyncio.Future[Any]"]


class Line:
    """A producer for any number of callers."""

    def __init__(
        self, bootstrap: str, *, name: str, deadline_s: float = DEADLINE_S, rest_s: float = 0.0
    ) -> None:
        """Not connected yet; ``rest_s``: after a failure calls are refused at once for so long."""
        self._bootstrap, self._name = bootstrap, name
        self._deadline_s, self._rest_s = deadline_s, rest_s
        self._producer: AIOKafkaProducer | None = None
        self._opening = asyncio.Lock()
        self._ending: set[asyncio.Task[None]] = set()
        self._rests_until_s = 0.0

    @property
    def up(self) -> bool:
        """Whether there is a producer that has not failed."""
        return self._producer is not None

    async def open(self) -> None:
        """Connect, when there is no producer. Raises LineDown."""
        await self._opened()

    async def send_many(self, records: Sequence[Record]) -> None:
        """Send, in order within each partition, and wait until all is acknowledged by all replicas.

        Raises LineDown; the next call then makes a new producer.
        """
        if not records:
            return
        producer = await self._opened()
        try:
            async with asyncio.timeout(self._deadline_s):
                send = _send_few if len(records) < FEW else _send_batches
                await _acknowledged(await send(producer, records))
        except (KafkaError, OSError, TimeoutError, _NoPartition) as failure:
            self._drop(producer)
            raise LineDown(type(failure).__name__) from None

    async def ping(self) -> None:
        """Ask the broker something: a connection that is idle does not tell that it is away.

        Raises LineDown.
        """
        producer = await self._opened()
        try:
            async with asyncio.timeout(REQUEST_S):
                await producer.client.fetch_all_metadata()
        except (KafkaError, OSError, TimeoutError) as failure:
            self._drop(producer)
            raise LineDown(type(failure).__name__) from None

    async def close(self) -> None:
        """Let go of the broker, within seconds."""
        if self._producer is not None:
            self._drop(self._producer)
        if self._ending:
            await asyncio.wait(self._ending)

    async def _opened(self) -> AIOKafkaProducer:
        if (producer := self._producer) is not None:
            return producer
        async with self._opening:
            if self._producer is not None:
                return self._producer
            if time.monotonic() < self._rests_until_s:
                raise LineDown("Resting")
            producer = _made(self._bootstrap, self._name)
            try:
                async with asyncio.timeout(OPEN_S):
                    await producer.start()
            except BaseException as failure:
                self._end(producer)
                if isinstance(failure, KafkaError | OSError | TimeoutError):
                    raise LineDown(type(failure).__name__) from None
                raise
            self._producer = producer
            return producer

    def _drop(self, producer: AIOKafkaProducer) -> None:
        """Use a producer no more; of several callers whose calls failed the first one does it."""
        if self._producer is producer:
            self._producer = None
            self._end(producer)

    def _end(self, producer: AIOKafkaProducer) -> None:
        self._rests_until_s = time.monotonic() + self._rest_s
        task = asyncio.create_task(_end(producer), name="producer-end")
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)


class _NoPartition(Exception):
    """The topic has no such partition."""


_SAID_S: Final = dict[tuple[str, int], float]()
"""(topic, partition) -> when it was last said that it is not there; lanes are 64 at most."""


def _made(bootstrap: str, name: str) -> AIOKafkaProducer:
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # we say it, once and in fields
    return AIOKafkaProducer(
        bootstrap_servers=bootstrap,
        client_id=name,
        acks="all",
        enable_idempotence=True,
        request_timeout_ms=int(REQUEST_S * 1_000),
        max_batch_size=BATCH_BYTES,
        max_request_size=RECORD_BYTES_MAX,  # its own bound of 1 MB would hold up all that follows
    )


async def _acknowledged(sent: Futures) -> None:
    """Wait for all, or for the first failure.

    Unlike `gather`, a call that is cancelled cancels none of them: `_seen` looks at what becomes of
    them, where a cancelled shield around aiokafka's own future would not.
    """
    done, _ = await asyncio.wait(sent, return_when=asyncio.FIRST_EXCEPTION)
    for one in done:
        one.result()


async def _send_few(producer: AIOKafkaProducer, records: Sequence[Record]) -> Futures:
    sent: Futures = []
    there = await _partitions(producer, records)
    for one in records:
        place = _partition(one, there[one.topic])
        future = await producer.send(
            one.topic, one.value, one.key, partition=place, headers=list(one.headers)
        )
        sent.append(_seen(future))
    return sent


async def _send_batches(producer: AIOKafkaProducer, records: Sequence[Record]) -> Futures:
    full: list[tuple[Any, str, int]] = []
    open_: dict[tuple[str, int], Any] = {}
    there = await _partitions(producer, records)
    for one in records:
        place = one.topic, _partition(one, there[one.topic])
        batch = open_.get(place)
        if batch is None or not _added(batch, one):
            if batch is not None:
                full.append((batch, *place))
            open_[place] = batch = producer.create_batch()
            assert _added(batch, one), "an empty batch takes any record"
    full += [(batch, *place) for place, batch in open_.items()]
    sent: Futures = []
    for batch, topic, partition in full:
        batch.close()
        sent.append(_seen(await producer.send_batch(batch, topic, partition=partition)))
    return sent


def _added(batch: Any, one: Record) -> bool:  # noqa: ANN401 -- aiokafka has no types
    headers = list(one.headers)
    done = batch.append(timestamp=None, key=one.key, value=one.value, headers=headers)
    return done is not None


def _seen(future: "asyncio.Future[Any]") -> "asyncio.Future[Any]":
    """Look at what became of it, so that asyncio does not say that nobody did."""
    future.add_done_callback(lambda done: done.cancelled() or done.exception())
    return future


async def _partitions(
    producer: AIOKafkaProducer, records: Sequence[Record]
) -> Mapping[str, Collection[int]]:
    topics = {one.topic for one in records}
    return {topic: await producer.partitions_for(topic) for topic in topics}


def _partition(one: Record, there: Collection[int]) -> int:
    if one.partition is None:
        assert one.key is not None, "a record has a key or a partition"
        return (_hash(one.key) & 0x7FFFFFFF) % len(there)
    if one.partition not in there:
        _say_missing(one.topic, one.partition)
        raise _NoPartition
    return one.partition


def _say_missing(topic: str, partition: int) -> None:
    """Say it once a minute: it is tried again each second, until a person mends it."""
    now_s = time.monotonic()
    if now_s - _SAID_S.get((topic, partition), -SAY_AGAIN_S) >= SAY_AGAIN_S:
        _SAID_S[topic, partition] = now_s
        mend = "homeward topics apply"
        log.warning("kafka.no-such-partition", topic=topic, partition=partition, mend=mend)


@lru_cache(maxsize=KEYS_KEPT)
def _hash(key: bytes) -> int:
    return int(murmur2(key))


async def _end(producer: AIOKafkaProducer) -> None:
    """End a producer whatever it is doing: its own ``stop`` waits for what it cannot send.

    First its sender, which waits for the request that is under way; then what nobody will send.
    """
    sender = producer._sender.sender_task  # noqa: SLF001 -- see above
    with contextlib.suppress(Exception):
        if sender is not None:
            sender.cancel()
            await asyncio.wait([sender], timeout=END_S)
            if not sender.done():
                sender.cancel()  # reaches the request
                await asyncio.wait([sender], timeout=END_S)
        _fail(producer._message_accumulator)  # noqa: SLF001 -- see above
    with contextlib.suppress(Exception):
        async with asyncio.timeout(END_S):
            await producer.stop()
    with contextlib.suppress(Exception):
        async with asyncio.timeout(END_S):
            await producer.client.close()


def _fail(waiting: Any) -> None:  # noqa: ANN401 -- aiokafka has no types
    """Fail what nobody will send, so that asyncio has nothing to complain of."""
    queued = [one for queue in waiting._batches.values() for one in queue]  # noqa: SLF001 -- nor a way
    waiting._pending_batches.update(queued)  # noqa: SLF001 -- a failed one is taken out of there
    waiting.fail_all(ProducerClosed())
    for batch in queued:
        for future in (batch.future, batch._drain_waiter):  # noqa: SLF001 -- as above
            if future.done() and not future.cancelled():
                future.exception()


__all__ = ["DEADLINE_S", "Line", "LineDown", "Record"]
