"""The Faust host: a broker rings, Faust delivers, and whoever hears does so outside of Faust.

One embedded app with one agent, which only fills a bounded queue (`Pump`). No exception may reach
Faust: it would commit past what was in hand, and after the second one the agent stands still for
ever. An app that crashed or does not start is thrown away and a new one is made; what was not
acknowledged is delivered again, and what is never delivered is found by a sweep. The settings and
their reasons are docs/decisions/0012.
"""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias

import faust
import faust.transport.drivers.aiokafka
import mode.threads

from homeward.hosts.knocking import Answers, knock
from homeward.hosts.loggers import quieten
from homeward.hosts.pump import BACK_OFF_S_MAX, Pump
from homeward.hosts.turn import where
from homeward.hosts.watching import Pulse, Say
from homeward.ports import Assigned, Hear, Meter, Place

LOOK_S: Final = 0.25
START_S_MAX: Final = 20.0
"""A start takes 1-3 s, and longer while a group rebalances."""
HEAR_S_MAX: Final = 1.5
"""What is being heard at a stop may end; what is cut off is delivered again."""
STOP_S_MAX: Final = 4.0
"""A clean stop takes 0.1-3 s, one without a broker does not end. With HEAR_S_MAX before and
KILL_S_MAX after it, an end takes less than 7 s."""
KILL_S_MAX: Final = 1.0
METADATA_S: Final = 3.0
"""How often the broker is asked what topics there are; its answer shows that it is there."""
AWAY_S: Final = 8.0
"""Without an answer for so long the broker counts as away."""
SAY_AGAIN_S: Final = 60.0
MENDS: Final = {
    Answers.NOBODY: "no broker answers: see whether it runs and what HOMEWARD_KAFKA says",
    Answers.ANOTHER: "who answers where HOMEWARD_KAFKA points is no broker, or one that hangs: "
    "name Kafka's own port, or start it again",
}

Theirs: TypeAlias = Any
"""An object of Faust's; most of what is asked of it is not in its types."""
Ends: TypeAlias = frozenset[asyncio.Task[Any]]
"""What ends the run when one of them is done."""

SETTINGS: Final[dict[str, Any]] = {
    "autodiscover": False,
    "broker_commit_interval": 1.0,
    "broker_heartbeat_interval": 2.0,
    "broker_rebalance_timeout": 9.0,
    "broker_request_timeout": 10.0,
    "broker_session_timeout": 6.0,
    "consumer_auto_offset_reset": "earliest",
    "consumer_metadata_max_age_ms": int(METADATA_S * 1_000),
    "store": "memory://",
    "stream_wait_empty": False,
    "topic_allow_declare": False,
    "topic_disable_leader": True,
    "web_enabled": False,
}
LOGGERS: Final = ("faust", "mode", "aiokafka", "kafka")


class _Thread(mode.threads.WorkerThread):
    """Whatever becomes of it, the process can end; and it says nothing by itself."""

    def __init__(self, service: Theirs, **options: Theirs) -> None:
        super().__init__(service, **options)
        self.daemon = True
        service.on_crash = lambda *_: None  # it would print; the app's own crash is said

    def run(self) -> None:
        # A killed one ends with "loop stopped", or with the cancelling of what it waited for.
        with contextlib.suppress(Exception, asyncio.CancelledError):
            super().run()


mode.threads.ServiceThread.Worker = _Thread


class _Batches:
    """The batches of a partition, and the one that was taken last."""

    def __init__(self, records: Theirs) -> None:
        self.has_next, self._next = records.has_next, records.next_batch
        self.last: Theirs = None

    def next_batch(self) -> Theirs:
        self.last = self._next()
        return self.last


_DRIVER: Final[Theirs] = faust.transport.drivers.aiokafka
_FETCHER: Final[Theirs] = _DRIVER.aiokafka.consumer.fetcher
_UNREAD: Final = Counter[str]()
"""Topic -> batches that could not be read, until they are counted."""


class _PartitionRecords(_FETCHER.PartitionRecords):  # type: ignore[misc]  # published without types
    """Passes over a batch that cannot be read (a header's name is no text, a codec is missing).

    Its own would raise, and be given the same batch again for ever. A batch has one sender, so
    nobody loses by it who wrote what can be read.
    """

    _records: Theirs

    def _unpack_records(self) -> Iterator[Theirs]:
        batches = self._records = _Batches(self._records)
        while True:
            try:
                yield from super()._unpack_records()
            except _FETCHER.Errors.CorruptRecordException:
                raise  # broken on its way: it is fetched again
            except Exception:
                if batches.last is None:
                    raise
                self.next_fetch_offset = batches.last.next_offset
                _UNREAD[self._tp.topic] += 1
            else:
                return


_FETCHER.PartitionRecords = _PartitionRecords


