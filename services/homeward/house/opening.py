"""Opens one world: settings -> adapters -> desk and consumers."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias, get_args

import structlog

from homeward import processors
from homeward.desk import (
    Desk,
    Districts,
    DistrictsRefused,
    HubBooks,
    IndexCrowd,
    Reader,
    read_districts,
)
from homeward.dispatch.channels.address import loopback_endpoint
from homeward.dispatch.words import SealedWords
from homeward.fanout.lane import Lane
from homeward.fanout.pyramid import PyramidIndex
from homeward.hosts.cascade import Cascade, Hands
from homeward.hosts.consumer import Consumer, Pure
from homeward.hosts.keeper import IndexKeeper
from homeward.hosts.lane import LaneConsumer
from homeward.hosts.latecomers import Latecomers
from homeward.hosts.pen import Pen
from homeward.hosts.turn import Bench
from homeward.http.rooms import Rooms
from homeward.http.tellings import Tellings
from homeward.kafka.catalogue import prefix_of
from homeward.metrics import PrometheusMeter
from homeward.ports import LogUnavailable, Meter, PositionLine
from homeward.postgres.keys import OtherKeyRing
from homeward.postgres.store import Store, open_store
from homeward.postgres.supervisor import EmbeddedPostgres
from homeward.seal.keyring import FileKeyRing, KeyRingRefused
from homeward.settings import Settings

World: TypeAlias = Literal["live", "drill"]

KEY_RING_FILE: Final = "keyring.json"
DRILL_ENDS: Final = prefix_of("", "drill")
"""A live world whose topics ended so would share a drill's."""
WAY: Final = frozenset({"reach", "callouts"})
"""Processors whose outputs the lanes wait for; the others go on beside them."""

PARKED_MEND: Final = "See homeward parked list; when the cause is mended: homeward parked unpark."

log = structlog.get_logger("homeward")


class HouseRefused(Exception):
    """The house cannot be opened so; the text says how to mend it."""


