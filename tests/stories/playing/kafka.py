"""The scale-out inside the test: a real broker, the relay, one worker that stays, one that goes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.stories.playing.play import until
from tests.stories.playing.postgres import World
from tests.stories.playing.worker import Spy, Worker
from tests.stories.scripts.steps import Script

from homeward.house import House
from homeward.house.topics import ensure_topics
from homeward.kafka.admin import admin_of
from homeward.kafka.catalogue import names_of
from homeward.kafka.offsets import members
from homeward.kafka.producer import Line
from homeward.kafka.relay import Relay
from homeward.settings import Settings


@dataclass(slots=True)
class Group:
    """The workers of one world, and what becomes of them in the middle of the stories."""

    settings: Settings
    folder: Path
    spy: Spy = field(default_factory=Spy)
    stays: Worker | None = None
    goes: Worker | None = None
    leaving: asyncio.Task[None] | None = None
    lives: int = 0
    counts: list[int] = field(default_factory=list)
    """How many members the broker said there are, after each change."""
    failures: list[str] = field(default_factory=list)

    async def start(self) -> None:
        """Start the worker that stays."""
        self.stays = await self._worker("stays")
        await self._members(1)

    async def _worker(self, name: str) -> Worker:
        return await Worker.start(name, self.settings, self.folder, self.spy)

    async def between(self, script: Script, step: int) -> None:
        """In the middle of each story another worker joins, or it dies with facts in hand."""
        if step != len(script.steps) // 2:
            return
        if self.leaving is not None:
            if not self.goes or not self.goes.ear.died.is_set():
                return  # it got nothing yet: nobody may wait for it here, where all is on its way
            await self.leaving
        if self.goes is None:
            self.lives += 1
            self.goes = await self._worker(f"goes-{self.lives}")
            await self._members(2)
        else:
            self.goes.ear.dies = True
            self.leaving = asyncio.create_task(self._dies(self.goes))

    async def _dies(self, worker: Worker) -> None:
        """End a worker as soon as it has heard what it will never acknowledge."""
        await worker.ear.died.wait()
        await worker.end()
        self.failures += worker.failures
        self.goes, self.leaving = None, None
        await self._members(1)

    async def _members(self, count: int) -> None:
        group = names_of(self.settings.topic_prefix, "drill").group

        def ask() -> int:
            with admin_of(self.settings.kafka) as client:
                return members(client, group)

        async def there() -> bool:
            return await asyncio.to_thread(ask) == count

        await until(there, f"{count} members")
        self.counts.append(count)

    async def end(self) -> None:
        """End whoever still runs."""
        if self.leaving is not None:
            if self.goes and self.goes.ear.died.is_set():
                await self.leaving
            else:
                self.leaving.cancel()
        for one in (self.goes, self.stays):
            if one is not None:
                await one.end()
                self.failures += one.failures


@asynccontextmanager
async def relayed(house: House) -> AsyncIterator[None]:
    """Publish the log beside the block."""
    settings, store, stop = house.settings, house.store, asyncio.Event()
    problem = await asyncio.to_thread(ensure_topics, house)
    assert not problem, problem
    relay = Relay(
        store.log,
        store.feed,
        leases=store.leases,
        published=store.published,
        line=Line(settings.kafka, name="stories-relay"),
        names=names_of(settings.topic_prefix, "drill"),
        lanes=store.lanes,
        meter=house.meter,
        holder="stories-relay",
    )
    running = asyncio.create_task(relay.run(stop))

    async def published() -> bool:
        return await store.published.size() is not None

    try:
        await until(published, "the relay has begun")
        yield
    finally:
        stop.set()
        await running


@asynccontextmanager
async def on_kafka(opened: World, settings: Settings, folder: Path) -> AsyncIterator[Group]:
    """Let two workers hear a world."""
    group = Group(settings, folder)
    async with relayed(opened.house):
        try:
            await group.start()
            yield group
        finally:
            await group.end()
