"""P9: the ledger of a wide alert, in bytes a recipient and in time, against a row for each.

Ours is what a lane does once it knows whom to tell: `plan` cuts the chunks, `commit_turn` writes
them with the told-bitmap. Bare is a table of (alert, recipient) with that as its key, filled in one
statement. Then all is leased and settled, at most 100 outcomes at a time, as dispatch does.
"""

import asyncio
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import asyncpg
import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from homeward.facts.callout import CalloutOrdered
from homeward.fanout.index import Matched
from homeward.fanout.lane import Lane, plan
from homeward.fanout.nearness import nearest_first
from homeward.fanout.told import LaneState, bitmap, dump
from homeward.messages import Recorded
from homeward.ports import Appended, KeyTurn, Leased, Settled, Unit
from homeward.postgres.store import Store
from homeward.record.envelope import read
from homeward.testing import samples
from homeward.testing.given import stream_of
from homeward.words import Audience, Purpose
from loadtests.crowd import ordinals
from loadtests.figures import Figure, Measured, Size
from loadtests.ground import open_ground
from loadtests.writing import Writer

REGISTERED: Final = 1_000_000
AREA_M: Final = 300_000.0
"""People are spread over a disk of this radius."""
SLICE: Final = 100
"""Outcomes at a time."""
LEASE_S: Final = 60.0
AT_ONCE: Final = 16
"""Chunks leased at a time, settled side by side."""
NOBODY: Final = np.empty(0, np.uint32)
NONE: Final = BitMap().serialize()
LANE: Final = "fanout.0"

TABLE: Final = """
CREATE TABLE bare_told (
    alert integer, recipient bigint, outcome smallint NOT NULL DEFAULT 0,
    PRIMARY KEY (alert, recipient))
"""
INSERT: Final = "INSERT INTO bare_told SELECT $1, unnest($2::bigint[])"
UPDATE: Final = (
    "UPDATE bare_told SET outcome = 1 WHERE alert = $1 AND recipient = ANY ($2::bigint[])"
)
WEIGH: Final = "SELECT sum(pg_column_size(c.*)) FROM chunks c WHERE case_id = $1"
TOLD: Final = """
SELECT pg_column_size(s.*) FROM processor_states s WHERE processor = $1 AND key = $2
"""
DISK: Final = "SELECT pg_total_relation_size('chunks')"


@dataclass(slots=True)
class Bench:
    """One world in which alert after alert is written."""

    store: Store
    connection: asyncpg.Connection
    writer: Writer
    draw: np.random.Generator
    everybody: NDArray[np.uint32]
    alerts: int = 0

    async def order(self) -> Recorded:
        """Return an order of a new case, as the log holds it."""
        self.alerts += 1
        case = self.writer.case(self.alerts)
        sample = next(one for one in samples.ALL if isinstance(one, CalloutOrdered))
        fact = sample.model_copy(
            update={"case": case, "audience": Audience.AREA, "purpose": Purpose.ALERT}
        )
        entry = self.writer.entry(stream_of(fact), fact)
        [outcome] = await self.store.log.append([Unit((entry,))])
        assert isinstance(outcome, Appended)
        return read(outcome.rows[0])

    async def round(self, many: int) -> tuple[str, float, float, NDArray[np.uint32]]:
        """Write an alert to so many on both sides; return its case and the seconds of both."""
        some = self.draw.choice(self.everybody, many, replace=False)
        away_m = AREA_M * np.sqrt(self.draw.random(many))
        told = nearest_first(some, away_m)  # as an index answers
        heard = await self.order()
        began = time.perf_counter()
        await self._write(heard, told)
        between = time.perf_counter()
        await self.connection.execute(INSERT, self.alerts, told.tolist())
        return heard.key, between - began, time.perf_counter() - between, told

    async def _write(self, heard: Recorded, told: NDArray[np.uint32]) -> None:
        lane = Lane(0, 1, self.store.log.origin)
        cut = plan(heard, LaneState(), lane, Matched(told, NOBODY, NOBODY, NOBODY))
        turn = KeyTurn(
            key=heard.key,
            expected_revision=0,
            heard=heard.key_version,
            state=dump(cut.state),
            entries=(),
            out_version=0,
            out_chain=None,
            chunks=cut.chunks,
        )
        refused = await self.store.workbench.commit_turn(lane.name, [turn])
        assert not refused

    async def settle(self) -> float:
        """Hand everything over; return the seconds it took."""
        began = time.perf_counter()
        now = samples.NOON + timedelta(hours=1)
        while leased := await self.store.ledger.lease(AT_ONCE, LEASE_S, now):
            await asyncio.gather(*map(self._hand_over, leased))
        return time.perf_counter() - began

    async def _hand_over(self, leased: Leased) -> None:
        people = list(bitmap(leased.recipients))
        for start in range(0, len(people), SLICE):
            some, last = people[start : start + SLICE], start + SLICE >= len(people)
            settled = Settled(BitMap(some).serialize(), NONE, NONE, NONE)
            assert await self.store.ledger.settle(leased, settled, done=last)

    async def settle_bare(self, told: NDArray[np.uint32]) -> float:
        """Note as many outcomes in rows; return the seconds it took."""
        began = time.perf_counter()
        for start in range(0, len(told), SLICE):
            some = told[start : start + SLICE].tolist()
            await self.connection.execute(UPDATE, self.alerts, some)
        return time.perf_counter() - began


async def measure(size: Size) -> Measured:
    """Write alerts on both sides in turn, then hand the last one over."""
    many = size.of(400_000, 100_000)
    draw = np.random.default_rng(3)
    async with open_ground() as ground, ground.store() as store:
        connection = await ground.connect()
        try:
            await connection.execute(TABLE)
            writer = Writer(store.log.origin)
            bench = Bench(store, connection, writer, draw, ordinals(draw, REGISTERED))
            rounds = []
            for _ in range(size.of(7, 5) + 1):
                before = await connection.fetchval(DISK)
                case, ours_s, bare_s, told = await bench.round(many)
                rounds.append((ours_s * 1_000, bare_s * 1_000))
                if len(rounds) < size.of(8, 6):
                    await connection.execute("UPDATE chunks SET leasable = false")
                    await connection.execute("TRUNCATE bare_told")
            settled = (await bench.settle() * 1_000, await bench.settle_bare(told) * 1_000)
            held = await connection.fetchval(WEIGH, case)
            state = await connection.fetchval(TOLD, LANE, case)
            await connection.execute("VACUUM chunks")
            disk = await connection.fetchval(DISK) - before
            row = await connection.fetchval("SELECT pg_total_relation_size('bare_told')")
        finally:
            await connection.close()
    weighed = [(float(held) / many, 1.0)]
    figures = [
        Figure.of_rounds("ledger-bytes", f"B a recipient of {many:,}, settled / 1", "B", weighed),
        Figure.of_rounds(
            "ledger-state", "B a recipient, the lane's state of the case / 1", "B",
            [(state / many, 1.0)],
        ),
        Figure.of_rounds("ledger-write", "cut and committed / a row each", "ms", rounds[1:]),
        Figure.of_rounds("ledger-settle", "outcomes, 100 at a time / in rows", "ms", [settled]),
        Figure.of_rounds(
            "ledger-disk", "B a recipient with indexes and dead rows / a row each", "B",
            [(disk / many, row / many)],
        ),
    ]  # fmt: skip
    return Measured(figures, ground.said)
