"""P18: a cancel to 20,000 who were told, over a channel that fails one time in five.

A real ``homeward up``, one request to each recipient; a sink in a process of its own fails a seeded
fifth of them before it keeps anything: it answers 503, or hangs up, a tenth each. When 20,000 are
told, and the alert's wave still goes on to as many more, an officer cancels it over HTTP.
``cancel-p99`` are the seconds from the cancel's answer until the sink's own file holds each one's
message, against one second: its bar is an absolute one. ``cancel`` is the time until the last of
them is told, against aiohttp posting such bodies bare to the same far side, each again until it is
taken.

The sink's file is the judge: it must hold the cancel for everybody whom the ledger ever leased for
the alert and everybody whom the file itself says was told, under one message id each.
"""

import asyncio
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import aiohttp
from pyroaring import BitMap

from homeward.dispatch.channels.signature import batch_id, endpoint_secret, signed_headers
from homeward.dispatch.channels.webhook import POSTS_AT_ONCE
from homeward.dispatch.channels.webhook_body import batch_body
from homeward.dispatch.knobs import Knobs
from homeward.ports import Contact, Outgoing, Recipient
from homeward.postgres.store import Store
from homeward.words import case_code, derived_id
from loadtests.dispatch import TEXTS, FarSide, far_side
from loadtests.figures import Figure, Measured, Size, percentile
from loadtests.ground import Ground, open_ground
from loadtests.living import Living, living, near_cells, people
from loadtests.reach import REGISTER_AT_ONCE

FAILS: Final = ("--fail-ratio", "0.111", "--fail-status", "503", "--drop-ratio", "0.1")
"""A tenth is hung up on, and a ninth of the others answered 503: a fifth together."""
TOLD: Final = 20_000
SHARE: Final = 0.99
LATE_S_MAX: Final = 240.0
LOOK_S: Final = 0.2
AT_ONCE: Final = POSTS_AT_ONCE * Knobs().endpoint_batches
"""Posts to one far side that dispatch has under way."""
AGAIN_S: Final = 0.05
"""Pause of the bare sender before it tries again."""


@dataclass(slots=True)
class Told:
    """What a sink's file says of one case."""

    alerted: set[str] = field(default_factory=set)
    ids: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Recipient -> ids of the messages that it is over."""
    at: dict[str, float] = field(default_factory=dict)
    """Recipient -> when the first of them was written down (Unix seconds)."""
    late: int = 0
    """Alerts that were written down after the first word that it is over."""

    def take(self, lines: Sequence[dict[str, Any]], code: str) -> None:
        """Take in lines, in the order of the file."""
        for line in lines:
            if line["case_code"] != code:
                continue
            who = line["recipient"]
            if line["purpose"] == "cancel":
                self.ids[who].add(line["message_id"])
                moment = datetime.fromisoformat(line["received_at"]).timestamp()
                self.at.setdefault(who, moment)
            else:
                self.alerted.add(who)
                self.late += bool(self.at)


@dataclass(slots=True)
class Bench:
    """A house, whom it tells, and the far side that fails."""

    ground: Ground
    store: Store
    house: Living
    sink: FarSide
    told: int
    number: int = 0

    async def ours(self) -> tuple[float, float, Told]:
        """Cancel in the middle of a wave; return p99 and the last one's seconds, and the file."""
        self.number += 1
        case, draft = await self.house.approved(self.number)
        said, code = Told(), case_code(case)
        await self.house.issue(case, draft)
        await self._until(said, code, lambda: len(said.alerted) >= self.told)
        reason = {"reason": "unfounded"}
        await self.house.officer.post(f"/v1/cases/{case}/cancel", reason, f"cancel-{case}")
        answered = time.time()
        leased = await self._ever_leased(case)
        await self._until(said, code, lambda: leased <= said.at.keys() and self._over(said))
        await self._judge(case, said)
        waits = [said.at[who] - answered for who in leased]
        return percentile(waits, SHARE), max(waits), said

    def _over(self, said: Told) -> bool:
        return said.alerted <= said.at.keys()

    async def _until(self, said: Told, code: str, true: Any) -> None:  # noqa: ANN401 -- () -> bool
        async with asyncio.timeout(LATE_S_MAX):
            while not true():
                await asyncio.sleep(LOOK_S)
                said.take(await asyncio.to_thread(self.sink.lines), code)

    async def _ever_leased(self, case: str) -> set[str]:
        found = await self.store.ledger.ever_leased(case, 1)
        ordinals = BitMap.union(*(BitMap.deserialize(raw) for _, raw in found))
        known = await self.store.roster.by_ordinals(list(ordinals))
        return {one.recipient.id for one in known.values()}

    async def _judge(self, case: str, said: Told) -> None:
        """Nobody who was ever leased, by now, is missed; each is shown one message."""
        async with asyncio.timeout(LATE_S_MAX):
            while await self.store.ledger.next_open_s() is not None:  # noqa: ASYNC110 -- as asked
                await asyncio.sleep(LOOK_S)
        said.take(self.sink.lines(), case_code(case))
        leased = await self._ever_leased(case)
        assert len(leased) >= self.told, "so many were told when it was cancelled"
        assert said.alerted <= leased, "whoever was told is in the ledger"
        assert said.at.keys() == leased, f"{len(leased ^ said.at.keys())} missed or too many"
        twice = sum(len(ids) > 1 for ids in said.ids.values())
        assert not twice, f"{twice} are shown it twice"

    async def bare(self, everybody: Sequence[Recipient]) -> float:
        """Post bodies like ours, each again until it is taken; return the seconds it took."""
        self.number += 1
        now = self.store.clock.real()
        bodies = []
        for one in everybody:
            address = one.contacts[0][0].address
            message = _outgoing(one, address, self.number, now)
            body, named = batch_body([message]), batch_id([message.message_id])
            secret = endpoint_secret(self.ground.ring, address)
            headers = signed_headers(secret, body, webhook_id=named, sent_at=now)
            bodies.append((address, headers | {"content-type": "application/json"}, body))
        waiting = iter(bodies)
        async with aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0), cookie_jar=aiohttp.DummyCookieJar()
        ) as session:

            async def post() -> None:
                for address, headers, body in waiting:
                    while not await _taken(session, address, headers, body):  # noqa: ASYNC110 -- no event: 503 is asked again
                        await asyncio.sleep(AGAIN_S)

            began = time.perf_counter()
            await asyncio.gather(*(post() for _ in range(AT_ONCE)))
            return time.perf_counter() - began


