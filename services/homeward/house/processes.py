"""What every process of the scale-out does alike: open, sign in, show itself, end in time."""

import asyncio
import contextlib
import os
import secrets
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

import structlog

from homeward.hosts.turn import where
from homeward.house.beacon import Ready, lit
from homeward.house.opening import House, HouseRefused, World, open_house
from homeward.house.stopping import GRACE_S, stop_on_signals
from homeward.ports import LogUnavailable
from homeward.settings import Settings

Role: TypeAlias = Literal["api", "worker", "relay", "dispatch"]

SEEN_EVERY_S: Final = 3.0
"""Who was not seen for 10 s counts as gone: two signs of life may be lost."""
BACK_OFF_S: Final = (0.05, 2.0)
"""First and longest pause after a part failed."""
SIGN_OUT_S: Final = 1.0

log = structlog.get_logger("homeward")

Announcement: TypeAlias = Mapping[str, Any]
"""role, id, pid, world, and ``url`` of an API or ``metrics`` of another."""
Announce: TypeAlias = Callable[[Announcement], None]
"""Told once the process is ready."""


@dataclass(slots=True)
class Process:
    """One process of several, with its house open."""

    house: House
    role: Role
    id: str
    """``<role>-<host>-<pid>-<8 hex>``: one that starts again has another."""
    stop: asyncio.Event
    """Set when it shall end; it is cut off 8 s later."""
    announce: Announce
    jobs: list[asyncio.Task[None]] = field(default_factory=list)

    def beside(self, part: str, work: Callable[[], Awaitable[None]]) -> None:
        """Run a part beside the others until told to stop; one that fails is begun again."""
        self.jobs.append(asyncio.create_task(self._again(part, work), name=part))

    def say(self, part: str, what: str) -> None:
        """Tell the operator what went wrong: a class and a place, no text."""
        log.error("part failed", part=part, what=what)

    def ready(self, **shown: object) -> None:
        """Tell who started it that it is ready."""
        said = {"role": self.role, "id": self.id, "pid": os.getpid(), "world": self.house.world}
        self.announce({**said, **shown})

    async def _again(self, part: str, work: Callable[[], Awaitable[None]]) -> None:
        back_off_s = BACK_OFF_S[0]
        while not self.stop.is_set():
            try:
                await work()
                back_off_s = BACK_OFF_S[0]
            except Exception as failure:  # noqa: BLE001 -- a process must outlive every fault
                if not isinstance(failure, LogUnavailable):
                    self.say(part, where(failure))
                self.house.meter.count("homeward_host_retries_total", part=part)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self.stop.wait(), back_off_s)
                back_off_s = min(back_off_s * 2, BACK_OFF_S[1])

    async def ended(self) -> None:
        """Let the parts end, and end those that do not."""
        self.stop.set()
        if self.jobs:
            _, late = await asyncio.wait(self.jobs, timeout=GRACE_S / 2)
            for job in late:
                job.cancel()
            await asyncio.gather(*self.jobs, return_exceptions=True)


def process_id(role: str) -> str:
    """Return a name that no other process has."""
    return f"{role}-{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"


def needs_kafka(settings: Settings, what: str) -> None:
    """Refuse what cannot work without a broker named. Raises HouseRefused."""
    if not settings.kafka:
        msg = (
            f"{what} needs a broker: start one with `make kafka` and export "
            "HOMEWARD_KAFKA=127.0.0.1:19092, or name yours"
        )
        raise HouseRefused(msg)


@asynccontextmanager
async def process(
    settings: Settings, world: World, role: Role, announce: Announce | None = None
) -> AsyncIterator[Process]:
    """Open a house as one process of several; at the block's end its parts are ended, in 8 s.

    SIGINT and SIGTERM set ``stop``. Raises HouseRefused and the adapters' own refusals.
    """
    stop = asyncio.Event()
    stop_on_signals(stop)
    async with open_house(settings, world) as house:
        house.role = role
        await _case_clock(house)
        one = Process(house, role, process_id(role), stop, announce or (lambda _: None))
        house.meter.gauge("homeward_process_info", 1, role=role)
        one.beside("registry", lambda: registered(house, one.id, stop))
        watching = asyncio.create_task(house.postgres.watch()) if house.postgres else None
        try:
            yield one
        finally:
            await one.ended()
            if watching is not None:
                watching.cancel()
            await sign_out(house, one.id)


@asynccontextmanager
async def shown(one: Process, ready: Ready | None = None) -> AsyncIterator[None]:
    """Show a process without an API at its metrics port; says that it is ready."""
    async with lit(one.house, ready or one.house.ready) as address:
        one.ready(**({"metrics": address} if address else {}))
        yield


async def registered(house: House, name: str, stop: asyncio.Event) -> None:
    """Sign a process in, and be seen until the end. Raises LogUnavailable."""
    registry = house.store.processes
    await registry.sign_in(name, house.role, socket.gethostname(), os.getpid())
    while not stop.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), SEEN_EVERY_S)
        if not stop.is_set() and not await registry.seen(name):
            return  # forgotten, by a database that was restored: signs in again


async def sign_out(house: House, name: str) -> None:
    """Say that a process ends; where the database is away it is just seen no more."""
    with contextlib.suppress(LogUnavailable, TimeoutError):
        await asyncio.wait_for(house.store.processes.sign_out(name), SIGN_OUT_S)


async def _case_clock(house: House) -> None:
    """Set the case clock's rate where this process was told one.

    One that was told nothing must not set a drill back that somebody else quickened.
    """
    settings, clock = house.settings, house.store.clock
    if "case_clock_rate" in settings.model_fields_set and settings.case_clock_rate != clock.rate:
        await clock.set_rate(settings.case_clock_rate)
