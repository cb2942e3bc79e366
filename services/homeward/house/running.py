"""Runs a world in one process: API, processors, fan-out, waker, dispatch."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import structlog

from homeward.hosts.embedded import EmbeddedHost
from homeward.hosts.lane import LaneConsumer
from homeward.hosts.waker import Waker
from homeward.house.calling import caller_of
from homeward.house.collector import spare_what_stays
from homeward.house.first import admin_key, another_answers, saying_where
from homeward.house.forgetting import forgetting, pausing
from homeward.house.listening import bound_socket, first_of, served, url_of
from homeward.house.opening import House, World, open_house
from homeward.house.processes import process_id, registered, sign_out
from homeward.house.stopping import GRACE_S, cut_off, stop_on_signals
from homeward.house.watchdog import Watchdog
from homeward.http.app import create_app
from homeward.settings import Settings

log = structlog.get_logger("homeward")

Announce = Callable[[House, Path], None]
"""Told (house, admin key file) once everything runs."""


async def run_up(settings: Settings, world: World, announce: Announce | None = None) -> None:
    """Host one world until SIGINT or SIGTERM. Raises HouseRefused."""
    stop = asyncio.Event()
    stop_on_signals(stop)
    listening = bound_socket(settings)
    async with open_house(settings, world) as house:
        if settings.case_clock_rate != house.store.clock.rate:  # who only reads changes no clock
            await house.store.clock.set_rate(settings.case_clock_rate)
        house.url = url_of(listening)
        key_file = await admin_key(house)
        spare_what_stays()
        async with _hosts(house, stop), served(create_app(house.rooms()), listening) as serving:
            another = await asyncio.to_thread(another_answers, house)
            with saying_where(house, another=another):
                if announce is not None:
                    announce(house, key_file)
                await first_of(stop, serving)
            cut_off()


@asynccontextmanager
async def _hosts(house: House, stop: asyncio.Event) -> AsyncIterator[None]:
    """Run processors, waker, dispatch and gauges beside the block."""
    caller, name = caller_of(house), process_id(house.role)
    house.meter.gauge("homeward_process_info", 1, role=house.role)
    host = EmbeddedHost(
        bench=house.bench,
        consumers=house.consumers,
        feed=house.store.feed,
        waker=Waker(house.store.log, house.store.workbench, house.store.clock),
        meter=house.meter,
        say=lambda part, what: log.error("part failed", part=part, what=what),
        ahead=house.cascade(caller),
        poll_s=house.settings.poll_s,
    )
    house.heard = host.caught_up
    watchdog = Watchdog(house)
    jobs = [
        asyncio.create_task(host.run(stop)),
        *(asyncio.create_task(_lane(house, host, lane, stop)) for lane in house.lanes),
        asyncio.create_task(host.again("dispatch", lambda: caller.run(stop), stop)),
        asyncio.create_task(host.again("watchdog", lambda: watchdog.run(stop), stop)),
        asyncio.create_task(host.again("registry", lambda: registered(house, name, stop), stop)),
        asyncio.create_task(host.again("forgetting", lambda: forgetting(house, stop), stop)),
        asyncio.create_task(host.again("pauses", lambda: pausing(house, stop), stop)),
    ]
    watching = asyncio.create_task(house.postgres.watch()) if house.postgres else None
    try:
        yield
    finally:
        stop.set()
        _, late = await asyncio.wait(jobs, timeout=GRACE_S / 2)
        for job in [*late, *([watching] if watching else [])]:
            job.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*jobs, return_exceptions=True)
        await caller.close()
        await sign_out(house, name)


async def _lane(house: House, host: EmbeddedHost, lane: LaneConsumer, stop: asyncio.Event) -> None:
    """Keep a lane's index, and look out for who comes late to a live area."""
    late, feed, poll_s = house.latecomers(lane), house.store.feed, house.settings.poll_s
    await asyncio.gather(
        host.again("index", lambda: lane.keeper.run(stop), stop),
        host.again(late.name, lambda: late.round(feed, poll_s), stop),
    )
