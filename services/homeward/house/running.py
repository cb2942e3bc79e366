"""Runs a world in one process: API, processors, fan-out, waker, dispatch."""

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final

import structlog
import uvicorn

from homeward.dispatch.bucket import rates_of
from homeward.dispatch.caller import Caller
from homeward.dispatch.channels import channels_for
from homeward.dispatch.knobs import Knobs
from homeward.dispatch.links import PageLinks
from homeward.hosts.embedded import EmbeddedHost
from homeward.hosts.waker import Waker
from homeward.house.collector import spare_what_stays
from homeward.house.first import admin_key, another_answers, saying_where
from homeward.house.opening import House, HouseRefused, World, open_house
from homeward.house.patience import Patient
from homeward.house.watchdog import Watchdog
from homeward.http.app import create_app
from homeward.settings import Settings

GRACE_S: Final = 8.0
"""A stop that takes longer is cut off: what was not done is done at the next start."""
FORGET_S: Final = 3_600.0

log = structlog.get_logger("homeward")

Announce = Callable[[House, Path], None]
"""Told (house, admin key file) once everything runs."""


class _Server(uvicorn.Server):
    """uvicorn without its signal handlers: the house has its own."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def bound_socket(settings: Settings) -> socket.socket:
    """Return the listening socket. Raises HouseRefused when the port is taken or not ours."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # Named as TCP: asyncio sets TCP_NODELAY on no other, and without it an answer on a kept
    # connection waits some 40 ms for the acknowledgement of its own headers.
    taken = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((settings.host, settings.port))
    except OSError as failure:
        taken.close()
        msg = (
            f"cannot listen on {settings.host} port {settings.port} ({failure.strerror}): "
            "see whether `homeward up` runs already, choose another with --port, or let the "
            "kernel choose with --port 0 (make up ARGS='--port 0')"
        )
        raise HouseRefused(msg) from failure
    return taken


async def run_up(settings: Settings, world: World, announce: Announce | None = None) -> None:
    """Host one world until SIGINT or SIGTERM. Raises HouseRefused."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, _stopper(stop))
    listening = bound_socket(settings)
    async with open_house(settings, world) as house:
        if settings.case_clock_rate != house.store.clock.rate:  # who only reads changes no clock
            await house.store.clock.set_rate(settings.case_clock_rate)
        host, port = listening.getsockname()[:2]
        house.url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        key_file = await admin_key(house)
        spare_what_stays()
        async with _hosts(house, stop):
            server = _Server(_uvicorn(house))
            serving = asyncio.create_task(server.serve(sockets=[listening]))
            await _started(server, serving)
            another = await asyncio.to_thread(another_answers, house)
            with saying_where(house, another=another):
                if announce is not None:
                    announce(house, key_file)
                stopping = asyncio.create_task(stop.wait())
                await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
            stop.set()
            loop.call_later(GRACE_S, os._exit, 0)
            server.should_exit = True
            await serving
            stopping.cancel()


async def _started(server: uvicorn.Server, serving: asyncio.Task[None]) -> None:
    """Wait until it listens; uvicorn has no event for that."""
    while not server.started and not serving.done():  # noqa: ASYNC110 -- see above
        await asyncio.sleep(0.01)


def _stopper(stop: asyncio.Event) -> Callable[[], None]:
    def stopped() -> None:
        if stop.is_set():  # asked twice: at once
            os._exit(130)
        stop.set()

    return stopped


def _uvicorn(house: House) -> uvicorn.Config:
    return uvicorn.Config(
        create_app(house.rooms()),
        log_config=None,
        access_log=False,
        server_header=False,
        http=Patient,
        ws="none",
        timeout_keep_alive=10,
        timeout_graceful_shutdown=2,
        limit_concurrency=1_000,
    )


@asynccontextmanager
async def _hosts(house: House, stop: asyncio.Event) -> AsyncIterator[None]:
    """Run processors, waker, dispatch and gauges beside the block."""
    caller = _caller(house)
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
    watchdog, latecomers = Watchdog(house), house.latecomers()
    feed, poll_s = house.store.feed, house.settings.poll_s
    jobs = [
        asyncio.create_task(host.run(stop)),
        asyncio.create_task(host.again("index", lambda: house.keeper.run(stop), stop)),
        asyncio.create_task(
            host.again(latecomers.name, lambda: latecomers.round(feed, poll_s), stop)
        ),
        asyncio.create_task(host.again("dispatch", lambda: caller.run(stop), stop)),
        asyncio.create_task(host.again("watchdog", lambda: watchdog.run(stop), stop)),
        asyncio.create_task(host.again("forgetting", lambda: _forgetting(house, stop), stop)),
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


async def _forgetting(house: House, stop: asyncio.Event) -> None:
    """Forget what is kept under Idempotency-Keys, and of places, for longer than is promised."""
    kept = timedelta(hours=house.settings.positions_kept_h)
    while not stop.is_set():
        await house.store.forget_old_answers()
        await house.store.roster.forget_places(house.store.clock.now() - kept)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), FORGET_S)


def _caller(house: House) -> Caller:
    settings, store, drill = house.settings, house.store, house.world == "drill"
    allowed = [one for one in settings.webhook_loopback.replace(" ", "").split(",") if one]
    knobs = Knobs(
        lease_s=settings.lease_s,
        senders=settings.senders,
        poll_s=settings.poll_s,
        rates=rates_of(settings.channel_rates),
    )
    return Caller(
        log=store.log,
        ledger=store.ledger,
        roster=store.roster,
        channels=channels_for(
            house.world,
            inbox=store.inbox,
            ring=house.ring,
            clock=store.clock,
            webhook_loopback=allowed,
        ),
        words=house.words,
        link=PageLinks(house.ring, lambda: settings.public_url or house.url).inbox,
        clock=store.clock,
        meter=house.meter,
        drill=drill,
        knobs=knobs,
    )
