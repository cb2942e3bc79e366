"""Group commit: what waits goes into the log in one statement and one flush."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import asyncpg

from homeward.ports import Appended, Conflict, Known, LogUnavailable, Outcome, Unit
from homeward.postgres.database import Database
from homeward.postgres.rows import appended_rows, log_args
from homeward.record.envelope import Row


@dataclass(frozen=True, slots=True)
class GroupLimits:
    """What bounds one group."""

    units_max: int = 1_000
    """Others wait for the head as long as a group takes: a thousand entries take about 50 ms."""
    bytes_max: int = 8_000_000
    """Blobs of cell sets are up to 300 KB each; one message should stay far below a packet's GB."""
    waiting_max: int = 20_000
    """More callers than that are answered LogUnavailable at once instead of never."""


LIMITS: Final = GroupLimits()


@dataclass(slots=True)
class _Waiting:
    """One caller."""

    units: Sequence[Unit]
    done: asyncio.Future[list[Outcome]]

    def weight(self) -> int:
        return sum(
            len(entry.envelope) + sum(len(content) for content, _ in entry.blobs)
            for unit in self.units
            for entry in unit.entries
        )


class GroupWriter:
    """Collects units of concurrent callers; one group is on its way at a time."""

    def __init__(self, database: Database, limits: GroupLimits = LIMITS) -> None:
        self._database, self._limits = database, limits
        self.said: Callable[[Sequence[Row]], None] = lambda _: None
        """Told of the rows that were appended, in the log's order, before their callers are."""
        self._queue: deque[_Waiting] = deque()
        self._more = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._idle = asyncio.Event()
        self._idle.set()

    def start(self) -> None:
        """Write until `stop`."""
        self._task = asyncio.create_task(self._write(), name="group-writer")

    async def stop(self) -> None:
        """Stop; who still waits is told so."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        self._fail(list(self._queue), LogUnavailable("closing"))
        self._queue.clear()

    async def none_under_way(self, timeout_s: float) -> None:
        """Wait until what is on its way is answered, but not longer."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), timeout_s)

    async def append(self, units: Sequence[Unit]) -> list[Outcome]:
        """Return the outcomes once they are durable."""
        if self._task is None or self._task.done():
            raise LogUnavailable("closed")
        if len(self._queue) >= self._limits.waiting_max:
            raise LogUnavailable("too many wait")
        waiting = _Waiting(units, asyncio.get_running_loop().create_future())
        self._queue.append(waiting)
        self._more.set()
        return await waiting.done

    def _group(self) -> list[_Waiting]:
        group: list[_Waiting] = []
        units = weight = 0
        while self._queue:
            first = self._queue[0]
            units, weight = units + len(first.units), weight + first.weight()
            full = units > self._limits.units_max or weight > self._limits.bytes_max
            if group and full:
                break
            group.append(self._queue.popleft())
        return group

    async def _write(self) -> None:
        while True:
            await self._more.wait()
            self._more.clear()
            while self._queue:
                group = self._group()
                self._idle.clear()
                try:
                    await self._commit(group)
                except asyncio.CancelledError:
                    self._fail(group, LogUnavailable("closing"))
                    raise
                finally:
                    self._idle.set()

    async def _commit(self, group: list[_Waiting]) -> None:
        """Write one group; where one caller's units break the statement, each goes alone."""
        try:
            outcomes = await append(self._database, [u for one in group for u in one.units])
        except LogUnavailable as failure:
            self._fail(group, failure)
        except Exception as failure:  # noqa: BLE001 -- whatever it is, nobody may wait for ever
            if len(group) == 1:
                self._fail(group, failure)
                return
            for one in group:
                await self._commit([one])
        else:
            self.said([row for o in outcomes if isinstance(o, Appended) for row in o.rows])
            place = 0
            for one in group:
                if not one.done.done():
                    one.done.set_result(outcomes[place : place + len(one.units)])
                place += len(one.units)

    @staticmethod
    def _fail(group: Sequence[_Waiting], failure: Exception) -> None:
        for one in group:
            if not one.done.done():
                one.done.set_exception(failure)


async def append(database: Database, units: Sequence[Unit]) -> list[Outcome]:
    """Append units in one statement and return one outcome for each."""
    rows = await database.fetch("append", *log_args(units))
    return [_outcome(unit, row) for unit, row in zip(units, rows, strict=True)]


def _outcome(unit: Unit, row: asyncpg.Record) -> Outcome:
    match row["outcome"]:
        case "appended":
            return Appended(appended_rows(unit.entries, row))
        case "known":
            return Known(row["request_hash"], row["reference_json"])
        case _:
            return Conflict(row["stream"])
