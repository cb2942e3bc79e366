"""P5: one position update with 1,000 live areas against the same one with none, p50 over HTTP.

Two real ``homeward up``, each on a PostgreSQL of its own and with the same people: one has live
areas all over the region in which they move, one has none. Positions go to the two in turn, on
schedule, and are timed from when they were due. Some enter an area and are told, which is part of
what is measured.
"""

import asyncio
import random
import statistics
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any, Final

import h3

from homeward.client import Server
from homeward.ports import Contact, Recipient
from homeward.words import RecipientKind
from loadtests.figures import Figure, Measured, Size
from loadtests.ground import open_ground
from loadtests.living import DRAFT, GONE, SEAT, Living, listening_sink, living, report

PEOPLE: Final = 5_000
HALF_DEG: Final = 4.0
"""The region reaches so far around the seat: some 800 km across."""
EVERY_S: Final = 0.02
BLOCK: Final = 150
AT_ONCE: Final = 8
"""Cases that are raised at once."""
REST_S: Final = 60.0


def cell(draw: random.Random) -> str:
    """Return a cell of the region."""
    lat = SEAT[0] + draw.uniform(-HALF_DEG, HALF_DEG)
    return str(h3.latlng_to_cell(lat, SEAT[1] + draw.uniform(-HALF_DEG, HALF_DEG), 7))


@dataclass(slots=True)
class Side:
    """One house, and its people who move."""

    house: Living
    bearers: list[str]
    draw: random.Random = field(default_factory=lambda: random.Random(17))

    async def block(self) -> float:
        """Send positions on schedule; return the median time until the answer, in ms."""
        taken_ms: list[float] = []

        async def send(there: Server, due: float) -> None:
            await there.post("/v1/positions", {"cell": cell(self.draw)})
            taken_ms.append((time.perf_counter() - due) * 1_000)

        due = time.perf_counter() + EVERY_S
        async with asyncio.TaskGroup() as group:
            for _ in range(BLOCK):
                due += EVERY_S
                await asyncio.sleep(due - time.perf_counter())
                there = self.house.officer.acting_as(self.draw.choice(self.bearers))
                group.create_task(send(there, due))
        return statistics.median(taken_ms)

    async def alert(self, many: int) -> None:
        """Make so many areas live, all over the region, and wait until the house has rest."""
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(number: int) -> None:
            async with gate:
                await self._alert(number)

        await asyncio.gather(*(one(number) for number in range(many)))
        async with asyncio.timeout(REST_S):
            while any(one.get("behind") for one in (await self._checks()).values()):  # noqa: ASYNC110 -- asked over HTTP
                await asyncio.sleep(1.0)

    async def _checks(self) -> dict[str, Any]:
        return dict((await self.house.officer.get("/readyz"))["checks"])

    async def _alert(self, number: int) -> None:
        ask, key = self.house.officer.post, f"live-{number}"
        raised = await ask("/v1/cases", self._report(), f"{key}-raise")
        path = f"/v1/cases/{raised['case']}"
        await ask(f"{path}/verify", {"unit": "linquan"}, f"{key}-verify")
        drafted = await ask(f"{path}/alerts", DRAFT, f"{key}-draft")
        draft = f"{path}/alerts/{drafted['draft']}"
        await self.house.supervisor.post(
            f"{draft}/approve", {"digest": drafted["digest"]}, f"{key}-approve"
        )
        await ask(f"{draft}/issue", {}, f"{key}-issue")

    def _report(self) -> dict[str, Any]:
        lat, lon = h3.cell_to_latlng(cell(self.draw))
        return report(time.time() - GONE.total_seconds(), lat, lon)


async def _side(stack: AsyncExitStack) -> tuple[Side, str]:
    ground = await stack.enter_async_context(open_ground())
    store = await stack.enter_async_context(ground.store())
    draw = random.Random(3)
    some = [
        Recipient(
            f"v-{number:05d}",
            RecipientKind.VOLUNTEER,
            (cell(draw),),
            contacts=((Contact("inbox"),),),
        )
        for number in range(PEOPLE)
    ]
    await store.roster.register(some)
    sink = await stack.enter_async_context(listening_sink())
    house = await stack.enter_async_context(living(ground, sink.endpoint))
    bearers = [f"hi_{one.id}.{ground.ring.token('inbox', one.id)}" for one in some]
    return Side(house, bearers), ground.said


async def measure(size: Size) -> Measured:
    """Move the same people in a house with live areas and in one without, in turn."""
    areas = size.of(1_000, 40)
    async with AsyncExitStack() as stack:
        idle, said = await _side(stack)
        busy, _ = await _side(stack)
        await busy.alert(areas)
        rounds = []
        for number in range(size.of(8, 3)):
            ours, bare = await busy.block(), await idle.block()
            if number:  # nobody is timed cold
                rounds.append((ours, bare))
    what = f"a position kept, p50: {areas:,} live areas / none"
    return Measured([Figure.of_rounds("positions", what, "ms", rounds)], said)
