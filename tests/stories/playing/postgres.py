"""A world on PostgreSQL: its door, its roster, its senders; who hears is added by each host."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

import asyncpg
import pytest
from pydantic import SecretStr
from tests.stories.playing.front import Front
from tests.stories.playing.pinned import Hand
from tests.stories.playing.play import Told, until
from tests.stories.playing.resting import Judge
from tests.stories.playing.sending import sender_of

from homeward.dispatch.caller import Caller
from homeward.hosts.embedded import EmbeddedHost
from homeward.hosts.latecomers import Latecomers
from homeward.hosts.waker import Waker
from homeward.house import House, open_house
from homeward.house.lanecount import cut_lanes
from homeward.postgres import store as stores
from homeward.postgres.migrate import migrate
from homeward.postgres.supervisor import EmbeddedPostgres
from homeward.record.envelope import Row
from homeward.settings import Settings

PATIENCE_S = 60.0
POLL_S = 0.1


@dataclass(slots=True)
class Sending:
    """A sender that can be stopped and started again."""

    caller: Caller
    up: list[bool] = field(default_factory=lambda: [False])
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None

    async def turn(self, *, on: bool) -> None:
        """Start or stop it; what is in flight ends."""
        if on and self.task is None:
            self.stop.clear()
            self.task = asyncio.create_task(self.caller.run(self.stop))
        if not on and self.task is not None:
            self.stop.set()
            await self.task
            self.task = None
        self.up[0] = on


@dataclass(slots=True)
class World:
    """What a host on PostgreSQL is asked through."""

    house: House
    hand: Hand
    front: Front
    sending: Sending
    judge: Judge

    async def ask(self, who: str, method: str, path: str, body: Any, key: str) -> Any:
        return await self.front.ask(who, method, path, body, key)

    async def here(self, recipient: str) -> str | None:
        found = await self.house.store.roster.get(recipient)
        return None if found is None else found.here

    async def send(self, *, on: bool) -> None:
        await self.sending.turn(on=on)

    def now(self) -> datetime:
        return self.hand.moment

    async def move_to(self, moment: datetime) -> None:
        self.hand.moment = moment

    async def next_due(self) -> datetime | None:
        return await self.house.store.workbench.next_due()

    async def quiet(self) -> None:
        try:
            await until(self.judge.at_rest, "quiet", PATIENCE_S)
        except TimeoutError:
            raise AssertionError(f"never at rest: {self.judge.why}") from None

    async def size(self) -> int:
        return await self.house.store.log.size()

    async def rows(self, after: int) -> Sequence[Row]:
        log = self.house.store.log
        return await log.rows(after - 1, await log.size() - 1, limit=100_000)

    async def told(self) -> frozenset[Told]:
        roster, inbox = self.house.store.roster, self.house.store.inbox
        found: set[Told] = set()
        after = ""
        while page := await roster.page(None, after, 500):
            after = page[-1].recipient.id
            for one in page:
                kept = await inbox.since(one.recipient.id, 0, 1_000)
                found.update((one.recipient.id, message.message_id) for message in kept)
        return frozenset(found)


@asynccontextmanager
async def server(folder: Path) -> AsyncIterator[EmbeddedPostgres]:
    """Start a database server of our own."""
    async with EmbeddedPostgres(folder / "server") as started:
        yield started


async def database(started: EmbeddedPostgres, name: str, origin: str) -> str:
    """Make a database whose drill has that origin; return where it is."""
    connection = await asyncpg.connect(started.dsn)
    await connection.execute(f"CREATE DATABASE {name}")
    await connection.close()
    dsn = started.dsn.replace("/postgres?", f"/{name}?")
    await migrate(dsn, "drill", origin=origin)
    return dsn


def settings_of(dsn: str, folder: Path, **more: Any) -> Settings:
    """Return the settings of one process of a world."""
    return Settings(
        database_url=SecretStr(dsn), data_folder=folder, poll_s=POLL_S, metrics_port=0, **more
    )


@asynccontextmanager
async def pinned() -> AsyncIterator[tuple[Hand, list[Latecomers]]]:
    """Let every house that is opened show a pinned clock, and write down its look-outs."""
    hand, look_outs = Hand(), list[Latecomers]()
    made = House.latecomers

    def latecomers(house: House, lane: Any) -> Latecomers:
        look_outs.append(made(house, lane))
        return look_outs[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stores, "DatabaseClock", hand.clock())
        patch.setattr(House, "latecomers", latecomers)
        yield hand, look_outs


Way: TypeAlias = Callable[[House], AbstractAsyncContextManager[None]]
"""How positions leave the API."""


@asynccontextmanager
async def by_the_database(_house: House) -> AsyncIterator[None]:
    """Let the API write positions itself."""
    yield


@asynccontextmanager
async def world(
    settings: Settings, lanes: int, positions: Way = by_the_database
) -> AsyncIterator[World]:
    """Open a world whose senders are up; nobody hears yet."""
    async with pinned() as (hand, look_outs):
        async with open_house(settings, "drill") as house:
            await cut_lanes(house, lanes)
        async with open_house(settings, "drill") as house, positions(house):
            sending = Sending(_caller(house))
            judge = Judge(house, sending.up, look_outs)
            front = Front.of(house.rooms())
            try:
                await sending.turn(on=True)
                yield World(house, hand, front, sending, judge)
            finally:
                await front.close()
                await sending.turn(on=False)
                await sending.caller.close()


def _caller(house: House) -> Caller:
    store = house.store
    return sender_of(
        log=store.log,
        ledger=store.ledger,
        roster=store.roster,
        inbox=store.inbox,
        ring=house.ring,
        clock=store.clock,
        subject_keys=store.subject_keys,
    )


@asynccontextmanager
async def embedded(opened: World) -> AsyncIterator[World]:
    """Let the embedded host hear, with a cascade before its sweeps."""
    house, stop = opened.house, asyncio.Event()
    failures: list[str] = []
    host = EmbeddedHost(
        bench=house.bench,
        consumers=house.consumers,
        feed=house.store.feed,
        waker=Waker(house.store.log, house.store.workbench, house.store.clock),
        meter=house.meter,
        say=lambda part, what: failures.append(f"{part}: {what}"),
        ahead=house.cascade(opened.sending.caller),
        poll_s=POLL_S,
    )
    jobs = [asyncio.create_task(host.run(stop))]
    for lane in house.lanes:
        late = house.latecomers(lane)
        jobs.append(asyncio.create_task(lane.keeper.run(stop)))
        jobs.append(asyncio.create_task(_looking(host, late, house, stop)))
    try:
        yield opened
    finally:
        stop.set()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.wait_for(asyncio.gather(*jobs), 10)
    assert not failures, sorted(set(failures))[:8]


async def _looking(host: EmbeddedHost, late: Latecomers, house: House, stop: asyncio.Event) -> None:
    await host.again(late.name, lambda: late.round(house.store.feed, POLL_S), stop)