@dataclass(slots=True)
class FaustHost:
    """Delivers what some topics say until it is stopped; works without a broker, too."""

    bootstrap: str
    """``host:port,host:port``."""
    group: str
    topics: Sequence[str]
    hear: Hear
    assigned: Assigned
    folder: Path
    """Faust keeps nothing, but makes two empty folders in here."""
    meter: Meter
    say: Say
    batch_max: int = 1_000
    queue_max: int = 5_000
    pulse: Pulse = field(default_factory=Pulse)
    """For a `Watchdog`."""
    pump: Pump = field(init=False)
    _hearing: asyncio.Task[None] | None = None
    _said: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.pump = Pump(
            self.hear, self.meter, self.say, self.pulse, self.batch_max, self.queue_max
        )

    async def run(self, stop: asyncio.Event) -> None:
        """Run until ``stop`` is set, then end within 7 s, whatever hangs. One run an object.

        What still hangs then is left behind: the caller ends the process. Raises TooManyParked.
        """
        quieten(LOGGERS, self.say)
        self.meter.gauge("homeward_broker_up", 0)
        self.folder.mkdir(parents=True, exist_ok=True)
        hearing = self._hearing = asyncio.create_task(self.pump.run())
        stopping = asyncio.create_task(stop.wait())
        ends: Ends = frozenset({hearing, stopping})
        back_off_s = LOOK_S
        try:
            while not _any_done(ends):
                back_off_s = min(back_off_s * 2, BACK_OFF_S_MAX)
                if await self._deliver(ends):
                    back_off_s = LOOK_S
                await asyncio.wait(ends, timeout=back_off_s, return_when="FIRST_COMPLETED")
        finally:
            stopping.cancel()
            await self._close_pump()
        if hearing.done() and not hearing.cancelled():
            hearing.result()

    async def _deliver(self, ends: Ends) -> bool:
        """Run one app until it breaks or one of ``ends`` does; return whether it had started."""
        knocking = asyncio.create_task(knock(self.bootstrap))
        await asyncio.wait({knocking, *ends}, return_when="FIRST_COMPLETED")
        if _any_done(ends):
            knocking.cancel()
            return False
        if (answers := knocking.result()) is not Answers.BROKER:
            self.complain(MENDS[answers])
            return False
        app = _App(self)
        try:
            if not await app.start(ends):
                return False
            self._said.clear()
            while app.broken is None and not _any_done(ends):
                self._measure(app)
                await asyncio.wait(ends, timeout=LOOK_S, return_when="FIRST_COMPLETED")
            return True
        finally:
            self.pulse.broken_s = time.monotonic()
            self.meter.gauge("homeward_broker_up", 0)
            if app.broken is not None:
                self.complain(f"{app.broken}; a new app is made", "faust")
                self.meter.count("homeward_host_retries_total", part="faust")
            if _any_done(ends):
                await self._close_pump()  # what it acknowledges is committed by the app's end
            await app.end()
            self.pulse.broken_s = None

    def _measure(self, app: "_App") -> None:
        missing = app.missing()
        for topic in missing:
            self.complain(f"there is no topic {topic}: run `homeward topics apply`")
        while _UNREAD:
            topic, batches = _UNREAD.popitem()
            self.meter.count("homeward_rubbish_total", batches, topic=topic)
            self.complain(f"passed over what nobody can read in {topic}")
        self.meter.gauge("homeward_broker_up", app.answered() and not missing)
        self.meter.gauge("homeward_bell_queue", self.pump.waiting)
        since_s = self.pulse.waiting_s
        age_s = 0.0 if since_s is None else time.monotonic() - since_s
        self.meter.gauge("homeward_bell_oldest_seconds", age_s)

    def complain(self, what: str, part: str = "broker") -> None:
        """Say something once a minute, as long as it is so."""
        now_s = time.monotonic()
        if now_s - self._said.get(what, -SAY_AGAIN_S) >= SAY_AGAIN_S:
            self._said[what] = now_s
            self.say(part, what)

    def tell(self, places: frozenset[Place]) -> None:
        """Begin a new tenure and tell who has to know; nothing may reach Faust."""
        self.pump.change()
        try:
            self.assigned(places)
        except Exception as failure:  # noqa: BLE001 -- it would end the app
            self.say("assigned", where(failure))

    async def _close_pump(self) -> None:
        """End who hears: at once when nothing is in hand, soon when something is."""
        hearing = self._hearing
        if hearing is None:
            return
        self.pump.closing = True
        if self.pump.busy:
            await asyncio.wait({hearing}, timeout=HEAR_S_MAX)
        hearing.cancel()
        await asyncio.wait({hearing}, timeout=LOOK_S)


