"""I-24: no drill reaches a live channel, whatever was mixed up; live takes nothing of a drill.

Ten thousand seeded drills and live processes with mistakes go through the real settings, the
composition root and the channels; judges look from outside (`drilling.py`). What is refused says
how to mend it.
"""

import asyncio
import contextlib
import itertools
import random
import socket
import ssl
from collections import Counter
from dataclasses import dataclass, field

import pytest
from pydantic import ValidationError
from tests.services.house.drilling import (
    DRILL_TYPES,
    LIVE_ADDRESSES,
    LIVE_TYPES,
    MISTAKES,
    OTHER,
    WATCH,
    Stand,
    Words,
    chunk_of,
    embedded,
    env_of,
    outgoing,
    people,
    topics,
)

from homeward.dispatch import channels as channel_module
from homeward.dispatch.channels import post, webhook
from homeward.house import calling, opening
from homeward.house.calling import caller_of
from homeward.house.opening import HouseRefused, open_house
from homeward.kafka import catalogue
from homeward.metrics import PrometheusMeter
from homeward.seal.keyring import FileKeyRing
from homeward.settings import Settings

MANY = 10_000
BATCHES = 10
"""Each in a town of its own, so that what one leaves behind meets the next ones."""
PLANTED = 400
"""A planted bug must show within so many."""
SENT_EVERY = 4
"""Of those that open, one in so many sends by a whole sender, the others by the channel alone."""
READ_EVERY = 20
TLS = ssl.create_default_context()
METER = PrometheusMeter()
"""Made once: both take longer than all the rest, and are the same in both worlds."""


@dataclass
class Seen:
    """What came of many."""

    wrong: list[str] = field(default_factory=list)
    opened: Counter = field(default_factory=Counter)
    refused: Counter = field(default_factory=Counter)
    arrived: int = 0


class Far:
    """Counts who connects, and answers like a webhook."""

    def __init__(self):
        self.requests, self.writers = 0, []

    async def __call__(self, reader, writer):
        self.writers.append(writer)
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
                await reader.readexactly(int(length))
                self.requests += 1
                writer.write(b"HTTP/1.1 200 x\r\ncontent-length: 0\r\n\r\n")
        writer.close()


@contextlib.asynccontextmanager
async def town(folder, monkeypatch):
    """A live world and a drill's sink; both listen, and only one may be called."""
    live, sink = Far(), Far()
    servers = [await asyncio.start_server(one, "127.0.0.1", 0) for one in (live, sink)]
    ports = [one.sockets[0].getsockname()[1] for one in servers]
    stand = Stand(folder, *ports)
    monkeypatch.setattr(opening, "open_store", stand.databases.open_store)
    monkeypatch.setattr(opening, "EmbeddedPostgres", embedded)
    monkeypatch.setattr(opening, "PrometheusMeter", lambda: METER)
    monkeypatch.setattr(post.ssl, "create_default_context", lambda: TLS)
    try:
        yield stand, live, sink
    finally:
        for one in servers:
            one.close()
        for writer in (*live.writers, *sink.writers):
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()


class Said(Settings):
    """Settings from what is handed in, read in a fifth of the time."""

    @classmethod
    def settings_customise_sources(cls, _, init_settings, **__):
        return (init_settings,)


def settings_of(env, chance, monkeypatch):
    """Return settings as a process reads them; one in so many from a real environment."""
    if chance.randrange(READ_EVERY):
        return Said(**{name.removeprefix("HOMEWARD_").lower(): one for name, one in env.items()})
    with monkeypatch.context() as patch:
        for name, value in env.items():
            patch.setenv(name, value)
        return Settings()


def mixed_up(stand, chance, world):
    """Return an environment with up to three mistakes, and which."""
    env, made = env_of(stand, world), chance.sample(MISTAKES, chance.randint(0, 3))
    for one in made:
        one(chance, stand, world, env)
    return env, [one.__name__ for one in made]


async def tried(stand, seed, seen, monkeypatch):
    """Open one world with mistakes and let it send; note what is wrong."""
    chance = random.Random(seed)
    world = "drill" if chance.random() < 0.7 else "live"
    env, made = mixed_up(stand, chance, world)
    said = f"seed {seed}, {world}, {made}"
    before, others = stand.live.counted(), stand.databases.opened.copy()
    with WATCH.on() as watch:
        try:
            settings = settings_of(env, chance, monkeypatch)
            async with open_house(settings, world) as house:
                seen.opened[world] += 1
                house.words = Words()
                caller = caller_of(house)
                try:
                    await sent(stand, chance, house, caller)
                finally:
                    await caller.close()
                seen.wrong += [f"{said}: {one}" for one in held(stand, house, env)]
        except (HouseRefused, ValidationError) as refused:
            seen.refused[world] += 1
            if isinstance(refused, HouseRefused) and ": " not in str(refused):
                seen.wrong.append(f"{said}: refused without a mend: {refused}")
    opened = stand.databases.opened[len(others) :]
    seen.wrong += [f"{said}: {one}" for one in judged(stand, world, watch, opened)]
    if world == "drill" and stand.live.counted() != before:
        seen.wrong.append(f"{said}: the live store grew")


