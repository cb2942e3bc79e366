"""Live feeds of cases: read once a process and shared by everybody who follows.

One task reads what is new in the log, whatever the number of streams, puts each line into words
once, and asks the ledger at most once a second for each case that is followed. A stream keeps its
place in the shared lines and nothing else: a slow one costs no memory, and one that falls behind
them reads what it missed itself, a page at a time.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Final

import structlog

from homeward.facts.callout import ChunksCut
from homeward.facts.case import CaseVerified
from homeward.facts.handover import HandoverAttempted
from homeward.facts.hold import HoldLifted, HoldPlaced
from homeward.facts.reach import ReachWidened
from homeward.http.events import AWAY_S, Event
from homeward.http.rooms import Rooms
from homeward.http.showing import entry_json, told_json
from homeward.messages import Recorded
from homeward.ports import LogUnavailable
from homeward.record.envelope import Row, read, said_in
from homeward.timeline import timeline
from homeward.timeline.area import EMPTY, MAPPED, CaseMap, drawn, redrawn, wave_of

ROWS: Final = 1_000
"""Rows of the log in one read."""
KEPT_MAX: Final = 2_000
"""Lines a case keeps for its readers; who is further behind reads the log."""
COUNT_S: Final = 1.0
"""The ledger is asked no more often, for each case that is followed."""
VIEWS: Final = (False, True)
"""Whether counts are exact."""
COUNTED: Final = frozenset(
    str(one.model_fields["kind"].default) for one in (ChunksCut, HandoverAttempted)
)
"""Kinds after which the ledger says something new."""
HOLDS: Final = frozenset(
    str(one.model_fields["kind"].default) for one in (HoldPlaced, HoldLifted, CaseVerified)
)
"""Kinds after which a case may be on hold, or no more."""

log = structlog.get_logger("homeward")


@dataclass(frozen=True, slots=True)
class Line:
    """One fact of a case in words, for each view; what it changed on the map goes before it.

    A reader who leaves between the two comes back with an older `Last-Event-ID`, and hears both.
    """

    log_index: int
    key_version: int
    texts: Mapping[bool, str]
    """By whether counts are exact."""


@dataclass(slots=True, eq=False)
class CaseFeed:
    """What all readers of one case share."""

    case: str
    start: int
    """Log index from which on every line of the case is among ``lines``, until `upto`."""
    map: CaseMap = EMPTY
    held: bool = False
    """The case is on hold: few may go on reading."""
    lines: list[Line] = field(default_factory=list)
    told: Mapping[bool, str] = field(default_factory=dict)
    """What became of people so far as an event in words, by whether counts are exact."""
    rung: asyncio.Event = field(default_factory=asyncio.Event)
    readers: int = 0
    stirred: bool = True
    """The ledger may say something new."""
    counted_s: float = 0.0

    def ring(self) -> None:
        """Wake everybody who waits."""
        rung, self.rung = self.rung, asyncio.Event()
        rung.set()

    def after(self, log_index: int) -> Sequence[Line]:
        """Return the lines after one; ``log_index + 1`` is at least ``start``."""
        place = len(self.lines)
        while place and self.lines[place - 1].log_index > log_index:
            place -= 1
        return self.lines[place:]

    def add(self, lines: Sequence[Line]) -> None:
        """Keep new lines, and forget the oldest beyond what is kept."""
        self.lines += lines
        if len(self.lines) > KEPT_MAX:
            # In one cut of a quarter, so that it is paid for by as many lines.
            cut = len(self.lines) - KEPT_MAX * 3 // 4
            self.start = self.lines[cut - 1].log_index + 1
            del self.lines[:cut]


class Feeds:
    """One process's feeds; the reading task runs while somebody follows."""

    def __init__(self, rooms: Rooms) -> None:
        """Follow nothing yet."""
        self._rooms = rooms
        self._feeds: dict[str, CaseFeed] = {}
        self._turn = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self.upto = -1
        """The log index up to which every feed is whole."""

    @asynccontextmanager
    async def following(self, case: str) -> AsyncIterator[CaseFeed]:
        """Give the feed of a case, whole up to `upto`. Raises LogUnavailable."""
        async with self._turn:
            feed = self._feeds.get(case)
            if feed is None:
                if not self._feeds:
                    self.upto = await self._rooms.log.size() - 1
                feed = await self._opened(case)
                self._feeds[case] = feed
            feed.readers += 1
        try:
            if self._task is None:
                self._task = asyncio.create_task(self._follow(), name="live feeds")
            yield feed
        finally:
            feed.readers -= 1
            if not feed.readers and self._feeds.get(case) is feed:
                del self._feeds[case]
            if not self._feeds and self._task is not None:
                self._task.cancel()
                self._task = None

    async def lines(self, feed: CaseFeed, rows: Sequence[Row]) -> list[tuple[Recorded, Line]]:
        """Return lines of a case's rows, with the cells of its waves."""
        said = [said_in(row) for row in rows]
        wanted = {
            digest for one in said if one.kind in MAPPED for name, digest in one.attached()
            if name == "cells"
        }  # fmt: skip
        blobs = await self._rooms.log.blobs(wanted) if wanted else {}
        facts = [read(row, blobs=blobs, said=one) for row, one in zip(rows, said, strict=True)]
        return [(one, _line(feed.map, one)) for one in facts]

    async def _opened(self, case: str) -> CaseFeed:
        feed = CaseFeed(case, self.upto + 1)
        rows = await self._rooms.log.key_rows(case, kinds=MAPPED)
        known = [row for row in rows if row.log_index <= self.upto]
        feed.map = drawn(one for one, _ in await self.lines(feed, known))
        await self._hold(feed)
        await self._count(feed)
        return feed

    async def _follow(self) -> None:
        """Read on; an outage of the store is waited out, and no reader notices more than that."""
        rooms = self._rooms
        while True:
            try:
                async with self._turn:
                    await self._hear()
                    for feed in list(self._feeds.values()):
                        await self._count(feed)
                soon = any(feed.stirred for feed in self._feeds.values())
                wait_s = min(COUNT_S, rooms.settings.stream_beat_s) if soon else COUNT_S * 15
                await rooms.feed.beyond(self.upto + 1, wait_s)
            except LogUnavailable:
                await asyncio.sleep(AWAY_S)
            except Exception as error:  # noqa: BLE001 -- one bad line must not silence every feed
                log.warning("live-feed-broke", error=type(error).__name__)
                await asyncio.sleep(AWAY_S)

    async def _hear(self) -> None:
        size = await self._rooms.log.size()
        while self.upto < size - 1:
            rows = await self._rooms.log.rows(self.upto, size - 1, limit=ROWS)
            if not rows:
                return
            for case in {row.key for row in rows} & self._feeds.keys():
                await self._grow(self._feeds[case], [row for row in rows if row.key == case])
            self.upto = rows[-1].log_index

    async def _hold(self, feed: CaseFeed) -> None:
        feed.held = (await self._rooms.desk.case_now(feed.case)).state.held

    async def _grow(self, feed: CaseFeed, rows: Sequence[Row]) -> None:
        known = await self.lines(feed, rows)
        if any(heard.kind in HOLDS for heard, _ in known):
            await self._hold(feed)
        for heard, line in known:
            before, feed.map = feed.map, redrawn(feed.map, heard)
            if feed.map is not before and not isinstance(heard.fact, ReachWidened):
                line = _line(feed.map, heard)  # noqa: PLW2901 -- it says how the alert stands now
            feed.add([line])
            feed.stirred |= heard.kind in COUNTED
        feed.ring()

    async def _count(self, feed: CaseFeed) -> None:
        """Ask the ledger, unless nothing happened or it was asked a moment ago."""
        if not feed.stirred or time.monotonic() < feed.counted_s + COUNT_S:
            return
        feed.counted_s = time.monotonic()
        counts = await self._rooms.ledger.counts(feed.case)
        version = feed.map.version
        told = {one: map_text(told_json(counts, version, exact=one)) for one in VIEWS}
        # What is pending goes on without a fact of this process's reading: it is asked again.
        feed.stirred = any(one["pending"] for one in counts.values())
        if told != feed.told:
            feed.told = told
            feed.ring()


def _line(known: CaseMap, heard: Recorded) -> Line:
    [entry] = timeline([heard])
    said = ""
    if isinstance(heard.fact, ReachWidened):
        said = map_text(wave_of(heard.log_index, heard.fact).json())
    elif heard.kind in MAPPED:
        said = map_text({"what": "alert", **replace(known, log_index=heard.log_index).json()})
    facts = {
        one: Event(entry.log_index, "fact", entry_json(entry, exact=one)).text() for one in VIEWS
    }
    texts = {one: said + text for one, text in facts.items()}
    return Line(heard.log_index, heard.key_version, texts)


def map_text(says: Mapping[str, Any]) -> str:
    """Return an event of the map: without an id, since readers come back by a fact's."""
    return Event(None, "map", says).text()
