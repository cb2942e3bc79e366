"""The sender: takes chunks from the ledger, nearest and most urgent first, and hands them over."""

import asyncio
import random
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from typing import Any

import structlog

from homeward.dispatch.handover import Handover
from homeward.dispatch.knobs import Knobs
from homeward.dispatch.line import Line
from homeward.dispatch.outfit import Outfit
from homeward.dispatch.words import WordsFor
from homeward.ports import Channel, Clock, Leased, Ledger, Log, LogUnavailable, Meter, Roster

FIRST_PAUSE_S = 0.2
LAST_PAUSE_S = 2.0
LEAST_WAIT_S = 0.05

log = structlog.get_logger("homeward.dispatch")


class Caller:
    """Any number of them may run, in any number of processes: leases keep them apart."""

    def __init__(  # noqa: PLR0913 -- the ports it works with
        self,
        *,
        log: Log,
        ledger: Ledger,
        roster: Roster,
        channels: Mapping[str, Channel],
        words: WordsFor,
        link: Callable[[str], str],
        clock: Clock,
        meter: Meter,
        drill: bool,
        knobs: Knobs | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._knobs = knobs or Knobs()
        self._ledger, self._clock, self._meter = ledger, clock, meter
        self._channels = channels
        self._in_hand: dict[asyncio.Task[None], Handover] = {}
        self._stirred = asyncio.Event()
        lines = {name: Line(one, self._knobs, meter) for name, one in channels.items()}
        self._outfit = Outfit(
            log=log,
            ledger=ledger,
            roster=roster,
            words=words,
            link=link,
            lines=lines,
            clock=clock,
            meter=meter,
            knobs=self._knobs,
            drill=drill,
            chance=chance,
            may_wait=lambda: self._waiting < self._knobs.waiting_max,
            stir=self._stirred.set,
        )

    @property
    def _waiting(self) -> int:
        return sum(one.waiting for one in self._in_hand.values())

    @property
    def _free(self) -> int:
        """How many chunks may be taken now: those that only wait take nobody's place."""
        at_work = len(self._in_hand) - self._waiting
        room = self._knobs.senders + self._knobs.waiting_max - len(self._in_hand)
        return min(self._knobs.senders - at_work, room)

    async def once(self) -> int:
        """Take what can be leased now, hand it over, and return how many chunks it was."""
        taken = await self._lease()
        await asyncio.gather(*taken)
        return len(taken)

    async def run(self, stop: asyncio.Event) -> None:
        """Send until told to stop; an outage of the store is waited out."""
        stopping = asyncio.create_task(stop.wait())
        pause_s = FIRST_PAUSE_S
        try:
            while not stop.is_set():
                try:
                    if not await self._lease():
                        await self._until_more(stopping)
                    pause_s = FIRST_PAUSE_S
                except LogUnavailable:
                    self._meter.count("homeward_host_retries_total", part="dispatch")
                    await asyncio.wait([stopping], timeout=pause_s)
                    pause_s = min(LAST_PAUSE_S, 2 * pause_s)
        finally:
            stopping.cancel()
            await self._let_go()

    async def close(self) -> None:
        """Let go of all channels."""
        for channel in self._channels.values():
            await channel.close()

    async def _lease(self) -> list[asyncio.Task[None]]:
        """Fill free places with chunks and start them, in the ledger's order."""
        if self._free <= 0:
            return []
        leased = await self._ledger.lease(self._free, self._knobs.lease_s, self._clock.now())
        return [self._take(one) for one in leased]

    def _take(self, leased: Leased) -> asyncio.Task[None]:
        handover = Handover(self._outfit, leased)
        task = asyncio.create_task(self._hand_over(handover, leased.chunk.id))
        self._in_hand[task] = handover
        task.add_done_callback(self._put_down)
        return task

    def _put_down(self, task: asyncio.Task[None]) -> None:
        del self._in_hand[task]
        self._stirred.set()

    async def _hand_over(self, handover: Handover, chunk: str) -> None:
        """Hand one chunk over. Whatever goes wrong is counted, and the lease brings it back."""
        try:
            await handover.run()
        except Exception as error:  # noqa: BLE001 -- one chunk must not stop the others
            self._meter.count("homeward_host_retries_total", part="handover")
            log.warning("handover-broke-off", chunk=chunk, error=type(error).__name__)

    async def _until_more(self, stopping: asyncio.Task[bool]) -> None:
        """Wait for chunks, for a free place, or for the end."""
        self._stirred.clear()
        if self._free <= 0:
            await self._first_of(stopping, self._stirred.wait())
            return
        due_s = await self._ledger.next_open_s()
        wait_s = self._knobs.poll_s if due_s is None else min(self._knobs.poll_s, due_s)
        await self._first_of(stopping, self._ledger.wait(max(wait_s, LEAST_WAIT_S)))

    async def _first_of(
        self, stopping: asyncio.Task[bool], what: Coroutine[Any, Any, object]
    ) -> None:
        """Wait for one thing or for the end."""
        waiting = asyncio.create_task(what)
        try:
            await asyncio.wait([stopping, waiting], return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
        with suppress(asyncio.CancelledError):
            await waiting

    async def _let_go(self) -> None:
        """Let what is in flight end for a moment; the rest comes back when its lease is over."""
        if self._in_hand:
            await asyncio.wait(self._in_hand, timeout=self._knobs.stop_grace_s)
        left = list(self._in_hand)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
