"""Publishes the log: every fact to ``facts``, and what lanes hear to each lane of ``orders``.

The relay rings a bell. Whoever hears a fact twice skips it, and who does not hear it finds it in
the log; so nothing here is exactly once, and a relay that dies, runs twice or begins again after a
failure only repeats. What it does promise: each fact at least once, and those of one ordering key
for the first time in their order.
"""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Iterator, Sequence
from typing import Any, Final, TypeAlias, cast

import structlog

from homeward.fanout.lane import HEARS
from homeward.hosts.office import RENEW_S, TRY_S, Office
from homeward.kafka.catalogue import Names
from homeward.kafka.producer import Line, LineDown, Record
from homeward.ports import Book, Feed, LogUnavailable, Meter
from homeward.ports.leasing import RELAY, Leases
from homeward.ports.relaying import Published
from homeward.record.envelope import Row, kind_of
from homeward.record.wire import to_wire

INDEX_MAX: Final = 2**63 - 1
AT_ONCE: Final = 1_000
"""Facts read at once: some 2 MB, a tenth of a second of work."""
BYTES_MAX: Final = 4_000_000
"""Sent at once, before the next: a slow line must get it through within a call's deadline. Orders
go to each of up to 64 lanes, so a thousand facts may be many times that."""
WAIT_S: Final = 1.0
"""How long to wait for the log to grow before the lease is looked at again."""
BACK_OFF_S: Final = (0.05, 2.0)
"""First and longest pause after a failure."""
STOP_S: Final = 2.0
"""What is being sent may end; what then is not acknowledged is sent again by whoever comes next."""
LOOK_S: Final = 5.0
"""How often the log is asked how far ahead it is while there is much to send, and the broker
whether it is there while there is nothing."""

log = structlog.get_logger("homeward")

Mangle: TypeAlias = Callable[[list[Record]], list[Record]]
"""What becomes of records on their way: only tests lose, double and reorder them."""


