"""Who has new messages: asked once a process for all pages that are open, whatever their number."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import structlog

from homeward.http.events import AWAY_S
from homeward.http.rooms import Rooms
from homeward.ports import LogUnavailable

LEAST_S: Final = 0.05
"""Between two questions: an alert to many makes the log ring a thousand times a second."""

log = structlog.get_logger("homeward")


@dataclass(slots=True, eq=False)
class Mailbox:
    """What all open pages of one recipient share."""

    newest: int = 0
    """Number of the newest message that we know of."""
    rung: asyncio.Event = field(default_factory=asyncio.Event)
    readers: int = 0


class Arrivals:
    """One process's open pages; the asking task runs while there are any."""

    def __init__(self, rooms: Rooms) -> None:
        """Watch nobody yet."""
        self._rooms = rooms
        self._boxes: dict[str, Mailbox] = {}
        self._task: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def of(self, recipient: str) -> AsyncIterator[Mailbox]:
        """Give a recipient's mailbox, which rings from here on."""
        box = self._boxes.setdefault(recipient, Mailbox())
        box.readers += 1
        if self._task is None:
            self._task = asyncio.create_task(self._watch(), name="arrivals")
        try:
            yield box
        finally:
            box.readers -= 1
            if not box.readers:
                del self._boxes[recipient]
            if not self._boxes and self._task is not None:
                self._task.cancel()
                self._task = None

    async def _watch(self) -> None:
        """Ask whenever the log has grown; an outage of the store is waited out."""
        rooms = self._rooms
        while True:
            try:
                size = await rooms.log.size()
                # A hand-over is followed by its summary fact, so the log rings after the inbox.
                for recipient, seq in (await rooms.inbox.newest(list(self._boxes))).items():
                    box = self._boxes.get(recipient)
                    if box is not None and seq > box.newest:
                        box.newest = seq
                        box.rung, rung = asyncio.Event(), box.rung
                        rung.set()
                await asyncio.sleep(LEAST_S)
                await rooms.feed.beyond(size, rooms.settings.stream_beat_s)
            except LogUnavailable:
                await asyncio.sleep(AWAY_S)
            except Exception as error:  # noqa: BLE001 -- every open page hangs on this task
                log.warning("arrivals-broke", error=type(error).__name__)
                await asyncio.sleep(AWAY_S)
