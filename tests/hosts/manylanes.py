"""An alert from its first wave to its end, over any number of lanes, on any store."""

from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import h3
from pyroaring import BitMap
from tests.hosts.lanes import AWAY, CASE, DRAFT, HERE, NEXT, order, volunteer

from homeward.desk import IndexCrowd
from homeward.facts.case import AlertCancelled
from homeward.fanout.areas import CellSet
from homeward.fanout.index import Query
from homeward.fanout.lane import Lane
from homeward.fanout.pyramid import PyramidIndex
from homeward.geography.cells import cells_from
from homeward.hosts.keeper import IndexKeeper
from homeward.hosts.lane import LaneConsumer
from homeward.hosts.latecomers import Latecomers
from homeward.hosts.pen import NOTHING_SEALED, Pen
from homeward.hosts.sweep import Sweeper
from homeward.hosts.turn import Bench
from homeward.messages import Actor, Fact
from homeward.ports import Appended, Contact, Counted, Move, Recipient, Unit
from homeward.record.envelope import Origin, StreamHead, write
from homeward.testing.memory import MemoryStore
from homeward.words import (
    Audience,
    CancelReason,
    Purpose,
    RecipientKind,
    Role,
    Severity,
    derived_id,
)

PEOPLE = 60
FURTHER = h3.grid_ring(HERE, 2)[0]
PAGE = ((Contact("inbox"),),)