async def sent(stand, chance, house, caller):
    """Tell people, some of them as the live roster has them; a live house calls nobody here."""
    drill = house.world == "drill"
    ports = {"port": stand.sink_port, "live": stand.live_port}
    addresses = [one.format(**ports) for one in chance.sample(LIVE_ADDRESSES, 3)]
    sink = f"http://127.0.0.1:{stand.sink_port}/told"
    channel = caller._channels["webhook"]
    other = [outgoing(house.store, "v-other", sink, drill=not drill)]
    with contextlib.suppress(channel_module.WrongWorld):
        await channel.send(other)
        raise AssertionError("a message of the other world was taken")
    if not drill:
        return
    if chance.randrange(SENT_EVERY):
        batch = [
            outgoing(house.store, f"v-{number}", one, drill=True)
            for number, one in enumerate([*addresses, sink])
        ]
        await channel.send(batch)
        return
    registered = await house.store.roster.register(people([*addresses, sink]))
    house.store.disk.ledger.add([chunk_of(registered)], house.store.clock.real())
    await caller.once()


def held(stand, house, env):
    """Yield what a house holds that is not its world's."""
    other = stand.live_ring if house.world == "drill" else stand.own_ring
    if house.ring.token("inbox", "v-1") == other.token("inbox", "v-1"):
        yield "its links open the other world's pages"
    if house.ring.mac("request", b"x") == other.mac("request", b"x"):
        yield "it signs as the other world does"
    with contextlib.suppress(KeyError):
        house.ring.unwrap(other.wrap(b"d" * 32))
        yield "it opens what the other world sealed"
    right = topics(env_of(stand, OTHER[house.world]), OTHER[house.world])
    if topics(env, house.world) & right:
        yield f"it is on the other world's topics with {env['HOMEWARD_TOPIC_PREFIX']}"


def judged(stand, world, watch, opened):
    """Yield what somebody who stands outside saw that may not be."""
    types = LIVE_TYPES if world == "drill" else DRILL_TYPES
    if wrong := [one.__name__ for one in watch.made if one in types]:
        yield f"made {wrong}"
    if set(opened) - {world}:
        yield f"opened the store of {set(opened) - {world}}"
    if watch.looked_up:
        yield f"looked up {watch.looked_up}"
    allowed = {("127.0.0.1", stand.sink_port)} if world == "drill" else set()
    if strange := set(watch.connected) - allowed:
        yield f"connected to {strange}"


async def many(folder, monkeypatch, seeds):
    """Try many, one after the other in one town."""
    seen = Seen()
    async with town(folder, monkeypatch) as (stand, live, sink):
        for seed in seeds:
            await tried(stand, seed, seen, monkeypatch)
        await asyncio.sleep(0)
        if live.requests:
            seen.wrong.append(f"the live gateway was called {live.requests} times")
        seen.arrived = sink.requests
    return seen


@pytest.mark.parametrize("batch", range(BATCHES))
async def test_no_drill_reaches_live_and_live_takes_nothing_of_a_drill(
    tmp_path, monkeypatch, batch
):
    each = MANY // BATCHES
    seen = await many(tmp_path, monkeypatch, range(batch * each, (batch + 1) * each))
    assert not seen.wrong, (len(seen.wrong), seen.wrong[:5])
    # It was looked at: many opened and sent, and mistakes were refused.
    assert seen.opened["drill"] > each // 4
    assert seen.opened["live"] > each // 20
    assert min(seen.refused.values()) > each // 20
    assert seen.arrived > each // 4


def lenient_channels(world, *, inbox, ring, clock, webhook_loopback=()):
    made = (
        channel_module.LiveInboxChannel(inbox),
        channel_module.Paged(webhook.LiveWebhookChannel(ring, clock), inbox),
    )
    return {one.name: one for one in made}


def anywhere(monkeypatch):
    monkeypatch.setattr(webhook.DrillWebhookChannel, "check", lambda *_: None)


def live_channels(monkeypatch):
    monkeypatch.setattr(calling, "channels_for", lenient_channels)


def blind_channel(monkeypatch):
    monkeypatch.setattr(webhook.DrillWebhookChannel, "check_world", lambda *_: None)
    monkeypatch.setattr(channel_module.Paged, "check_world", lambda *_: None)


def any_ring(monkeypatch):
    monkeypatch.setattr(
        opening, "FileKeyRing", type("Any", (), {"open": lambda path, _: FileKeyRing.open(path)})
    )


def same_topics(monkeypatch):
    monkeypatch.setattr("tests.services.house.drilling.names_of", one_prefix)


def one_prefix(topic_prefix, world):
    return catalogue._names(topic_prefix)


def any_prefix(monkeypatch):
    monkeypatch.setattr(opening, "DRILL_ENDS", "?")


def live_store(monkeypatch):
    """Set after the town's own: see `planted`."""
    own = opening.open_store
    monkeypatch.setattr(opening, "open_store", lambda dsn, _, ring: own(dsn, "live", ring))


@pytest.mark.parametrize(
    "plant",
    [anywhere, live_channels, blind_channel, any_ring, same_topics, any_prefix, live_store],
    ids=lambda one: one.__name__,
)
async def test_a_planted_leak_is_noticed(tmp_path, monkeypatch, plant):
    seen = Seen()
    async with town(tmp_path, monkeypatch) as (stand, _, _):
        plant(monkeypatch)
        for seed in itertools.takewhile(lambda _: not seen.wrong, range(PLANTED)):
            try:
                await tried(stand, seed, seen, monkeypatch)
            except AssertionError as taken:
                seen.wrong.append(str(taken))
    assert seen.wrong


async def test_the_watch_sees_a_connection_and_a_look_up():
    with WATCH.on() as watch:
        with contextlib.suppress(OSError), socket.socket() as one:
            one.connect(("127.0.0.1", 9))
        with contextlib.suppress(OSError):
            socket.getaddrinfo("127.0.0.1", 9)
    assert watch.connected == [("127.0.0.1", 9)]
    assert watch.looked_up == ["127.0.0.1"]