@dataclass(slots=True)
class House:
    """One world, open: its ports, its desk, its consumers."""

    settings: Settings
    world: World
    store: Store
    ring: FileKeyRing
    meter: PrometheusMeter
    desk: Desk
    processors: Sequence[Consumer]
    lanes: Sequence[LaneConsumer]
    """By number; each loads its index when it is first asked."""
    words: SealedWords
    postgres: EmbeddedPostgres | None
    heard: Mapping[str, int] = field(default_factory=dict)
    """Consumer -> size of the log it caught up with, when a host runs here."""
    url: str = ""
    positions: PositionLine | None = None
    """Where an API's positions go; None: to the roster at once."""
    role: str = "up"
    """Which process this is; ``up`` is all of them in one."""

    @property
    def consumers(self) -> Sequence[Consumer]:
        """Return everybody who hears facts."""
        return [*self.processors, *self.lanes]

    @property
    def bench(self) -> Bench:
        """What turns work on."""
        pen = Pen(self.store.log.origin, self.store.clock.real)
        return Bench(self.store.tail, self.store.workbench, pen)

    @property
    def keepers(self) -> Sequence[IndexKeeper]:
        """Who keeps the indexes: one a lane and process, whoever matches."""
        return [one.keeper for one in self.lanes]

    def latecomers(self, lane: LaneConsumer) -> Latecomers:
        """Return what looks for those who come late to a live area."""
        return Latecomers(self.bench, lane, self.store.clock, self.meter)

    def cascade(self, hands: Hands) -> Cascade:
        """Return the way from an alert to its nearest people: reach, callouts, the lanes."""
        way = [*(one for one in self.processors if one.name in WAY), *self.lanes]
        return Cascade(self.bench, way, hands, self.expect)

    def expect(self) -> None:
        """Let the keepers look for changes of the roster: somebody will ask at once."""
        for keeper in self.keepers:
            keeper.expect()

    def rooms(self) -> Rooms:
        """Return what the routes need; a file of districts is read here, once.

        Raises HouseRefused.
        """
        books = HubBooks(self.store.roster, self.settings.hub_book_km, self.settings.hub_book_max)
        return Rooms(
            world=self.world,
            settings=self.settings,
            desk=self.desk,
            reader=Reader(self.desk),
            books=books,
            log=self.store.log,
            feed=self.store.feed,
            workbench=self.store.workbench,
            roster=self.store.roster,
            invites=self.store.invites,
            protected=self.store.protected,
            crowd=IndexCrowd([one.fresh for one in self.keepers]),
            ledger=self.store.ledger,
            tellings=Tellings(self.store.ledger),
            inbox=self.store.inbox,
            api_keys=self.store.api_keys,
            ring=self.ring,
            clock=self.store.clock,
            meter=self.meter,
            ready=self.ready,
            issuing=self.words.expect,
            positions=self.positions,
            public_url=lambda: self.settings.public_url or self.url,
            districts=districts_of(self.settings),
        )

    async def ready(self) -> Mapping[str, Any]:
        """Return whether the house can do its work, and why not."""
        checks: dict[str, dict[str, Any]] = {}
        try:
            size = await asyncio.wait_for(self.store.log.size(), 2)
            parked = await self.store.workbench.parked()
        except (LogUnavailable, TimeoutError):
            checks["database"] = {"ok": False, "mend": "PostgreSQL does not answer."}
        else:
            checks["database"] = {"ok": True, "log_size": size}
            checks["parked"] = {"ok": not parked, "keys": len(parked)}
            if parked:  # only how many: a key is a case, and anybody may ask for this
                checks["parked"]["mend"] = PARKED_MEND
            if self.role == "up":  # others load an index when somebody asks, and work without
                checks["index"] = self._index()
            for name, heard in self.heard.items():
                checks[f"consumer {name}"] = {"ok": True, "behind": max(0, size - heard)}
        ready = checks["database"]["ok"]
        return {"ready": ready, "checks": checks}

    def _index(self) -> dict[str, Any]:
        """An alert is accepted before it is loaded, and goes out as soon as it is."""
        people = [one.people for one in self.keepers]
        loaded = sum(one for one in people if one is not None)
        if None not in people:
            return {"ok": True, "people": loaded}
        under_way = [one.progress or (0, 0) for one in self.keepers]
        read, there_are = (loaded + sum(part) for part in zip(*under_way, strict=True))
        return {"ok": False, "read": read, "of": there_are, "mend": "It is being loaded: wait."}


def _loading(read: int, there_are: int, took_s: float) -> None:
    what = "index loaded" if read == there_are else "index is being loaded"
    log.info(what, people=read, of=there_are, took_ms=round(took_s * 1_000))


def districts_of(settings: Settings) -> Districts | None:
    """Return the operator's districts; None without a file of them. Raises HouseRefused."""
    try:
        named = settings.districts
        return None if named is None else read_districts(named.expanduser())
    except DistrictsRefused as refused:
        raise HouseRefused(str(refused)) from None


def folder_of(settings: Settings, world: World) -> Path:
    """Return where a world keeps its database and its key ring."""
    return settings.data_folder / world


def check_world(settings: Settings, world: World) -> None:
    """Refuse settings that are not this world's, before anything is opened. Raises HouseRefused."""
    if world not in get_args(World):
        msg = f"a world is live or drill, not {world!r}: say --drill or --live"
        raise HouseRefused(msg)
    if settings.topic_prefix.endswith(DRILL_ENDS):
        bare = settings.topic_prefix.removesuffix(DRILL_ENDS) or "homeward"
        msg = (
            f"topics that begin with {settings.topic_prefix} are a drill's, of the live world "
            f"{bare}: set HOMEWARD_TOPIC_PREFIX={bare}, a drill adds {DRILL_ENDS} by itself"
        )
        raise HouseRefused(msg)
    if world == "drill":
        for one in loopbacks_of(settings):
            _check_loopback(one)
    if world == "live" and settings.case_clock_rate != 1:
        msg = "a live world's clock runs at rate 1: unset HOMEWARD_CASE_CLOCK_RATE, or use --drill"
        raise HouseRefused(msg)
    if world == "live" and settings.webhook_loopback:
        msg = "a live world calls no loopback webhook: unset HOMEWARD_WEBHOOK_LOOPBACK"
        raise HouseRefused(msg)


