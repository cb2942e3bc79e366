"""P6: from an alert that is accepted to its nearest people handed to their channel, p50.

A real ``homeward up`` in a process of its own; an officer issues an approved draft over HTTP. Ours
ends when the channel is called with the first of the case's people. ``reach`` begins when the
officer has the answer; since the same loop writes that answer and does what follows, a late answer
would flatter it. So ``reach-recorded`` is judged too: it begins at the log's own ``recorded_at``,
taken before the append is even flushed. ``reach-sent`` begins when the request was due to be sent,
and ``reach-far`` goes from the answer to the webhook's far side, in this process. Bare: one INSERT
of such bytes that notifies, and the listener's callback.

``reach-many`` asks what ten times as many registered people cost; the alerts reach as many as
before. Both sides are counted in bare appends of their own minutes, for they cannot be measured in
turn.
"""

import asyncio
import itertools
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from homeward.postgres.store import Store
from homeward.record.envelope import said_in
from homeward.words import case_code
from loadtests import bare
from loadtests.feed import BLOCK, Bare
from loadtests.figures import Figure, Measured, Size
from loadtests.ground import Ground, open_ground
from loadtests.living import Living, Sink, far_cells, listening_sink, living, near_cells, people
from loadtests.writing import Writer

EVERY_S: Final = 0.25
"""Between two alerts: each tells everybody near, and the next one finds a house at rest."""
NEAR: Final = 300
"""People whom each alert reaches: three chunks."""
ALERTS: Final = 8
"""A block."""
LATE_S_MAX: Final = 20.0
REGISTER_AT_ONCE: Final = 5_000
FAR_CELLS: Final = 20_000


@dataclass(slots=True)
class Taken:
    """What one block's alerts took, in ms."""

    answered: list[float] = field(default_factory=list)
    recorded: list[float] = field(default_factory=list)
    sent: list[float] = field(default_factory=list)
    far: list[float] = field(default_factory=list)


@dataclass(slots=True)
class Bench:
    """Alerts and bare appends, in turn."""

    store: Store
    house: Living
    sink: Sink
    beside: Bare
    numbers: Iterator[int] = field(default_factory=itertools.count)

    async def alerts(self, many: int) -> Taken:
        """Issue alerts on schedule; return what each took until its first message came."""
        ready = [await self.house.approved(next(self.numbers)) for _ in range(many)]
        offset_s = time.time() - time.perf_counter()
        due: dict[str, float] = {}
        answered: dict[str, float] = {}

        async def issue(case: str, draft: str) -> None:
            await self.house.issue(case, draft)
            answered[case] = time.perf_counter()

        at = time.perf_counter() + EVERY_S
        async with asyncio.timeout(LATE_S_MAX), asyncio.TaskGroup() as group:
            for case, draft in ready:
                due[case] = at = at + EVERY_S
                await asyncio.sleep(at - time.perf_counter())
                group.create_task(issue(case, draft))
            while any(len(self.sink.told.get(case_code(case), ())) < NEAR for case in due):  # noqa: ASYNC110 -- the far side has no event
                await asyncio.sleep(EVERY_S)
        handed = await asyncio.to_thread(self.house.handed_over)
        taken = Taken()
        for row in await self.store.log.newest("case.alert-issued/1", limit=many):
            case = str(said_in(row).case)
            at = handed[case_code(case)]
            taken.answered.append((at - answered[case]) * 1_000)
            taken.recorded.append((at + offset_s - row.recorded_at.timestamp()) * 1_000)
            taken.sent.append((at - due[case]) * 1_000)
            taken.far.append((self.sink.first[case_code(case)] - answered[case]) * 1_000)
        return taken

    async def round(self) -> tuple[Taken, float]:
        """Return a block of alerts and the median of the bare appends before and after, in ms."""
        taken_ms = await self.bare_block()
        taken = await self.alerts(ALERTS)
        return taken, statistics.median(taken_ms + await self.bare_block())

    async def bare_block(self) -> list[float]:
        """Append bare, on schedule."""
        names = [f"{next(self.numbers):08d}-0000-4000-8000-000000000000" for _ in range(BLOCK)]
        return await self.beside.arrivals.block(self.beside.send, names)

    async def register(self, first: int, many: int) -> None:
        """Register people whom no alert reaches."""
        cells = far_cells(FAR_CELLS)
        for start in range(first, first + many, REGISTER_AT_ONCE):
            some = min(REGISTER_AT_ONCE, first + many - start)
            await self.store.roster.register(people(start, some, cells, self.sink.address))


async def _opened(ground: Ground, store: Store, size: Size) -> Measured:
    connection, listener = await ground.connect(), await ground.connect()
    few, many = size.of(100_000, 10_000), size.of(1_000_000, 100_000)
    try:
        await bare.make_tables(connection)
        writer = Writer(store.log.origin)
        beside = Bare(connection, listener, writer.sighting(writer.case(-1)))
        await listener.add_listener("bare", beside.heard)
        async with listening_sink() as sink, living(ground, sink.endpoint) as house:
            bench = Bench(store, house, sink, beside)
            await store.roster.register(people(0, NEAR, near_cells(), sink.address))
            await bench.register(NEAR, few - NEAR)
            await bench.round()  # nobody is timed cold
            at_few = [await bench.round() for _ in range(size.of(7, 2))]
            await bench.register(few, many - few)
            await bench.round()
            at_many = [await bench.round() for _ in range(size.of(7, 2))]
    finally:
        for one in (connection, listener):
            await one.close()
    return Measured(_figures(at_few, at_many, few, many), ground.said)


def _figures(
    at_few: list[tuple[Taken, float]], at_many: list[tuple[Taken, float]], few: int, many: int
) -> list[Figure]:
    p50 = statistics.median
    parts = {
        "reach": ("answered to its nearest people's channel", "answered"),
        "reach-recorded": ("recorded to its nearest people's channel", "recorded"),
        "reach-sent": ("sent to its nearest people's channel", "sent"),
        "reach-far": ("answered to the far side of that channel", "far"),
    }
    figures = [
        Figure.of_rounds(
            name,
            f"an alert {what}, p50 / INSERT + NOTIFY wake, {few:,} registered",
            "ms",
            [(p50(getattr(taken, part)), bare_ms) for taken, bare_ms in at_few],
        )
        for name, (what, part) in parts.items()
    ]
    # From the record on: what is answered meanwhile would hide a part of what grew.
    in_bare = [
        [p50(taken.recorded) / bare_ms for taken, bare_ms in rounds] for rounds in (at_many, at_few)
    ]
    what = f"an alert recorded to its channel, in bare appends: {many:,} registered / {few:,}"
    many_rounds = list(zip(*in_bare, strict=True))
    return [*figures, Figure.of_rounds("reach-many", what, "x", many_rounds)]


async def measure(size: Size) -> Measured:
    """Alert the same people among few and among many."""
    async with open_ground() as ground, ground.store() as store:
        return await _opened(ground, store, size)