def everybody() -> list[Recipient]:
    """Return people here, next door and far away; some asleep for good, one desk, two hubs."""
    people = [volunteer(f"here-{n}", HERE) for n in range(PEOPLE)]
    people += [volunteer(f"next-{n}", NEXT, HERE) for n in range(PEOPLE // 2)]
    people += [volunteer(f"further-{n}", FURTHER) for n in range(PEOPLE // 2)]
    people += [volunteer(f"away-{n}", AWAY) for n in range(PEOPLE // 2)]
    people += [volunteer(f"paused-{n}", HERE, active=False) for n in range(PEOPLE // 4)]
    people += [volunteer(f"silent-{n}", HERE, contacts=()) for n in range(3)]
    people.append(Recipient("desk", RecipientKind.DESK, (), contacts=PAGE))
    exact = h3.latlng_to_cell(33.0, 115.0, 10)
    contacts = (*PAGE, *PAGE)
    hubs = (f"hub-{n}" for n in range(2))
    people += [
        Recipient(one, RecipientKind.HUB, (exact,), contacts=contacts, name=one) for one in hubs
    ]
    return people


class Lanes:
    """One process over all lanes of a store; nobody else works there."""

    def __init__(self, store: Any, lanes: int) -> None:
        self.store = store
        self.bench = Bench(store.log, store.workbench, Pen(store.log.origin, store.clock.real))
        self.meter = MemoryStore().meter
        self.consumers = [self._lane(Lane(one, lanes, store.log.origin)) for one in range(lanes)]
        self.sweepers = [Sweeper(self.bench, one) for one in self.consumers]
        self.late = [Latecomers(self.bench, one, store.clock, self.meter) for one in self.consumers]

    def _lane(self, lane: Lane) -> LaneConsumer:
        keeper = IndexKeeper(lane, self.store.roster, PyramidIndex, self.meter)
        return LaneConsumer(lane, self.store.roster, self.store.ledger, keeper)

    async def begin(self) -> None:
        for one in self.consumers:
            await self.store.workbench.start(one.name)
        await self.store.roster.register(everybody())

    async def say(self, fact: Fact) -> None:
        """Append a fact and let every lane hear it."""
        stream = f"{fact.kind.partition('.')[0]}-{CASE}"
        version, chain = await self.store.log.stream_head(stream)
        entry = write(
            fact,
            fact_id=derived_id(self.store.log.origin, stream, version),
            log=self.store.log.origin,
            head=StreamHead(stream, version, chain),
            origin=Origin(by=Actor(id="tests", role=Role.SYSTEM)),
            recorded=self.store.clock.real(),
            sealer=NOTHING_SEALED,
        )
        [outcome] = await self.store.log.append([Unit((entry,))])
        assert isinstance(outcome, Appended)
        await self.hear()

    async def hear(self) -> None:
        size = await self.store.log.size()
        for one in self.sweepers:
            await one.sweep(size)
        assert await self.store.workbench.parked() == []

    async def look_out(self) -> None:
        for one in self.late:
            await one.once()

    async def count(self) -> Counted:
        """Return what a preview says of the alert's first area."""
        kinds = frozenset({RecipientKind.VOLUNTEER})
        area = CellSet(cells_from([HERE]))
        asked = Query(area, kinds, self.store.clock.now(), Severity.EXTREME)
        return await IndexCrowd([one.keeper.fresh for one in self.consumers]).count(asked)

    async def told(self) -> Counter[tuple[str, int, int, str]]:
        """Lease all that is open; return (purpose, version, contact, recipient), with repeats."""
        found: Counter[tuple[str, int, int, str]] = Counter()
        while rows := await self.store.ledger.lease(100, 600.0, self.store.clock.now()):
            for leased in rows:
                one, people = leased.chunk, BitMap.deserialize(leased.recipients)
                who = await self.store.roster.by_ordinals(list(people))
                found.update(
                    (one.purpose.value, one.version, one.contact, who[ordinal].recipient.id)
                    for ordinal in people
                )
        return found


Cut = Callable[[Lanes, int], Awaitable[Lanes]]
"""Cuts the lanes anew and returns who goes on."""


async def as_it_is(lanes: Lanes, _: int) -> Lanes:
    return lanes


async def alert(lanes: Lanes, cut: Cut = as_it_is) -> Counter[tuple[str, int, int, str]]:
    """Play the alert; return who was told what."""
    await lanes.begin()
    store = lanes.store
    now = store.clock.now()
    said = {"expires_at": now + timedelta(days=1), "severity": Severity.EXTREME}
    told = Counter[tuple[str, int, int, str]]()

    await lanes.say(order(now, HERE, **said))
    await lanes.say(order(now, HERE, audience=Audience.DESK, **said))
    watch = {"purpose": Purpose.WATCH, "audience": Audience.HUB, "cells": None, "watch": DRAFT}
    for number, hub in enumerate(("hub-0", "hub-1", "hub-1")):
        await lanes.say(order(now, hub=hub, contact=number // 2, **said, **watch))
    told += await lanes.told()
    lanes = await cut(lanes, 4)

    await lanes.look_out()
    await lanes.say(order(now, HERE, NEXT, wave=2, **said))
    told += await lanes.told()
    at = store.clock.now()
    moved = [Move(f"away-{n}", HERE, at) for n in range(PEOPLE // 4)]
    await lanes.store.roster.move(moved)
    await lanes.look_out()
    lanes = await cut(lanes, 64)

    await lanes.store.roster.register([volunteer(f"paused-{n}", HERE) for n in range(PEOPLE // 4)])
    await lanes.store.roster.register([volunteer(f"new-{n}", HERE) for n in range(PEOPLE // 4)])
    await lanes.look_out()
    told += await lanes.told()
    lanes = await cut(lanes, 2)

    await lanes.say(order(now, HERE, FURTHER, version=2, **said))
    await lanes.look_out()
    told += await lanes.told()
    lanes = await cut(lanes, 1)

    reason = next(iter(CancelReason))
    cancelled = AlertCancelled(case=CASE, at=now, alert=1, version=2, reason=reason, draft=DRAFT)
    await lanes.say(cancelled)
    end = {"audience": Audience.TOLD, "cells": None, "texts_of": DRAFT}
    await lanes.say(order(now, purpose=Purpose.CANCEL, version=2, **end))
    await lanes.store.roster.register([volunteer("too-late", HERE)])
    await lanes.look_out()
    told += await lanes.told()
    return told
