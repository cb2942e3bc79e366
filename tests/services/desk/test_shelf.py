"""The shelf says what a read from the start says, and asks only for what is new."""

import asyncio
import random

import pytest

from homeward import case, sighting
from homeward.desk.shelf import ROWS_MAX, Shelf
from homeward.ports import LogUnavailable, Unit
from homeward.replay import history
from homeward.testing import samples
from homeward.testing.contracts.pen import Pen
from homeward.testing.memory import MemoryStore
from homeward.words import derived_id

ONE, TWO, THREE = (derived_id("shelf", number) for number in range(3))


class Counting:
    """A log that counts what is read of it, and gives others their turn before it answers."""

    def __init__(self, log):
        self.log, self.rows, self.away = log, 0, False

    async def key_rows(self, *args, **more):
        found = await self.log.key_rows(*args, **more)
        await asyncio.sleep(0)
        if self.away:
            raise LogUnavailable("gone")
        self.rows += len(found)
        return found


class World:
    def __init__(self, facts_max=10_000):
        self.store = MemoryStore()
        self.pen = Pen(self.store.log.origin)
        self.log = Counting(self.store.log)
        self.shelf = Shelf(self.log, facts_max)

    async def raised(self, key):
        fact = samples.RAISED.model_copy(update={"case": key})
        await self.say(f"case-{key}", fact)

    async def sighted(self, key, many=1):
        for _ in range(many):
            named = derived_id("shelf", "sighting", self.pen.said)
            fact = samples.SEEN.model_copy(update={"case": key, "sighting": named})
            await self.say(f"sighting-{named}", fact)

    async def say(self, stream, fact):
        await self.store.log.append([Unit((self.pen._write(stream, fact),))])

    async def same(self, key):
        now, whole = await self.shelf.case(key), await history(self.store.log, key, blobs=False)
        assert list(now.recorded) == whole
        assert now.state == case.fold(whole)
        assert dict(now.sightings) == dict(sighting.fold_all(whole))
        return now


@pytest.fixture
def world():
    return World()


async def test_what_is_read_again_and_again_is_what_the_log_says(world):
    chance = random.Random(4)
    for key in (ONE, TWO, THREE):
        await world.raised(key)
    for _ in range(40):
        await world.sighted(chance.choice((ONE, TWO, THREE)), chance.randrange(3))
        await world.same(chance.choice((ONE, TWO, THREE)))
    assert (await world.shelf.case(ONE)).state.id == ONE


async def test_a_case_that_was_read_costs_what_is_new_and_no_more(world):
    await world.raised(ONE)
    await world.sighted(ONE, 300)
    await world.shelf.case(ONE)
    world.log.rows = 0
    for _ in range(10):
        await world.shelf.case(ONE)
        await world.sighted(ONE)
    assert world.log.rows == 10 + 9, "the last one known, each time, and each new one"


async def test_a_long_case_is_read_in_parts_and_whole(world):
    await world.raised(ONE)
    await world.sighted(ONE, ROWS_MAX * 2 - 1)
    for more in (0, 1, ROWS_MAX):
        await world.sighted(ONE, more)
        await world.same(ONE)


async def test_many_who_ask_at_once_while_it_grows_all_hear_the_same_story(world):
    await world.raised(ONE)

    async def ask():
        for _ in range(20):
            await world.shelf.case(ONE)
            await world.sighted(ONE)

    await asyncio.gather(*(ask() for _ in range(8)))
    assert len((await world.same(ONE)).recorded) == 161


async def test_what_was_handed_out_does_not_change_later(world):
    await world.raised(ONE)
    await world.sighted(ONE)
    before = await world.shelf.case(ONE)
    await world.sighted(ONE, 3)
    await world.shelf.case(ONE)
    assert (len(before.recorded), len(before.sightings)) == (2, 1)


async def test_no_more_facts_are_kept_than_was_allowed():
    world = World(facts_max=100)
    for key in (ONE, TWO, THREE):
        await world.raised(key)
        await world.sighted(key, 60)
        await world.same(key)
        assert sum(len(one.recorded) for one in world.shelf._kept.values()) <= 100
    await world.sighted(THREE, 100)
    await world.same(THREE)
    assert list(world.shelf._kept) == [THREE], "the one that was asked for stays, however long"


async def test_of_a_case_that_is_none_nothing_is_kept(world):
    for number in range(50):
        assert not (await world.shelf.case(derived_id("no", number))).recorded
    assert not world.shelf._kept


async def test_a_log_that_was_set_back_is_read_anew(world):
    await world.raised(ONE)
    await world.sighted(ONE, 5)
    await world.shelf.case(ONE)
    other = World()
    await other.raised(ONE)
    await other.sighted(ONE, 2)
    world.store, world.log.log = other.store, other.store.log
    assert len((await world.same(ONE)).recorded) == 3


async def test_while_the_log_is_away_nothing_old_is_said(world):
    await world.raised(ONE)
    await world.shelf.case(ONE)
    world.log.away = True
    with pytest.raises(LogUnavailable):
        await world.shelf.case(ONE)
    world.log.away = False
    await world.same(ONE)
