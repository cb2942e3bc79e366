"""Around every request: a largest body, a deadline, plain headers, a figure, and no stack trace.

Plain ASGI, so that a stream of events passes through piece by piece.
"""

import asyncio
import contextlib
import time
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import structlog
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from homeward.http.answering import counted, leave
from homeward.http.problems import BodyTooLarge, Broken, DeadlinePassed
from homeward.http.rooms import Rooms
from homeward.refusals import Refused

log = structlog.get_logger()

READ_ON_S: Final = 2.0
READ_ON_BODIES: Final = 16
"""How long, and how many largest bodies, is read on of one that was refused."""
HEADERS: Final = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",  # links carry capabilities
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
}


@dataclass(slots=True)
class _Exchange:
    """One request and what has left for it so far."""

    scope: Scope
    send: Send
    began_s: float = field(default_factory=time.monotonic)
    status: int = 0
    streams: bool = False
    """An event stream has begun: it has no deadline."""
    late: bool = False
    """The deadline has passed: what the application still says is dropped."""

    async def from_app(self, message: Message) -> None:
        """Send what the application says while there is time."""
        if not self.late:
            await self.pass_on(message)

    async def pass_on(self, message: Message) -> None:
        """Send a message, with our headers on the first."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            self.streams = headers.get("content-type", "").startswith("text/event-stream")
        await self.send(message)

    @property
    def route(self) -> str:
        """The route's pattern: a label may not carry ids or tokens."""
        return str(getattr(self.scope.get("route"), "path", "none"))


class Bounds:
    """The middleware."""

    def __init__(self, app: ASGIApp, rooms: Rooms) -> None:
        """Wrap an application."""
        self.app = app
        self.rooms = rooms
        self._left_behind: set[asyncio.Future[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        exchange = _Exchange(scope, send)
        try:
            await self._serve(exchange, receive)
        finally:
            self.rooms.meter.observe(
                "homeward_request_seconds",
                time.monotonic() - exchange.began_s,
                route=exchange.route,
                status=str(exchange.status),
            )

    async def _serve(self, exchange: _Exchange, receive: Receive) -> None:
        settings = self.rooms.settings
        until_s = exchange.began_s + settings.request_deadline_s
        try:
            async with asyncio.timeout(settings.request_deadline_s):
                whole = await _whole(exchange.scope, receive, settings.body_bytes_max)
            await self._within(until_s - time.monotonic(), exchange, whole)
        except BodyTooLarge as refused:
            await _read_on(exchange.scope, receive, settings.body_bytes_max * READ_ON_BODIES)
            await self._refuse(exchange, refused, receive)
        except TimeoutError:
            await self._refuse(exchange, DeadlinePassed(), receive)
        except Exception as error:  # noqa: BLE001 - nothing may reach the server with its text
            # The class and the place only: an error's text may say what somebody wrote.
            log.error(  # noqa: TRY400 -- a traceback holds what somebody wrote
                "request-broke", route=exchange.route, error=type(error).__name__, at=_place(error)
            )
            await self._refuse(exchange, Broken(), receive)

    async def _within(self, seconds: float, exchange: _Exchange, whole: Receive) -> None:
        """Let the application answer in time; a stream ends when its reader leaves.

        What is late is cancelled and left behind, not waited for: a cancelled query waits for its
        server, and a server that stands still would hold the answer back with it.
        """
        serving = asyncio.ensure_future(self.app(exchange.scope, whole, exchange.from_app))
        try:
            await asyncio.wait({serving}, timeout=max(seconds, 0))
            if not serving.done() and not exchange.streams:
                exchange.late = True
                raise TimeoutError
            await serving
        finally:
            if not serving.done():
                serving.cancel()
                self._left_behind.add(serving)
                serving.add_done_callback(self._gone)

    def _gone(self, serving: asyncio.Future[None]) -> None:
        self._left_behind.discard(serving)
        if not serving.cancelled():
            serving.exception()  # looked at, or asyncio says that nobody did

    async def _refuse(self, exchange: _Exchange, refused: Refused, receive: Receive) -> None:
        counted(self.rooms, refused)
        if not exchange.status:
            headers = {"Connection": "close"} if isinstance(refused, BodyTooLarge) else None
            response = leave(Request(exchange.scope), refused, headers=headers)
            await response(exchange.scope, receive, exchange.pass_on)


def _place(error: Exception) -> str:
    """Return where an error was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "nowhere"


async def _whole(scope: Scope, receive: Receive, at_most: int) -> Receive:
    """Return a receive that has the whole body ready. Raises BodyTooLarge."""
    said = dict(scope["headers"]).get(b"content-length", b"0")
    if said.isdigit() and int(said) > at_most:
        raise BodyTooLarge(f"{at_most} bytes")
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return _again(message, receive)
        body += message.get("body", b"")
        if len(body) > at_most:
            raise BodyTooLarge(f"{at_most} bytes")
        if not message.get("more_body", False):
            return _again({"type": "http.request", "body": bytes(body)}, receive)


async def _read_on(scope: Scope, receive: Receive, at_most: int) -> None:
    """Read what a sender is still sending, within bounds.

    A connection that is closed with unread bytes is reset, and the reset overtakes the answer.
    """
    if dict(scope["headers"]).get(b"expect", b"").lower() == b"100-continue":
        return  # sends nothing before we ask for it
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(READ_ON_S):
            message = await receive()
            while message.get("more_body", False) and at_most > 0:
                at_most -= len(message.get("body", b""))
                message = await receive()


def _again(first: Message, receive: Receive) -> Callable[[], Awaitable[Message]]:
    waiting = [first]

    async def next_one() -> Message:
        return waiting.pop() if waiting else await receive()

    return next_one
