"""P4: people who move, with merges in a thread, against Redis that moves the same ones.

Ours is what a keeper does: `apply` a batch of changes, let `merging` run in a thread, swap. The
clock runs until the last merge is in. Redis gets a GEOADD each, packed beforehand, a batch at a
time. In a pass of its own that nobody times, `match` is held against brute force while merges run.
"""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from typing import Any, Final

import h3.api.basic_int as h3
import numpy as np
from numpy.typing import NDArray

from homeward.fanout.areas import Disk
from homeward.fanout.brute import BruteIndex
from homeward.fanout.changing import changed
from homeward.fanout.columns import LaneChanges, LaneColumns
from homeward.fanout.index import Query
from homeward.fanout.pyramid import PyramidIndex
from homeward.words import RecipientKind
from loadtests.crowd import Crowd, crowd
from loadtests.figures import Figure, Measured, Size
from loadtests.peers.redis import moves as geoadds
from loadtests.peers.redis import redis

PEOPLE: Final = 1_000_000
BATCH: Final = 5_000
"""Moves at a time: what a keeper finds when the roster's bell rings in a busy minute."""
STEP_DEG: Final = 0.02
"""About 2 km: the next cell of res 7."""
DISKS: Final = ((22.5329, 113.9303, 10_000.0), (33.0686, 115.2768, 50_000.0))
CHECKED: Final = (9, 16)
"""After which batches brute force is asked, too."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Some moves, as each side takes them."""

    changes: LaneChanges
    commands: bytes
    many: int


@dataclass(slots=True)
class Walking:
    """People on their way; every batch moves others."""

    crowd: Crowd
    singles: NDArray[np.intp]
    """Rows of those who have one place."""
    draw: np.random.Generator = field(default_factory=lambda: np.random.default_rng(2))
    revision: int = 1

    @classmethod
    def of(cls, some: Crowd) -> "Walking":
        """Return people who may move."""
        _, place, counts = np.unique(some.columns.ordinals, return_inverse=True, return_counts=True)
        return cls(some, np.flatnonzero(counts[place] == 1))

    def batches(self, many: int) -> list[Batch]:
        """Return so many batches."""
        return [self._batch() for _ in range(many)]

    def _batch(self) -> Batch:
        rows = self.draw.choice(self.singles, BATCH, replace=False)
        lat = self.crowd.lat_deg[rows] + self.draw.normal(0, STEP_DEG, BATCH)
        lon = self.crowd.lon_deg[rows] + self.draw.normal(0, STEP_DEG, BATCH)
        self.revision += 1
        columns = _taken(self.crowd.columns, rows)
        cells = map(h3.latlng_to_cell, lat.tolist(), lon.tolist(), [7] * BATCH)
        columns = replace(
            columns, revision=self.revision, cells=np.fromiter(cells, np.uint64, BATCH)
        )
        commands = geoadds(rows, lat.tolist(), lon.tolist())
        return Batch(LaneChanges(columns), commands, BATCH)


def _taken(columns: LaneColumns, rows: NDArray[np.intp]) -> LaneColumns:
    some: dict[str, Any] = {}
    for one in fields(LaneColumns):
        value = getattr(columns, one.name)
        some[one.name] = value[rows] if isinstance(value, np.ndarray) else value
    return LaneColumns(**some)


@dataclass(slots=True)
class Keeper:
    """What `hosts.keeper` does, without a roster: apply, merge beside it, swap."""

    index: PyramidIndex
    merges: int = 0
    _running: "asyncio.Task[None] | None" = None

    async def take(self, batch: Batch) -> None:
        """Apply a batch, and begin a merge when one is worth it and none runs."""
        self.index.apply(batch.changes)
        if self._running is None or self._running.done():
            work = self.index.merging()
            if work is not None:
                self._running = asyncio.create_task(self._merge(work))
        await asyncio.sleep(0)  # a merge that is done swaps here

    async def _merge(self, work: Callable[[], Callable[[], None]]) -> None:
        swap = await asyncio.to_thread(work)
        swap()
        self.merges += 1

    async def end(self) -> None:
        """Wait for the merge that runs."""
        if self._running is not None:
            await self._running

    @property
    def merging(self) -> bool:
        """Whether one runs."""
        return self._running is not None and not self._running.done()


def queries() -> Iterator[Query]:
    """Yield what is asked while people move."""
    for one in DISKS:
        yield Query(
            Disk(*one),
            frozenset(RecipientKind),
            datetime(2026, 3, 14, 4, tzinfo=UTC),
            focus=f"{h3.latlng_to_cell(one[0], one[1], 9):x}",
        )


async def checked(some: Crowd, batches: Sequence[Batch]) -> tuple[int, int, int]:
    """Return people found alike, people by brute force, and how many checks met a merge."""
    keeper, columns = Keeper(PyramidIndex(some.columns)), some.columns
    alike, asked, met, taken = 0, 0, 0, 0
    for number, batch in enumerate(batches):
        await keeper.take(batch)
        if number in CHECKED:
            found = [keeper.index.match(one) for one in queries()]
            met += keeper.merging
            while taken <= number:
                columns = changed(columns, batches[taken].changes)
                taken += 1
            judge = BruteIndex(columns)
            for one, ours in zip(queries(), found, strict=True):
                judged = judge.match(one)
                asked += judged.inside
                alike += judged.inside * np.array_equal(ours.ordinals, judged.ordinals)
    await keeper.end()
    return alike, asked, met


async def measure(size: Size) -> Measured:
    """Move the same people on both sides, in turn."""
    people = size.of(PEOPLE, PEOPLE // 5)
    some = crowd(people)
    walking = Walking.of(some)
    many, rounds = size.of(80, 20), []
    keeper = Keeper(PyramidIndex(some.columns))
    with redis(some) as peer:
        for number in range(size.of(5, 2) + 1):
            batches = walking.batches(many)
            moved = sum(one.many for one in batches)
            began = time.perf_counter()
            for one in batches:
                await keeper.take(one)
            await keeper.end()
            between = time.perf_counter()
            for one in batches:
                peer.pipeline(one.commands, one.many)
            ended = time.perf_counter()
            if number:  # nobody is timed cold
                rounds.append((moved / (between - began), moved / (ended - between)))
        version = peer.version
    alike, asked, met = await checked(some, Walking.of(some).batches(CHECKED[-1] + 1))
    what = f"moves at {people:,} people, {keeper.merges} merges / Redis GEOADD pipelined"
    figures = [
        Figure.of_rounds("moves", what, "moves/s", rounds),
        Figure.of_rounds(
            "moves-exact",
            f"same meanwhile, {met} during a merge / inside",
            "people",
            [(alike, asked)],
        ),
    ]
    return Measured(figures, f"Redis {version}, batches of {BATCH:,}")
