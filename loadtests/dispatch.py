"""P7: one request to each recipient through dispatch, against aiohttp posting the same bodies bare.

Ours is the `Caller` as the house runs it: chunks leased from a real ledger, recipients read and
their contacts opened, the message put on their page, built, signed, posted, its outcome recorded.
Bare is an aiohttp session that posts the same signed bodies, made beforehand, as many at once. Both
post to one sink process on the loopback, an address for each recipient. It writes a line for each
message before it answers; its file says at the end whether everybody was told, once.
"""

import asyncio
import gc
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import aiohttp
from pyroaring import BitMap

from homeward.dispatch.caller import Caller
from homeward.dispatch.channels import channels_for
from homeward.dispatch.channels.signature import batch_id, endpoint_secret, signed_headers
from homeward.dispatch.channels.webhook import POSTS_AT_ONCE
from homeward.dispatch.channels.webhook_body import batch_body
from homeward.dispatch.knobs import Knobs
from homeward.dispatch.links import PageLinks
from homeward.dispatch.outcomes import Addressed
from homeward.fanout.cutting import cuts
from homeward.fanout.told import serialised
from homeward.metrics import PrometheusMeter
from homeward.ports import Chunk, Contact, KeyTurn, Listener, Position, Recipient, Registered
from homeward.postgres.store import Store
from homeward.words import Purpose, RecipientKind, Texts, Wording, derived_id
from loadtests.figures import Figure, Measured, Size
from loadtests.ground import Ground, open_ground

CELL: Final = "8731aa42affffff"
KNOBS: Final = Knobs()
AT_ONCE: Final = POSTS_AT_ONCE * KNOBS.endpoint_batches
"""Posts to one far side that dispatch has under way."""
TEXTS: Final = Texts(
    lang="zh-Hans",
    title="寻找走失儿童",
    short="请留意：男孩，7岁，红色上衣。不要靠近，拨打110。",
    medium="请留意：男孩，7岁，红色上衣，蓝色书包。不要靠近，不要转发照片，拨打110。",
    full="请留意：男孩，7岁，身高约120厘米，红色上衣，蓝色书包，最后见于城南客运站附近。"
    "不要靠近，不要拦截，不要转发照片；如有线索请立即拨打110，并说明地点和时间。",
)


class SameWords:
    """The words of every alert here; the house has them in memory, too, after the first batch."""

    async def words(
        self, texts_of: str, purpose: Purpose, lang: str, wording: Wording = Wording.PUBLIC
    ) -> Texts:
        return TEXTS


@dataclass(slots=True)
class FarSide:
    """A sink process."""

    url: str
    endpoint: str
    file: Path
    read_to: int = 0

    def lines(self) -> Sequence[dict[str, Any]]:
        """Return what was written down of each message since the last look."""
        found: list[dict[str, Any]] = []
        with self.file.open("rb") as lines:
            lines.seek(self.read_to)
            while (line := lines.readline()).endswith(b"\n"):
                found.append(json.loads(line))
                self.read_to += len(line)
        return found

    def told(self) -> Sequence[str]:
        """Return the recipients of all messages that were written down since the last look."""
        return [one["recipient"] for one in self.lines()]


@asynccontextmanager
async def far_side(folder: Path, *options: str) -> AsyncIterator[FarSide]:
    """Run a sink until the block ends."""
    file = folder / "sink.jsonl"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "homeward.dispatch.sink", "--out", str(file), *options,
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        where = json.loads(await process.stdout.readline())
        yield FarSide(where["url"], where["endpoint"], file)
    finally:
        process.terminate()
        await process.wait()


