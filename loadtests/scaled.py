"""P8: CPU seconds a recipient that an alert to everybody costs: processes apart against one.

Both are whole: ``homeward up`` and ``homeward up --processes`` on a real broker, each with a
PostgreSQL of its own, people registered over HTTP, one alert, a far side that takes batches and
writes each message down before it answers. Counted is what every process of ours and the database
used from the alert's issue until the last outcome is recorded; the far side is not counted, and the
broker, which in the scale-out is another machine's, stands beside it (``scaled-broker``). At the
end the far side's file says whether everybody was told, once.

``HOMEWARD_BENCH_PEOPLE`` asks for another number of people than P8's million.
"""

import asyncio
import json
import os
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import h3
from tests.broker import Broker

from homeward.client import Server, server
from homeward.demo.children import Child, start
from loadtests.figures import Figure, Measured, Size
from loadtests.living import GONE, near_cells, report

PEOPLE: Final = 1_000_000
QUICK: Final = 20_000
BATCH: Final = 1_000
AT_ONCE: Final = 3
LOOK_S: Final = 0.5
PATIENCE_S: Final = 3_600.0
SETTLED_S: Final = 3.0
"""So long nothing is added to the far side's file before the CPU is read: outcomes are recorded."""
DRAFT: Final = {"severity": "extreme", "reach_km_max": 30, "expires_in_s": 86_400}
TICKS: Final = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Told:
    """What one alert took."""

    cpu_s: float
    broker_s: float
    took_s: float


def children() -> Mapping[int, list[int]]:
    """Return the processes of this machine by their parent."""
    found: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            found.setdefault(int(fields[1]), []).append(int(entry.name))
    return found


def cpu_s(root: int) -> float:
    """Return the CPU seconds of a process, all below it, and those of theirs that ended."""
    tree, waiting, total = children(), [root], 0
    while waiting:
        pid = waiting.pop()
        waiting.extend(tree.get(pid, ()))
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        total += sum(map(int, fields[11:15]))  # utime, stime, and both of children that ended
    return total / TICKS


@asynccontextmanager
async def far_side(folder: Path) -> AsyncIterator[Child]:
    """Run a sink until the block ends."""
    args = ["homeward.dispatch.sink", "--out", str(folder / "sink.jsonl")]
    # In this very thread: the kernel ends a child with the thread that made it.
    sink = start("sink", args, folder / "sink.log", dict(os.environ))
    try:
        yield sink
    finally:
        await asyncio.to_thread(sink.stop)


@asynccontextmanager
async def house(folder: Path, sink: Child, *options: str, kafka: str = "") -> AsyncIterator[Child]:
    """Run ``homeward up`` in a folder of its own until the block ends."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HOMEWARD_")}
    env = kept | {
        "HOMEWARD_DATA_FOLDER": str(folder),
        "HOMEWARD_WEBHOOK_LOOPBACK": str(sink.said["endpoint"]),
        "HOMEWARD_KAFKA": kafka,
    }
    asked = ["homeward", "up", "--drill", "--port", "0", "--json", *options]
    up = start("homeward up", asked, folder / "server.log", env)
    try:
        yield up
    finally:
        await asyncio.to_thread(up.stop)


def place(lat: float, lon: float) -> Mapping[str, object]:
    """Return a place as people write it."""
    return {"lat": lat, "lon": lon, "datum": "wgs84"}


async def register(admin: Server, many: int, address: str) -> None:
    """Register volunteers within some 3 km of the seat."""
    spots, places = [h3.cell_to_latlng(one) for one in near_cells()], asyncio.Semaphore(AT_ONCE)

    async def batch(first: int) -> None:
        bodies = [
            {
                "recipient": f"v-{number:07d}",
                "kind": "volunteer",
                "places": [place(*spots[number % len(spots)])],
                "contacts": [[{"channel": "webhook", "address": address}]],
            }
            for number in range(first, min(many, first + BATCH))
        ]
        async with places:
            await admin.post("/v1/recipients/batch", {"recipients": bodies})

    async with asyncio.TaskGroup() as group:
        for first in range(0, many, BATCH):
            group.create_task(batch(first))


def recipients(file: Path) -> list[str]:
    """Return whom each line of a far side's file is for."""
    with file.open() as lines:
        return [json.loads(line)["recipient"] for line in lines]


