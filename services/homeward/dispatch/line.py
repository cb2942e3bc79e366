"""One channel as senders use it: a few batches at once, each cut off when it hangs."""

import asyncio
import time
from collections.abc import Mapping, Sequence

from homeward.dispatch.knobs import Knobs
from homeward.ports import Channel, Meter, Outgoing, Result, Verdict


class Line:
    """Bounds a channel, so that a slow one holds nobody but those who wait for it."""

    def __init__(self, channel: Channel, knobs: Knobs, meter: Meter) -> None:
        self.name = channel.name
        self.batch_max = min(channel.batch_max, knobs.outcome_batch)
        self._channel, self._meter, self._knobs = channel, meter, knobs
        self._places = asyncio.Semaphore(knobs.channel_batches)
        self._turned_away = 0
        self._batch_s = 0.0

    @property
    def full(self) -> bool:
        """Whether whoever comes now has to wait."""
        return self._places.locked()

    async def enter(self) -> bool:
        """Take a place in the channel; False when none became free in ``channel_wait_s``."""
        try:
            async with asyncio.timeout(self._knobs.channel_wait_s):
                await self._places.acquire()
        except TimeoutError:
            return False
        self._turned_away = max(0, self._turned_away - 1)
        return True

    def leave(self) -> None:
        """Give the place back."""
        self._places.release()

    def turn_away(self) -> None:
        """Count somebody who found neither a place nor room to wait."""
        self._turned_away += 1

    def come_back_s(self, chance: float) -> float:
        """Return when to come back: after those turned away before, at the newest batch's pace."""
        pace_s = self._batch_s / self._knobs.channel_batches
        wait_s = max(self._knobs.channel_wait_s, self._turned_away * pace_s)
        return min(wait_s, self._knobs.put_back_max_s) * (1 + chance)

    async def send(self, batch: Sequence[Outgoing]) -> Mapping[str, Result]:
        """Send from a place and return a result for each message id, whatever the channel does."""
        started = time.monotonic()
        detail, found = "unanswered", dict[str, Result]()
        try:
            async with asyncio.timeout(self._knobs.send_timeout_s):
                found = {one.message_id: one for one in await self._channel.send(batch)}
        except TimeoutError:
            detail = "timeout"
        except Exception as error:  # noqa: BLE001 -- a channel may be anybody's plug-in
            detail = type(error).__name__
        self._batch_s = time.monotonic() - started
        self._meter.observe("homeward_send_seconds", self._batch_s, channel=self.name)
        results = {
            one.message_id: found.get(one.message_id)
            or Result(one.message_id, Verdict.RETRY, detail=detail)
            for one in batch
        }
        for verdict in Verdict:
            said = sum(one.verdict is verdict for one in results.values())
            if said:
                self._meter.count(
                    "homeward_handovers_total", said, channel=self.name, verdict=verdict.value
                )
        return results
