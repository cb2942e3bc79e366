"""Two worlds side by side, mistakes that mix them up, and judges that look from outside.

The composition root is the real one; only the database is memory (or a real one, as the test
likes). What is judged: which channel types were made, which sockets were connected to and which
names were looked up (Python's own audit events), what stands in the live world's store.
"""

import contextlib
import random
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from hmac import compare_digest
from pathlib import Path
from typing import Any

from pyroaring import BitMap

from homeward.dispatch.channels import inbox, webhook
from homeward.house import opening
from homeward.kafka.catalogue import names_of
from homeward.ports import Chunk, Contact, Outgoing, Recipient
from homeward.postgres.keys import OtherKeyRing
from homeward.seal.keyring import FileKeyRing
from homeward.testing.memory import MemoryClock, MemoryStore
from homeward.words import Purpose, RecipientKind, Texts, Wording, derived_id

CELL = "8731aa42affffff"
OTHER = {"drill": "live", "live": "drill"}
LIVE_TYPES = (inbox.LiveInboxChannel, webhook.LiveWebhookChannel)
DRILL_TYPES = (inbox.DrillInboxChannel, webhook.DrillWebhookChannel)


class Watch:
    """Notes channels that are made, sockets that connect and names that are looked up."""

    def __init__(self) -> None:
        self.made: list[type] = []
        self.connected: list[tuple[str, int]] = []
        self.looked_up: list[str] = []
        self.looking = False
        sys.addaudithook(self._hear)  # for ever: there is no way to take one away

    def _hear(self, event: str, args: tuple[Any, ...]) -> None:
        if not self.looking:
            return
        if event == "socket.connect" and args[0].family != socket.AF_UNIX:
            self.connected.append((str(args[1][0]), int(args[1][1])))
        elif event in {"socket.getaddrinfo", "socket.gethostbyname"}:
            self.looked_up.append(str(args[0]))

    @contextlib.contextmanager
    def on(self) -> Iterator["Watch"]:
        """Watch until the block ends."""
        self.made, self.connected, self.looked_up = [], [], []
        watched = {one: one.__init__ for one in (*LIVE_TYPES, *DRILL_TYPES)}

        def noting(of: type, own: Any) -> Any:
            def init(made: Any, *args: Any, **more: Any) -> None:
                self.made.append(of)
                own(made, *args, **more)

            return init

        for one, own in watched.items():
            one.__init__ = noting(one, own)  # type: ignore[method-assign]
        self.looking = True
        try:
            yield self
        finally:
            self.looking = False
            for one, own in watched.items():
                one.__init__ = own  # type: ignore[method-assign]


WATCH = Watch()


class HouseStore(MemoryStore):
    """As `open_store` hands it to a house."""

    def __init__(self, origin: str) -> None:
        super().__init__(clock=MemoryClock())
        self.disk.log.origin = self.log.origin = origin
        self.lanes, self.tail, self.marks = 1, self.log, list[bytes]()

    def counted(self) -> tuple[int, ...]:
        """Return how much stands in it."""
        disk = self.disk
        inboxes = sum(map(len, disk.ledger.inboxes.values()))
        return len(disk.log.rows), len(disk.ledger.rows), inboxes, len(disk.roster.registered)


class Databases:
    """Stands in for PostgreSQL: a schema a world in each, and the mark of its key ring."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], HouseStore] = {}
        self.opened: list[str] = []

    def store(self, dsn: str, world: str) -> HouseStore:
        """Return a world's store in a database."""
        origin = f"homeward/{world}/{derived_id(dsn, world)[:16]}"
        return self.kept.setdefault((dsn, world), HouseStore(origin))

    @contextlib.asynccontextmanager
    async def open_store(self, dsn: str, world: str, ring: FileKeyRing) -> Any:
        """As `homeward.postgres.store.open_store`."""
        self.opened.append(world)
        store = self.store(dsn, world)
        mark = ring.mac("world", store.log.origin.encode())
        if not store.marks:
            store.marks.append(mark)
        if not compare_digest(mark, store.marks[0]):
            raise OtherKeyRing("the database was sealed under another key ring: restore that one")
        yield store


