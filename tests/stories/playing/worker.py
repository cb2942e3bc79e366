"""A worker of the scale-out inside the test: Faust delivers, bells are heard, a spy looks on."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from homeward.hosts.again import again
from homeward.hosts.bells import Bells
from homeward.hosts.faust_host import FaustHost
from homeward.hosts.noting import HeardNotes
from homeward.hosts.office import Office
from homeward.hosts.sweeps import Sweeps
from homeward.hosts.turn import Bench
from homeward.house import House, open_house
from homeward.house.caring import take_care
from homeward.house.lanes import LaneSteward
from homeward.house.positions import WriteBehind
from homeward.kafka.catalogue import names_of
from homeward.ports import Hear, Place, Rung
from homeward.ports.leasing import SWEEP
from homeward.settings import Settings

SWEEP_AFTER_S = 10.0
"""Much later than the bell, so that it is the bell that carries nearly all."""
THEIRS = ("aiokafka", "broker", "faust", "kafka")
"""Parts that complain of a group that changes, which is what happens here."""


@dataclass(slots=True)
class Spy:
    """Writes down what a broker delivered to whom, and what of it was heard."""

    heard: dict[tuple[Place, int], set[str]] = field(default_factory=dict)
    """(partition, offset) -> the workers that heard it to its end."""
    deliveries: Counter[tuple[Place, int]] = field(default_factory=Counter)
    assigned: list[tuple[str, frozenset[Place]]] = field(default_factory=list)
    """(worker, what it has now), as they came."""

    @property
    def redelivered(self) -> list[tuple[Place, int]]:
        """Return the records that two workers heard."""
        return [record for record, by in self.heard.items() if len(by) > 1]


@dataclass(slots=True)
class Ear:
    """One worker's `Hear`: the bells, and a way to die between hearing and acknowledging."""

    worker: str
    bells: Hear
    spy: Spy
    dies: bool = False
    died: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, rungs: Sequence[Rung]) -> None:
        await self.bells(rungs)
        for one in rungs:
            self.spy.deliveries[one.place, one.offset] += 1
            self.spy.heard.setdefault((one.place, one.offset), set()).add(self.worker)
        if self.dies:
            self.died.set()
            await asyncio.Event().wait()  # nothing of this is ever acknowledged


@dataclass(slots=True)
class Worker:
    """One member of the group, with a house of its own."""

    name: str
    ear: Ear
    house: House
    opened: AsyncExitStack
    failures: list[str]
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    jobs: list[asyncio.Task[None]] = field(default_factory=list)

    @classmethod
    async def start(cls, name: str, settings: Settings, folder: Path, spy: Spy) -> "Worker":
        """Start one; it joins the group in a moment."""
        opened, failures = AsyncExitStack(), list[str]()
        house = await opened.enter_async_context(open_house(settings, "drill"))
        store, names = house.store, names_of(settings.topic_prefix, "drill")

        def say(part: str, what: str) -> None:
            if not part.startswith(THEIRS):
                failures.append(f"{name}: {part}: {what}")

        notes = HeardNotes(store.hearing, house.meter, store.clock.real)
        bells = Bells(
            bench=house.bench,
            processors=house.processors,
            lane_of=house.lanes.__getitem__,
            moves=WriteBehind(store.roster, store.clock),
            facts=names.facts,
            orders=names.orders,
            positions=names.positions,
            noted=notes.heard,
            meter=house.meter,
            say=say,
        )
        one = cls(name, Ear(name, bells, spy), house, opened, failures)
        sweeps = Sweeps(
            bench=Bench(store.log, store.shared, house.bench.pen),
            consumers=house.consumers,
            size=store.tail.size,
            feed=store.feed,
            office=Office(store.leases, SWEEP, name),
            notes=notes,
            meter=house.meter,
            say=say,
            after_s=SWEEP_AFTER_S,
            poll_s=settings.poll_s,
        )
        steward = LaneSteward(
            house=house,
            leases=store.leases,
            holder=name,
            topics={names.orders, names.positions},
            say=say,
            workers=_two,
        )

        def assigned(places: frozenset[Place]) -> None:
            spy.assigned.append((name, places))
            steward.assigned(places)

        faust = FaustHost(
            bootstrap=settings.kafka,
            group=names.group,
            topics=names,
            hear=one.ear,
            assigned=assigned,
            folder=folder / name,
            meter=house.meter,
            say=say,
        )
        one.jobs = [
            asyncio.create_task(faust.run(one.stop), name=f"{name} faust"),
            asyncio.create_task(sweeps.run(one.stop), name=f"{name} sweeps"),
            asyncio.create_task(steward.run(one.stop), name=f"{name} steward"),
        ]
        take_care(house, name, one.stop, one.beside)
        one.beside("notes", lambda: notes.run(one.stop))
        return one

    def beside(self, part: str, work: Callable[[], Awaitable[None]]) -> None:
        """Run a part beside the others."""

        def say(of: str, what: str) -> None:
            self.failures.append(f"{self.name}: {of}: {what}")

        running = again(part, work, self.stop, meter=self.house.meter, say=say)
        self.jobs.append(asyncio.create_task(running, name=f"{self.name} {part}"))

    async def end(self) -> None:
        """Leave the group, and close the house."""
        self.stop.set()
        await asyncio.wait(self.jobs, timeout=10)
        for job in self.jobs:
            job.cancel()
        await asyncio.gather(*self.jobs, return_exceptions=True)
        await self.opened.aclose()


async def _two() -> int:
    return 2
