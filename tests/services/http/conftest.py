import asyncio
import contextlib
import hashlib
import secrets
import zlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest

from homeward.desk import Asking, Desk, HubBooks, IndexCrowd, Reader
from homeward.facts.hub import WatchOrdered
from homeward.fanout.brute import BruteIndex
from homeward.http.app import create_app
from homeward.http.rooms import Rooms
from homeward.http.tellings import Tellings
from homeward.messages import Actor
from homeward.metrics import PrometheusMeter
from homeward.ports import Contact, InboxMessage, KeyHolder, Recipient
from homeward.settings import Settings
from homeward.testing.memory import MemoryClock, MemoryStore
from homeward.words import Mode, RecipientKind, Role, derived_id

NOW = datetime(2026, 3, 1, 3, 30, tzinfo=UTC)
LINQUAN = {"lat": 33.068, "lon": 115.276, "datum": "wgs84", "accuracy_m": 50}
CELL_7 = "8740b059affffff"


class MemoryApiKeys:
    """`ApiKeys` in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, tuple[bytes, KeyHolder]] = {}

    async def create(self, role: Role, account: str, org: str) -> tuple[str, KeyHolder]:
        prefix = f"k{len(self.kept):05d}"
        secret = f"hw_{prefix}_{secrets.token_urlsafe(16)}"
        holder = KeyHolder(prefix, role, account, org)
        self.kept[prefix] = hashlib.sha256(secret.encode()).digest(), holder
        return secret, holder

    async def lookup(self, secret: str) -> KeyHolder | None:
        said = hashlib.sha256(secret.encode()).digest()
        found = next((one for kept, one in self.kept.values() if kept == said), None)
        return None if found is None or found.revoked else found

    async def holder(self, prefix: str) -> KeyHolder | None:
        return self.kept[prefix][1] if prefix in self.kept else None

    async def revoke(self, prefix: str) -> bool:
        if prefix not in self.kept or self.kept[prefix][1].revoked:
            return False
        kept, one = self.kept[prefix]
        self.kept[prefix] = kept, replace(one, revoked=True)
        return True

    async def page(self) -> list[KeyHolder]:
        return [self.kept[prefix][1] for prefix in sorted(self.kept)]


@dataclass
class World:
    """A drill in memory, served in this process."""

    store: MemoryStore
    rooms: Rooms
    app: Any
    http: httpx2.AsyncClient
    keys: dict[str, str] = field(default_factory=dict)
    asked: int = 0

    async def key(self, role: str, account: str = "", org: str = "-") -> str:
        name = f"{role} {account} {org}"
        if name not in self.keys:
            secret, _ = await self.rooms.api_keys.create(Role(role), account or f"a-{role}", org)
            self.keys[name] = secret
        return self.keys[name]

    async def headers(self, who: str, key: str | None = None, **more: str) -> dict[str, str]:
        """``who`` is ``role``, ``role:account``, ``role:account:org``, or a whole secret."""
        self.asked += 1
        role, _, rest = who.partition(":")
        account, _, org = rest.partition(":")
        known = role in set(Role)
        secret = await self.key(role, account, org or "-") if known else who
        return {
            "Authorization": f"Bearer {secret}",
            "Idempotency-Key": key or f"k-{self.asked}",
            **more,
        }

    async def post(self, who: str, path: str, body: Any = None, **more: str) -> httpx2.Response:
        headers = await self.headers(who, **more)
        return await self.http.post(path, json={} if body is None else body, headers=headers)

    async def get(self, who: str, path: str, **query: Any) -> httpx2.Response:
        return await self.http.get(path, params=query, headers=await self.headers(who))

    async def raised(self, who: str = "officer", **more: Any) -> dict[str, Any]:
        if who.startswith("reporter:") and who != "reporter:mother":  # hers is the body's
            phone = f"139{zlib.crc32(who.encode()) % 10**8:08d}"
            more = {"reporter": {"name": "Li", "phone": phone}, **more}
        answer = await self.post(who, "/v1/cases", raise_body(**more))
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def verified(self, who: str = "officer") -> dict[str, Any]:
        case = await self.raised(who)
        answer = await self.post("officer", f"/v1/cases/{case['case']}/verify", {"unit": "Linquan"})
        assert answer.status_code == 200, answer.text
        return case

    async def issued(self, km: int = 30) -> dict[str, Any]:
        case = await self.verified()
        path = f"/v1/cases/{case['case']}/alerts"
        body = {"severity": "extreme", "reach_km_max": km, "expires_in_s": 3_600}
        draft = (await self.post("officer", path, body)).json()["draft"]
        answer = await self.post("officer", f"{path}/{draft}/issue")
        assert answer.status_code == 200, answer.text
        return {**case, "draft": draft}

    async def enrolled(self, recipient: str, kind: str = "volunteer", **more: Any) -> str:
        """Register somebody and return what their link holds as a bearer."""
        cell = "8a40b059a787fff" if kind == "hub" else CELL_7
        one = Recipient(
            recipient,
            RecipientKind(kind),
            (cell,),
            lang="en",
            contacts=((Contact("inbox"),),),
            name="Linquan station" if kind == "hub" else None,
            **more,
        )
        await self.store.roster.register([one])
        return f"hi_{recipient}.{self.store.key_ring.token('inbox', recipient)}"

    async def watched(self, case: str, hub: str, texts_of: str, **more: Any) -> str:
        """Order a watch, as the hubs processor does."""
        watch = derived_id(self.store.log.origin, case, hub)
        at = self.rooms.clock.now()
        fact = WatchOrdered(
            case=case,
            at=at,
            watch=watch,
            hub=hub,
            hub_kind="station",
            alert=1,
            version=1,
            rank=0,
            eta_s=600,
            window_from=at + timedelta(minutes=10),
            window_to=at + timedelta(minutes=40),
            mode=Mode.VEHICLE,
            contacts=1,
            acknowledge_by=at + timedelta(minutes=3),
            texts_of=texts_of,
        ).model_copy(update=more)
        by = Actor(id="hubs", role=Role.SYSTEM)

        async def nothing() -> tuple[()]:
            return ()

        asking = Asking(by, watch, b"")
        await self.rooms.desk.submit(f"hubs-{case}", asking, nothing, lambda _: (fact,))
        return watch

    async def told(
        self, recipient: str, case: str, texts_of: str, purpose: str = "alert", **more: Any
    ) -> None:
        """Put a message into an inbox, as dispatch does."""
        message = InboxMessage(
            seq=0,
            message_id=derived_id("m", case, recipient, purpose, str(more.get("version", 1))),
            case=case,
            purpose=purpose,
            alert=1,
            version=more.get("version", 1),
            texts_of=texts_of,
            watch=more.get("watch"),
            window_from=more.get("window_from"),
            window_to=more.get("window_to"),
            at=self.rooms.clock.now(),
        )
        await self.store.inbox.put([(recipient, message)])


def raise_body(**more: Any) -> dict[str, Any]:
    return {
        "category": "stranger-abduction",
        "mode": "foot",
        "last_seen": {
            "at": "2026-03-01T11:00:00+08:00",
            "place": LINQUAN,
            "text": "the alley behind the market",
        },
        "custody": "none",
        "protection_order": False,
        "person": {"name": "Xiao Ming", "age_years": 2, "sex": "male", "clothing": "red jacket"},
        "reporter": {"name": "Li", "phone": "13800000000"},
        "note": "a white van",
        **more,
    }


def rooms_over(store: MemoryStore, settings: Settings, world: str = "drill") -> Rooms:
    desk = Desk(store.log, store.subject_keys, store.clock, store.meter)

    async def ready() -> dict[str, Any]:
        return {"ready": True, "checks": {"database": {"ok": True}}}

    return Rooms(
        world=world,
        settings=settings,
        desk=desk,
        reader=Reader(desk),
        books=HubBooks(store.roster, 600, 4_000),
        log=store.log,
        feed=store.feed,
        workbench=store.workbench,
        roster=store.roster,
        invites=store.invites,
        protected=store.protected,
        crowd=IndexCrowd([lambda: brute(store.roster)]),
        ledger=store.ledger,
        tellings=Tellings(store.ledger),
        inbox=store.inbox,
        api_keys=MemoryApiKeys(),
        ring=store.key_ring,
        clock=store.clock,
        meter=PrometheusMeter(),
        ready=ready,
        issuing=lambda _: None,
        public_url=lambda: "http://homeward.test",
    )


async def brute(roster):
    return BruteIndex(await roster.columns(0, 1))


class Listener:
    """One GET whose answer is read piece by piece, without a socket, while the server goes on."""

    def __init__(self, app, url, headers=None):
        self.pieces = asyncio.Queue()
        self.gone = asyncio.Event()
        self.status = None
        self._text = ""
        said = urlsplit(url)
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": said.path,
            "raw_path": said.path.encode(),
            "query_string": said.query.encode(),
            "root_path": "",
            "headers": [(k.lower().encode(), v.encode()) for k, v in (headers or {}).items()],
            "client": ("127.0.0.1", 1),
            "server": ("homeward.test", 80),
        }
        self.task = asyncio.create_task(app(scope, self._receive, self._send))
        self.asked = False

    async def _receive(self):
        if not self.asked:
            self.asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message):
        if message["type"] == "http.response.start":
            self.status = message["status"]
        else:
            await self.pieces.put(message.get("body", b"").decode())

    async def event(self, name=None):
        """Return the next event as a dict of its fields; those of a map only when asked for."""
        async with asyncio.timeout(5):
            while True:
                while "\n\n" in self._text:
                    one, _, self._text = self._text.partition("\n\n")
                    fields = dict(line.split(": ", 1) for line in one.split("\n"))
                    said = fields.get("event")
                    if "data" in fields and (said == name if name else said != "map"):
                        return fields
                self._text += await self.pieces.get()

    async def leave(self):
        self.gone.set()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(5):
                await self.task


@pytest.fixture
def settings() -> Settings:
    return Settings(stream_beat_s=0.05)


@contextlib.asynccontextmanager
async def opened_world(settings: Settings, name: str) -> AsyncIterator[World]:
    store = MemoryStore(clock=MemoryClock(NOW))
    rooms = rooms_over(store, settings, name)
    app = create_app(rooms)
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://homeward.test") as http:
        yield World(store, rooms, app, http)


@pytest.fixture
async def world(settings: Settings) -> AsyncIterator[World]:
    async with opened_world(settings, "drill") as opened:
        yield opened


@pytest.fixture
async def live_world(settings: Settings) -> AsyncIterator[World]:
    """A live world in memory: only there do messages hold what somebody typed."""
    async with opened_world(settings, "live") as opened:
        yield opened


@pytest.fixture
def a_report():
    """Makes the body of a report."""
    return raise_body


@pytest.fixture
async def listen(world):
    """Opens streams, and leaves them at the end."""
    listeners = []

    def opened(url, headers=None):
        listeners.append(Listener(world.app, url, headers))
        return listeners[-1]

    yield opened
    for one in listeners:
        await one.leave()
