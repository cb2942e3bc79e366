"""The lane closes what ended, and lets no older words leave: each ending by itself."""

from datetime import UTC, datetime, timedelta

import pytest

from homeward.facts.callout import CalloutOrdered
from homeward.facts.case import AlertCancelled, CaseClosedOut, CaseResolved
from homeward.fanout.brute import BruteIndex
from homeward.fanout.lane import Lane
from homeward.geography.cells import from_bytes, to_bytes
from homeward.hosts.keeper import IndexKeeper
from homeward.hosts.lane import LaneConsumer
from homeward.hosts.pen import NOTHING_SEALED, Pen
from homeward.hosts.sweep import Sweeper
from homeward.hosts.turn import Bench
from homeward.messages import Actor, Fact
from homeward.ports import Appended, Contact, Recipient, Unit
from homeward.record.envelope import Origin, StreamHead, write
from homeward.testing.memory import MemoryStore
from homeward.words import (
    Audience,
    CancelReason,
    Outcome,
    Purpose,
    RecipientKind,
    Role,
    derived_id,
)

AT = datetime(2026, 5, 1, 3, 30, tzinfo=UTC)
CASE = derived_id("tests", "case")
DRAFT = derived_id("tests", "draft")
CELL = "8740b059affffff"
ENDS: dict[str, Fact] = {
    "cancelled": AlertCancelled(
        case=CASE, at=AT, alert=1, version=1, reason=CancelReason.FALSE, draft=DRAFT
    ),
    "resolved": CaseResolved(case=CASE, at=AT, outcome=Outcome.FOUND_SAFE, alert=1),
    "closed out": CaseClosedOut(case=CASE, at=AT, alert=1, version=1),
}


def order(purpose: Purpose = Purpose.ALERT, **more: object) -> CalloutOrdered:
    area = purpose is Purpose.ALERT
    told = {"audience": Audience.AREA, "cells": to_bytes(from_bytes(int(CELL, 16).to_bytes(8)))}
    hub = {"audience": Audience.HUB, "hub": "h-1", "watch": DRAFT}
    base = {"case": CASE, "at": AT, "purpose": purpose, "alert": 1, "version": 1, "texts_of": DRAFT}
    return CalloutOrdered.model_validate({**base, **(told if area else hub), **more})


class World:
    """A lane over a memory store with three volunteers and a hub."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        number = Lane(0, 1, self.store.log.origin)
        keeper = IndexKeeper(number, self.store.roster, BruteIndex, self.store.meter)
        lane = LaneConsumer(number, self.store.roster, self.store.ledger, keeper)
        pen = Pen(self.store.log.origin, self.store.clock.real)
        self.sweeper = Sweeper(Bench(self.store.log, self.store.workbench, pen), lane)

    async def begin(self) -> "World":
        await self.store.workbench.start("fanout.0")
        page = ((Contact("inbox"),),)
        people = [
            Recipient(f"v-{n}", RecipientKind.VOLUNTEER, (CELL,), contacts=page) for n in range(3)
        ]
        hub = Recipient("h-1", RecipientKind.HUB, ("8a40b059a007fff",), contacts=page * 2)
        await self.store.roster.register([*people, hub])
        return self

    async def say(self, *facts: Fact) -> None:
        """Append facts as their writers would, then let the lane hear them."""
        for fact in facts:
            stream = f"{fact.kind.partition('.')[0]}-{CASE}"
            version, chain = await self.store.log.stream_head(stream)
            entry = write(
                fact,
                fact_id=derived_id(self.store.log.origin, stream, version),
                log=self.store.log.origin,
                head=StreamHead(stream, version, chain),
                origin=Origin(by=Actor(id="tests", role=Role.SYSTEM)),
                recorded=AT,
                sealer=NOTHING_SEALED,
            )
            [outcome] = await self.store.log.append([Unit((entry,))])
            assert isinstance(outcome, Appended)
        await self.sweeper.sweep(await self.store.log.size())
        assert await self.store.workbench.parked() == []

    async def leased(self, limit: int = 99) -> list[tuple[str, int, int]]:
        found = await self.store.ledger.lease(limit, 60, AT + timedelta(minutes=1))
        return [(one.chunk.purpose.value, one.chunk.version, one.chunk.people) for one in found]


@pytest.mark.parametrize("end", ENDS)
async def test_what_was_cut_before_the_end_never_leaves(end: str) -> None:
    world = await World().begin()
    await world.say(order(), order(Purpose.WATCH))
    await world.say(ENDS[end])
    assert await world.leased() == []


@pytest.mark.parametrize("purpose", [Purpose.ALERT, Purpose.WATCH])
@pytest.mark.parametrize("end", ENDS)
async def test_what_was_ordered_before_the_end_and_heard_after_it_is_not_cut(
    end: str, purpose: Purpose
) -> None:
    world = await World().begin()
    await world.say(ENDS[end], order(purpose))
    assert await world.leased() == []
    assert await world.store.ledger.counts(CASE) == {}


async def test_those_leased_before_the_end_are_told_of_it_and_nobody_else() -> None:
    world = await World().begin()
    await world.say(order(), order(Purpose.WATCH), order(Purpose.WATCH, contact=1))
    assert ("watch", 1, 1) in await world.leased(1)
    await world.say(ENDS["resolved"])
    over = {"audience": Audience.TOLD, "cells": None}
    await world.say(ENDS["closed out"], order(Purpose.CLOSE_OUT, **over))
    assert await world.leased() == [("close-out", 1, 1)]


async def test_the_newest_words_are_the_ones_that_leave() -> None:
    world = await World().begin()
    await world.say(order())
    await world.say(order(version=2))
    assert await world.leased() == [("alert", 2, 3)]


async def test_the_newest_window_of_a_watch_is_the_one_that_leaves() -> None:
    world = await World().begin()
    await world.say(order(Purpose.WATCH), order(Purpose.WATCH, contact=1))
    await world.say(order(Purpose.WATCH, moved=1), order(Purpose.WATCH, moved=1, contact=1))
    found = await world.store.ledger.lease(9, 60, AT)
    assert [(one.chunk.moved, one.chunk.contact) for one in found] == [(1, 0), (1, 1)]


async def test_an_update_alone_withdraws_no_watch() -> None:
    world = await World().begin()
    await world.say(order(Purpose.WATCH), order(Purpose.WATCH, version=2))
    assert await world.leased() == [("watch", 1, 1), ("watch", 2, 1)]