async def _taken(
    session: aiohttp.ClientSession, address: str, headers: dict[str, str], body: bytes
) -> bool:
    try:
        async with session.post(address, data=body, headers=headers) as answer:
            await answer.read()
            return answer.ok
    except aiohttp.ClientError:
        return False


def _outgoing(one: Recipient, address: str, number: int, now: datetime) -> Outgoing:
    return Outgoing(
        message_id=derived_id("bare", number, one.id),
        recipient=one.id,
        address=address,
        purpose="cancel",
        case=derived_id("bare", "case"),
        case_code="BARE",
        alert=1,
        version=1,
        texts_of=derived_id("bare", "draft"),
        lang=TEXTS.lang,
        title=TEXTS.title,
        short=TEXTS.short,
        full=TEXTS.full,
        link=f"http://127.0.0.1:8110/inbox/{one.id}",
        sent_at=now,
        expires_at=None,
        drill=True,
    )


async def _measured(ground: Ground, store: Store, sink: FarSide, size: Size) -> Measured:
    told = size.of(TOLD, TOLD // 10)
    everybody = [
        replace(one, contacts=((Contact("webhook", f"{sink.url}hook/{one.id}"),),))
        for one in people(0, told * 2, near_cells(), sink.url)
    ]
    for start in range(0, len(everybody), REGISTER_AT_ONCE):
        await store.roster.register(everybody[start : start + REGISTER_AT_ONCE])
    p99, last = list[tuple[float, float]](), list[tuple[float, float]]()
    late, many = list[int](), list[int]()
    async with living(ground, sink.endpoint, noting=False) as house:
        bench = Bench(ground, store, house, sink, told)
        for _ in range(size.of(2, 1)):
            wait_s, all_s, said = await bench.ours()
            bare_s = await bench.bare(everybody[: len(said.at)])
            p99.append((wait_s, 1.0))
            last.append((all_s, bare_s))
            late.append(said.late)
            many.append(len(said.at))
    figures = [
        Figure.of_rounds(
            "cancel-p99", f"a cancel answered to told, p99 of {told:,} and more / 1 s", "s", p99
        ),
        Figure.of_rounds(
            "cancel", "the same until the last one is told / aiohttp posting bare", "s", last
        ),
    ]
    said_of = (
        f"{ground.said}; a fifth of requests fails; people told {', '.join(map(str, many))}; "
        f"alerts written down after the first cancel: {', '.join(map(str, late))}"
    )
    return Measured(figures, said_of)


async def measure(size: Size) -> Measured:
    """Cancel alerts in the middle of their waves."""
    with tempfile.TemporaryDirectory(prefix="homeward-sink-") as folder:
        async with (
            open_ground() as ground,
            ground.store() as store,
            far_side(Path(folder), *FAILS, "--seed", "18") as sink,
        ):
            return await _measured(ground, store, sink, size)
