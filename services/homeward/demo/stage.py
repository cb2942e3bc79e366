"""Sets the stage: a server, a receiving side, keys for the cast, invented people on the roster."""

import asyncio
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from homeward.client import Server
from homeward.demo import people
from homeward.demo.children import Child, NotStarted, start
from homeward.demo.memory import Memory
from homeward.demo.telling import Teller
from homeward.formats.rosterbodies import batches
from homeward.formats.rosterfiles import Kept, Read, read_hubs, read_recipients

RATE: Final = 30
"""Case seconds a second: three quarters of an hour of search are a minute and a half of yours, and
a hub's three minutes are six seconds, which a busy machine with two cores keeps."""
CAST: Final[Mapping[str, str]] = {
    "parent": "reporter",
    "o-wang": "officer",
    "s-li": "supervisor",
    "c-chen": "coordinator",
    "a-zhao": "auditor",
}
"""Account and role of everybody who needs a key."""
APART: Final = ("--processes", "--workers", "2", "--dispatchers", "1", "--relays", "1")
PREFIX: Final = "homeward-demo"
"""The broker may serve other drills."""
AT_ONCE: Final = 3
"""Batches on the way at once."""
SAY_EVERY: Final = 25_000
"""Volunteers registered between two lines that say so."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the demo plays."""

    folder: Path
    sink: Child
    server: Child

    @property
    def sink_file(self) -> Path:
        """What the receiving side writes."""
        return self.folder / "sink.jsonl"

    @property
    def url(self) -> str:
        """Where the server listens."""
        return str(self.server.said["url"])

    @property
    def sink_url(self) -> str:
        """Where the receiving side listens."""
        return str(self.sink.said["url"])

    @property
    def admin_key(self) -> str:
        """The key that the server's first start made."""
        return Path(self.server.said["admin_key_file"]).read_text().strip()


@contextmanager
def set_up(folder: Path, memory: Memory, teller: Teller, kafka: str = "") -> Iterator[Stage]:
    """Start the receiving side and the server; end them in that order's reverse.

    ``kafka``: the server's parts are processes of their own, with these brokers between them.
    """
    what = "processes apart" if kafka else "a drill server"
    teller.step(f"starting the receiving side and {what} with a database of its own ...")
    sink = _sink(folder, memory)
    try:
        server = start(
            "homeward up",
            ["homeward", "up", "--drill", "--port", "0", "--json", *(APART if kafka else ())],
            folder / "server.log",
            _environment(folder, str(sink.said["endpoint"]), kafka),
        )
        try:
            stage = Stage(folder, sink, server)
            teller.step(f"server at {stage.url}, receiving side at {stage.sink_url}")
            for one in server.said.get("children", ()):
                teller.step(f"  {one['name']}: process {one['pid']}")
            yield stage
        finally:
            server.stop()
    finally:
        sink.stop()


def _sink(folder: Path, memory: Memory) -> Child:
    """Start the receiving side where messages already on their way look for it."""
    args = ["homeward.dispatch.sink", "--out", str(folder / "sink.jsonl"), "--port"]
    log, env = folder / "sink.log", dict(os.environ)
    try:
        sink = start("the receiving side", [*args, str(memory.sink_port)], log, env)
    except NotStarted:  # the port is somebody else's now: another one, and the roster anew
        sink = start("the receiving side", [*args, "0"], log, env)
    memory.sink_port = int(str(sink.said["endpoint"]).rpartition(":")[2])
    memory.keep()
    return sink


def _environment(folder: Path, sink: str, kafka: str) -> dict[str, str]:
    """Return the server's environment: nothing that was set for another server."""
    brokers = {"HOMEWARD_KAFKA": kafka, "HOMEWARD_TOPIC_PREFIX": PREFIX} if kafka else {}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HOMEWARD_")}
    return (
        kept
        | brokers
        | {
            "HOMEWARD_DATA_FOLDER": str(folder),
            "HOMEWARD_CASE_CLOCK_RATE": str(RATE),
            "HOMEWARD_WEBHOOK_LOOPBACK": sink,
            "HOMEWARD_AUTHORITY": "Homeward drill",
        }
    )


async def cast(there: Server, memory: Memory) -> dict[str, Server]:
    """Return everybody who acts, each with a key of their own."""
    for account, role in CAST.items():
        if account not in memory.keys:
            body = {"role": role, "account": account, "org": "linquan-drill"}
            memory.keys[account] = (await there.post("/v1/keys", body))["key"]
            memory.keep()
    return {account: there.acting_as(memory.keys[account]) for account in CAST}


async def load_roster(
    there: Server, stage: Stage, memory: Memory, teller: Teller, volunteers: int
) -> None:
    """Register hubs, desks and volunteers, unless they are registered so already."""
    wanted = f"{volunteers} at {stage.sink_url}"
    if memory.loaded == wanted:
        return
    roster = people.volunteers_csv(max(volunteers, memory.registered), stage.sink_url)
    (stage.folder / "hubs.csv").write_text(people.hubs_csv(stage.sink_url))
    (stage.folder / "desks.csv").write_text(people.desks_csv(stage.sink_url))
    (stage.folder / "volunteers.csv").write_text(
        "".join(roster.splitlines(keepends=True)[: volunteers + 1])
    )
    # Read at first: it takes seconds, in which kept connections would be closed.
    lines = _good(read_recipients(roster.encode()))
    await _send(there, "hubs", _good(read_hubs((stage.folder / "hubs.csv").read_bytes())))
    await _send(
        there, "recipients", _good(read_recipients((stage.folder / "desks.csv").read_bytes()))
    )
    await _send(there, "recipients", lines, active=volunteers, teller=teller)
    memory.registered, memory.loaded = max(volunteers, memory.registered), wanted
    memory.keep()


def _good(lines: Iterator[Read]) -> list[Kept]:
    found = list(lines)
    assert all(isinstance(one, Kept) for one in found), "packaged files hold no bad line"
    return [one for one in found if isinstance(one, Kept)]


async def _send(
    there: Server,
    kind: str,
    lines: list[Kept],
    active: int | None = None,
    teller: Teller | None = None,
) -> None:
    """Register lines; those after ``active`` are paused: left over from a larger demo."""
    places = asyncio.Semaphore(AT_ONCE)
    sent = 0

    async def send(bodies: list[dict[str, object]]) -> None:
        nonlocal sent
        async with places:
            await there.post(f"/v1/{kind}/batch", {kind: bodies})
        before, sent = sent, sent + len(bodies)
        if teller is not None and sent // SAY_EVERY > before // SAY_EVERY:
            teller.step(f"  {sent:,} of {len(lines):,} registered")

    async with asyncio.TaskGroup() as group:
        for rows, bodies in batches(lines):
            for row, body in zip(rows, bodies, strict=True):
                body["active"] = active is None or row.number <= active + 1
            group.create_task(send(bodies))
