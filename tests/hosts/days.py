"""A lane on any store, with a clock that a test sets: who was told of which case, and when."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pyroaring import BitMap
from tests.hosts.lanes import HERE, order

from homeward.facts.callout import ChunksCut
from homeward.fanout.brute import BruteIndex
from homeward.fanout.lane import Lane
from homeward.fanout.told import bitmap, load
from homeward.hosts.keeper import IndexKeeper
from homeward.hosts.lane import LaneConsumer
from homeward.hosts.latecomers import Latecomers
from homeward.hosts.pen import NOTHING_SEALED, Pen
from homeward.hosts.sweep import Sweeper
from homeward.hosts.turn import Bench
from homeward.hosts.waker import Waker
from homeward.messages import Actor, Fact
from homeward.ports import Appended, Unit
from homeward.record.envelope import Origin, StreamHead, read, write
from homeward.testing.memory import MemoryMeter
from homeward.words import Role, derived_id


@dataclass
class Set:
    """A case clock that stands until it is set."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment

    def real(self) -> datetime:
        return self.moment


@dataclass
class Lived:
    """A lane and its look-out on a store; cases are named by letters."""

    store: Any
    clock: Set
    lane: Lane = field(init=False)
    told: list[tuple[datetime, str, str]] = field(default_factory=list)
    """(when, recipient, case), in order."""
    _known: dict[str, BitMap] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.lane = Lane(0, 1, self.store.log.origin)
        self.restart()

    def restart(self) -> None:
        """Go on as a new process that remembers nothing."""
        store, meter = self.store, MemoryMeter()
        keeper = IndexKeeper(self.lane, store.roster, BruteIndex, meter)
        self.consumer = LaneConsumer(self.lane, store.roster, store.ledger, keeper)
        pen = Pen(store.log.origin, self.clock.now)
        self.bench = Bench(store.log, store.workbench, pen)
        self.sweeper = Sweeper(self.bench, self.consumer)
        self.late = Latecomers(self.bench, self.consumer, self.clock, meter)

    @staticmethod
    def case(letter: str) -> str:
        return derived_id("tests", "days", letter)

    async def append(self, fact: Fact) -> None:
        log, stream = self.store.log, f"{fact.kind.partition('.')[0]}-{fact.case}"
        version, chain = await log.stream_head(stream)
        entry = write(
            fact,
            fact_id=derived_id(log.origin, stream, version),
            log=log.origin,
            head=StreamHead(stream, version, chain),
            origin=Origin(by=Actor(id="tests", role=Role.SYSTEM)),
            recorded=self.clock.now(),
            sealer=NOTHING_SEALED,
        )
        [outcome] = await log.append([Unit((entry,))])
        assert isinstance(outcome, Appended)

    async def alert(self, letter: str, at: datetime, *cells: str, **more: Any) -> None:
        """Order an alert for some cells, and let the lane hear it."""
        await self.until(at)
        case = self.case(letter)
        await self.append(
            order(at, *(cells or (HERE,)), **{"case": case, "expires_at": None} | more)
        )
        await self.hear()

    async def until(self, moment: datetime) -> None:
        """Let time pass, and whoever waits for a moment be woken at it."""
        workbench = self.store.workbench
        while (due := await workbench.next_due()) is not None and due <= moment:
            self.clock.moment = max(due, self.clock.moment)
            await Waker(self.store.log, workbench, self.clock).once()
            await self.hear()
        self.clock.moment = max(moment, self.clock.moment)

    async def hear(self) -> None:
        """Hear what is new, look out for who is late, and note who was told."""
        await self.sweeper.sweep(await self.store.log.size())
        assert await self.store.workbench.parked() == []
        await self.late.once()
        for letter in "ABCDEFGH":
            await self._note(letter)

    async def _note(self, letter: str) -> None:
        case = self.case(letter)
        [position] = (await self.store.workbench.load(self.consumer.name, [case])).values()
        if position.state is None:
            return
        people = BitMap().union(*(bitmap(one.told) for one in load(position.state).versions))
        new = people - self._known.get(letter, BitMap())
        self._known[letter] = people
        found = await self.store.roster.by_ordinals(set(new))
        names = sorted(one.recipient.id for one in found.values())
        self.told += [(self.clock.now(), name, letter) for name in names]

    async def cut(self) -> list[ChunksCut]:
        rows = [
            row for letter in "ABCDEFGH" for row in await self.store.log.key_rows(self.case(letter))
        ]
        facts = [read(row).fact for row in rows if b"fanout.chunks-cut/1" in row.envelope]
        return [one for one in facts if isinstance(one, ChunksCut)]