class _App:
    """One Faust app, from its start to its end."""

    def __init__(self, host: FaustHost) -> None:
        self._host = host
        self._app: Theirs = faust.App(
            host.group,
            broker=[f"kafka://{one.strip()}" for one in host.bootstrap.split(",")],
            datadir=host.folder,
            **SETTINGS,
        )
        topic = self._app.topic(
            *host.topics,
            key_type=bytes,
            value_type=bytes,
            key_serializer="raw",
            value_serializer="raw",
        )
        self._app.agent(topic, name="bell", concurrency=1)(self._ring)
        self._app.on_partitions_assigned.connect(self._on_assigned)
        self._app.on_partitions_revoked.connect(self._on_revoked)
        self._starting: asyncio.Task[None] | None = None
        self._ended = False
        self._answer: float = 0
        self._answered_s = time.monotonic()

    async def _ring(self, stream: Theirs) -> None:
        """Fill the queue. The only code of ours that Faust runs beside the two below."""
        stream.enable_acks = False
        put = self._host.pump.put
        async for event in stream.events():
            await put(event)

    async def _on_assigned(self, _app: object, /, *told: Theirs, **_: object) -> None:
        if not self._ended:
            self._host.tell(frozenset(Place(one.topic, one.partition) for one in told[0]))
            self._host.meter.count("homeward_rebalances_total")

    async def _on_revoked(self, _app: object, /, *_told: Theirs, **_: object) -> None:
        if not self._ended:
            self._host.pump.change()

    async def start(self, ends: Ends) -> bool:
        """Start; False: it did not, or something ended meanwhile."""
        starting = self._starting = asyncio.create_task(self._app.start())
        await asyncio.wait({starting, *ends}, timeout=START_S_MAX, return_when="FIRST_COMPLETED")
        return starting.done() and self.broken is None and not _any_done(ends)

    @property
    def broken(self) -> str | None:
        """What is wrong with it; None: nothing is known."""
        starting = self._starting
        failure: BaseException | None = None
        if starting is not None and starting.done() and not starting.cancelled():
            failure = starting.exception()
        if failure is None and self._app.crashed:
            failure = self._app.crash_reason
        if failure is not None:
            return f"the app broke ({where(failure)})"
        return "the app broke" if self._app.crashed else None

    def missing(self) -> list[str]:
        """Return the topics that the broker does not have.

        By what the broker answered: Faust's own ``topic_partitions`` knows it only in the member
        that leads the group.
        """
        there = self._cluster.partitions_for_topic
        return [one for one in self._host.topics if not there(one)]

    def answered(self) -> bool:
        """Return whether the broker answered lately."""
        answer = self._cluster._last_successful_refresh_ms  # its own clock: only compared
        if answer != self._answer:
            self._answer, self._answered_s = answer, time.monotonic()
        return time.monotonic() - self._answered_s < AWAY_S

    @property
    def _cluster(self) -> Theirs:
        return self._app.consumer._thread._consumer._client.cluster

    async def end(self) -> None:
        """End it, whatever it does: asked first, then without its leave."""
        self._ended = True
        self._host.tell(frozenset())
        until_s = time.monotonic() + STOP_S_MAX
        if self._starting is not None and await _done(self._starting, until_s):
            stopping = asyncio.create_task(self._app.stop())
            if await _done(stopping, until_s):
                return
            await self._kill(stopping)
        else:
            await self._kill()

    async def _kill(self, *futures: Theirs) -> None:
        """End its thread and its tasks; else the group would go on counting on it."""
        self._host.complain("the app does not end: it is cut off", "faust")
        consumer = self._app._consumer  # made by the app itself only
        if consumer is not None:
            thread = consumer._thread
            if thread._consumer is not None:
                thread._consumer._closed = True  # or it complains when it is freed
            with contextlib.suppress(RuntimeError):  # the loop is closed
                thread.thread_loop.call_soon_threadsafe(thread.thread_loop.stop)
        left = {one for part in _services(self._app) for one in part._futures} | {*futures}
        if self._starting is not None:
            left.add(self._starting)
        producer = self._app._producer and self._app._producer._producer
        if producer is not None:
            await asyncio.wait({asyncio.create_task(producer.client.close())}, timeout=LOOK_S)
        until_s = time.monotonic() + KILL_S_MAX
        while left and time.monotonic() < until_s:
            for one in left:  # again, too: some of Faust's pass over the first
                one.cancel()
            _, left = await asyncio.wait(left, timeout=LOOK_S)


def _services(service: Theirs) -> Iterator[Theirs]:
    """Return a service and all below it."""
    yield service
    for child in service._children:
        if child is not None:
            yield from _services(child)


async def _done(task: asyncio.Task[Any], until_s: float) -> bool:
    """Wait for a task; return whether it ended well in time."""
    await asyncio.wait({task}, timeout=max(until_s - time.monotonic(), 0))
    return task.done() and not task.cancelled() and task.exception() is None


def _any_done(tasks: Ends) -> bool:
    return any(one.done() for one in tasks)


__all__ = ["FaustHost"]
