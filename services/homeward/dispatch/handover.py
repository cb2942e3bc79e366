"""One leased chunk on its way: resolved, sent channel by channel, recorded slice by slice."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress

import structlog

from homeward.dispatch.line import Line
from homeward.dispatch.outcomes import (
    Addressed,
    Outcomes,
    Tally,
    addressed,
    delay_s,
    successors,
)
from homeward.dispatch.outfit import Outfit
from homeward.ports import Leased, LogUnavailable, Result, Settled, Verdict
from homeward.record.envelope import Entry
from homeward.words import Texts

log = structlog.get_logger("homeward.dispatch")

FIRST_PAUSE_S = 0.1
LAST_PAUSE_S = 2.0
NO_WORDS = Result("", Verdict.RETRY, detail="no-words")


class Handover:
    """Hands one chunk over. Each batch is recorded before the channel gets its next one.

    So at any moment no more than the batches in flight (one a channel) are unrecorded: that is all
    that a killed sender repeats, under the same message ids.
    """

    def __init__(self, outfit: Outfit, leased: Leased) -> None:
        self._with, self._leased, self._chunk = outfit, leased, leased.chunk
        self._tally = Tally.of(leased)
        self._over = False
        """The lease was lost or the alert closed: nothing more is sent."""
        self._lost = False
        """The lease was lost: nothing more is recorded."""
        self._recording = asyncio.Lock()
        self._measured = False
        self._sends = self._waits = 0
        """Channels that are at work for this chunk, and those of them that wait for a place."""
        self._come_back_s = outfit.knobs.channel_wait_s

    @property
    def waiting(self) -> bool:
        """Whether all it does is to wait for full channels."""
        return 0 < self._sends == self._waits

    async def run(self) -> None:
        """Send what may be sent and record it all. Raises LogUnavailable: the lease runs out."""
        if self._expired():
            await self._record(Outcomes(expired=self._tally.open.copy()))
            return
        people = await self._reachable()
        if people:
            async with self._signs_of_life():
                await self._send_all(people)
        await self._put_back()

    def _expired(self) -> bool:
        ends = self._chunk.expires_at
        return ends is not None and ends <= self._with.clock.now()

    async def _reachable(self) -> list[Addressed]:
        """Return who can be reached; for the others this is the end, and it is visible."""
        registered = await self._with.roster.by_ordinals(list(self._tally.open))
        reached: list[Addressed] = []
        lost = Outcomes()
        for ordinal in self._tally.open:
            known = registered.get(ordinal)
            one = known and addressed(known, self._chunk, self._with.lines)
            if one:
                reached.append(one)
            else:
                lost.failed.add(ordinal)
        if lost.failed or not self._tally.open:
            await self._record(lost)
        return reached

    async def _send_all(self, people: Sequence[Addressed]) -> None:
        texts = await self._texts({one.registered.recipient.lang for one in people})
        by_channel: dict[str, list[Addressed]] = {}
        for one in people:
            by_channel.setdefault(one.way.channel, []).append(one)
        # Side by side: a channel that hangs holds up only those who wait for it.
        tasks = [
            asyncio.create_task(self._send(self._with.lines[name], waiting, texts))
            for name, waiting in by_channel.items()
        ]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _texts(self, langs: set[str]) -> Mapping[str, Texts]:
        """Return the words in each language; none where they cannot be had."""
        chunk, found = self._chunk, dict[str, Texts]()
        for lang in sorted(langs):
            try:
                found[lang] = await self._with.words.words(chunk.texts_of, chunk.purpose, lang)
            except LookupError:
                log.warning("no-words", chunk=chunk.id, lang=lang)
        return found

    async def _send(
        self, line: Line, people: Sequence[Addressed], texts: Mapping[str, Texts]
    ) -> None:
        self._sends += 1
        try:
            for start in range(0, len(people), line.batch_max):
                if not await self._entered(line):
                    return
                try:
                    batch = people[start : start + line.batch_max]
                    outcomes = await self._send_batch(line, batch, texts)
                finally:
                    line.leave()
                if outcomes is None:
                    return
                await self._record(outcomes)
        finally:
            self._sends -= 1
            self._with.stir()

    async def _entered(self, line: Line) -> bool:
        """Take a place in the channel; while it is full wait, or give up if too many wait."""
        if line.full and not self._with.may_wait():
            line.turn_away()
            self._come_back_s = line.come_back_s(self._with.chance())
            return False
        self._waits += 1
        self._with.stir()
        try:
            while not self._over:
                if await line.enter():
                    return True
            return False
        finally:
            self._waits -= 1

    async def _send_batch(
        self, line: Line, batch: Sequence[Addressed], texts: Mapping[str, Texts]
    ) -> Outcomes | None:
        outcomes = Outcomes()
        if self._expired():
            outcomes.expired.update(one.registered.ordinal for one in batch)
            return outcomes
        if self._over or not await self._renewed():
            return None
        worded = [(one, texts.get(one.registered.recipient.lang)) for one in batch]
        messages = [
            (one, self._with.message(self._chunk, one, words)) for one, words in worded if words
        ]
        results = await line.send([message for _, message in messages])
        said = [(one, results[message.message_id]) for one, message in messages]
        for one, result in [*said, *((one, NO_WORDS) for one, words in worded if not words)]:
            outcomes.add(one, result, self._chunk, self._with.knobs)
        return outcomes

    async def _put_back(self) -> None:
        """Let whoever was not tried go on in a chunk of their own.

        Of a closed alert that chunk is never leased; after a lost lease nothing is written at all.
        """
        if self._tally.open and not self._lost:
            outcomes = Outcomes()
            outcomes.put_back(self._tally.open.copy(), self._chunk, self._come_back_s)
            await self._record(outcomes)

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
                self._with.meter.observe(name, waited.total_seconds(), purpose=chunk.purpose.value)

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
