"""Positions of concurrent callers go on together, and are answered once they are kept.

One group is on its way at a time; whoever comes meanwhile is in the next one. So a lone position
waits for nobody, and a storm is written a thousand at a time.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from homeward.http.problems import TooManyWaiting
from homeward.metrics import PrometheusMeter
from homeward.ports import Move, PositionLine

GROUP_MAX: Final = 1_000
"""Moves a statement: the roster's head is held for some 10 ms a time."""


@dataclass(slots=True)
class _Waiting:
    moves: Sequence[Move]
    done: asyncio.Future[Sequence[bool]]


class Mover:
    """Collects moves; bounded, since a queue that is too long answers nobody in time."""

    def __init__(self, line: PositionLine, meter: PrometheusMeter, waiting_max: int) -> None:
        """Hand moves to a line; refuse whoever would wait behind more than so many moves."""
        self._line, self._meter, self._waiting_max = line, meter, waiting_max
        self._queue: deque[_Waiting] = deque()
        self._count = 0
        self._task: asyncio.Task[None] | None = None

    async def move(self, moves: Sequence[Move]) -> Sequence[bool]:
        """Return for each whether there is such a recipient, once all are durable.

        Raises TooManyWaiting, and what the line raises.
        """
        if self._count and self._count + len(moves) > self._waiting_max:
            raise TooManyWaiting
        waiting = _Waiting(moves, asyncio.get_running_loop().create_future())
        self._queue.append(waiting)
        self._count += len(moves)
        if self._task is None:
            self._task = asyncio.create_task(self._write(), name="positions")
        return await waiting.done

    async def _write(self) -> None:
        try:
            while self._queue:
                self._meter.gauge("homeward_positions_waiting", self._count)
                group = self._group()
                try:
                    known = await self._line.move([m for one in group for m in one.moves])
                except Exception as failure:  # noqa: BLE001 -- nobody may wait for ever
                    self._fail(group, failure)
                else:
                    self._answer(group, known)
        finally:
            self._task = None
            self._fail(self._group(all_of_them=True), ConnectionAbortedError("closing"))
            self._meter.gauge("homeward_positions_waiting", 0)

    def _group(self, *, all_of_them: bool = False) -> list[_Waiting]:
        group: list[_Waiting] = []
        size = 0
        while self._queue:
            size += len(self._queue[0].moves)
            if group and size > GROUP_MAX and not all_of_them:
                break
            group.append(self._queue.popleft())
            self._count -= len(group[-1].moves)
        return group

    def _answer(self, group: Sequence[_Waiting], known: Sequence[bool]) -> None:
        there = sum(known)
        self._meter.count("homeward_positions_total", there, outcome="kept")
        self._meter.count("homeward_positions_total", len(known) - there, outcome="unknown")
        place = 0
        for one in group:
            if not one.done.done():  # its caller may have gone
                one.done.set_result(known[place : place + len(one.moves)])
            place += len(one.moves)

    @staticmethod
    def _fail(group: Sequence[_Waiting], failure: Exception) -> None:
        for one in group:
            if not one.done.done():
                one.done.set_exception(failure)
