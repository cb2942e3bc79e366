"""A worker of the scale-out: hears facts, by a broker's bell or by a sweep."""

import asyncio
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from os import getpid
from pathlib import Path
from typing import Any, Final

from homeward.hosts.bells import Bells
from homeward.hosts.faust_host import FaustHost
from homeward.hosts.lane import LaneConsumer
from homeward.hosts.noting import HeardNotes
from homeward.hosts.office import Office
from homeward.hosts.parking import TooManyParked
from homeward.hosts.sweeps import Sweeps
from homeward.hosts.turn import Bench
from homeward.hosts.watching import Watchdog
from homeward.house.caring import take_care
from homeward.house.collector import spare_what_stays
from homeward.house.lanes import LaneSteward
from homeward.house.listening import first_of
from homeward.house.opening import House, HouseRefused, World, folder_of
from homeward.house.positions import WriteBehind
from homeward.house.processes import Announce, Process, needs_kafka, process, shown
from homeward.kafka.catalogue import names_of
from homeward.ports.leasing import SWEEP
from homeward.settings import Settings

STOP_S: Final = 7.3
"""Who delivers may take 7 s to end; a second later the process is cut off."""
LAST_S: Final = 0.5
PARKED: Final = (
    "more than a tenth of what was heard could not be taken, so hearing stopped: homeward parked "
    "list says where; mend it or go back to the release before, start again, then homeward parked "
    "unpark"
)


async def run_worker(settings: Settings, world: World, announce: Announce | None = None) -> None:
    """Hear facts until SIGINT or SIGTERM; without a broker that answers, by sweeps alone.

    Raises HouseRefused: also when it parks so much that going on would be wrong.
    """
    needs_kafka(settings, "homeward worker")
    async with process(settings, world, "worker", announce) as one:
        crew = Crew(one, folder_of(settings, world))
        hearing = asyncio.create_task(crew.run(), name="hearing")
        try:
            take_care(one.house, one.id, one.stop, one.beside)
            one.beside("notes", lambda: crew.notes.run(one.stop))
            one.beside("lanes", lambda: crew.steward.run(one.stop))
            registry = one.house.store.processes
            await registry.sign_in(one.id, one.role, socket.gethostname(), getpid())
            spare_what_stays()
            async with shown(one, crew.ready):
                await first_of(one.stop, hearing)
        finally:
            one.stop.set()
            await asyncio.wait({hearing}, timeout=STOP_S)
            hearing.cancel()
        await one.ended()
        await _ended(hearing)


async def _ended(hearing: asyncio.Task[None]) -> None:
    """Pass on why hearing ended by itself. Raises HouseRefused."""
    await asyncio.wait({hearing}, timeout=LAST_S)
    if not hearing.done() or hearing.cancelled():
        return
    failure = hearing.exception()
    if isinstance(failure, ExceptionGroup) and failure.subgroup(TooManyParked) is not None:
        raise HouseRefused(PARKED) from failure
    if failure is not None:
        raise failure


@dataclass(slots=True)
class Crew:
    """What hears in one worker."""

    one: Process
    folder: Path
    """The world's: a library wants a place, and keeps nothing there."""
    notes: HeardNotes = field(init=False)
    sweeps: Sweeps = field(init=False)
    steward: LaneSteward = field(init=False)
    host: FaustHost = field(init=False)

    def __post_init__(self) -> None:
        """Make the parts; none runs yet."""
        one, house = self.one, self.one.house
        store, settings = house.store, house.settings
        names = names_of(settings.topic_prefix, house.world)
        self.notes = HeardNotes(store.hearing, house.meter, store.clock.real)
        self.sweeps = Sweeps(
            bench=Bench(store.log, store.shared, house.bench.pen),
            consumers=house.consumers,
            size=store.tail.size,
            feed=store.feed,
            office=Office(store.leases, SWEEP, one.id),
            notes=self.notes,
            meter=house.meter,
            say=one.say,
            after_s=settings.sweep_after_s,
            poll_s=settings.poll_s,
        )
        self.steward = LaneSteward(
            house=house,
            leases=store.leases,
            holder=one.id,
            topics={names.orders, names.positions},
            say=one.say,
            workers=lambda: _workers(house),
        )
        bells = Bells(
            bench=house.bench,
            processors=house.processors,
            lane_of=self.lane_of,
            moves=WriteBehind(store.roster, store.clock),
            facts=names.facts,
            orders=names.orders,
            positions=names.positions,
            noted=self.notes.heard,
            meter=house.meter,
            say=one.say,
            limit=self.sweeps.limit,
        )
        self.host = FaustHost(
            bootstrap=settings.kafka,
            group=names.group,
            topics=[names.facts, names.orders, names.positions],
            hear=bells,
            assigned=self.steward.assigned,
            folder=self.folder / "faust",
            meter=house.meter,
            say=one.say,
        )

    def lane_of(self, number: int) -> LaneConsumer | None:
        """Return a lane whose index is at hand."""
        lanes = self.one.house.lanes
        lane = lanes[number] if number < len(lanes) else None
        return None if lane is None or lane.keeper.people is None else lane

    async def run(self) -> None:
        """Hear until told to stop. Raises TooManyParked, in a group."""
        stop = self.one.stop
        watchdog = Watchdog(self.host.pulse, self.one.say)
        beating = asyncio.create_task(watchdog.beat(), name="beat")
        try:
            with watchdog:
                async with asyncio.TaskGroup() as group:
                    group.create_task(self.host.run(stop), name="faust")
                    group.create_task(self.sweeps.run(stop), name="sweeps")
        finally:
            beating.cancel()

    async def ready(self) -> Mapping[str, Any]:
        """Return the house's own checks, and what is done here; a broker need not be there."""
        said = await self.one.house.ready()
        mine = {
            "sweeps": {"ok": True, "for_all": self.sweeps.office.mine},
            "lanes": {"ok": True, "served": sorted(self.steward.held)},
        }
        return {**said, "checks": {**said["checks"], **mine}}


async def _workers(house: House) -> int:
    return sum(one.role == "worker" for one in await house.store.processes.signed_in())
