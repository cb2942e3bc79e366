"""One channel as senders use it: so many batches at once, and never all of them for one far side.

A far side that answered within a second may have several batches of the channel's places. One that
is new, slow or silent has small ones, one at a time, from places of their own: so whatever hangs
holds up only those who wait for it. One that asked to be left alone is, and whoever waits for it
waits elsewhere.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from homeward.dispatch.bucket import Bucket
from homeward.dispatch.farside import FarSide, FarSides
from homeward.dispatch.knobs import Knobs
from homeward.ports import Channel, Meter, Outgoing, Result, Verdict

Rank: TypeAlias = tuple[int, int, int]
"""Who goes first: (priority, seq, when the chunk was taken)."""
SOONEST_S: Final = 0.005
SOON_S: Final = 0.1
"""Whoever waits for a rate looks so often whether those who go first have gone."""


@dataclass(frozen=True, slots=True)
class Place:
    """A permit to send so many messages to one far side now."""

    far: FarSide
    people: int
    quick: bool
    """Which places it is one of."""


@dataclass(order=True, slots=True)
class _Waiter:
    rank: Rank
    number: int
    far: FarSide = field(compare=False)
    wanted: int = field(compare=False)
    given: asyncio.Future[Place] = field(compare=False)


class Line:
    """A channel's places for one kind of message; what is over has a line of its own."""

    def __init__(
        self,
        channel: Channel,
        knobs: Knobs,
        meter: Meter,
        *,
        kind: str = "waves",
        fars: FarSides | None = None,
        bucket: Bucket | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """``kind`` is the line's label; lines of one channel share ``fars`` and ``bucket``."""
        self.name, self.kind = channel.name, kind
        self.batch_max = min(channel.batch_max, knobs.outcome_batch)
        self._channel, self._meter, self._knobs = channel, meter, knobs
        self._fars, self._bucket = fars or FarSides(), bucket or Bucket(None)
        self._monotonic = monotonic
        self._far_of: Callable[[str], str] = getattr(channel, "far_side", lambda _address: "")
        self._quick = self._slow = self._number = self._turned_away = 0
        self._waiters: list[_Waiter] = []
        self._in_flight = 0
        self._batch_s = 0.0

    def far(self, address: str) -> FarSide:
        """Return the far side behind an address."""
        return self._fars.of(self._far_of(address))

    def full(self, far: FarSide) -> bool:
        """Whether whoever comes now has to wait."""
        return self._room(far) < 1

    def _room(self, far: FarSide) -> int:
        """Return how many messages may be sent to a far side now; 0: none."""
        knobs = self._knobs
        if far.pause_s(self._monotonic()) > 0:
            return 0
        if far.quick:
            most = min(knobs.channel_batches, knobs.senders)
            mine = min(most, knobs.endpoint_batches) if far.name else most
            busy = self._quick >= most or far.batches >= mine
            return 0 if busy else self.batch_max
        busy = self._slow >= knobs.slow_batches or far.batches > 0
        return 0 if busy else min(self.batch_max, knobs.slow_people)

    def _place(self, far: FarSide, wanted: int, rank: Rank) -> Place | None:
        people = min(self._room(far), wanted)
        people = self._bucket.take(people, rank) if people else 0
        if not people:
            return None
        place = Place(far, people, far.quick)
        far.batches += 1
        self._quick += place.quick
        self._slow += not place.quick
        return place

    async def enter(self, far: FarSide, wanted: int, rank: Rank) -> Place | None:
        """Take a place for up to ``wanted`` messages; None: none was free in ``channel_wait_s``."""
        until = self._monotonic() + self._knobs.channel_wait_s
        self._grant()  # who waits goes before whoever comes, though a far side is quick just now
        place = self._place(far, wanted, rank)
        while place is None:
            left_s = until - self._monotonic()
            if left_s <= 0:
                return None
            opens_s = far.pause_s(self._monotonic())
            if not opens_s and self._room(far):
                self._meter.count("homeward_rate_waits_total", channel=self.name)
                with self._bucket.awaited(rank):
                    opens_s = min(left_s, SOON_S, self._bucket.wait_s(rank))
                    place = await self._given(far, wanted, rank, max(SOONEST_S, opens_s))
            else:
                most_s = max(SOONEST_S, min(left_s, opens_s or left_s))
                place = await self._given(far, wanted, rank, most_s)
            place = place or self._place(far, wanted, rank)
        self._turned_away = max(0, self._turned_away - 1)
        return place

    async def _given(self, far: FarSide, wanted: int, rank: Rank, most_s: float) -> Place | None:
        """Wait to be given a place, so that no newcomer takes what became free."""
        self._number += 1
        given: asyncio.Future[Place] = asyncio.get_running_loop().create_future()
        waiter = _Waiter(rank, self._number, far, wanted, given)
        self._waiters.append(waiter)
        try:
            await asyncio.wait([given], timeout=most_s)
        except asyncio.CancelledError:
            if given.done():
                self.leave(given.result())
            raise
        finally:
            if not given.done():
                self._waiters.remove(waiter)
        return given.result() if given.done() else None

    def leave(self, place: Place) -> None:
        """Give a place back; the nearest who can use it have it at once."""
        place.far.batches -= 1
        self._quick -= place.quick
        self._slow -= not place.quick
        self._grant()

    def _grant(self) -> None:
        """Give what is free to those who wait, the nearest first."""
        for waiter in sorted(self._waiters):
            given = self._place(waiter.far, waiter.wanted, waiter.rank)
            if given is not None:
                self._waiters.remove(waiter)
                waiter.given.set_result(given)

    def turn_away(self) -> None:
        """Count somebody who found neither a place nor room to wait."""
        self._turned_away += 1

    def come_back_s(self, chance: float) -> float:
        """Return when to come back: after those turned away before, at the newest batch's pace."""
        pace_s = self._batch_s / self._knobs.channel_batches
        wait_s = max(self._knobs.channel_wait_s, self._turned_away * pace_s)
        return min(wait_s, self._knobs.put_back_max_s) * (1 + chance)

    async def send(self, far: FarSide, batch: Sequence[Outgoing]) -> Mapping[str, Result]:
        """Send from a place and return a result for each message id, whatever the channel does."""
        began = self._monotonic()
        detail, found = "unanswered", dict[str, Result]()
        self._flying(len(batch))
        try:
            async with asyncio.timeout(self._knobs.send_timeout_s):
                found = {one.message_id: one for one in await self._channel.send(batch)}
        except TimeoutError:
            detail = "timeout"
        except Exception as error:  # noqa: BLE001 -- a channel may be anybody's plug-in
            detail = type(error).__name__
        finally:
            self._flying(-len(batch))
        self._batch_s = self._monotonic() - began
        self._meter.observe("homeward_send_seconds", self._batch_s, channel=self.name)
        results = {
            one.message_id: found.get(one.message_id)
            or Result(one.message_id, Verdict.RETRY, detail=detail)
            for one in batch
        }
        self._learn(far, results.values())
        return results

    def _learn(self, far: FarSide, results: Collection[Result]) -> None:
        """Remember how a far side behaves, and count what was said."""
        said = Counter(one.verdict for one in results)
        for verdict, many in said.items():
            name = "homeward_handovers_total"
            self._meter.count(name, many, channel=self.name, verdict=verdict.value)
        far.quick = self._batch_s <= self._knobs.quick_s
        asked_s = max((one.retry_after_s or 0.0 for one in results), default=0.0)
        if asked_s > 0:
            far.pause(self._monotonic(), min(asked_s, self._knobs.retry_after_max_s))
        if said[Verdict.ACCEPTED]:
            far.barren = False

    def _flying(self, more: int) -> None:
        self._in_flight += more
        self._meter.gauge("homeward_in_flight", self._in_flight, channel=self.name, line=self.kind)
