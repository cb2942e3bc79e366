"""A lane over a memory store, with what runs beside it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from pyroaring import BitMap

from homeward.facts.callout import CalloutOrdered, ChunksCut
from homeward.fanout.brute import BruteIndex
from homeward.fanout.lane import Lane
from homeward.fanout.told import LaneState, load
from homeward.geography.cells import cells_from, to_bytes
from homeward.hosts.keeper import IndexKeeper
from homeward.hosts.lane import LaneConsumer
from homeward.hosts.latecomers import Latecomers
from homeward.hosts.pen import NOTHING_SEALED, Pen
from homeward.hosts.sweep import Sweeper
from homeward.hosts.turn import Bench
from homeward.hosts.waker import Waker
from homeward.messages import Actor, Fact
from homeward.ports import Appended, Contact, Recipient, Unit
from homeward.record.envelope import Origin, StreamHead, read, write
from homeward.testing.memory import MemoryStore
from homeward.words import Audience, Purpose, RecipientKind, Role, derived_id

CASE = derived_id("tests", "case")
DRAFT = derived_id("tests", "draft")
HERE, NEXT, AWAY = "8740b059affffff", "8740b059effffff", "874118000ffffff"
NOON = datetime(2026, 5, 1, 4, 0, tzinfo=UTC)
"""12:00 in Shanghai."""


def volunteer(name: str, *cells: str, **more: Any) -> Recipient:
    page = ((Contact("inbox"),),)
    return Recipient(name, RecipientKind.VOLUNTEER, cells, **{"contacts": page, **more})


def order(at: datetime, *cells: str, **more: object) -> CalloutOrdered:
    base = {
        "case": CASE, "at": at, "purpose": Purpose.ALERT, "audience": Audience.AREA, "alert": 1,
        "version": 1, "texts_of": DRAFT, "focus": HERE, "cells": to_bytes(cells_from(cells)),
        "expires_at": NOON + timedelta(days=1),
    }  # fmt: skip
    return CalloutOrdered.model_validate({**base, **more})


class Process:
    """One process on a store: a lane, its sweeper, and its look-out for those who come late."""

    def __init__(self, store: MemoryStore, lane: Lane) -> None:
        self.store = store
        keeper = IndexKeeper(lane, store.roster, BruteIndex, store.meter)
        consumer = LaneConsumer(lane, store.roster, store.ledger, keeper)
        bench = Bench(store.log, store.workbench, Pen(store.log.origin, store.clock.real))
        self.sweeper = Sweeper(bench, consumer)
        self.late = Latecomers(bench, consumer, store.clock, store.meter)


class World:
    """A store and a process on it."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.store.clock.move_to(NOON)
        self.one = Process(self.store, self.lane)

    @property
    def lane(self) -> Lane:
        return Lane(0, 1, self.store.log.origin)

    def another(self) -> Process:
        """Return another process on the store, or the one after a crash."""
        return Process(self.store.restarted(), self.lane)

    async def begin(self, *people: Recipient) -> "World":
        await self.store.workbench.start("fanout.0")
        await self.store.roster.register(people)
        return self

    async def append(self, *facts: Fact) -> None:
        """Append facts as their writers would."""
        for fact in facts:
            stream = f"{fact.kind.partition('.')[0]}-{fact.case}"
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

    async def say(self, *facts: Fact) -> None:
        """Append facts, and let the lane hear them."""
        await self.append(*facts)
        await self.hear()

    async def hear(self) -> None:
        await self.one.sweeper.sweep(await self.store.log.size())
        assert await self.store.workbench.parked() == []

    async def sleep_until(self, moment: datetime) -> None:
        """Let time pass, and say what comes due."""
        self.store.clock.move_to(moment)
        await Waker(self.store.log, self.store.workbench, self.store.clock).once()
        await self.hear()

    def cut(self, version: int = 1, case: str = CASE) -> list[str]:
        """Return who stands in chunks of an alert version, in the ledger's order, with repeats."""
        disk = self.store.disk
        return [
            disk.roster.by_ordinal[one]
            for row in disk.ledger.rows.values()
            if (row.chunk.case, row.chunk.version) == (case, version)
            for one in BitMap.deserialize(row.chunk.recipients)
        ]

    def said(self) -> list[ChunksCut]:
        rows = zip(self.store.disk.log.rows, self.store.disk.log.kinds, strict=True)
        facts = (read(row).fact for row, kind in rows if kind == "fanout.chunks-cut/1")
        return [one for one in facts if isinstance(one, ChunksCut)]

    async def state(self, case: str = CASE) -> LaneState:
        [position] = (await self.store.workbench.load("fanout.0", [case])).values()
        assert position.state is not None
        return load(position.state)