def grown(file: Path, seen: int) -> tuple[int, int]:
    """Return (bytes seen now, whole lines among those that are new)."""
    with file.open("rb") as there:
        there.seek(seen)
        new = there.read()
    return seen + len(new), new.count(b"\n")


async def alerted(admin: Server, file: Path, many: int, ours: int, broker: int | None) -> Told:
    """Alert everybody; return what it took until the last outcome was recorded."""
    people: dict[str, Server] = {}
    for role in ("officer", "supervisor"):
        body = {"role": role, "account": f"bench-{role}", "org": "linquan"}
        people[role] = admin.acting_as(str((await admin.post("/v1/keys", body))["key"]))
    officer = people["officer"]
    raised = await officer.post("/v1/cases", report(time.time() - GONE.total_seconds()))
    path = f"/v1/cases/{raised['case']}"
    await officer.post(f"{path}/verify", {"unit": "linquan"})
    drafted = await officer.post(f"{path}/alerts", DRAFT)
    draft, read = drafted["draft"], {"digest": drafted["digest"]}
    await people["supervisor"].post(f"{path}/alerts/{draft}/approve", read)
    await asyncio.sleep(SETTLED_S)
    before, before_broker = cpu_s(ours), cpu_s(broker) if broker else 0.0
    began = time.monotonic()
    await officer.post(f"{path}/alerts/{draft}/issue", {})
    await _until_told(file, many)
    took_s = time.monotonic() - began
    await asyncio.sleep(SETTLED_S)
    used, used_broker = cpu_s(ours) - before, (cpu_s(broker) - before_broker if broker else 0.0)
    told = await asyncio.to_thread(recipients, file)
    assert len(told) == len(set(told)) == many, (len(told), len(set(told)))
    return Told(used, used_broker, took_s)


async def _until_told(file: Path, many: int) -> None:
    """Wait until the far side has so many lines."""
    lines = seen = 0
    async with asyncio.timeout(PATIENCE_S):
        while lines < many:
            await asyncio.sleep(LOOK_S)
            seen, more = await asyncio.to_thread(grown, file, seen)
            lines += more


async def told_by(folder: Path, many: int, *options: str, broker: Broker | None = None) -> Told:
    """Start a house, register everybody, alert them."""
    await asyncio.to_thread(folder.mkdir)
    async with (
        far_side(folder) as sink,
        house(folder, sink, *options, kafka=broker.bootstrap if broker else "") as up,
    ):
        key = await asyncio.to_thread(Path(str(up.said["admin_key_file"])).read_text)
        async with server(str(up.said["url"]), key.strip()) as admin:
            await register(admin, many, str(sink.said["url"]))
            pid = broker.pid if broker else None
            return await alerted(admin, folder / "sink.jsonl", many, up.process.pid, pid)


async def measure(size: Size) -> Measured:
    """Measure P8."""
    many = int(os.environ.get("HOMEWARD_BENCH_PEOPLE", "0")) or size.of(PEOPLE, QUICK)
    with tempfile.TemporaryDirectory(prefix="homeward-scaled-") as name:
        folder = Path(name)
        bare = await told_by(folder / "one", many)
        with Broker(folder / "kafka") as broker:
            ours = await told_by(folder / "apart", many, "--processes", broker=broker)
    each = 1e6 / many

    def figure(name: str, what: str, cpu: float) -> Figure:
        return Figure.of_rounds(name, what, "us", [(cpu * each, bare.cpu_s * each)])

    what = f"CPU a recipient, processes apart / one process ({many:,} told once each)"
    beside = f"the same with the broker's CPU; {ours.took_s:.0f} s against {bare.took_s:.0f} s"
    figures = [
        figure("scaled", what, ours.cpu_s),
        figure("scaled-broker", beside, ours.cpu_s + ours.broker_s),
    ]
    return Measured(figures, "homeward up, a PostgreSQL each, one broker, fsync on")
