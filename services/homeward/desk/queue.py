"""The board of what all open cases wait for, brought up to date whenever somebody looks."""

import asyncio
from dataclasses import dataclass, field
from typing import Final

from homeward.ports import Book
from homeward.record.envelope import read
from homeward.timeline.duties import KINDS, DutyBoard

ROWS_MAX: Final = 1_000


@dataclass(slots=True)
class Queue:
    """One process's board; it is read from the start of the log once, then only goes on."""

    log: Book
    _board: DutyBoard = field(default_factory=DutyBoard)
    _seen: int = -1
    """Log index up to which facts were read."""
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def board(self) -> DutyBoard:
        """Return the board as of the log's end now. Raises LogUnavailable."""
        async with self._reading:
            end = await self.log.size() - 1
            while self._seen < end:
                rows = await self.log.rows(self._seen, end, kinds=KINDS, limit=ROWS_MAX)
                for row in rows:
                    self._board.hear(read(row))
                self._seen = rows[-1].log_index if len(rows) == ROWS_MAX else end
            return self._board