def loopbacks_of(settings: Settings) -> list[str]:
    """Return the endpoints that a drill's webhooks may call."""
    return [one for one in settings.webhook_loopback.replace(" ", "").split(",") if one]


def _check_loopback(said: str) -> None:
    try:
        loopback_endpoint(said)
    except ValueError as wrong:
        msg = f"a drill calls loopback webhooks only, and {wrong}: mend HOMEWARD_WEBHOOK_LOOPBACK"
        raise HouseRefused(msg.replace(": write", "; write")) from None


def _ring(folder: Path, world: World) -> FileKeyRing:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return FileKeyRing.open(folder / KEY_RING_FILE, world)
    except KeyRingRefused as refused:
        raise HouseRefused(str(refused)) from None
    except OSError as failure:
        msg = f"cannot work in {folder} ({failure.strerror}): choose another with --data-folder"
        raise HouseRefused(msg) from None


def lanes_of(store: Store, meter: Meter) -> Sequence[LaneConsumer]:
    """Return the lanes of a world, by number; none has loaded its index."""
    cut = [Lane(number, store.lanes, store.log.origin) for number in range(store.lanes)]
    keepers = [IndexKeeper(one, store.roster, PyramidIndex, meter, _loading) for one in cut]
    return [LaneConsumer(one.lane, store.roster, store.ledger, one) for one in keepers]


@asynccontextmanager
async def open_house(settings: Settings, world: World) -> AsyncIterator[House]:
    """Open one world: start or reach PostgreSQL, migrate, and hand out its ports.

    Every consumer is made known here, before anything can be raised: what is raised while no
    host runs is heard when one starts. Raises HouseRefused and the adapters' own refusals.
    """
    check_world(settings, world)
    folder = folder_of(settings, world)
    async with AsyncExitStack() as stack:
        ring = _ring(folder, world)
        postgres = None
        if settings.database_url is None:
            postgres = await stack.enter_async_context(EmbeddedPostgres(folder / "postgres"))
            dsn = postgres.dsn
        else:
            dsn = settings.database_url.get_secret_value()
        try:
            store = await stack.enter_async_context(open_store(dsn, world, ring))
        except OtherKeyRing as other:
            raise HouseRefused(f"{other} as {folder / KEY_RING_FILE}") from None
        except LogUnavailable as away:
            mend = f"see {folder}/postgres/server.log" if postgres else "mend HOMEWARD_DATABASE_URL"
            raise HouseRefused(f"the database does not answer ({away}): {mend}") from None
        if ring.world is None and not await store.log.size():
            # Made before rings said so, and of another database: who knows of which world.
            path, field = folder / KEY_RING_FILE, f'"world": "{world}"'
            msg = f"{path} says not of which world it is: write {field} into it if you know"
            raise HouseRefused(msg)
        meter = PrometheusMeter()
        lanes = lanes_of(store, meter)
        pure: list[Consumer] = [Pure(one) for one in processors.ALL]
        for consumer in [*pure, *lanes]:
            await store.workbench.start(consumer.name)
        desk = Desk(store.log, store.subject_keys, store.clock, meter, settings.append_retries)
        words = SealedWords(
            store.log, store.subject_keys, authority=settings.authority, drill=world == "drill"
        )
        yield House(settings, world, store, ring, meter, desk, pure, lanes, words, postgres)
