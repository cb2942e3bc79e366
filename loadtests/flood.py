"""P17: an alert's p99 under a flood of sightings ten times its limit, against the same at rest.

A real ``homeward up``; an officer issues approved drafts over HTTP; a sink in a process of its own
writes down each message before it answers, and its file says when each of 300 recipients was told.
``flood`` begins when the log recorded the alert (accepted), ``flood-due`` when the request was due
to be sent, so that a late answer counts, too. Blocks of alerts under the flood and at rest take
turns; each block's p99 is over its recipients.

The flood: another live case gets ten times the 200 sightings a minute that SAFETY lets a crowd tell
of one, by a process pinned to one processor (`loadtests.flooding`), over thousands of keys. Most of
them are refused (429); those within the limits and those of a control room are kept, a fifth of
them implausible. The flood has lasted an hour already: the case holds what its limit let in.
``flood-wide`` is the same with three such cases at once.
"""

import asyncio
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import h3

from homeward.ports import Unit
from homeward.postgres.store import Store
from homeward.record.envelope import said_in
from homeward.words import case_code
from loadtests.dispatch import FarSide, far_side
from loadtests.figures import Figure, Measured, Size, percentile
from loadtests.ground import Ground, open_ground
from loadtests.living import SEAT, Living, living, near_cells, people
from loadtests.reach import REGISTER_AT_ONCE
from loadtests.writing import Writer

LIMIT_A_MINUTE: Final = 200
"""Setting ``case_sightings_per_minute``."""
TIMES: Final = 10
WIDE: Final = 3
"""Cases that are flooded at once in ``flood-wide``."""
FLOODED: Final = (SEAT[0] + 3.0, SEAT[1])
"""Where: no alert at the seat reaches anybody there."""
NEAR: Final = 300
EVERY_S: Final = 0.25
ALERTS: Final = 12
"""A block."""
SETTLES_S: Final = 4.0
"""The flood rolls for so long before a block: what each minute lets in is in for the most part."""
LATE_S_MAX: Final = 60.0
LOOK_S: Final = 0.1
GROUP: Final = 200
SHARE: Final = 0.99


