"""One leased chunk on its way: resolved, sent channel by channel, recorded slice by slice."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from math import ceil, inf
from typing import Final

import structlog
from pyroaring import BitMap

from homeward.dispatch.farside import FarSide
from homeward.dispatch.line import Line, Place
from homeward.dispatch.outcomes import (
    Addressed,
    Outcomes,
    Reads,
    Tally,
    addressed,
    delay_s,
    reads,
    successors,
)
from homeward.dispatch.outfit import Outfit
from homeward.ports import Leased, Listener, LogUnavailable, Result, Settled, Verdict
from homeward.record.envelope import Entry
from homeward.words import Texts, Wording

log = structlog.get_logger("homeward.dispatch")

PAGE: Final = 100
"""People read from the roster at once: their contacts are opened in 3 ms of the loop's time."""
FRESH_S: Final = 0.05
"""A lease so young was taken under its alert's own row just now: it is not looked at again."""
AFTER_S_MAX: Final = 0.05
"""No chunk waits longer for the one before it."""
FIRST_PAUSE_S = 0.1
LAST_PAUSE_S = 2.0
ANYBODY: Final = "", Wording.PUBLIC
NO_WORDS = Result("", Verdict.RETRY, detail="no-words")


@dataclass(slots=True)
class _Queue:
    """People of one chunk who wait for one far side of one channel."""

    line: Line
    far: FarSide
    people: deque[Addressed] = field(default_factory=deque)
    workers: int = 0
    idle: int = 0
    """Workers that wait for a place."""

    @property
    def waiting(self) -> int:
        """How many people only wait for a far side that is slow, silent or left alone.

        One that answers quickly is soon done with whoever waits.
        """
        stuck = 0 < self.workers == self.idle and not self.far.quick
        return len(self.people) if stuck else 0


