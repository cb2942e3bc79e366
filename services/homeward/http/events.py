"""Server-sent events: numbered, so that a reader who comes back misses none."""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Final

from fastapi.responses import StreamingResponse

from homeward.http.problems import CursorBroken, TooManyStreams
from homeward.http.rooms import Rooms
from homeward.ports import LogUnavailable

EVENT_STREAM: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "Server-sent events; `id` goes into `Last-Event-ID`.",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }
}
AWAY_S: Final = 1.0
_DIGITS_MAX: Final = 15


@dataclass(frozen=True, slots=True)
class Event:
    """One event."""

    id: int | None
    """None: a reader does not come back by it."""
    name: str
    says: Mapping[str, Any]

    def text(self) -> str:
        """Return the event as it goes over the wire."""
        line = json.dumps(self.says, ensure_ascii=False, separators=(",", ":"))
        number = "" if self.id is None else f"id: {self.id}\n"
        return f"{number}event: {self.name}\ndata: {line}\n\n"


class Streams:
    """Counts open streams, so that they can be bounded."""

    def __init__(self) -> None:
        """Begin with none."""
        self.open = 0


def last_seen(last_event_id: str | None) -> int:
    """Return the number of the last event that a reader has; -1: none. Raises CursorBroken."""
    if not last_event_id:
        return -1
    if not (last_event_id.isascii() and last_event_id.isdigit()):
        raise CursorBroken
    if len(last_event_id) > _DIGITS_MAX:
        raise CursorBroken
    return int(last_event_id)


def streamed(
    rooms: Rooms, streams: Streams, events: AsyncGenerator[Event | str | None, None]
) -> StreamingResponse:
    """Return the response that streams events; None is a sign of life. Raises TooManyStreams.

    A text is one event or several in words, as somebody put them before.
    """
    if streams.open >= rooms.settings.streams_max:
        raise TooManyStreams
    return StreamingResponse(
        _texts(streams, events, rooms.settings.stream_s),
        media_type="text/event-stream",
        headers={"X-Accel-Buffering": "no"},
    )


async def _texts(
    streams: Streams, events: AsyncGenerator[Event | str | None, None], at_most_s: float
) -> AsyncIterator[str]:
    streams.open += 1
    until = time.monotonic() + at_most_s
    try:
        async with aclosing(events):
            yield "retry: 1000\n\n"
            async for event in events:
                said = event.text() if isinstance(event, Event) else event
                yield said or ": still here\n\n"
                if time.monotonic() > until:  # who may read is asked again when they come back
                    return
    except LogUnavailable:
        await asyncio.sleep(AWAY_S)  # the reader comes back by itself and misses nothing
    finally:
        streams.open -= 1


async def rings(rung: asyncio.Event, at_most_s: float) -> bool:
    """Wait for news; False when it is time for a sign of life."""
    try:
        async with asyncio.timeout(at_most_s):
            await rung.wait()
    except TimeoutError:
        return False
    return True
