"""Around every request: a largest body, a deadline, plain headers, a figure, and no stack trace.

Plain ASGI, so that a stream of events passes through piece by piece.
"""

import asyncio
import time
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import structlog
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from homeward.http.answering import answer, counted
from homeward.http.problems import BodyTooLarge, Broken, DeadlinePassed
from homeward.http.rooms import Rooms
from homeward.refusals import Refused

log = structlog.get_logger()

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
    on_start: Callable[[MutableHeaders], None] = lambda _: None

    async def pass_on(self, message: Message) -> None:
        """Send a message, with our headers on the first."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            self.on_start(headers)
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
        try:
            async with asyncio.timeout(settings.request_deadline_s) as deadline:

                def started(headers: MutableHeaders) -> None:
                    if headers.get("content-type", "").startswith("text/event-stream"):
                        deadline.reschedule(None)  # a stream ends when its reader leaves

                exchange.on_start = started
                whole = await _whole(exchange.scope, receive, settings.body_bytes_max)
                await self.app(exchange.scope, whole, exchange.pass_on)
        except BodyTooLarge as refused:
            await self._refuse(exchange, refused, receive)
        except TimeoutError:
            await self._refuse(exchange, DeadlinePassed(), receive)
        except Exception as error:  # noqa: BLE001 - nothing may reach the server with its text
            # The class and the place only: an error's text may say what somebody wrote.
            log.error(  # noqa: TRY400
                "request-broke", route=exchange.route, error=type(error).__name__, at=_place(error)
            )
            await self._refuse(exchange, Broken(), receive)

    async def _refuse(self, exchange: _Exchange, refused: Refused, receive: Receive) -> None:
        counted(self.rooms, refused)
        if not exchange.status:
            exchange.on_start = lambda _: None
            headers = {"Connection": "close"} if isinstance(refused, BodyTooLarge) else None
            response = answer(refused, headers=headers)
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


def _again(first: Message, receive: Receive) -> Callable[[], Awaitable[Message]]:
    waiting = [first]

    async def next_one() -> Message:
        return waiting.pop() if waiting else await receive()

    return next_one
