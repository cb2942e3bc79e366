"""The flood: a process of its own that tells sightings at a steady rate while it is let.

``python -m loadtests.flooding FILE``: FILE says (JSON) where the server is, who tells, of which
cases, how many a second. A line on standard input begins or ends a flood; at each end one line of
JSON says what was answered and how much of a processor this process took. Sightings leave when they
are due, whether or not earlier ones were answered.
"""

import asyncio
import json
import os
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import aiohttp

OPEN_MAX: Final = 1_000
"""Beyond so many that wait for an answer nothing is sent: they are counted as held back."""
IMPLAUSIBLE: Final = 0.2
"""Share of those that were seen 1,500 km away minutes after the person was last seen."""
STAFF: Final = 0.05
"""Share of those that a control room passes on: staff have no limit, so some are always kept."""
FAR_DEG: Final = 14.0
NEAR_DEG: Final = 0.2


@dataclass(slots=True)
class Flood:
    """Who tells what to whom, and what came of it."""

    url: str
    people: list[str]
    """Bearers of those who were told of the cases; each has limits of their own."""
    staff: list[str]
    cases: list[str]
    a_second: float
    lat: float
    lon: float
    chance: random.Random = field(default_factory=lambda: random.Random(20))
    said: Counter[str] = field(default_factory=Counter)
    taken_ms: list[float] = field(default_factory=list)
    waiting: set[asyncio.Task[None]] = field(default_factory=set)

    async def run(self, session: aiohttp.ClientSession, ended: asyncio.Event) -> None:
        """Tell sightings until it is over, each when it is due."""
        due = time.perf_counter()
        while not ended.is_set():
            due += 1 / self.a_second
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            if len(self.waiting) >= OPEN_MAX:
                self.said["held back"] += 1
                continue
            task = asyncio.create_task(self.tell(session, due))
            self.waiting.add(task)
            task.add_done_callback(self.waiting.discard)
        await asyncio.gather(*self.waiting)

    async def tell(self, session: aiohttp.ClientSession, due: float) -> None:
        """Tell one sighting."""
        far = self.chance.random() < IMPLAUSIBLE
        bearers = self.staff if self.chance.random() < STAFF else self.people
        headers = {
            "Authorization": f"Bearer {self.chance.choice(bearers)}",
            "Idempotency-Key": f"flood-{os.getpid()}-{self.chance.getrandbits(64):x}",
        }
        url = f"{self.url}/v1/cases/{self.chance.choice(self.cases)}/sightings"
        try:
            async with session.post(url, json=self._body(far=far), headers=headers) as answer:
                await answer.read()
                status = str(answer.status)
        except (aiohttp.ClientError, TimeoutError) as broken:
            status = type(broken).__name__
        self.said[f"{status} implausible" if far and status == "201" else status] += 1
        self.taken_ms.append((time.perf_counter() - due) * 1_000)

    def _body(self, *, far: bool) -> dict[str, Any]:
        at = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(time.time() - 120))
        near = self.chance.uniform(-NEAR_DEG, NEAR_DEG)
        place = {
            "lat": round(self.lat + near + (FAR_DEG if far else 0.0), 5),
            "lon": round(self.lon + near, 5),
            "datum": "wgs84",
            "accuracy_m": 50,
        }
        return {"seen_at": at, "place": place, "note": "somebody who was made up, by a bus stop"}


async def _lines() -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    return reader


def _ninety_nine(taken: list[float]) -> float:
    return sorted(taken)[int(0.99 * len(taken))] if taken else 0.0


async def main() -> None:
    """Flood between a line and the next."""
    said: dict[str, Any] = json.loads(await asyncio.to_thread(Path(sys.argv[1]).read_text))
    reader, timeout = await _lines(), aiohttp.ClientTimeout(total=30)
    connector = aiohttp.TCPConnector(limit=OPEN_MAX)
    async with aiohttp.ClientSession(timeout=timeout, connector=connector) as session:
        print("ready", flush=True)
        while await reader.readline():
            flood, ended = Flood(**said), asyncio.Event()
            flood.chance.seed(time.time_ns())
            began, cpu = time.perf_counter(), time.process_time()
            running = asyncio.create_task(flood.run(session, ended))
            await reader.readline()
            ended.set()
            lasted = time.perf_counter() - began
            share = (time.process_time() - cpu) / lasted
            await running
            answer = {
                "lasted_s": lasted,
                "cpu_share": share,
                "answers": dict(flood.said),
                "p99_ms": _ninety_nine(flood.taken_ms),
            }
            print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
