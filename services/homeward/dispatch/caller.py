"""The sender: takes chunks from the ledger, nearest and most urgent first, and hands them over."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import suppress
from typing import Any, Final

import structlog

from homeward.dispatch.bucket import Bucket
from homeward.dispatch.farside import FarSides
from homeward.dispatch.hand import Hand
from homeward.dispatch.handover import Handover
from homeward.dispatch.knobs import Knobs
from homeward.dispatch.line import Line
from homeward.dispatch.outfit import Outfit
from homeward.dispatch.words import WordsFor
from homeward.ports import Channel, Clock, Leased, Ledger, Log, LogUnavailable, Meter, Roster

CHUNKS_A_LEASE: Final = 64
"""A hub is a chunk of one: a fresh alert's hubs are taken at once."""
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
        self._channels, self._number = channels, 0
        self._stirred, self._running = asyncio.Event(), False
        fars = {name: FarSides() for name in channels}
        buckets = {name: Bucket(self._knobs.rates.get(name)) for name in channels}

        def hand(kind: str, *, urgent: bool) -> Hand:
            lines = {
                name: Line(
                    one, self._knobs, meter, kind=kind, fars=fars[name], bucket=buckets[name]
                )
                for name, one in channels.items()
            }
            outfit = Outfit(
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
                may_wait=lambda: made.waiting < self._knobs.waiting_max,
                stir=self._stirred.set,
            )
            made = Hand(outfit, self._knobs, urgent=urgent)
            return made

        self._urgent, self._waves = hand("urgent", urgent=True), hand("waves", urgent=False)
        """What is over has places of its own, so that a wave in full swing does not delay it."""

    @property
    def outfit(self) -> Outfit:
        """What its hand-overs work with."""
        return self._waves.outfit

    @property
    def lease_s(self) -> float:
        """How long a chunk is this sender's."""
        return self._knobs.lease_s

    def ready(self, leased: Leased) -> Callable[[], Awaitable[object]] | None:
        """As `homeward.hosts.cascade.Hands`: what goes to everybody, and only while it runs."""
        if not self._running or leased.chunk.people > self._waves.room:
            return None
        handover = self._made(self._waves, leased)
        handover.look_ahead()

        def hand_over() -> Awaitable[object]:
            _ = self._begin(self._waves, handover)
            return handover.off.wait()

        return hand_over

    @property
    def _hands(self) -> tuple[Hand, Hand]:
        return self._urgent, self._waves

    async def once(self) -> int:
        """Take what can be leased now, hand it over, and return how many chunks it was."""
        taken = [task for hand in self._hands for task in await self._lease(hand)]
        await asyncio.gather(*taken)
        return len(taken)

    async def run(self, stop: asyncio.Event) -> None:
        """Send until told to stop; an outage of the store is waited out."""
        self._running, stopping = True, asyncio.create_task(stop.wait())
        pause_s = FIRST_PAUSE_S
        try:
            while not stop.is_set():
                try:
                    self._stirred.clear()
                    taken = await asyncio.gather(
                        *(self._lease(hand, in_turn=True) for hand in self._hands)
                    )
                    if not any(taken):
                        await self._until_more(stopping)
                    pause_s = FIRST_PAUSE_S
                except LogUnavailable:
                    self._meter.count("homeward_host_retries_total", part="dispatch")
                    await asyncio.wait([stopping], timeout=pause_s)
                    pause_s = min(LAST_PAUSE_S, 2 * pause_s)
        finally:
            self._running = False
            stopping.cancel()
            await self._let_go()

    async def close(self) -> None:
        """Let go of all channels."""
        for channel in self._channels.values():
            await channel.close()

    async def _lease(self, hand: Hand, *, in_turn: bool = False) -> list[asyncio.Task[None]]:
        """Fill a hand with chunks and start them, in the ledger's order.

        ``in_turn``: the loop's time goes to the nearest first.
        """
        room = hand.room
        if room <= 0:
            return []
        leased = await self._ledger.lease(
            CHUNKS_A_LEASE,
            self._knobs.lease_s,
            self._clock.now(),
            people=room,
            urgent=hand.urgent,
        )
        taken = list[asyncio.Task[None]]()
        nearer: asyncio.Event | None = None
        for one in leased:
            taken.append(self._begin(hand, self._made(hand, one, nearer)))
            nearer = hand.holds[taken[-1]].off if in_turn else None
        return taken

    def _made(self, hand: Hand, leased: Leased, nearer: asyncio.Event | None = None) -> Handover:
        self._number += 1
        return Handover(hand.outfit, leased, self._number, nearer)

    def _begin(self, hand: Hand, handover: Handover) -> asyncio.Task[None]:
        task = asyncio.create_task(self._hand_over(handover))
        hand.holds[task] = handover

        def put_down(done: asyncio.Task[None]) -> None:
            del hand.holds[done]
            self._stirred.set()

        task.add_done_callback(put_down)
        return task

    async def _hand_over(self, handover: Handover) -> None:
        """Hand one chunk over. Whatever goes wrong is counted, and the lease brings it back."""
        try:
            await handover.run()
        except Exception as error:  # noqa: BLE001 -- one chunk must not stop the others
            self._meter.count("homeward_host_retries_total", part="handover")
            log.warning("handover-broke-off", chunk=handover.chunk, error=type(error).__name__)

    async def _until_more(self, stopping: asyncio.Task[bool]) -> None:
        """Wait for chunks, for room, or for the end."""
        due_s: float | None = self._knobs.poll_s
        if self._waves.room > 0:
            due_s = await self._ledger.next_open_s()
        wait_s = self._knobs.poll_s if due_s is None else min(self._knobs.poll_s, due_s)
        bell = self._ledger.wait(max(wait_s, LEAST_WAIT_S))
        # Room is no news while there are no chunks for it.
        more = [bell] if self._waves.room > 0 else [bell, self._stirred.wait()]
        await self._first_of(stopping, *more)

    async def _first_of(
        self, stopping: asyncio.Task[bool], *what: Coroutine[Any, Any, object]
    ) -> None:
        """Wait for one of some things or for the end. Raises what the first of them raises."""
        waiting = [asyncio.create_task(one) for one in what]
        try:
            await asyncio.wait([stopping, *waiting], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waiting:
                one.cancel()
        for one in waiting:
            with suppress(asyncio.CancelledError):
                await one

    async def _let_go(self) -> None:
        """Let what is in flight end for a moment; the rest comes back when its lease is over."""
        held = [task for hand in self._hands for task in hand.holds]
        if held:
            await asyncio.wait(held, timeout=self._knobs.stop_grace_s)
        left = [task for hand in self._hands for task in hand.holds]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