@contextlib.asynccontextmanager
async def embedded(folder: Path) -> Any:
    """As `EmbeddedPostgres`: a database a folder."""
    yield Embedded(str(folder))


@dataclass
class Embedded:
    dsn: str


LIVE_ENDPOINTS = (
    *("hooks.example.org:443", "203.0.113.9:443", "0.0.0.0:80", "[::]:80", "10.0.0.1:8080"),
    *("localhost:8110", "127.0.0.1", "https://hooks.example.org/", "192.0.2.1:0", "8.8.8.8:53"),
)
LIVE_ADDRESSES = (
    *("https://hooks.example.org/told", "https://203.0.113.9/told", "http://203.0.113.9:8080/told"),
    *(
        "https://[2001:db8::7]/told",
        "https://partner.example.com:8443/a/b?c=d",
        "ftp://127.0.0.1/x",
    ),
    *(
        "http://127.0.0.1:{port}@hooks.example.org/x",
        "http://hooks.example.org#@127.0.0.1:{port}/x",
    ),
    *("http://2130706433:{port}/x", "http://0x7f.1:{port}/x", "http://127.1:{port}/x"),
    *("http://[::ffff:127.0.0.1]:{port}/x", "http://localhost:{port}/x", "http://[::1]:{port}/x"),
    *("http://127.0.0.1.nip.example:{port}/x", "http://127.0.0.1.:{port}/x", "//127.0.0.1:{port}"),
    *("http://127.0.0.2:{port}/x", "http://127.0.0.1:{live}/x", "https://127.0.0.1:{live}/x"),
    *(
        "http://１２７.0.0.1:{live}/x",
        "http://127.0.0.1:{port}\\@hooks.example.org/",
        "",
        "x" * 3_000,
    ),
)


def outgoing(store: Any, recipient: str, address: str, *, drill: bool) -> Outgoing:
    """Return an alert to somebody."""
    return Outgoing(
        message_id=derived_id("drilling", recipient, address),
        recipient=recipient,
        address=address,
        purpose="alert",
        case=derived_id("drilling", "case"),
        case_code="ABCD-EFGH",
        alert=1,
        version=1,
        texts_of=derived_id("drilling", "draft"),
        lang="en",
        title="t",
        short="s",
        full="f",
        link="http://127.0.0.1/i",
        sent_at=store.clock.real(),
        expires_at=store.clock.real() + timedelta(hours=1),
        drill=drill,
    )


def people(addresses: list[str]) -> list[Recipient]:
    """Return invented people who are told by webhook, else by their inbox."""
    return [
        Recipient(
            f"v-{number}",
            RecipientKind.VOLUNTEER,
            (CELL,),
            contacts=((Contact("webhook", one),), (Contact("inbox"),)),
        )
        for number, one in enumerate(addresses)
    ]


class Words:
    """Something to say, so that a whole sender has what it needs."""

    async def words(
        self, texts_of: str, purpose: Purpose, lang: str, wording: Wording = Wording.PUBLIC
    ) -> Texts:
        return Texts(lang=lang, title="t", short="s", medium="m", full="f")


def chunk_of(registered: Any) -> Chunk:
    """Return an order to tell people."""
    everybody = BitMap(one.ordinal for one in registered)
    return Chunk(
        id=derived_id("drilling", "chunk"),
        order=derived_id("drilling", "order"),
        case=derived_id("drilling", "case"),
        lane=0,
        seq=0,
        purpose=Purpose.ALERT,
        alert=1,
        version=1,
        wave=1,
        recipients=everybody.serialize(),
        people=len(everybody),
        texts_of=derived_id("drilling", "draft"),
    )


@dataclass
class Stand:
    """A live world at home in one folder, and a place for drills beside it."""

    folder: Path
    live_port: int
    """A live gateway listens here, on the loopback; nobody may connect to it."""
    sink_port: int
    databases: Databases = field(default_factory=Databases)
    dsn: str = "postgresql:///town"

    def __post_init__(self) -> None:
        self.live_ring = FileKeyRing.open(self.home / "live" / opening.KEY_RING_FILE, "live")
        self.own_ring = FileKeyRing.open(self.home / "drill" / opening.KEY_RING_FILE, "drill")
        self.live = self.databases.store(self.dsn, "live")
        self.live.marks.append(self.live_ring.mac("world", self.live.log.origin.encode()))

    @property
    def home(self) -> Path:
        """The data folder that both worlds share, as the documents say."""
        return self.folder / "home"


