"""Lanes ask the nearest of those told, each once an asking, and no more than the round is to."""

from datetime import timedelta

import pytest
from pyroaring import BitMap
from tests.hosts.lanes import CASE, DRAFT, HERE, NEXT, NOON, Process, World, order, volunteer

from homeward.facts.callout import ChunksCut
from homeward.fanout.lane import Lane
from homeward.fanout.recutting import recut
from homeward.fanout.shards import lane_of
from homeward.fanout.told import bitmap, load
from homeward.words import Audience, Purpose, Severity, derived_id

ASKING = derived_id("tests", "asking")
FAR = "8740b042cffffff"
"""Some 25 km from the focus."""


class Lanes(World):
    """So many lanes on one store, and an alert that people were told of."""

    async def live(self, lanes, *people):
        self.lanes = [
            Process(self.store, Lane(number, lanes, self.store.log.origin))
            for number in range(lanes)
        ]
        for number in range(lanes):
            await self.store.workbench.start(f"fanout.{number}")
        await self.store.roster.register(people)
        await self.say(order(NOON, HERE, NEXT, FAR))
        return self

    async def hear(self):
        for one in self.lanes:
            await one.sweeper.sweep(await self.store.log.size())
        assert await self.store.workbench.parked() == []

    async def ask(self, people, wave=0, at=NOON, km=30, **more):
        """Let lanes hear an order to ask so many; return what they say of it, by lane."""
        more = {"people_max": people, "wave": wave, "reach_km_max": km, **more}
        await self._about(Purpose.ASK, at, more)
        newest = [one for one in self.said() if one.purpose is Purpose.ASK]
        return sorted(newest[-len(self.lanes) :], key=lambda one: one.lane)

    async def end(self, spared=()):
        await self._about(Purpose.ASK_OVER, NOON, {"spared": "\n".join(spared).encode() or None})

    async def _about(self, purpose, at, more):
        base = {"purpose": purpose, "audience": Audience.ASKED, "cells": None, "watch": ASKING}
        await self.say(order(at, **{**base, "severity": Severity.MODERATE, **more}))

    def who(self, purpose):
        """Return who stands in chunks of a purpose, with repeats."""
        disk = self.store.disk
        return [
            disk.roster.by_ordinal[one]
            for row in disk.ledger.rows.values()
            if row.chunk.purpose is purpose
            for one in BitMap.deserialize(row.chunk.recipients)
        ]


def town(count, *cells, **more):
    return [volunteer(f"p{number}", *(cells or [HERE]), **more) for number in range(count)]


@pytest.mark.parametrize("lanes", [1, 2, 4])
async def test_a_round_is_shared_and_nobody_is_asked_twice(lanes):
    world = await Lanes().live(lanes, *town(80))
    for number, people in enumerate((30, 3, 1, 40)):
        said = await world.ask(people, number)
        assert sum(one.people for one in said) <= people
        assert {one.lanes for one in said} == {lanes}
        asked = world.who(Purpose.ASK)
        assert len(asked) == len(set(asked))
        assert sum(one.left for one in said) == 80 - len(asked)
    assert set(world.who(Purpose.ASK)) <= set(world.who(Purpose.ALERT))


@pytest.mark.parametrize("lanes", [2, 4])
async def test_the_shares_of_an_order_find_everybody_though_lanes_are_uneven(lanes):
    people = town(40)
    world = await Lanes().live(lanes, *people)
    counts = [sum(lane_of(one.id, lanes) == n for one in people) for n in range(lanes)]
    said = await world.ask(40)
    left = [one.left for one in said]
    assert [one.people + one.left for one in said] == counts
    if sum(left):
        said = await world.ask(sum(left), 1, shares=tuple(left))
    assert sorted(world.who(Purpose.ASK)) == sorted(one.id for one in people)
    assert [one.left for one in said] == [0] * lanes


async def test_shares_of_a_cut_that_is_no_more_are_not_kept():
    world = await Lanes().live(1, *town(20))
    [said] = await world.ask(6, shares=(2, 4))
    assert said.people == 6


async def test_the_nearest_are_asked_and_nobody_beyond_the_bound():
    far = [volunteer(f"f{number}", FAR) for number in range(10)]
    world = await Lanes().live(1, *far, *town(5))
    await world.ask(5)
    assert sorted(world.who(Purpose.ASK)) == [f"p{number}" for number in range(5)]
    [said] = await world.ask(8, 1, km=5)
    assert (said.people, said.left) == (0, 0)
    [said] = await world.ask(8, 2)
    assert (said.people, said.left) == (8, 2)


async def test_who_was_not_told_is_not_asked():
    world = await Lanes().live(1, volunteer("mild", HERE, active=False), *town(3))
    await world.store.roster.register([volunteer("mild", HERE), volunteer("late", HERE)])
    await world.ask(9)
    assert "mild" not in world.who(Purpose.ASK)
    assert "late" not in world.who(Purpose.ASK)


async def test_nights_and_spent_days_bind_an_ask_and_no_day_counts_it():
    one = volunteer("one-a-day", HERE, per_day=1)
    quiet = volunteer("quiet", HERE, quiet_from_min=13 * 60, quiet_to_min=14 * 60)
    world = await Lanes().live(1, one, quiet, *town(3, per_day=2))
    assert len(world.who(Purpose.ALERT)) == 5
    [said] = await world.ask(9, at=NOON + timedelta(hours=9))  # 21:00
    assert (said.people, said.suppressed) == (0, 5)
    [said] = await world.ask(2, 1, at=NOON + timedelta(hours=1))
    assert (said.people, said.left, said.suppressed) == (2, 1, 2)
    [said] = await world.ask(9, 2, at=NOON + timedelta(hours=2))
    assert (said.people, said.suppressed) == (2, 1)  # an ask has used up nobody's day
    assert "one-a-day" not in world.who(Purpose.ASK)


async def test_whoever_was_asked_hears_once_that_they_need_not_come():
    world = await Lanes().live(2, *town(12))
    await world.ask(12, shares=(12, 12))
    await world.end(["p1", "p2", "gone"])
    home = world.who(Purpose.ASK_OVER)
    assert sorted(home) == sorted({f"p{number}" for number in range(12)} - {"p1", "p2"})
    await world.end(["p1"])
    assert sorted(world.who(Purpose.ASK_OVER)) == sorted([*home, "p2"])


async def test_lanes_that_are_cut_anew_remember_whom_they_asked():
    world = await Lanes().live(2, *town(20))
    await world.ask(10)
    before = set(world.who(Purpose.ASK))
    found = [await world.store.workbench.load(f"fanout.{lane}", [CASE]) for lane in range(2)]
    states = [load(one[CASE].state) for one in found]
    parts = recut(states, [Lane(number, 4, world.store.log.origin) for number in range(4)])
    ordinals = BitMap().union(*(bitmap(one.asking(ASKING).people) for one in parts))
    assert {world.store.disk.roster.by_ordinal[one] for one in ordinals} == before
    assert sum(len(bitmap(one.asking(ASKING).people)) for one in parts) == len(before)


async def test_an_ask_that_comes_after_the_end_asks_nobody():
    world = await Lanes().live(1, *town(5))
    cancel = {"purpose": Purpose.CANCEL, "audience": Audience.TOLD, "cells": None}
    await world.say(order(NOON, texts_of=DRAFT, **cancel))
    [said] = await world.ask(5)
    assert isinstance(said, ChunksCut)
    assert (said.people, said.left) == (0, 0)
