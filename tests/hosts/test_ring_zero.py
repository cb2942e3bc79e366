"""A lane and ring 0: vetted people near it, a few; they hear the alert anew, and its end."""

from dataclasses import replace
from datetime import timedelta

from pyroaring import BitMap
from tests.hosts.lanes import HERE, NEXT, NOON, World, order, volunteer

from homeward.ports import Contact, Recipient
from homeward.words import Audience, Purpose, RecipientKind, Tier

UNVERIFIED = {"alert": 0, "version": 0, "tier": Tier.VETTED, "people_max": 200}
OVER = {
    "audience": Audience.TOLD, "purpose": Purpose.CLOSE_OUT, "cells": None, "focus": None,
    "expires_at": None,
}  # fmt: skip


def vetted(name, *cells, **more):
    return volunteer(name, *cells, tier=Tier.VETTED, **more)


def in_chunks(world, purpose, alert):
    disk = world.store.disk
    return sorted(
        disk.roster.by_ordinal[one]
        for row in disk.ledger.rows.values()
        if (row.chunk.purpose, row.chunk.alert) == (purpose, alert)
        for one in BitMap.deserialize(row.chunk.recipients)
    )


async def lease(world):
    await world.store.ledger.lease(50, 30, world.store.clock.now())


async def test_an_unverified_report_reaches_vetted_people_near_it_and_no_others():
    world = await World().begin(vetted("near", HERE), vetted("away", NEXT), volunteer("any", HERE))
    await world.say(order(NOON, HERE, **UNVERIFIED))
    assert world.cut(0) == ["near"]


async def test_who_is_vetted_or_comes_near_later_is_told_too_and_nobody_else():
    world = await World().begin(volunteer("any", HERE))
    await world.say(order(NOON, HERE, **UNVERIFIED))
    await world.store.roster.register([vetted("any", HERE), volunteer("new", HERE)])
    await world.one.late.once()
    assert world.cut(0) == ["any"]


async def test_who_slept_and_is_not_vetted_is_not_told_when_they_wake():
    night = {"quiet_from_min": 11 * 60, "quiet_to_min": 13 * 60}
    world = await World().begin(vetted("vet", HERE, **night), volunteer("any", HERE, **night))
    await world.say(order(NOON, HERE, **UNVERIFIED))
    assert world.cut(0) == []
    await world.sleep_until(NOON + timedelta(hours=2))
    assert world.cut(0) == ["vet"]


async def test_no_more_people_than_the_bound():
    world = await World().begin(*(vetted(f"v{n}", HERE) for n in range(9)))
    await world.say(order(NOON, HERE, **{**UNVERIFIED, "people_max": 4}))
    assert len(world.cut(0)) == 4


async def test_the_alert_of_the_verified_case_is_told_anew_and_costs_no_second_day():
    world = await World().begin(vetted("vet", HERE, per_day=1), volunteer("any", HERE))
    await world.say(order(NOON, HERE, **UNVERIFIED))
    await world.say(order(NOON, HERE))
    assert sorted(world.cut(1)) == ["any", "vet"]


async def test_who_moved_on_hears_the_alert_all_the_same():
    world = await World().begin(vetted("vet", HERE))
    await world.say(order(NOON, HERE, **UNVERIFIED))
    await world.store.roster.register([vetted("vet", NEXT)])
    await world.say(order(NOON, HERE))
    assert world.cut(1) == ["vet"]


async def test_once_the_alert_is_out_nobody_is_told_in_unverified_words():
    world = await World().begin(vetted("vet", HERE))
    await world.say(order(NOON, HERE, **UNVERIFIED), order(NOON, HERE))
    leased = await world.store.ledger.lease(50, 30, world.store.clock.now())
    assert [(one.chunk.alert, one.chunk.version) for one in leased] == [(1, 1)]
    await world.store.roster.register([vetted("late", HERE)])
    await world.one.late.once()
    assert "late" not in world.cut(0)


async def test_who_heard_of_the_report_alone_hears_of_the_alerts_end():
    """They paused before the verified alert went out."""
    world = await World().begin(vetted("vet", HERE), vetted("on", HERE))
    await world.say(order(NOON, HERE, **UNVERIFIED))
    await lease(world)
    await world.store.roster.register([replace(vetted("vet", HERE), active=False)])
    await world.say(order(NOON, HERE))
    assert world.cut(1) == ["on"]
    await lease(world)
    await world.say(order(NOON, **OVER))
    assert in_chunks(world, Purpose.CLOSE_OUT, 1) == ["on", "vet"]


async def test_a_report_that_comes_to_nothing_is_over_for_those_told_and_not_for_desks():
    desk = Recipient("desk", RecipientKind.DESK, (HERE,), contacts=((Contact("inbox"),),))
    world = await World().begin(desk, vetted("vet", HERE), volunteer("any", HERE))
    waits = {"audience": Audience.DESK, "purpose": Purpose.CLOCK, "cells": None, "focus": None}
    await world.say(order(NOON, alert=0, version=0, **waits))
    await world.say(order(NOON, HERE, **UNVERIFIED))
    await lease(world)
    await world.say(order(NOON, alert=0, version=0, **OVER))
    assert in_chunks(world, Purpose.CLOCK, 0) == ["desk"]
    assert in_chunks(world, Purpose.CLOSE_OUT, 0) == ["vet"]
