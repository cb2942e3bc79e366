"""Keeps a lane's index: loads it, brings it to the newest change of the roster, lets it merge."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from homeward.fanout.columns import LaneChanges, LaneColumns
from homeward.fanout.index import RecipientIndex
from homeward.fanout.lane import Lane
from homeward.fanout.weighing import array_bytes
from homeward.ports import Meter, Roster

THREAD_ROWS_MIN: Final = 20_000
"""Fewer rows are built in the loop: it takes some 10 ms, and a thread is not worth its start."""
JOURNAL_ROWS_MAX: Final = 100_000
"""Rows of changes that are kept for who looks at them one by one; more, and all is looked at."""
EXPECTED_S: Final = 0.1
"""So long an answer that was expected counts; whoever registers meanwhile comes late."""
LOOK_S: Final = 2.0
"""How often the figures are set when nothing changes, and how often a long load is said."""

Build = Callable[[LaneColumns], RecipientIndex]
Say = Callable[[int, int, float], None]
"""Told (people read, people there are, seconds so far) while an index is loaded, and at its end."""


@dataclass(slots=True)
class IndexKeeper:
    """One lane's index in this process; whoever matches asks for it here."""

    lane: Lane
    roster: Roster
    build: Build
    meter: Meter
    say: Say = lambda _read, _there_are, _took_s: None
    progress: tuple[int, int] | None = None
    """(Read, there are) while it is being loaded."""
    _index: RecipientIndex | None = field(default=None, repr=False)
    _fresh_at_s: float = field(default_factory=time.monotonic)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _needed_at_s: float = field(default_factory=time.monotonic)
    _expected: tuple[asyncio.Task[RecipientIndex], float] | None = None
    _journal: list[LaneChanges] | None = None
    """What was applied since `taken`; None: so much that everybody may have changed."""

    @property
    def people(self) -> int | None:
        """How many people the index knows; None: it is not loaded yet."""
        return None if self._index is None else len(self._index)

    @property
    def age_s(self) -> float:
        """Seconds since it was known to hold every change of the roster."""
        return time.monotonic() - self._fresh_at_s

    @property
    def idle_s(self) -> float:
        """Seconds since somebody asked for the index."""
        return time.monotonic() - self._needed_at_s

    async def drop(self) -> None:
        """Forget the index, which is most of a process's memory; who asks next loads it anew."""
        async with self._lock:
            self._index, self._journal = None, None
        self.measure()

    def expect(self) -> None:
        """Begin to look for changes: whoever asks next within 0.1 s has the answer to this."""
        if self._index is not None and not self._lock.locked():
            looking = asyncio.create_task(self._looked())
            looking.add_done_callback(lambda done: done.cancelled() or done.exception())
            self._expected = looking, time.monotonic()

    async def fresh(self) -> RecipientIndex:
        """Return the index with every change of the roster that was committed before the call.

        Or before the last `expect`, when that is not long ago. Raises LogUnavailable.
        """
        self._needed_at_s = time.monotonic()
        expected, self._expected = self._expected, None
        if expected is not None and time.monotonic() - expected[1] < EXPECTED_S:
            return await expected[0]
        return await self._looked()

    async def _looked(self) -> RecipientIndex:
        number, lanes = self.lane.number, self.lane.lanes
        async with self._lock:
            asked_at_s = time.monotonic()
            index = self._index
            if index is None:
                index = await self._load()
            elif index.revision < await self.roster.revision(number, lanes):
                changes = await self.roster.changes(number, lanes, index.revision)
                if changes is None:
                    index = await self._load()
                else:
                    index.apply(changes)
                    self._note(changes)
            self._fresh_at_s = asked_at_s
            return index

    def taken(self) -> Sequence[LaneChanges] | None:
        """Return what was applied since the last call, for the one who looks for latecomers.

        None: everybody may have changed.
        """
        journal, self._journal = self._journal, []
        return journal

    async def run(self, stop: asyncio.Event) -> None:
        """Load the index; then merge what changed beside the work, and set the figures."""
        await self.fresh()
        while not stop.is_set():
            self._changed.clear()
            await self.merge()
            self.measure()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), LOOK_S)
            if self._index is None:  # dropped: it is kept as long as this runs
                await self.fresh()

    async def merge(self) -> bool:
        """Take the changes so far into the index, in a thread; return whether it was worth it.

        One call at a time. Matches and changes go on meanwhile.
        """
        index = self._index
        work = None if index is None else index.merging()
        if work is None:
            return False
        swap = await asyncio.to_thread(work)
        if self._index is index:  # not loaded anew meanwhile
            swap()
        return True

    def measure(self) -> None:
        """Set the figures."""
        lane = str(self.lane.number)
        self.meter.gauge("homeward_index_people", self.people or 0, lane=lane)
        self.meter.gauge("homeward_index_bytes", array_bytes(self._index), lane=lane)
        self.meter.gauge("homeward_index_age_seconds", self.age_s, lane=lane)

    async def _load(self) -> RecipientIndex:
        began_s = said_s = time.monotonic()

        def read(so_far: int, there_are: int) -> None:
            nonlocal said_s
            self.progress = so_far, there_are
            if (now_s := time.monotonic()) - said_s > LOOK_S:
                said_s = now_s
                self.say(so_far, there_are, now_s - began_s)

        try:
            columns = await self.roster.columns(self.lane.number, self.lane.lanes, progress=read)
            if len(columns.cells) < THREAD_ROWS_MIN:
                index = self.build(columns)
            else:
                index = await asyncio.to_thread(self.build, columns)
        finally:
            self.progress = None
        self._index, self._journal = index, None
        took_s = time.monotonic() - began_s
        self.meter.gauge("homeward_index_load_seconds", took_s, lane=str(self.lane.number))
        self.measure()
        self.say(len(index), len(index), took_s)
        return index

    def _note(self, changes: LaneChanges) -> None:
        self._changed.set()
        if self._journal is None:
            return
        self._journal.append(changes)
        if sum(len(one.columns.cells) for one in self._journal) > JOURNAL_ROWS_MAX:
            self._journal = None
