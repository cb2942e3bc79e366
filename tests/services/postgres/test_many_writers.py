"""Several processes on one log: each has a store of its own, hence its own connections."""

import asyncio
from contextlib import AsyncExitStack

import pytest
from pyroaring import BitMap

from homeward.ports import Appended, Conflict, KeyTurn, LogUnavailable, Settled, Unit
from homeward.postgres.group import GroupLimits, GroupWriter
from homeward.postgres.store import open_store
from homeward.testing.contracts import Pen, log_is_sound
from homeward.testing.contracts.chunks import chunk_of
from homeward.testing.contracts.pen import AT, unit

WRITERS = 8
NOBODY = BitMap().serialize()


@pytest.fixture
async def stores(dsn, ring):
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(open_store(dsn, "drill", ring)) for _ in range(WRITERS)
        ]


async def test_eight_writers_leave_no_hole_and_break_no_chain(stores):
    """Half of them fight for one stream, so there are conflicts in the middle of groups."""
    lost = 0

    async def writer(number, store):
        nonlocal lost
        pen = Pen(store.log.origin, f"writer {number}")
        shared = f"case-{pen.case(0)}"
        for _ in range(25):
            pen.at(shared, *await store.log.stream_head(shared))
            units = [
                unit(pen.note(pen.case(number + 1)), pen.order(pen.case(number + 1), b"[]")),
                unit(pen.note(pen.case(0))) if number % 2 else unit(pen.note(pen.case(number + 1))),
                unit(pen.note(pen.case(number + 1), f"hubs-{pen.case(number + 1)}")),
            ]
            outcomes = await store.log.append(units)
            assert isinstance(outcomes[0], Appended)
            assert isinstance(outcomes[2], Appended)
            lost += isinstance(outcomes[1], Conflict)

    await asyncio.gather(*(writer(number, one) for number, one in enumerate(stores)))
    assert lost
    size = await log_is_sound(stores[0].log)
    assert size == WRITERS * 25 * 4 - lost


async def test_turns_outcomes_requests_and_closes_hold_nobody_up(stores):
    """All ways to write at once: whoever takes locks in another order would deadlock here."""
    pen = Pen(stores[0].log.origin)
    cases = [pen.case(number) for number in range(4)]

    async def lane(number, store):
        mine = Pen(store.log.origin, f"lane {number}")
        for revision in range(10):
            turns = [
                KeyTurn(
                    key=case, expected_revision=revision, heard=revision + 1, state=b"",
                    entries=(mine.note(case, f"lane{'ab'[number]}-{case}"),), out_version=0,
                    out_chain=None,
                    chunks=tuple(chunk_of(case, 1_000 * number + 10 * revision + n, alert=revision)
                                 for n in range(5)),
                )
                for case in cases
            ]  # fmt: skip
            assert await store.workbench.commit_turn(f"lane{number}", turns) == frozenset()

    async def sender(number, store):
        mine = Pen(store.log.origin, f"sender {number}")
        for _ in range(30):
            for leased in await store.ledger.lease(4, 30, AT):
                said = mine.note(leased.chunk.case, f"handover-{leased.chunk.id}")
                settled = Settled(leased.recipients, NOBODY, NOBODY, NOBODY, entries=(said,))
                assert await store.ledger.settle(leased, settled, done=True)

    async def closer(store):
        for alert in range(10):
            for case in cases:
                await store.ledger.close(case, alert, 1)
            await asyncio.sleep(0.02)

    async def desk(store):
        mine = Pen(store.log.origin, "desk")
        for _ in range(30):
            assert isinstance(
                (await store.log.append([unit(mine.note(mine.case(9)))]))[0], Appended
            )

    await asyncio.gather(
        lane(0, stores[0]), lane(1, stores[1]), sender(0, stores[2]), sender(1, stores[3]),
        sender(2, stores[4]), closer(stores[5]), desk(stores[6]), desk_reader(stores[7]),
    )  # fmt: skip
    assert await log_is_sound(stores[0].log) >= 110


async def desk_reader(store):
    for _ in range(30):
        await store.ledger.counts("nothing")
        await store.ledger.trouble()


async def test_one_bad_unit_fails_alone(store):
    """What breaks the statement for one caller must not break it for those in the same group."""
    pen = Pen(store.log.origin)
    good = [unit(pen.note(pen.case(number))) for number in range(3)]
    bad_entry = Pen(store.log.origin, "bad").note(pen.case(7))
    bad = Unit((bad_entry, bad_entry))
    calls = [store.log.append([one]) for one in (good[0], bad, good[1], good[2])]
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    kept = [one for one in outcomes if isinstance(one, list) and isinstance(one[0], Appended)]
    assert len(kept) == 3
    assert await log_is_sound(store.log) == 3


async def test_a_queue_that_is_full_says_so(store):
    writer = GroupWriter(store.database, GroupLimits(waiting_max=2))
    writer.start()
    pen = Pen(store.log.origin)
    calls = [writer.append([unit(pen.note(pen.case(number)))]) for number in range(5)]
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert sum(isinstance(one, LogUnavailable) for one in outcomes) == 3
    await writer.stop()
    with pytest.raises(LogUnavailable):
        await writer.append([])


async def test_groups_keep_their_bounds(store):
    writer = GroupWriter(store.database, GroupLimits(units_max=3, bytes_max=2_000))
    writer.start()
    pen = Pen(store.log.origin)
    calls = [writer.append([unit(pen.note(pen.case(number)))]) for number in range(10)]
    big = [writer.append([unit(pen.order(pen.case(number), b"x" * 5_000))]) for number in range(2)]
    outcomes = await asyncio.gather(*calls, *big)
    await writer.stop()
    assert all(isinstance(one[0], Appended) for one in outcomes)
    assert await log_is_sound(store.log) == 12