@dataclass(slots=True)
class Bench:
    """Dispatch of one house, the people it tells, and where all of it goes."""

    ground: Ground
    store: Store
    sink: FarSide
    caller: Caller
    people: Sequence[Registered] = ()
    version: int = 0
    heard: Position = field(default_factory=Position)

    async def register(self, many: int) -> None:
        """Register people, each with an address of their own."""
        self.people = await self.store.roster.register(
            [
                Recipient(
                    f"v-{n:06d}",
                    RecipientKind.VOLUNTEER,
                    (CELL,),
                    contacts=((Contact("webhook", f"{self.sink.url}hook/{n}"),),),
                )
                for n in range(many)
            ]
        )

    def chunks(self) -> Iterator[Chunk]:
        """Cut a version of the alert to everybody as a lane does."""
        origin, self.version = self.store.log.origin, self.version + 1
        case, order = derived_id(origin, "case"), derived_id(origin, "order", self.version)
        for place, part in enumerate(cuts(len(self.people))):
            people = BitMap(one.ordinal for one in self.people[part])
            yield Chunk(
                id=derived_id(origin, order, place),
                order=order,
                case=case,
                lane=0,
                seq=place,
                purpose=Purpose.ALERT,
                alert=1,
                version=self.version,
                wave=1,
                recipients=serialised(people),
                people=len(people),
                texts_of=order,
            )

    async def ours(self) -> float:
        """Tell everybody; return the seconds from the lane's commit to the last outcome."""
        chunks = tuple(self.chunks())
        stop = asyncio.Event()
        running = asyncio.create_task(self.caller.run(stop))
        before = (await self.store.workbench.load("bench", ["lane"]))["lane"]
        turn = KeyTurn(
            "lane", before.revision, before.heard + 1, b"", (), before.out_version, None,
            chunks=chunks,
        )  # fmt: skip
        began = time.perf_counter()
        await self.store.workbench.commit_turn("bench", [turn])
        while await self.store.ledger.next_open_s() is not None:  # noqa: ASYNC110 -- as a user sees it
            await asyncio.sleep(0.05)
        took = time.perf_counter() - began
        stop.set()
        await running
        self.judge()
        return took

    def bodies(self) -> list[tuple[str, dict[str, str], bytes]]:
        """Return what dispatch posts to each: address, signed headers, body."""
        outfit, (chunk, *_) = self.caller.outfit, [*self.chunks()]
        made = []
        listeners = [
            Listener(one.recipient.id, one.ordinal, one.recipient.lang, one.recipient.contacts)
            for one in self.people
        ]
        addressed = [Addressed(one, one.contacts[0][0], 0, None) for one in listeners]
        for one, message in outfit.messages(chunk, ((one, TEXTS) for one in addressed)):
            way = one.way
            body = batch_body([message])
            headers = signed_headers(
                endpoint_secret(self.ground.ring, way.address),
                body,
                webhook_id=batch_id([message.message_id]),
                sent_at=self.store.clock.real(),
            )
            made.append((way.address, headers | {"content-type": "application/json"}, body))
        return made

    async def bare(self) -> float:
        """Post the same bodies; return the seconds it took."""
        waiting = iter(self.bodies())
        async with aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0), cookie_jar=aiohttp.DummyCookieJar()
        ) as session:

            async def post() -> None:
                for address, headers, body in waiting:
                    async with session.post(address, data=body, headers=headers) as answer:
                        assert answer.status == 200  # noqa: PLR2004 -- HTTP's own
                        await answer.read()

            began = time.perf_counter()
            await asyncio.gather(*(post() for _ in range(AT_ONCE)))
            took = time.perf_counter() - began
        self.judge()
        return took

    def judge(self) -> None:
        """Everybody is in the sink's file, once."""
        told = self.sink.told()
        assert len(told) == len(set(told)) == len(self.people), (len(told), len(set(told)))


@asynccontextmanager
async def open_bench(many: int) -> AsyncIterator[Bench]:
    """Start a server, a house's dispatch and a sink, and register people."""
    with tempfile.TemporaryDirectory(prefix="homeward-sink-") as folder:
        async with (
            open_ground() as ground,
            ground.store() as store,
            far_side(Path(folder)) as sink,
        ):
            channels = channels_for(
                "drill",
                inbox=store.inbox,
                ring=ground.ring,
                clock=store.clock,
                webhook_loopback=[sink.endpoint],
            )
            caller = Caller(
                log=store.log,
                ledger=store.ledger,
                roster=store.roster,
                channels=channels,
                words=SameWords(),
                link=PageLinks(ground.ring, lambda: "http://127.0.0.1:8110").inbox,
                clock=store.clock,
                meter=PrometheusMeter(),
                drill=True,
                knobs=KNOBS,
            )
            bench = Bench(ground, store, sink, caller)
            await bench.register(many)
            gc.collect()
            gc.freeze()  # a house does not hold its recipients as objects for the collector to walk
            try:
                yield bench
            finally:
                await caller.close()


async def measure(size: Size) -> Measured:
    """Tell everybody in turn, through dispatch and bare."""
    many, rounds = size.of(100_000, 10_000), list[tuple[float, float]]()
    async with open_bench(many) as bench:
        for number in range(size.of(3, 3)):
            if number % 2:
                ours_s, bare_s = await bench.ours(), await bench.bare()
            else:
                bare_s, ours_s = await bench.bare(), await bench.ours()
            rounds.append((many / ours_s, many / bare_s))
        said = f"{bench.ground.said}; {many:,} recipients, {AT_ONCE} posts at once, one sink"
    what = "one request each through dispatch / aiohttp posting the signed bodies"
    return Measured([Figure.of_rounds("dispatch", what, "msgs/s", rounds)], said)