class Handover:
    """Hands one chunk over. Each batch is recorded before its place is given to another one.

    So at any moment no more than the batches in flight are unrecorded (so many as there are places
    in the channels): that is all that a killed sender repeats, under the same message ids.
    """

    def __init__(
        self,
        outfit: Outfit,
        leased: Leased,
        number: int = 0,
        after: asyncio.Event | None = None,
    ) -> None:
        """Begin when ``after`` is set: the chunk before, of nearer people, is on its way then."""
        self._with, self._leased, self._chunk = outfit, leased, leased.chunk
        self._tally = Tally.of(leased)
        self._rank = self._chunk.priority, self._chunk.seq, number
        self._after, self.off = after, asyncio.Event()
        """Set when its first people are with their channel, or have to wait."""
        self._over = False
        """The lease was lost or the alert closed: nothing more is sent."""
        self._lost = False
        """The lease was lost: nothing more is recorded."""
        self._recording = asyncio.Lock()
        self._measured = False
        self._queues: dict[tuple[str, str], _Queue] = {}
        self._taken_s = time.monotonic()
        self._ahead: asyncio.Task[Mapping[int, Listener]] | None = None
        self._later = Outcomes()
        """Those who wait elsewhere for a far side that is full or asked to be left alone."""
        self._come_back_s = outfit.knobs.channel_wait_s

    @property
    def chunk(self) -> str:
        """The chunk's id."""
        return self._chunk.id

    @property
    def waiting(self) -> int:
        """How many people only wait for far sides that are slow."""
        return sum(one.waiting for one in self._queues.values())

    @property
    def people(self) -> int:
        """How many have no outcome yet."""
        return len(self._tally.open)

    async def run(self) -> None:
        """Send what may be sent and record it all. Raises LogUnavailable: the lease runs out."""
        try:
            await self._let_nearer_go()
            if await self._expired():
                await self._record(Outcomes(expired=self._tally.open.copy()))
                return
            async with self._signs_of_life():
                await self._send_all()
            await self._put_back()
        finally:
            self.off.set()

    async def _let_nearer_go(self) -> None:
        """Leave the loop to nearer people for a moment: ten chunks at once are all ten late."""
        if self._after is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._after.wait(), AFTER_S_MAX)

    async def _expired(self) -> bool:
        """Whether it is too late; the alert may have been extended since the chunk was taken."""
        if not self._late():
            return False
        until = await self._with.ledger.expiry(self._leased)
        self._chunk = replace(self._chunk, expires_at=until)
        return self._late()

    def _late(self) -> bool:
        ends = self._chunk.expires_at
        return ends is not None and ends <= self._with.clock.now()

    async def _send_all(self) -> None:
        """Read people a few at a time, so that the first are sent while the next are read."""
        lost, tasks = Outcomes(), list[asyncio.Task[None]]()
        everybody = list(self._tally.open)
        try:
            for start in range(0, len(everybody), PAGE):
                if self._over:
                    break
                page = everybody[start : start + PAGE]
                known = await (self._ahead if self._ahead and not start else self._read(page))
                for ordinal in page:
                    found = known.get(ordinal)
                    one = found and addressed(found, self._chunk, self._with.lines)
                    if one:
                        self._queue(one)
                    else:
                        lost.failed.add(ordinal)
                tasks += self._put_to_work()
            if lost.failed or not everybody:
                await self._record(lost)  # for them this is the end, and it is visible
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def look_ahead(self) -> None:
        """Begin to read the first people and the words for them, though nothing is sent yet."""
        self._ahead = asyncio.create_task(self._read_ahead())
        self._ahead.add_done_callback(lambda done: done.cancelled() or done.exception())

    async def _read_ahead(self) -> Mapping[int, Listener]:
        reading = self._read(list(self._tally.open[:PAGE]))
        known, _ = await asyncio.gather(reading, self._texts({ANYBODY}))  # opened for one, for all
        return known

    async def _read(self, page: Sequence[int]) -> Mapping[int, Listener]:
        async with self._with.reading.turn(self._rank):
            return await self._with.roster.listeners(page)

    def _queue(self, one: Addressed) -> None:
        line = self._with.lines[one.way.channel]
        far = line.far(one.way.address)
        queue = self._queues.get((line.name, far.name))
        if queue is None:
            queue = self._queues[line.name, far.name] = _Queue(line, far)
        queue.people.append(one)

    def _put_to_work(self) -> list[asyncio.Task[None]]:
        """Start workers: one far side holds up only those who wait for it."""
        started = []
        for queue in self._queues.values():
            batches = -(-len(queue.people) // queue.line.batch_max)
            for _ in range(min(batches, self._with.knobs.channel_batches) - queue.workers):
                queue.workers += 1
                started.append(asyncio.create_task(self._work(queue)))
        return started

    async def _work(self, queue: _Queue) -> None:
        try:
            while queue.people and not self._over:
                place = await self._entered(queue)
                if place is None:
                    return
                try:
                    await self._send(queue, place)
                finally:
                    queue.line.leave(place)
        finally:
            queue.workers -= 1
            self._with.stir()

    async def _send(self, queue: _Queue, place: Place) -> None:
        batch = [queue.people.popleft() for _ in range(min(place.people, len(queue.people)))]
        if not batch:
            return
        if await self._expired():
            await self._record(Outcomes(expired=BitMap(one.listener.ordinal for one in batch)))
        elif not self._over and (self._fresh() or await self._renewed()):
            await self._record(await self._said(queue, batch))

    async def _said(self, queue: _Queue, batch: Sequence[Addressed]) -> Outcomes:
        """Hand a batch over and return what became of each."""
        texts = await self._texts({reads(one.listener) for one in batch})
        worded = [(one, texts.get(reads(one.listener))) for one in batch]
        known = ((one, words) for one, words in worded if words)
        messages = self._with.messages(self._chunk, known)
        outcomes = Outcomes()
        if messages:
            self.off.set()
            results = await queue.line.send(queue.far, [message for _, message in messages])
            for one, message in messages:
                outcomes.add(one, results[message.message_id], self._chunk, self._with.knobs)
        for one, words in worded:
            if not words:
                outcomes.add(one, NO_WORDS, self._chunk, self._with.knobs)
        return outcomes

    async def _texts(self, readers: set[Reads]) -> Mapping[Reads, Texts]:
        """Return the words for each; none where they cannot be had."""
        chunk, found, words = self._chunk, dict[Reads, Texts](), self._with.words
        for lang, wording in sorted(readers):
            try:
                said = await words.words(chunk.texts_of, chunk.purpose, lang, wording)
                found[lang, wording] = said
            except LookupError:
                log.warning("no-words", chunk=chunk.id, lang=lang)
        return found

    async def _entered(self, queue: _Queue) -> Place | None:
        """Take a place in the channel; while it is full wait, or wait elsewhere."""
        line, far = queue.line, queue.far
        queue.idle += 1
        self._with.stir()
        try:
            while queue.people and not self._over:
                if line.full(far):
                    self.off.set()
                if line.full(far) and not self._may_wait(queue):
                    return None
                place = await line.enter(far, len(queue.people), self._rank)
                if place is not None:
                    return place
            return None
        finally:
            queue.idle -= 1

    def _may_wait(self, queue: _Queue) -> bool:
        """Whether a queue waits here; else its people go on in another chunk."""
        pause_s = queue.far.pause_s(time.monotonic())
        roomy = queue.far.quick or self._with.may_wait()
        if pause_s <= self._with.knobs.channel_wait_s and roomy:
            return True
        if not pause_s:
            queue.line.turn_away()
            self._come_back_s = queue.line.come_back_s(self._with.chance())
            pause_s, a_try = self._come_back_s, False
        else:
            a_try = queue.far.barren
        away, queue.people = queue.people, deque()
        if a_try:
            for one in away:
                left_alone = Result("", Verdict.RETRY, pause_s, "left-alone")
                self._later.add(one, left_alone, self._chunk, self._with.knobs)
        else:
            people = BitMap(one.listener.ordinal for one in away)
            self._later.put_back(people, self._chunk, float(ceil(pause_s)))
        return False

    async def _put_back(self) -> None:
        """Let whoever was not tried go on in chunks of their own.

        Of a closed alert those are never leased; after a lost lease nothing is written at all.
        """
        if not self._tally.open or self._lost:
            return
        later = self._later
        rest = self._tally.open - later.retried - later.failed
        if rest:
            later.put_back(rest, self._chunk, self._come_back_s)
        await self._record(later)

    def _fresh(self) -> bool:
        """Say so once: whatever follows the first batch may follow a cancel."""
        taken_s, self._taken_s = self._taken_s, -inf
        return time.monotonic() - taken_s < FRESH_S

    async def _renewed(self) -> bool:
        if not await self._with.ledger.renew(self._leased, self._with.knobs.lease_s):
            self._over = True
        return not self._over

    @asynccontextmanager
    async def _signs_of_life(self) -> AsyncIterator[None]:
        """Keep the lease while a channel takes its time."""

        async def beat() -> None:
            while not self._over:
                await asyncio.sleep(self._with.knobs.lease_s / 3)
                with suppress(LogUnavailable):
                    await self._renewed()

        beating = asyncio.create_task(beat())
        try:
            yield
        finally:
            beating.cancel()
            await asyncio.gather(beating, return_exceptions=True)

    async def _record(self, outcomes: Outcomes) -> None:
        """Record a slice; with the last one the chunk is done and its summary fact is said."""
        async with self._recording:
            if self._lost:
                return
            self._tally.take(outcomes)
            done = not self._tally.open
            knobs, chunk, origin = self._with.knobs, self._chunk, self._with.log.origin
            delays = {one: delay_s(one, knobs, self._with.chance()) for one in outcomes.again}
            entries: tuple[Entry, ...] = ()
            if done:
                now, real = self._with.clock.now(), self._with.clock.real()
                entries = (self._tally.summary(chunk, origin, now, real),)
            settled = Settled(
                accepted=outcomes.accepted.serialize(),
                failed=outcomes.failed.serialize(),
                expired=outcomes.expired.serialize(),
                retried=outcomes.retried.serialize(),
                retries=successors(outcomes, chunk, origin, delays),
                entries=entries,
            )
            if not await self._settle(settled, done=done):
                self._over = self._lost = True  # whoever holds the lease now goes on
                return
        if outcomes.accepted:
            await self._measure()

    async def _measure(self) -> None:
        """Say how long the nearest people of an order waited for the first hand-over."""
        chunk = self._chunk
        if self._measured or chunk.seq or chunk.attempt:
            return
        self._measured = True
        with suppress(LogUnavailable):
            order = await self._with.log.by_id(chunk.order)
            if order is not None:
                waited = self._with.clock.real() - order.recorded_at
                name = "homeward_first_handover_seconds"
                waited_s = max(0.0, waited.total_seconds())  # the clock may have been set back
                self._with.meter.observe(name, waited_s, purpose=chunk.purpose.value)

    async def _settle(self, settled: Settled, *, done: bool) -> bool:
        """Settle, also through an outage: what was sent should not be sent again."""
        pause_s, until = FIRST_PAUSE_S, time.monotonic() + self._with.knobs.settle_patience_s
        while True:
            try:
                return await self._with.ledger.settle(self._leased, settled, done=done)
            except LogUnavailable:
                if time.monotonic() > until:
                    raise
            await asyncio.sleep(pause_s)
            pause_s = min(LAST_PAUSE_S, 2 * pause_s)
