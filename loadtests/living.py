"""A real ``homeward up`` on the bench's ground, its cast, and a far side that notes arrivals."""

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import h3
from aiohttp import web

from homeward.client import Server, server
from homeward.demo.children import Child, start
from homeward.ports import Contact, Recipient
from homeward.words import RecipientKind
from loadtests.ground import Ground

SEAT: Final = (33.0686, 115.2768)
"""The seat of Linquan county (public fact); everybody around it is invented."""
GONE: Final = timedelta(minutes=20)
BODY_BYTES_MAX: Final = 8 * 1024 * 1024


@dataclass(slots=True)
class Sink:
    """Answers 200 to whatever comes, and notes when each case's first message came."""

    first: dict[str, float] = field(default_factory=dict)
    """Case code -> perf_counter."""
    told: dict[str, list[str]] = field(default_factory=dict)
    """Case code -> recipients, as they came."""
    address: str = ""
    endpoint: str = ""

    async def receive(self, request: web.Request) -> web.Response:
        """Take a batch. Its first byte was here before; what is read since counts as ours."""
        body = await request.read()
        now = time.perf_counter()
        data = json.loads(body)["data"]
        if data["messages"][0]["purpose"] == "alert":
            self.first.setdefault(data["case_code"], now)
            self.told.setdefault(data["case_code"], []).extend(
                one["recipient"] for one in data["messages"]
            )
        return web.Response()


@asynccontextmanager
async def listening_sink() -> AsyncIterator[Sink]:
    """Listen on a loopback port."""
    sink = Sink()
    app = web.Application(client_max_size=BODY_BYTES_MAX)
    app.router.add_post("/{path:.*}", sink.receive)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        sink.endpoint, sink.address = f"{host}:{port}", f"http://{host}:{port}/told"
        yield sink
    finally:
        await runner.cleanup()


@dataclass(slots=True)
class Living:
    """A house that runs in a process of its own, and who speaks to it."""

    child: Child
    officer: Server
    supervisor: Server
    noted: Path

    def handed_over(self) -> dict[str, float]:
        """Return when each case's first alert was handed to its channel: code -> perf_counter.

        That clock is the machine's own, the same in every process.
        """
        first: dict[str, float] = {}
        for line in self.noted.read_text().splitlines():
            code, purpose, moment = line.split()
            if purpose == "alert":
                first.setdefault(code, float(moment))
        return first

    async def approved(
        self, number: int, at: tuple[float, float] = SEAT, draft: Mapping[str, Any] | None = None
    ) -> tuple[str, str]:
        """Raise a case, verify it, have an alert drafted and approved; only its issue is left.

        Returns (case, draft).
        """
        ask, key = self.officer.post, f"reach-{number}"
        seen = time.time() - GONE.total_seconds()
        raised = await ask("/v1/cases", report(seen, *at), f"{key}-raise")
        path = f"/v1/cases/{raised['case']}"
        await ask(f"{path}/verify", {"unit": "linquan"}, f"{key}-verify")
        drafted = await ask(f"{path}/alerts", draft or DRAFT, f"{key}-draft")
        approve = f"{path}/alerts/{drafted['draft']}/approve"
        await self.supervisor.post(approve, {"digest": drafted["digest"]}, f"{key}-approve")
        return raised["case"], drafted["draft"]

    async def issue(self, case: str, draft: str) -> None:
        """Make the draft live."""
        await self.officer.post(f"/v1/cases/{case}/alerts/{draft}/issue", {}, f"issue-{case}")


DRAFT: Final[dict[str, Any]] = {
    "severity": "extreme",  # the same people are alerted again and again: their day never ends
    "reach_km_max": 30,
    "expires_in_s": 3_600,
}


def report(seen_s: float, lat: float = SEAT[0], lon: float = SEAT[1]) -> dict[str, Any]:
    """Return the body that raises an invented case; seen then (Unix seconds) and there."""
    at = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(seen_s))
    place = {"lat": lat, "lon": lon, "datum": "wgs84", "accuracy_m": 50}
    return {
        "category": "stranger-abduction",
        "mode": "foot",
        "last_seen": {"at": at, "place": place, "text": "an alley that was made up"},
        "custody": "none",
        "protection_order": False,
        "person": {"name": "Invented Child", "age_years": 2, "sex": "male"},
    }


@asynccontextmanager
async def living(ground: Ground, endpoint: str, *, noting: bool = True) -> AsyncIterator[Living]:
    """Start ``homeward up`` on the ground's database and give its people keys.

    ``endpoint`` is the loopback far side that it may call. Without ``noting`` it is the command as
    it stands, and `Living.handed_over` knows nothing.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HOMEWARD_")}
    env = kept | {
        "HOMEWARD_DATABASE_URL": ground.server.dsn,
        "HOMEWARD_DATA_FOLDER": str(ground.folder),
        "HOMEWARD_WEBHOOK_LOOPBACK": endpoint,
    }
    noted = ground.folder / "handed-over"
    program = ["loadtests.up", str(noted)] if noting else ["homeward"]
    up = [*program, "up", "--drill", "--port", "0", "--json"]
    child = start("homeward up", up, ground.folder / "server.log", env)
    async with AsyncExitStack() as stack:
        stack.callback(child.stop)
        admin = await asyncio.to_thread(Path(child.said["admin_key_file"]).read_text)
        there = await stack.enter_async_context(server(str(child.said["url"]), admin.strip()))
        keys = [await _key(there, role) for role in ("officer", "supervisor")]
        officer, supervisor = (there.acting_as(key) for key in keys)
        yield Living(child, officer, supervisor, noted)


async def _key(admin: Server, role: str) -> str:
    body = {"role": role, "account": f"reach-{role}", "org": "linquan"}
    return str((await admin.post("/v1/keys", body))["key"])


def people(first: int, many: int, cells: Sequence[str], address: str) -> list[Recipient]:
    """Return invented volunteers, spread over some cells in turn."""
    contacts = ((Contact("webhook", address),),)
    return [
        Recipient(
            f"v-{number:08d}",
            RecipientKind.VOLUNTEER,
            (cells[number % len(cells)],),
            contacts=contacts,
        )
        for number in range(first, first + many)
    ]


def near_cells() -> list[str]:
    """Return cells within some 3 km of the seat."""
    return sorted(h3.grid_disk(h3.latlng_to_cell(*SEAT, 7), 1))


def far_cells(many: int) -> list[str]:
    """Return cells that no alert at the seat reaches: a grid 150 km and more to the north."""
    return sorted(h3.grid_disk(h3.latlng_to_cell(SEAT[0] + 5, SEAT[1], 7), 120))[:many]
