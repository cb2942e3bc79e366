"""Takes what was delivered from a bounded queue and lets it be heard, outside of what delivers."""

import asyncio
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, TypeAlias

from homeward.hosts.parking import TooManyParked
from homeward.hosts.turn import where
from homeward.hosts.watching import Pulse, Say
from homeward.ports import Hear, LogUnavailable, Meter, Place, Rung

BACK_OFF_S: Final = 0.05
BACK_OFF_S_MAX: Final = 2.0
"""A fact waits no longer before it is tried again: an alert is seconds."""


Message: TypeAlias = Any
"""Topic, partition, offset, key, value and headers of a record, as Faust names them."""

GATHER_S: Final = 0.1
"""So long after a thick batch began the next may begin: a fact in a batch of 400 costs 110 us, in
one of 20 twice as much. After a silence, and between few, nothing waits."""
THICK: Final = 50
"""Records in a batch that make it a flood; what follows from one alert comes in smaller ones."""


class Delivered(Protocol):
    """A record as Faust hands it over."""

    @property
    def message(self) -> Message:
        """The record."""
        ...

    def ack(self) -> bool:
        """Let its offset be committed."""
        ...


@dataclass(frozen=True, slots=True)
class _Waiting:
    tenure: object
    event: Delivered
    since_s: float


@dataclass(slots=True)
class Pump:
    """One queue and one who hears, whatever becomes of the apps that deliver."""

    hear: Hear
    meter: Meter
    say: Say
    pulse: Pulse
    batch_max: int
    queue_max: int
    tenure: object = field(default_factory=object)
    """A new one whenever partitions are assigned or taken away; what came before it is dropped:
    it is delivered again, to whoever has the partition now."""
    closing: bool = False
    _queue: deque[_Waiting] = field(default_factory=deque)
    _filled: asyncio.Event = field(default_factory=asyncio.Event)
    _room: asyncio.Event = field(default_factory=asyncio.Event)
    _busy: bool = False

    @property
    def waiting(self) -> int:
        """How many records wait to be heard."""
        return len(self._queue)

    @property
    def busy(self) -> bool:
        """Whether somebody hears right now."""
        return self._busy

    async def put(self, event: Delivered) -> None:
        """Take a record in; waits while the queue is full."""
        waiting = _Waiting(self.tenure, event, time.monotonic())
        while len(self._queue) >= self.queue_max:
            self._room.clear()
            await self._room.wait()
        self._queue.append(waiting)
        if self.pulse.waiting_s is None:
            self.pulse.waiting_s = waiting.since_s
        self._filled.set()

    def change(self) -> None:
        """Begin a new tenure."""
        self.tenure = object()
        self._filled.set()  # what is dropped makes room

    async def run(self) -> None:
        """Let be heard what comes, until `closing` is set. Raises TooManyParked."""
        pause_s = 0.0
        while not self.closing:
            if pause_s > 0 and len(self._queue) < self.batch_max:
                await asyncio.sleep(pause_s)
            pause_s, began_s = 0.0, time.monotonic()
            batch = self._taken()
            if batch:
                self._busy = True
                try:
                    await self._heard(batch)
                finally:
                    self._busy = False
                if len(batch) >= THICK:
                    pause_s = began_s + GATHER_S - time.monotonic()
            elif not self._queue:
                self.pulse.waiting_s = None
                self._filled.clear()
                await self._filled.wait()

    def _taken(self) -> list[_Waiting]:
        """Take what waits of this tenure, the oldest first."""
        batch: list[_Waiting] = []
        while self._queue and len(batch) < self.batch_max:
            waiting = self._queue.popleft()
            if waiting.tenure is self.tenure:
                batch.append(waiting)
        self._room.set()
        if batch:
            self.pulse.waiting_s = batch[0].since_s
        return batch

    async def _heard(self, batch: list[_Waiting]) -> None:
        """Let a batch be heard, however often it takes, as long as it is ours."""
        tenure, back_off_s = batch[0].tenure, BACK_OFF_S
        rungs = [_rung(waiting.event.message) for waiting in batch]
        self.pulse.progress()
        while tenure is self.tenure and not self.closing:
            try:
                await self.hear(rungs)
            except TooManyParked:
                raise
            except LogUnavailable:
                self.pulse.progress()  # it tries: to be started again would mend nothing
            except Exception as failure:  # noqa: BLE001 -- none may end what delivers
                self.say("bell", where(failure))
            else:
                self.pulse.progress()
                if tenure is self.tenure:
                    for waiting in batch:
                        waiting.event.ack()
                return
            self.meter.count("homeward_host_retries_total", part="bell")
            await asyncio.sleep(back_off_s)
            back_off_s = min(back_off_s * 2, BACK_OFF_S_MAX)


def _rung(message: Message) -> Rung:
    # Kafka lets a header say nothing at all: then it is not there
    headers: Mapping[str, bytes] = {
        name: said for name, said in message.headers or () if said is not None
    }
    place = Place(message.topic, message.partition)
    return Rung(place, message.offset, message.key, message.value or b"", headers)
