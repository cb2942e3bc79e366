"""Positions end to end in the scale-out, against an empty Faust agent on the same topic.

Ours: `FaustHost` and `Bells` as a worker runs them, each batch written behind into PostgreSQL; from
the first record delivered until every position is in the roster. Bare: an agent of the same Faust
with the same settings that counts what it is given and does nothing. Everybody moves once a round,
so nothing is coalesced away, and the rows are read back.
"""

import asyncio
import random
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import faust
import h3

from homeward.fanout.shards import lane_of
from homeward.hosts.bells import Bells
from homeward.hosts.faust_host import SETTINGS, FaustHost
from homeward.hosts.pen import Pen
from homeward.hosts.turn import Bench
from homeward.house.positions import WriteBehind
from homeward.kafka.admin import ensure
from homeward.kafka.catalogue import Names, names_of, prefix_of, topics_of
from homeward.kafka.producer import Line, Record
from homeward.metrics import PrometheusMeter
from homeward.ports import Move, Recipient, Rung
from homeward.postgres.store import Store
from homeward.record.position import position_value
from homeward.words import RecipientKind
from loadtests.figures import Figure, Measured, Size
from loadtests.ground import WORLD, open_ground
from loadtests.living import SEAT
from loadtests.relay import own_broker

LANES: Final = 4
GROUP: Final = 2_000
HALF_DEG: Final = 4.0
WITHIN_S: Final = 120.0


@dataclass(slots=True)
class Carried:
    """Some people, and a topic a round in which all of them move."""

    store: Store
    bootstrap: str
    people: int
    draw: random.Random = field(default_factory=lambda: random.Random(23))
    cells: list[str] = field(default_factory=list)

    async def begin(self) -> None:
        """Register everybody, and know some thousand places."""
        self.cells = [self._cell() for _ in range(4_000)]
        some = [
            Recipient(f"v-{number:06d}", RecipientKind.VOLUNTEER, (self._any(),))
            for number in range(self.people)
        ]
        await self.store.roster.register(some)

    def _cell(self) -> str:
        lat, lon = (one + self.draw.uniform(-HALF_DEG, HALF_DEG) for one in SEAT)
        return str(h3.latlng_to_cell(lat, lon, 7))

    def _any(self) -> str:
        return self.draw.choice(self.cells)

    async def said(self, number: int) -> tuple[Names, datetime]:
        """Let everybody say where they are, in a topic of this round; return it and the moment."""
        prefix, names = f"round-{number}", names_of(f"round-{number}", WORLD)
        topics = topics_of(prefix_of(prefix, WORLD), LANES, 1, 1)
        await asyncio.to_thread(ensure, self.bootstrap, topics)
        at = datetime.now(UTC) + timedelta(seconds=1)
        everybody = [f"v-{one:06d}" for one in range(self.people)]
        self.draw.shuffle(everybody)
        records = [
            Record(
                names.positions, position_value(one, self._any(), at), one.encode(),
                lane_of(one, LANES),
            )
            for one in everybody
        ]  # fmt: skip
        line = Line(self.bootstrap, name="loadtest")
        for start in range(0, len(records), GROUP):
            await line.send_many(records[start : start + GROUP])
        await line.close()
        return names, at

    async def ours(self, names: Names, at: datetime) -> float:
        """Write behind what the topic holds; return positions a second."""
        stop, done, began_s = asyncio.Event(), 0, 0.0

        write = WriteBehind(self.store.roster)

        async def moves(some: Sequence[Move]) -> None:
            nonlocal done
            await write(some)
            done += len(some)
            if done >= self.people:
                stop.set()

        meter, roster = PrometheusMeter(), self.store.roster
        pen = Pen(self.store.log.origin, self.store.clock.real)
        bells = Bells(
            bench=Bench(self.store.tail, self.store.workbench, pen),
            processors=(), lane_of=lambda _: None, moves=moves, facts=names.facts,
            orders=names.orders, positions=names.positions, noted=lambda *_: None, meter=meter,
            say=_said,
        )  # fmt: skip

        async def hear(rungs: Sequence[Rung]) -> None:
            nonlocal began_s
            began_s = began_s or time.perf_counter()
            await bells(rungs)

        with tempfile.TemporaryDirectory(prefix="homeward-loadtest-") as folder:
            host = FaustHost(
                self.bootstrap, f"{names.facts}.ours", [*names], hear, lambda _: None,
                Path(folder), meter, _said,
            )  # fmt: skip
            running = asyncio.create_task(host.run(stop))
            async with asyncio.timeout(WITHIN_S):
                await stop.wait()
            taken_s = time.perf_counter() - began_s
            await running
        assert await roster.forget_places(at) == 0, "somebody's word was not written"
        return self.people / taken_s

    async def bare(self, names: Names) -> float:
        """Count what the topic holds; return positions a second."""
        done, began_s, ended = 0, 0.0, asyncio.Event()
        with tempfile.TemporaryDirectory(prefix="homeward-loadtest-") as folder:
            app: Any = faust.App(
                f"{names.facts}.bare",
                broker=[f"kafka://{self.bootstrap}"],
                datadir=Path(folder),
                **SETTINGS,
            )

            async def count(stream: Any) -> None:  # noqa: ANN401 -- Faust's
                nonlocal done, began_s
                async for _ in stream:
                    began_s = began_s or time.perf_counter()
                    done += 1
                    if done >= self.people:
                        ended.set()

            topic = app.topic(
                *names, key_type=bytes, value_type=bytes, key_serializer="raw",
                value_serializer="raw",
            )  # fmt: skip
            app.agent(topic, name="empty", concurrency=1)(count)
            await app.start()
            async with asyncio.timeout(WITHIN_S):
                await ended.wait()
            taken_s = time.perf_counter() - began_s
            await app.stop()
        return self.people / taken_s


def _said(part: str, what: str) -> None:
    print(f"{part}: {what}", flush=True)


async def measure(size: Size) -> Measured:
    """Read each round's topic by both, in turn."""
    people = size.of(30_000, 8_000)
    async with open_ground() as ground, ground.store() as store, own_broker() as broker:
        carried = Carried(store, broker.bootstrap, people)
        await carried.begin()
        rounds = []
        for number in range(size.of(6, 3)):
            names, at = await carried.said(number)
            if number % 2:
                ours, bare = await carried.ours(names, at), await carried.bare(names)
            else:
                bare = await carried.bare(names)
                ours = await carried.ours(names, at)
            if number:  # nobody is timed cold
                rounds.append((ours, bare))
    what = "positions, topic to roster / an empty Faust agent on the same topic"
    figure = Figure.of_rounds("carried", what, "positions/s", rounds)
    return Measured([figure], f"{ground.said}; {people:,} people, {LANES} lanes")
