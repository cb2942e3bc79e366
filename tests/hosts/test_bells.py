"""Who hears what of the three topics, and what becomes of what nobody can read."""

import asyncio
from collections import Counter
from datetime import UTC, datetime

import pytest
from tests.hosts.test_turn import CASE, Echo, append, bench_of, echoes, started

from homeward.hosts.bells import Bells
from homeward.hosts.parking import ParkingLimit, TooManyParked
from homeward.ports import By, LogUnavailable, Move, Place, Rung
from homeward.record.position import position_value
from homeward.record.wire import to_wire
from homeward.testing.memory import MemoryMeter

CELL = "8740b059affffff"


class Tower:
    """Bells on a memory store, and what they did."""

    def __init__(self, store, processors, lanes=(), **more) -> None:
        self.moved: list[Move] = []
        self.noted: Counter[tuple[str, By]] = Counter()
        self.said: list[str] = []
        self.bells = Bells(
            bench=bench_of(store),
            processors=processors,
            lane_of=lambda number: lanes[number] if number < len(lanes) else None,
            moves=self.move,
            facts="h.facts",
            orders="h.orders",
            positions="h.positions",
            noted=self.note,
            meter=MemoryMeter(),
            say=lambda _, what: self.said.append(what),
            **more,
        )

    async def move(self, moves) -> None:
        self.moved += moves

    def note(self, consumer: str, by: By, facts: int) -> None:
        self.noted[consumer, by] += facts


def rung(row, topic: str = "h.facts", partition: int = 0) -> Rung:
    wire = to_wire(row)
    return Rung(Place(topic, partition), row.log_index, wire.key, wire.value, dict(wire.headers))


async def rows_of(store):
    return await store.log.rows(-1, 100)


async def test_facts_are_heard_by_every_processor_and_orders_by_their_lane():
    store = await started()
    await append(store, *"abc")
    one, other, lanes = Echo(), Echo("other"), [Echo("lane-0"), Echo("lane-1")]
    for consumer in (other, *lanes):
        await store.workbench.start(consumer.name)
    tower = Tower(store, [one, other], lanes)
    rows = await rows_of(store)
    await tower.bells([*map(rung, rows), rung(rows[0], "h.orders", 1)])
    assert one.heard == other.heard == [1, 2, 3]
    assert [lane.heard for lane in lanes] == [[], [1]]
    assert tower.noted == {
        ("echo", By.BELL): 3, ("other", By.BELL): 3, ("lane-1", By.BELL): 1
    }  # fmt: skip


async def test_what_was_heard_already_is_not_counted_again():
    store = await started()
    await append(store, *"ab")
    tower = Tower(store, [Echo()])
    rungs = [rung(row) for row in await rows_of(store)]
    for _ in range(3):
        await tower.bells(list(reversed(rungs)))
    assert tower.noted == {("echo", By.BELL): 2}
    assert await echoes(store) == ["after 0", "after 1"]


async def test_a_lane_that_is_not_at_hand_is_left_to_the_sweep():
    store = await started()
    await append(store, "a")
    tower = Tower(store, [])
    await tower.bells([rung((await rows_of(store))[0], "h.orders", 5)])
    assert not tower.noted


async def test_rubbish_is_counted_passed_over_and_quoted_nowhere():
    store = await started()
    await append(store, *"ab")
    good = [rung(row) for row in await rows_of(store)]
    bad = [
        Rung(Place("h.facts", 0), 9, b"a name", b"a name", {}),
        Rung(Place("h.facts", 0), 9, None, b"", {}),
        Rung(Place("h.positions", 0), 9, b"a name", b'{"a name": 1}', {}),
        good[0]._replace(headers={**good[0].headers, "ce_source": b"another"}),
    ]
    tower = Tower(store, [Echo()])
    await tower.bells([*bad, *good])
    counts = tower.bells.meter.counts
    assert counts["homeward_rubbish_total", (("topic", "h.facts"),)] == 3
    assert counts["homeward_rubbish_total", (("topic", "h.positions"),)] == 1
    assert tower.noted == {("echo", By.BELL): 2}
    assert len(tower.said) == 2
    assert not any("name" in one for one in tower.said)


async def test_a_fact_of_another_log_is_nothing_of_ours():
    store = await started()
    await append(store, "a")
    tower = Tower(store, [Echo()])
    [row] = await rows_of(store)
    other = row.envelope.replace(store.log.origin.encode(), b"another.test")
    strange = row._replace(envelope=other)
    await tower.bells([rung(strange)])
    assert not tower.noted
    assert tower.said == ["passed over what h.facts says: a fact of another log"]


async def test_what_the_log_does_not_hold_is_not_heard():
    store = await started()
    await append(store, "a")
    [row] = await rows_of(store)
    forged = row._replace(envelope=row.envelope.replace(b'"unit":"a"', b'"unit":"b"'))
    ahead = row._replace(log_index=1, key_version=2)  # as of a log from a backup
    tower = Tower(store, [Echo()], [Echo()])
    await tower.bells([rung(forged), rung(ahead), rung(forged, "h.orders")])
    assert not tower.noted
    assert tower.bells.meter.counts["homeward_rubbish_total", (("topic", "h.facts"),)] == 2
    await append(store, "c")
    await tower.bells([rung(forged), *map(rung, await rows_of(store))])
    assert tower.noted == {("echo", By.BELL): 2}
    assert await echoes(store) == ["after 0", "after 1"]


async def test_positions_are_handed_over_in_one_batch():
    store = await started()
    tower, at = Tower(store, []), datetime(2026, 5, 1, tzinfo=UTC)
    values = [position_value("v-1", CELL, at), position_value("v-2", None, at)]
    await tower.bells([Rung(Place("h.positions", 0), 0, b"v", one, {}) for one in values])
    assert tower.moved == [Move("v-1", CELL, at), Move("v-2", None, at)]


async def test_when_one_cannot_hear_the_others_do_and_all_are_rung_again():
    store = await started()
    await append(store, *"ab")
    tower = Tower(store, [Echo()])

    async def away(_):
        raise LogUnavailable("tests")

    tower.bells.moves = away
    moved = Rung(Place("h.positions", 0), 0, b"v", position_value("v", CELL, datetime.now(UTC)), {})
    with pytest.raises(LogUnavailable):
        await tower.bells([moved, *map(rung, await rows_of(store))])
    assert await echoes(store) == ["after 0", "after 1"]


async def test_a_key_that_cannot_be_taken_is_parked_and_many_end_the_hearing():
    store = await started()
    await append(store, *"abc")
    rungs = [rung(row) for row in await rows_of(store)]
    tower = Tower(store, [Echo(fail_at=2)], limit=ParkingLimit(parked_min=2))
    await tower.bells(rungs)
    assert [one.key for one in await store.workbench.parked()] == [CASE]
    await store.workbench.start("other")
    tower.bells.processors = [Echo("other", fail_at=1)]
    with pytest.raises(TooManyParked):
        await tower.bells(rungs)


async def test_two_workers_at_once_with_the_same_bell_say_each_thing_once():
    store = await started()
    await append(store, *"abcdef")
    rungs = [rung(row) for row in await rows_of(store)]
    towers = [Tower(store, [Echo()]) for _ in range(4)]
    await asyncio.gather(*(one.bells(rungs[: n + 3]) for n, one in enumerate(towers)))
    assert await echoes(store) == [f"after {n}" for n in range(6)]
    assert sum(one.noted["echo", By.BELL] for one in towers) == 6
