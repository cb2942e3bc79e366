"""Many writers of one roster: a reader of its changes misses none, and nobody waits for ever."""

import asyncio
import random
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

import h3
import pytest

from homeward.ports import Contact, Move, Recipient
from homeward.postgres.store import open_store
from homeward.words import RecipientKind

AT = datetime(2026, 3, 1, 8, tzinfo=UTC)
PLACES = sorted(h3.grid_disk(h3.latlng_to_cell(32.90, 115.81, 7), 6))
PEOPLE = 240


def volunteer(name):
    return Recipient(name, RecipientKind.VOLUNTEER, (PLACES[0],), contacts=((Contact("inbox"),),))


def rows_of(columns):
    """Return the cells of each ordinal."""
    found = {}
    for ordinal, cell in zip(columns.ordinals.tolist(), columns.cells.tolist(), strict=True):
        found.setdefault(ordinal, set()).add(cell)
    return found


@pytest.fixture
async def stores(dsn, ring):
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(open_store(dsn, "drill", ring)) for _ in range(3)]


async def follow(roster, until):
    """Follow the changes of a lane, as an index does, and return what is known at the end."""
    columns = await roster.columns(0, 1)
    known, revision, looked, mark = rows_of(columns), columns.revision, 0, ""
    while True:
        last = until.is_set()
        seen = await roster.revision(0, 1)
        changes = await roster.changes(0, 1, revision)
        assert changes is not None
        assert changes.columns.revision >= seen
        for ordinal in changes.gone:
            known.pop(ordinal, None)
        known |= rows_of(changes.columns)
        revision, looked = changes.columns.revision, looked + 1
        if last:
            return known, looked
        mark = await roster.wait(0.01, mark)


async def test_a_reader_of_changes_misses_none(stores):
    """Each person changes once, so that a change which was missed would be missing at the end."""
    roster = stores[0].roster
    await roster.register([volunteer(f"v{number}") for number in range(PEOPLE)])
    chance = random.Random(5)
    names = [f"v{number}" for number in range(PEOPLE)]
    chance.shuffle(names)
    done = asyncio.Event()
    following = asyncio.create_task(follow(stores[1].roster, done))

    async def work(store, mine, seed):
        mine, dice = list(mine), random.Random(seed)
        while mine:
            some = [mine.pop() for _ in range(min(len(mine), dice.randint(1, 5)))]
            match dice.randint(0, 3):
                case 0:
                    await store.roster.register([volunteer(f"{name}-new") for name in some])
                case 1:
                    await asyncio.gather(*(store.roster.remove(name) for name in some))
                case _:
                    moves = [Move(name, PLACES[dice.randint(1, 60)], AT) for name in some]
                    await store.roster.move(moves)

    lots = [names[number::6] for number in range(6)]
    await asyncio.gather(*(work(stores[n % 3], lot, n) for n, lot in enumerate(lots)))
    done.set()
    known, looked = await following
    assert looked > 3
    assert known == rows_of(await roster.columns(0, 1))


async def test_writers_who_want_the_same_people_do_not_lock_each_other_out(stores):
    roster = stores[0].roster
    people = [volunteer(f"v{number}") for number in range(60)]
    await roster.register(people)

    async def storm(store, seed):
        dice = random.Random(seed)
        for turn in range(12):
            names = dice.sample(range(60), 40)
            at = AT + timedelta(seconds=dice.randint(0, 1_000))
            await store.roster.move([Move(f"v{n}", dice.choice(PLACES), at) for n in names])
            if turn % 4 == 1:
                await store.roster.register(dice.sample(people, 20))
            if turn % 4 == 3:
                await store.roster.forget_places(AT + timedelta(seconds=300))

    async with asyncio.timeout(60):
        await asyncio.gather(*(storm(stores[n % 3], n) for n in range(6)))
    assert len(await roster.page(None, "", 100)) == 60


async def test_moves_at_once_leave_the_newest(stores):
    await stores[0].roster.register([volunteer("ann")])
    moves = [Move("ann", PLACES[n], AT + timedelta(seconds=n)) for n in range(60)]
    random.Random(3).shuffle(moves)
    await asyncio.gather(*(stores[n % 3].roster.move([one]) for n, one in enumerate(moves)))
    assert (await stores[0].roster.get("ann")).here == PLACES[59]


async def test_who_was_away_for_too_long_reads_everything_again(stores):
    store = stores[0]
    await store.roster.register([volunteer("ann"), volunteer("bob")])
    start = await store.roster.revision(0, 1)
    await store.roster.remove("bob")
    assert (await store.roster.changes(0, 1, start)) is not None
    async with store.database.pool.acquire() as connection:
        await connection.execute("UPDATE departures SET left_at = left_at - interval '2 days'")
    await store.roster.forget_places(AT)
    assert await store.roster.changes(0, 1, start) is None
    assert await store.roster.changes(0, 1, start + 1) is not None


async def test_a_place_forgotten_long_ago_leaves_no_row(stores):
    store = stores[0]
    await store.roster.register([volunteer("ann")])
    start = await store.roster.revision(0, 1)
    await store.roster.move([Move("ann", PLACES[1], AT)])
    later = AT + timedelta(days=1)
    assert await store.roster.forget_places(later) == 1
    assert len((await store.roster.changes(0, 1, start)).columns.cells) == 1
    assert await store.roster.forget_places(later) == 0
    async with store.database.pool.acquire() as connection:
        assert await connection.fetchval("SELECT count(*) FROM places") == 0
    assert await store.roster.changes(0, 1, start) is None


async def test_coarsening_in_the_database_is_that_of_h3(stores):
    dice = random.Random(11)
    async with stores[0].database.pool.acquire() as connection:
        for _ in range(100):
            cell = h3.latlng_to_cell(dice.uniform(-90, 90), dice.uniform(-180, 180), 15)
            res = dice.randint(0, 15)
            kept = await connection.fetchval(
                "SELECT cell_within($1::bigint, $2::int)", int(cell, 16), res
            )
            assert f"{kept:x}" == h3.cell_to_parent(cell, res)