@dataclass(slots=True)
class Generator:
    """The flood's process."""

    process: asyncio.subprocess.Process
    said: list[dict[str, Any]] = field(default_factory=list)

    async def begin(self) -> None:
        """Begin to flood."""
        await self._line()

    async def end(self) -> None:
        """End the flood, and keep what it says of itself."""
        await self._line()
        assert self.process.stdout is not None
        self.said.append(json.loads(await self.process.stdout.readline()))

    async def _line(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(b"\n")
        await self.process.stdin.drain()


@asynccontextmanager
async def generator(folder: Path, name: str, spec: dict[str, Any]) -> AsyncIterator[Generator]:
    """Start a generator on the machine's last processor."""
    file = folder / f"{name}.json"
    file.write_text(json.dumps(spec))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "loadtests.flooding", str(file),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        os.sched_setaffinity(process.pid, {max(os.sched_getaffinity(0))})
        assert process.stdout is not None
        await process.stdout.readline()
        yield Generator(process)
    finally:
        process.terminate()
        await process.wait()


@dataclass(slots=True)
class Bench:
    """A house whose alerts are timed, with or without a flood beside."""

    store: Store
    house: Living
    sink: FarSide
    number: int = 0
    at: dict[str, list[float]] = field(default_factory=dict)
    """Case code -> when each of its messages was written down (Unix seconds)."""

    async def alerts(self) -> tuple[float, float]:
        """Issue alerts on schedule; return p99 in ms from the record, and from when it was due."""
        ready = []
        for _ in range(ALERTS):
            self.number += 1
            ready.append(await self.house.approved(self.number))
        due: dict[str, float] = {}
        at = time.time() + EVERY_S
        async with asyncio.timeout(LATE_S_MAX), asyncio.TaskGroup() as group:
            for case, draft in ready:
                due[case] = at = at + EVERY_S
                await asyncio.sleep(at - time.time())
                group.create_task(self.house.issue(case, draft))
            while not self._all_told(list(due)):  # noqa: ASYNC110 -- a file has no event
                await asyncio.sleep(LOOK_S)
        recorded = {}
        for row in await self.store.log.newest("case.alert-issued/1", limit=ALERTS):
            recorded[str(said_in(row).case)] = row.recorded_at.timestamp()
        return self._p99(recorded), self._p99(due)

    def _all_told(self, cases: Sequence[str]) -> bool:
        for line in self.sink.lines():
            when = datetime.fromisoformat(line["received_at"]).timestamp()
            self.at.setdefault(line["case_code"], []).append(when)
        return all(len(self.at.get(case_code(one), ())) >= NEAR for one in cases)

    def _p99(self, began: dict[str, float]) -> float:
        taken = [
            (told - at) * 1_000 for case, at in began.items() for told in self.at[case_code(case)]
        ]
        assert len(taken) == ALERTS * NEAR, "each is told once"
        return percentile(taken, SHARE)


async def _flooded_case(bench: Bench, many: int, writer: Writer) -> str:
    """Return a live case of which many sightings are told already."""
    bench.number += 1
    case, draft = await bench.house.approved(bench.number, FLOODED)
    await bench.house.issue(case, draft)
    units = [Unit((writer.sighting(case),)) for _ in range(many)]
    for start in range(0, many, GROUP):
        await bench.store.log.append(units[start : start + GROUP])
    return case


async def _rest(bench: Bench) -> None:
    """Wait until the house has heard everything."""
    async with asyncio.timeout(LATE_S_MAX):
        while True:
            checks = (await bench.house.officer.get("/readyz"))["checks"]
            if not any(one.get("behind") for one in checks.values()):
                return
            await asyncio.sleep(LOOK_S)


async def _rounds(
    bench: Bench, flood: Generator, many: int
) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    found = []
    for number in range(many + 1):

        async def flooded() -> tuple[float, float]:
            await flood.begin()
            await asyncio.sleep(SETTLES_S)
            taken = await bench.alerts()
            await flood.end()
            await _rest(bench)
            return taken

        if number % 2:
            ours, bare = await flooded(), await bench.alerts()
        else:
            bare, ours = await bench.alerts(), await flooded()
        if number:  # nobody is timed cold
            found.append((ours, bare))
    return found


def _figures(
    name: str, what: str, rounds: list[tuple[tuple[float, float], tuple[float, float]]]
) -> list[Figure]:
    return [
        Figure.of_rounds(
            f"{name}{suffix}",
            f"an alert {begins} to each of {NEAR} told, p99: {what} / at rest",
            "ms",
            [(ours[which], bare[which]) for ours, bare in rounds],
        )
        for which, suffix, begins in ((0, "", "accepted"), (1, "-due", "due to be sent"))
    ]


def _told(name: str, flood: Generator) -> str:
    answers: Counter[str] = Counter()
    for one in flood.said:
        answers.update(one["answers"])
    share = sum(one["cpu_share"] for one in flood.said) / len(flood.said)
    lasted = sum(one["lasted_s"] for one in flood.said)
    slow = max(one["p99_ms"] for one in flood.said)
    said = ", ".join(f"{count:,} x {status}" for status, count in sorted(answers.items()))
    return (
        f"{name}: {sum(answers.values()) / lasted:.0f} sightings/s ({said}), answered within "
        f"{slow:.0f} ms (p99 of the worst block), generator {share:.0%} of a processor"
    )


async def _measured(ground: Ground, store: Store, sink: FarSide, size: Size) -> Measured:
    cells = sorted(h3.grid_disk(h3.latlng_to_cell(*FLOODED, 7), 1))
    tellers = people(1_000_000, size.of(4_000, 1_000), cells, sink.url)
    await store.roster.register(people(0, NEAR, near_cells(), sink.url))
    for start in range(0, len(tellers), REGISTER_AT_ONCE):
        await store.roster.register(tellers[start : start + REGISTER_AT_ONCE])
    told = size.of(60, 5) * LIMIT_A_MINUTE
    async with living(ground, sink.endpoint, noting=False) as house:
        bench, writer = Bench(store, house, sink), Writer(store.log.origin)
        cases = [await _flooded_case(bench, told, writer) for _ in range(WIDE)]
        await _rest(bench)
        spec = {
            "url": house.officer.url,
            "people": [f"hi_{one.id}.{ground.ring.token('inbox', one.id)}" for one in tellers],
            "staff": [house.officer.key],
            "lat": FLOODED[0],
            "lon": FLOODED[1],
        }
        rate, figures, said = LIMIT_A_MINUTE * TIMES / 60, list[Figure](), [ground.said]
        for name, some, many in (
            ("flood", cases[:1], size.of(4, 2)),
            ("flood-wide", cases, size.of(2, 1)),
        ):
            asked = spec | {"cases": some, "a_second": rate * len(some)}
            async with generator(ground.folder, name, asked) as flood:
                rounds = await _rounds(bench, flood, many)
            what = f"{TIMES}x the limit of {len(some)} case{'s' if len(some) > 1 else ''}"
            figures += _figures(name, what, rounds)
            said.append(_told(name, flood))
    return Measured(figures, f"{'; '.join(said)}; {told:,} sightings a case beforehand")


async def measure(size: Size) -> Measured:
    """Alert the same people under a flood and at rest, in turn."""
    with tempfile.TemporaryDirectory(prefix="homeward-sink-") as folder:
        async with (
            open_ground() as ground,
            ground.store() as store,
            far_side(Path(folder)) as sink,
        ):
            return await _measured(ground, store, sink, size)
