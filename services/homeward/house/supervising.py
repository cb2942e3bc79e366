"""``homeward up --processes``: every process of the scale-out on one machine, under one parent."""

import asyncio
import contextlib
import fcntl
import os
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

import structlog

from homeward.house.child import Child
from homeward.house.listening import bound_socket, first_of, url_of
from homeward.house.opening import House, HouseRefused, World, folder_of, open_house
from homeward.house.processes import needs_kafka, process_id, registered, sign_out
from homeward.house.stopping import stop_on_signals
from homeward.house.topics import ensure_topics, missing_topics
from homeward.kafka.admin import KafkaAway, TopicsRefused
from homeward.settings import Settings

LAST_S: Final = 9.2
"""Children are killed 8.3 s after they were asked to end; the database ends then."""
TOPICS_S: Final = 5.0
"""So long the children wait for the topics; with the broker away they start without."""
TOPICS_AGAIN_S: Final = 3.0
TOPICS_LOOK_S: Final = 10.0
"""As often as the relay looks; alerts are swept meanwhile."""
LOCK_FILE: Final = "household.lock"

log = structlog.get_logger("homeward")

Announce: TypeAlias = Callable[[Mapping[str, Any]], None]
"""Told {"url", "world", "admin_key_file", "children": [...]} once every process is ready."""


@dataclass(frozen=True, slots=True)
class Household:
    """How many processes of each kind."""

    apis: int = 1
    workers: int = 2
    dispatchers: int = 1
    relays: int = 1


async def run_processes(
    settings: Settings, world: World, household: Household, announce: Announce | None = None
) -> None:
    """Run them until SIGINT or SIGTERM; one that dies is started again. Raises HouseRefused.

    All have ended 10 s later; should this process be killed, the kernel tells them.
    """
    needs_kafka(settings, "homeward up --processes")
    stop, children = asyncio.Event(), list[Child]()
    stop_on_signals(stop, grace_s=LAST_S, at_once=lambda: _killed(children))
    with _alone(folder_of(settings, world)), contextlib.closing(_reserved(settings)) as port:
        async with open_house(settings, world) as house:
            house.role, house.url = "supervisor", url_of(port)
            children += _children(house, household, port)
            async with _kept(house, children, stop):
                await _announced(house, children, stop, announce)
                await stop.wait()


def _killed(children: Sequence[Child]) -> None:
    for one in children:
        one.kill()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the folder until the block ends; who dies lets go of it. Raises HouseRefused.

    Two would share logs, and whoever ended first would take the file along that says where the
    other one's APIs listen.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(folder / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as failure:
        msg = f"cannot work in {folder} ({failure.strerror}): choose another with --data-folder"
        raise HouseRefused(msg) from None
    with os.fdopen(handle, "r+") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            msg = (
                f"another `homeward up --processes` runs in {folder} (pid {held.read().strip()}): "
                "stop it, add to it (homeward worker), or choose another with --data-folder"
            )
            raise HouseRefused(msg) from None
        held.truncate()
        held.write(f"{os.getpid()}\n")
        held.flush()
        yield


def _reserved(settings: Settings) -> socket.socket:
    """Keep the port for the APIs, which share it: bound, but nobody listens here.

    First bound alone: a port that is shared already belongs to another household.
    """
    with contextlib.closing(bound_socket(settings)) as alone:
        port = alone.getsockname()[1]
    return bound_socket(settings.model_copy(update={"port": port}), shared=True)


