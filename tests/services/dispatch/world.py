"""A small world for senders: memory ports, channels that do as they are told, one order."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta

from pyroaring import BitMap

from homeward.dispatch.caller import Caller
from homeward.dispatch.knobs import Knobs
from homeward.ports import Chunk, Contact, Recipient, Result, Verdict
from homeward.testing.memory import ORIGIN, MemoryStore
from homeward.words import Purpose, RecipientKind, Texts, derived_id

CASE = derived_id(ORIGIN, "case")
ORDER = derived_id(ORIGIN, "order")
DRAFT = derived_id(ORIGIN, "draft")
CELL = "8731aa42affffff"
KNOBS = Knobs(channel_wait_s=0.05, send_timeout_s=0.3, poll_s=0.05, settle_patience_s=0.0)


class PlainWords:
    async def words(self, texts_of, purpose, lang, wording=None):
        if texts_of != DRAFT:
            raise LookupError(texts_of)
        return Texts(lang=lang, title="寻人", short="短", medium="中", full="全文")


@dataclass
class FarSide:
    """A channel that keeps what reached it; ``verdicts`` are used up one a message."""

    name: str = "inbox"
    batch_max: int = 100
    verdicts: dict[str, list[Verdict]] = field(default_factory=dict)
    always: Verdict = Verdict.ACCEPTED
    retry_after_s: float | None = None
    hangs: bool = False
    raises: bool = False
    pause_s: float = 0.0
    got: list = field(default_factory=list)
    batches: list = field(default_factory=list)
    before_answer: object = None

    async def send(self, batch):
        self.batches.append([one.message_id for one in batch])
        if self.hangs:
            await asyncio.Event().wait()
        if self.raises:
            raise RuntimeError("a plug-in's own fault")
        await asyncio.sleep(self.pause_s)
        results = [self._one(message) for message in batch]
        if self.before_answer:
            await self.before_answer()
        return results

    def _one(self, message):
        script = self.verdicts.get(message.recipient)
        verdict = script.pop(0) if script else self.always
        if verdict is Verdict.ACCEPTED:
            self.got.append(message)
        return Result(message.message_id, verdict, self.retry_after_s)

    async def close(self):
        pass

    @property
    def told(self):
        return Counter(one.recipient for one in self.got)

    @property
    def ids(self):
        return {one.message_id for one in self.got}


class World:
    """One process's ports and the channels outside it, which survive it."""

    def __init__(self, *channels, store=None, knobs=KNOBS):
        self.store = store or MemoryStore()
        self.knobs = knobs
        self.channels = {one.name: one for one in channels}

    def caller(self, **changed):
        ports = {
            "log": self.store.log,
            "ledger": self.store.ledger,
            "roster": self.store.roster,
            "channels": self.channels,
            "words": PlainWords(),
            "link": lambda recipient: f"http://127.0.0.1/{recipient}",
            "clock": self.store.clock,
            "meter": self.store.meter,
            "drill": True,
            "knobs": self.knobs,
            "chance": lambda: 0.5,
        }
        return Caller(**ports | changed)

    def restarted(self, calls=None):
        """The next process on the same disk, in front of the same far sides."""
        return World(*self.channels.values(), store=self.store.restarted(calls), knobs=self.knobs)

    async def people(self, count, *ways, first=0):
        contacts = (tuple(Contact(way) for way in ways or ("inbox",)),)
        return await self.store.roster.register(
            [
                Recipient(f"v-{n}", RecipientKind.VOLUNTEER, (CELL,), contacts=contacts)
                for n in range(first, first + count)
            ]
        )

    def order(self, registered, *, seq=0, **said):
        """Write a chunk as a lane's turn does."""
        people = BitMap(one.ordinal for one in registered)
        chunk = Chunk(
            id=derived_id(ORIGIN, ORDER, 0, seq),
            order=ORDER,
            case=CASE,
            lane=0,
            seq=seq,
            purpose=Purpose.ALERT,
            alert=1,
            version=1,
            wave=1,
            recipients=people.serialize(),
            people=len(people),
            texts_of=DRAFT,
        )
        chunk = replace(chunk, **said)
        self.store.disk.ledger.add([chunk], self.store.clock.real())
        return chunk

    async def quiet(self, caller=None, rounds=60):
        """Send until nothing is open, letting back-offs pass."""
        caller = caller or self.caller()
        for _ in range(rounds):
            await caller.once()
            wait_s = await self.store.ledger.next_open_s()
            if wait_s is None:
                return
            self.store.clock.pass_s(wait_s)
        raise AssertionError("never quiet")

    def facts(self):
        return list(self.store.disk.log.rows)

    @property
    def rows(self):
        return list(self.store.disk.ledger.rows.values())

    async def figures(self, purpose="alert"):
        counts = await self.store.ledger.counts(CASE)
        return next(value for key, value in counts.items() if key[0] == purpose)


def soon(world, seconds):
    return world.store.clock.now() + timedelta(seconds=seconds)


async def until(true, within_s=20.0, clock=None):
    """Wait for what happens in another task; a memory clock is moved along."""
    async with asyncio.timeout(within_s):
        while not true():
            await asyncio.sleep(0.01)
            if clock is not None:
                clock.pass_s(0.01)