class Relay:
    """One relay of a world; any number may run, and those without the lease wait."""

    def __init__(  # noqa: PLR0913 -- each of them is another port
        self,
        book: Book,
        feed: Feed,
        *,
        leases: Leases,
        published: Published,
        line: Line,
        names: Names,
        lanes: int,
        meter: Meter,
        holder: str,
        mangle: Mangle | None = None,
    ) -> None:
        self._book, self._feed = book, feed
        self._published, self._line = published, line
        self._names, self._lanes = names, lanes
        self._meter, self._holder = meter, holder
        self._mangle = mangle
        self._office = Office(leases, RELAY, holder, self._changed)
        self._mine = asyncio.Event()
        """Set while the lease is ours, as far as the office was told."""
        self._reached = False
        """The broker answered from here: who does not reach it leaves the lease to who may."""
        self._failing = False
        self._back_off_s = BACK_OFF_S[0]
        self._look_at_s = 0.0
        self._size = 0
        """Of the log, as far as it is known."""
        self._began_at = -1
        """Where it said that it begins, the last time."""

    async def run(self, stop: asyncio.Event) -> None:
        """Publish until told to stop; raises nothing that passes by itself. Closes the line."""
        holding = asyncio.create_task(self._hold(), name="relay-lease")
        working = asyncio.create_task(self._work(stop), name="relay")
        told = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({working, holding, told}, return_when=asyncio.FIRST_COMPLETED)
            if told.done():
                await asyncio.wait({working}, timeout=STOP_S)
            for task in (working, holding):
                if task.done():
                    task.result()  # a bug is not kept quiet
        finally:
            told.cancel()
            for task in (working, holding):
                task.cancel()
            await asyncio.gather(told, working, holding, return_exceptions=True)
            await self._line.close()
            await self._office.let_go()

    async def _hold(self) -> None:
        """Take the lease when it is free, and keep it while the broker answers."""
        while True:
            with contextlib.suppress(LogUnavailable):  # nor can anybody else take it then
                if self._reached:
                    await self._office.once()
                else:
                    await self._office.let_go()
            await asyncio.sleep(RENEW_S if self._office.mine else TRY_S)

    def _changed(self, had: bool) -> None:  # noqa: FBT001 -- `Office` calls it
        if had:
            self._mine.set()
        else:
            self._mine.clear()
            log.info("relay.waits", holder=self._holder)

    async def _work(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                await self._look()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._mine.wait(), RENEW_S)
                if self._office.mine:
                    await self._publish(stop)
                elif self._mine.is_set():  # it ran out while we were stopped
                    await asyncio.sleep(TRY_S)
                continue
            except LineDown as down:
                self._reached = False
                self._meter.gauge("homeward_broker_up", 0)
                self._failed("broker", str(down))
            except LogUnavailable as away:
                self._failed("database", str(away))
            await self._pause(stop)

    async def _publish(self, stop: asyncio.Event) -> None:
        """Publish from where it was left, as long as the lease is ours.

        While a batch is on its way the next one is read, and that the one before was acknowledged
        is written down. Raises LineDown, LogUnavailable.
        """
        done = await self._begin()
        acknowledged, rows = done, await self._read(done)
        while self._office.mine and not stop.is_set():
            await self._look()
            if not rows:
                self._went(0, done)
                if await self._feed.beyond(done, WAIT_S):
                    rows = await self._read(done)
                continue
            end = rows[-1].log_index + 1
            more = len(rows) == AT_ONCE
            following = await _together(
                self._read(end) if more else _nothing(),
                self._send(rows),
                self._published.raise_to(acknowledged) if acknowledged < done else _nothing(),
            )
            acknowledged, done = done, end
            self._went(len(rows), done)
            rows = following
            if not rows:
                await self._published.raise_to(done)
                acknowledged = done

    async def _begin(self) -> int:
        """Return how many facts are published; a first relay begins at the log's end.

        All of an old log would ring for what everybody has heard, and what was not heard is found
        by sweeps, which do not know of the relay.
        """
        size, published = await self._book.size(), await self._published.size()
        if published is None or published > size:
            if published is not None:  # the log is from a backup, this row is not
                log.warning("relay.position-ahead", position=published, size=size)
            await self._published.begin_at(size)
            published = size
        self._size = size
        self._meter.gauge("homeward_relay_lag_facts", size - published)
        if published != self._began_at:  # where it is stuck it begins again each second
            self._began_at = published
            log.info("relay.publishes", position=published, size=size)
        return published

    async def _read(self, done: int) -> list[Row]:
        return await self._book.rows(done - 1, INDEX_MAX, limit=AT_ONCE)

    async def _send(self, rows: Sequence[Row]) -> None:
        records = self._records(rows)
        if self._mangle is not None:
            records = self._mangle(records)
        for some in _portions(records):
            await self._line.send_many(some)

    def _records(self, rows: Sequence[Row]) -> list[Record]:
        records = []
        for row in rows:
            key, value, headers = to_wire(row)
            records.append(Record(self._names.facts, value, key, None, headers))
            if kind_of(row) in HEARS:
                records += [
                    Record(self._names.orders, value, key, lane, headers)
                    for lane in range(self._lanes)
                ]
        return records

    async def _look(self) -> None:
        """See from time to time whether the broker is there, and how far ahead the log is."""
        now_s = asyncio.get_running_loop().time()
        if now_s >= self._look_at_s:
            await self._line.ping()
            self._reached = True
            self._meter.gauge("homeward_broker_up", 1)
            self._size = max(self._size, await self._book.size())
            if not self._office.mine:
                self._meter.gauge("homeward_relay_lag_facts", 0)  # the holder's affair
                self._recovered()
            self._look_at_s = now_s + LOOK_S

    def _went(self, facts: int, done: int) -> None:
        self._size = max(self._size, done)
        self._meter.count("homeward_relay_sent_total", facts)
        self._meter.gauge("homeward_relay_lag_facts", self._size - done)
        self._recovered()

    def _recovered(self) -> None:
        self._back_off_s = BACK_OFF_S[0]
        if self._failing:
            self._failing = False
            log.info("relay.goes-on", holder=self._holder)

    def _failed(self, part: str, kind: str) -> None:
        self._meter.count("homeward_relay_failures_total", part=part)
        if not self._failing:  # once an outage, not once a try
            self._failing = True
            log.warning("relay.failed", part=part, kind=kind)

    async def _pause(self, stop: asyncio.Event) -> None:
        """Wait a little longer each time; meanwhile the lag is shown as it grows."""
        self._look_at_s = 0.0
        with contextlib.suppress(LogUnavailable):
            size, published = await self._book.size(), await self._published.size()
            lag = 0 if published is None else max(0, size - published)
            self._meter.gauge("homeward_relay_lag_facts", lag)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), self._back_off_s)
        self._back_off_s = min(self._back_off_s * 2, BACK_OFF_S[1])


def _portions(records: Sequence[Record]) -> Iterator[Sequence[Record]]:
    start = size = 0
    for end, one in enumerate(records):
        if size > BYTES_MAX:
            yield records[start:end]
            start, size = end, 0
        size += len(one.value)
    yield records[start:]


async def _together(
    read: Coroutine[Any, Any, list[Row]], *others: Coroutine[Any, Any, object]
) -> list[Row]:
    """Do all at once and return what was read; when one fails none goes on by itself."""
    tasks = [asyncio.create_task(one) for one in (read, *others)]
    try:
        await asyncio.gather(*tasks)
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise
    return cast(list[Row], tasks[0].result())


async def _nothing() -> list[Row]:
    return []


__all__ = ["Mangle", "Relay"]