def _children(house: House, household: Household, port: socket.socket) -> Sequence[Child]:
    settings, folder = house.settings, folder_of(house.settings, house.world)
    dsn = house.postgres.dsn if house.postgres else None
    env = dict(os.environ) | {"HOMEWARD_DATA_FOLDER": str(settings.data_folder)}
    env |= {"HOMEWARD_KAFKA": settings.kafka} | ({"HOMEWARD_DATABASE_URL": dsn} if dsn else {})
    listen = ["--host", settings.host, "--port", str(port.getsockname()[1]), "--share-port"]
    metrics, made = settings.metrics_port, list[Child]()
    for role, count in (
        ("api", household.apis),
        ("relay", household.relays),
        ("dispatch", household.dispatchers),
        ("worker", household.workers),
    ):
        for number in range(1, count + 1):
            where = listen if role == "api" else ["--metrics-port", str(metrics)]
            if role != "api" and metrics > 0:
                metrics += 1  # of a machine's processes each has a port of its own
            name = f"{role}-{number}"
            args = [role, f"--{house.world}", "--json", *where]
            made.append(Child(name, args, env, folder / "logs" / f"{name}.log"))
    return made


@asynccontextmanager
async def _kept(
    house: House, children: Sequence[Child], stop: asyncio.Event
) -> AsyncIterator[None]:
    """Keep topics, children and the database beside the block; all have ended after it."""
    name = process_id("supervisor")
    made = asyncio.Event()
    topics = asyncio.create_task(_topics(house, stop, made))
    there = asyncio.create_task(made.wait())
    await asyncio.wait({topics, there}, timeout=TOPICS_S, return_when=asyncio.FIRST_COMPLETED)
    there.cancel()
    keeping = [asyncio.create_task(one.keep(stop), name=one.name) for one in children]
    beside = [topics, asyncio.create_task(_known(house, name, stop))]
    if house.postgres:
        beside.append(asyncio.create_task(house.postgres.watch()))
    try:
        yield
    finally:
        stop.set()
        await asyncio.gather(*keeping, return_exceptions=True)
        for one in beside:
            one.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
        await sign_out(house, name)


async def _known(house: House, name: str, stop: asyncio.Event) -> None:
    """Stay in the registry; the database may be away for a while."""
    while not stop.is_set():
        with contextlib.suppress(Exception):
            await registered(house, name, stop)
        await asyncio.sleep(1)


async def _topics(house: House, stop: asyncio.Event, made: asyncio.Event) -> None:
    """Make the topics as they should be; a broker that is away is waited for.

    ``made`` is set once they are there. Afterwards they are made again when they are gone: a
    broker that lost its disk comes back with none.
    """
    said = ""
    while not stop.is_set():
        trouble = await asyncio.to_thread(ensure_topics, house)
        if trouble and trouble != said:
            log.warning("topics not there yet", why=trouble, mend="homeward topics apply")
        elif not trouble:
            log.info("topics are there")
            made.set()
            await _topics_gone(house, stop)
        said = trouble
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), TOPICS_AGAIN_S)


async def _topics_gone(house: House, stop: asyncio.Event) -> None:
    """Wait until the broker answers and lacks a topic."""
    while not stop.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), TOPICS_LOOK_S)
        with contextlib.suppress(KafkaAway, TopicsRefused):
            if not stop.is_set() and (gone := await asyncio.to_thread(missing_topics, house)):
                log.warning("topics are gone", topics=gone)
                return


async def _announced(
    house: House, children: Sequence[Child], stop: asyncio.Event, announce: Announce | None
) -> None:
    """Wait until every child was ready, and say so."""
    all_ready = asyncio.create_task(_ready(children))
    await first_of(stop, all_ready, ends=False)
    if not all_ready.done():
        all_ready.cancel()
    elif announce is not None:
        api = next((dict(one.said) for one in children if "url" in one.said), {})
        said = [{"name": one.name, **one.said} for one in children]
        url, key_file = api.get("url"), api.get("admin_key_file")
        announce({"url": url, "world": house.world, "admin_key_file": key_file, "children": said})


async def _ready(children: Sequence[Child]) -> None:
    for one in children:
        await one.ready.wait()


def logs_of(settings: Settings, world: World) -> Path:
    """Return the folder in which each process of a household has its log."""
    return folder_of(settings, world) / "logs"