Env = dict[str, str]


def env_of(stand: Stand, world: str) -> Env:
    """Return what an operator wrote down for a world."""
    env = {
        "HOMEWARD_DATA_FOLDER": str(stand.home),
        "HOMEWARD_DATABASE_URL": stand.dsn,
        "HOMEWARD_TOPIC_PREFIX": "homeward",
        "HOMEWARD_KAFKA": "127.0.0.1:19092",
        "HOMEWARD_PUBLIC_URL": f"https://{world}.example.org",
    }
    if world == "drill":
        env["HOMEWARD_WEBHOOK_LOOPBACK"] = f"127.0.0.1:{stand.sink_port}"
        env["HOMEWARD_CASE_CLOCK_RATE"] = "60"
    return env


def copied_env(chance: random.Random, stand: Stand, world: str, env: Env) -> None:
    """The other world's file was copied, whole or in part."""
    other = env_of(stand, OTHER[world])
    for name in chance.sample(sorted(other), chance.randint(1, len(other))):
        env[name] = other[name]


def other_prefix(chance: random.Random, stand: Stand, world: str, env: Env) -> None:
    """The prefix as somebody read it off the other world's topics."""
    env["HOMEWARD_TOPIC_PREFIX"] = chance.choice(
        ("homeward-drill", "homeward-drill-drill", "-drill", "drill", "homeward-live", "homeward")
    )


def other_ring(chance: random.Random, stand: Stand, world: str, env: Env) -> None:
    """The other world's key ring was copied or linked into a fresh folder, or all of its folder."""
    folder = stand.folder / f"odd-{chance.getrandbits(48):x}"
    env["HOMEWARD_DATA_FOLDER"] = str(folder)
    if chance.random() < 0.5:
        env["HOMEWARD_DATABASE_URL"] = f"postgresql:///fresh-{folder.name}"
    source, to = stand.home / OTHER[world], folder / world
    folder.mkdir()
    match chance.randrange(3):
        case 0:
            to.symlink_to(source)
        case 1:
            to.mkdir()
            (to / opening.KEY_RING_FILE).hardlink_to(source / opening.KEY_RING_FILE)
        case _:
            to.mkdir()
            text = (source / opening.KEY_RING_FILE).read_text()
            if chance.random() < 0.3:  # from before rings named their world
                text = text.replace(f',\n "world": "{OTHER[world]}"', "")
                env["HOMEWARD_DATABASE_URL"] = f"postgresql:///fresh-{folder.name}"
            (to / opening.KEY_RING_FILE).write_text(text)
            (to / opening.KEY_RING_FILE).chmod(0o600)


def live_endpoint(chance: random.Random, stand: Stand, world: str, env: Env) -> None:
    """What only the live world calls stands among the endpoints."""
    own = env.get("HOMEWARD_WEBHOOK_LOOPBACK", "")
    env["HOMEWARD_WEBHOOK_LOOPBACK"] = f"{own},{chance.choice(LIVE_ENDPOINTS)}".strip(",")


def said_twice(chance: random.Random, stand: Stand, world: str, env: Env) -> None:
    """Variables that mean nothing, as somebody thought they would."""
    env |= {"HOMEWARD_WORLD": OTHER[world], "HOMEWARD_LIVE": "1", "HOMEWARD_DRILL": "0"}


def at_random(chance: random.Random, stand: Stand, world: str, env: Env) -> None:
    """Settings that are nobody's mistake."""
    env["HOMEWARD_CHANNEL_RATES"] = f"webhook={chance.randint(1, 9_999)}"
    env["HOMEWARD_SENDERS"] = str(chance.randint(1, 64))
    env["HOMEWARD_PORT"] = str(chance.randint(0, 65_535))


MISTAKES = (copied_env, other_prefix, other_ring, live_endpoint, said_twice, at_random)


def topics(env: Env, world: Any) -> set[str]:
    """Return the names that a world of these settings speaks and listens on."""
    names = names_of(env.get("HOMEWARD_TOPIC_PREFIX", "homeward"), world)
    return {*names, names.group}
