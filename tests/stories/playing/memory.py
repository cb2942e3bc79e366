"""The simulator as a host: the memory bench, whose bells are lost, doubled and shuffled."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.stories.playing.front import Front
from tests.stories.playing.play import Told
from tests.stories.playing.sending import sender_of
from tests.stories.scripts.steps import FIRST_DAY

from homeward import processors
from homeward.desk import Desk, HubBooks, IndexCrowd, Reader
from homeward.dispatch.caller import Caller
from homeward.fanout.brute import BruteIndex
from homeward.fanout.lane import Lane
from homeward.hosts.consumer import Consumer, Pure
from homeward.http.rooms import Rooms
from homeward.http.tellings import Tellings
from homeward.metrics import PrometheusMeter
from homeward.ports import KeyHolder, Leased
from homeward.record.envelope import Row
from homeward.seal.keyring import FileKeyRing
from homeward.settings import Settings
from homeward.testing.histories import History
from homeward.testing.memory import Disk, LogDisk, MemoryClock, MemoryStore
from homeward.testing.simulation import Simulation, Sink, Trouble
from homeward.testing.simulation.running import real_lane
from homeward.words import Role

TROUBLE = Trouble(seed=5, lost=0.2, doubled=0.3, shuffled=0.5, ahead=0.5)


class PlainKeys:
    """`ApiKeys` that say whom they are for."""

    async def create(self, role: Role, account: str, org: str) -> tuple[str, KeyHolder]:
        holder = KeyHolder(role.value, role, account, org)
        return f"hw_{role.value}_{account}_{org}", holder

    async def lookup(self, secret: str) -> KeyHolder | None:
        _, role, account, org = secret.split("_")
        return KeyHolder(role, Role(role), account, org)


@dataclass(slots=True)
class Senders:
    """The house's own sender on memory ports; ``up`` is shared by all lives of the process."""

    caller: Caller
    store: MemoryStore
    up: list[bool]
    lease_s: float = 5.0

    def ready(self, _leased: Leased) -> None:
        """Take nothing from a cascade: it all goes through the ledger."""
        return None  # noqa: RET501 -- as the protocol says it

    async def drain(self) -> None:
        while self.up[0] and await self.store.ledger.next_open_s() is not None:
            await self.caller.once()


@dataclass(slots=True)
class SimulatorHost:
    """One world in memory."""

    simulation: Simulation
    front: Front
    up: list[bool] = field(default_factory=list)

    @classmethod
    def open(cls, origin: str, lanes: int, ring: FileKeyRing) -> "SimulatorHost":
        """Open an empty world; what keys name (a file that was loaded) is as in other worlds."""
        disk, up = Disk(log=LogDisk(origin)), [True]
        store = MemoryStore(disk, clock=MemoryClock(FIRST_DAY))

        def crew(one: MemoryStore) -> Sequence[Consumer]:
            served = [real_lane(one, Lane(lane, lanes, origin)) for lane in range(lanes)]
            return [*(Pure(pure) for pure in processors.ALL), *served]

        def send(one: MemoryStore, _sink: Sink) -> Senders:
            return Senders(_caller(one), one, up)

        simulation = Simulation(History(1, ()), TROUBLE, crew, send=send, store=store)
        return cls(simulation, Front.of(_rooms(store, ring)), up)

    async def close(self) -> None:
        await self.front.close()

    @property
    def store(self) -> MemoryStore:
        return self.simulation.store

    async def ask(self, who: str, method: str, path: str, body: Any, key: str) -> Any:
        return await self.front.ask(who, method, path, body, key)

    async def here(self, recipient: str) -> str | None:
        found = await self.store.roster.get(recipient)
        return None if found is None else found.here

    async def send(self, *, on: bool) -> None:
        self.up[0] = on

    def now(self) -> datetime:
        return self.store.clock.now()

    async def move_to(self, moment: datetime) -> None:
        self.store.clock.move_to(moment)
        await self.simulation.wake()

    async def next_due(self) -> datetime | None:
        return await self.store.workbench.next_due()

    async def quiet(self) -> None:
        await self.simulation.rest()
        assert not self.simulation.missed, self.simulation.missed

    async def size(self) -> int:
        return await self.store.log.size()

    async def rows(self, after: int) -> Sequence[Row]:
        return self.store.disk.log.rows[after:]

    async def told(self) -> frozenset[Told]:
        return frozenset(
            (who, one.message_id)
            for who, messages in self.store.disk.ledger.inboxes.items()
            for one in messages
        )


def _caller(store: MemoryStore) -> Caller:
    return sender_of(
        log=store.log,
        ledger=store.ledger,
        roster=store.roster,
        inbox=store.inbox,
        ring=store.key_ring,
        clock=store.clock,
        subject_keys=store.subject_keys,
    )


def _rooms(store: MemoryStore, ring: FileKeyRing) -> Rooms:
    settings = Settings()
    desk = Desk(store.log, store.subject_keys, store.clock, store.meter)

    async def ready() -> dict[str, Any]:
        return {"ready": True, "checks": {}}

    async def index() -> BruteIndex:
        return BruteIndex(await store.roster.columns(0, 1))

    return Rooms(
        world="drill",
        settings=settings,
        desk=desk,
        reader=Reader(desk),
        books=HubBooks(store.roster, settings.hub_book_km, settings.hub_book_max),
        log=store.log,
        feed=store.feed,
        workbench=store.workbench,
        roster=store.roster,
        invites=store.invites,
        protected=store.protected,
        crowd=IndexCrowd((index,)),
        ledger=store.ledger,
        tellings=Tellings(store.ledger),
        inbox=store.inbox,
        api_keys=PlainKeys(),
        ring=ring,
        clock=store.clock,
        meter=PrometheusMeter(),
        ready=ready,
        issuing=lambda _: None,
        public_url=lambda: "http://stories.test",
    )
