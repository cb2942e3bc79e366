"""The newest facts of the log, in memory: consumers that follow it read each fact once a process.

The log never changes, so what was read stays true; only how far it goes is asked again. What is
older than the tail, or comes from further back than it reaches, is read from the database.
"""

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from homeward.postgres.bell import Bell
from homeward.postgres.log import INDEX_MAX, PostgresLog
from homeward.record.envelope import Row, said_in

KEPT: Final = 2_000
"""Facts: some 4 MB, and more than an alert with all its hubs says."""
BLOBS_KEPT: Final = 200
BLOB_BYTES_MAX: Final = 64_000
"""Cell sets of a search's first hours; larger ones are read from the database."""
READ_AT_ONCE: Final = 1_000
RUNG_S: Final = 0.002
"""The ring of what was appended here may come before its answer, which brings the rows along."""
TRUSTED_S: Final = 0.5
"""A size that nothing rang about is asked for again after so long: rings can be lost."""


@dataclass(frozen=True, slots=True)
class _Kept:
    row: Row
    kind: str


class LogTail:
    """`Log` of which the newest part is in memory."""

    def __init__(self, log: PostgresLog, bell: Bell) -> None:
        self._log, self._bell = log, bell
        self.origin = log.origin
        self._kept: deque[_Kept] = deque(maxlen=KEPT)
        self._end = -1
        """Log index after the newest one kept; -1: nothing was read yet."""
        self._blobs: OrderedDict[str, bytes] = OrderedDict()
        self._asked_s = 0.0
        self._reading = asyncio.Lock()

    async def size(self) -> int:
        if self._grown() and self._end >= 0:
            await self._log.none_under_way(RUNG_S)
        if self._grown():
            async with self._reading:
                if self._grown():
                    await self._read_on()
        return self._end

    def take(self, rows: Sequence[Row]) -> None:
        """Keep what was just appended here, when it comes right after the newest one kept."""
        if self._end >= 0 and rows and rows[0].log_index == self._end:
            self._keep(rows)

    def _keep(self, rows: Iterable[Row]) -> None:
        for row in rows:
            if row.log_index == self._end:
                self._kept.append(_Kept(row, said_in(row).kind))
                self._end += 1

    def _grown(self) -> bool:
        """Whether there may be more than is kept."""
        rung = self._bell.last("log")
        told = self._end >= 0 and rung is not None and int(rung) <= self._end
        return not told or time.monotonic() - self._asked_s > TRUSTED_S

    async def _read_on(self) -> None:
        if self._end < 0:
            self._end = await self._log.size()
            self._asked_s = time.monotonic()
            return
        asked_s = time.monotonic()
        rows = await self._log.rows(self._end - 1, INDEX_MAX, limit=READ_AT_ONCE)
        self._keep(rows)  # some of them may have been taken meanwhile
        self._asked_s = asked_s

    async def rows(
        self,
        after: int,
        upto: int,
        *,
        kinds: Collection[str] | None = None,
        limit: int = 1_000,
    ) -> list[Row]:
        if after + 1 < self._start or upto >= self._end:
            return await self._log.rows(after, upto, kinds=kinds, limit=limit)
        found: list[Row] = []
        for number in range(after + 1 - self._start, upto + 1 - self._start):
            one = self._kept[number]
            if kinds is None or one.kind in kinds:
                found.append(one.row)
                if len(found) == limit:
                    break
        return found

    async def at(self, indexes: Collection[int]) -> list[Row]:
        if max(indexes, default=-1) >= self._end:
            await self.size()
        start, end = self._start, self._end
        here = {one for one in indexes if start <= one < end}
        found = [self._kept[one - start].row for one in here]
        if elsewhere := set(indexes) - here:
            found += await self._log.at(elsewhere)
        return sorted(found)

    async def key_rows(
        self,
        key: str,
        after: int = 0,
        upto: int | None = None,
        *,
        kinds: Collection[str] | None = None,
    ) -> list[Row]:
        """Return rows of a key up to ``upto``, which is known to be in the log.

        Whoever was rung for may know of facts that were not read here yet: then it is asked.
        """
        found: deque[Row] = deque()
        newest = False
        for one in reversed(self._kept):
            if one.row.key != key or (upto is not None and one.row.key_version > upto):
                continue
            if upto is not None and not newest and one.row.key_version < upto:
                break
            newest = True
            if one.row.key_version > after and (kinds is None or one.kind in kinds):
                found.appendleft(one.row)
            if one.row.key_version <= after + 1:
                return list(found)
        return await self._log.key_rows(key, after, upto, kinds=kinds)

    async def blobs(self, digests: Collection[str]) -> Mapping[str, bytes]:
        missing = [one for one in digests if one not in self._blobs]
        if missing:
            self.keep_blobs(await self._log.blobs(missing))
        return {one: self._blobs[one] for one in digests if one in self._blobs}

    def keep_blobs(self, blobs: Mapping[str, bytes]) -> None:
        """Keep blobs that are in the log, by the hex SHA-256 of their content."""
        self._blobs.update(blobs)
        while len(self._blobs) > BLOBS_KEPT:
            self._blobs.popitem(last=False)

    @property
    def _start(self) -> int:
        return self._end - len(self._kept)
