"""One HTTP/1.1 POST over connections that are kept, and no more of HTTP than that needs.

A session of a whole HTTP client costs more than all else that is done for a message. Names are
looked up by the resolver that judges them, TLS is the standard library's, redirects are answers.
"""

import asyncio
import ssl
import time
from collections import deque
from collections.abc import Callable
from math import inf
from typing import Final, NamedTuple, TypeAlias

from yarl import URL

from homeward.dispatch.channels.address import PublicResolver, ip_of
from homeward.dispatch.channels.answer import Answer, AnswerBroken, Reading

IDLE_S: Final = 4.0
"""A kept connection is used again for so long: most servers keep them for 5 s or more."""
IDLE_MAX: Final = 128
"""Kept a far side; as many as are called at once, or those that are beyond are made anew."""
LOOK_S: Final = 0.1
"""How late an answer may be called late; a timer for each post would cost more than its answer."""

KEPT_MAX: Final = 256
"""Kept in all: thousands of endpoints called once each must not use up a process's files."""

Where: TypeAlias = tuple[str, str, int]
"""Scheme, host, port."""


class Target(NamedTuple):
    """Where a request goes."""

    where: Where
    host: bytes
    """As the ``Host`` header says it."""
    path: bytes
    """With the query."""

    @classmethod
    def of(cls, url: URL) -> "Target":
        """Return an address's parts."""
        where = url.scheme, url.raw_host or "", url.port or 0
        named = f"[{where[1]}]" if ":" in where[1] else where[1]
        host = named if url.is_default_port() else f"{named}:{where[2]}"
        return cls(where, host.encode("ascii"), url.raw_path_qs.encode("ascii"))


class BrokenOff(OSError):
    """The far side closed the connection before it had answered."""


class _Wire(asyncio.Protocol):
    """One connection: a request is written, its answer is read, then the next one may go."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.transport: asyncio.Transport | None = None
        self.free_since = 0.0
        self.until = inf
        """When its answer is late (monotonic)."""
        self._reading: Reading | None = None
        self._done: asyncio.Future[Answer] | None = None

    @property
    def closed(self) -> bool:
        """Whether nothing can be sent on it any more."""
        return self.transport is None or self.transport.is_closing()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self.transport = None
        if self._reading is not None and self._done is not None and not self._done.done():
            answer = self._reading.ended()
            if answer is None:
                self._done.set_exception(exc or BrokenOff())
            else:
                self._done.set_result(answer)

    def data_received(self, data: bytes) -> None:
        if self._reading is None or self._done is None or self._done.done():
            self.close()  # nobody asked
            return
        try:
            answer = self._reading.take(data)
        except AnswerBroken as broken:
            self._done.set_exception(broken)
            self.close()
            return
        if answer is not None:
            self._done.set_result(answer)

    async def ask(self, request: bytes) -> Answer:
        """Write a request and return the answer. Raises OSError, TimeoutError, AnswerBroken."""
        if self.transport is None:
            raise BrokenOff
        done: asyncio.Future[Answer] = self._loop.create_future()
        self._done = done
        self._reading = reading = Reading()
        try:
            self.transport.write(request)
            answer = await done
        finally:
            self._reading = self._done = None
            if not (done.done() and not done.cancelled() and reading.reusable and self._all_sent()):
                self.close()
        return answer

    def _all_sent(self) -> bool:
        """Whether the request is out; an answer before that may leave some of it unread."""
        return self.transport is not None and self.transport.get_write_buffer_size() == 0

    def late(self) -> None:
        """Wait no longer."""
        if self._done is not None and not self._done.done() and self._reading is not None:
            answer = self._reading.ended()
            if answer is None:
                self._done.set_exception(TimeoutError())
            else:
                self._done.set_result(answer)  # the status came; the rest is not waited for

    def close(self) -> None:
        """Close it at once."""
        if self.transport is not None:
            self.transport.abort()


class Poster:
    """Posts to many far sides; belongs to one running loop."""

    def __init__(
        self, resolver: PublicResolver, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._resolver, self._monotonic = resolver, monotonic
        self._tls = ssl.create_default_context()
        self._kept: dict[Where, deque[_Wire]] = {}
        self.idle = 0
        """How many connections are kept."""
        self._asking: set[_Wire] = set()
        self._sweep: asyncio.TimerHandle | None = None
        self._look: asyncio.TimerHandle | None = None

    async def post(self, target: Target, headers: bytes, body: bytes, within_s: float) -> Answer:
        """Return the answer; ``headers`` are whole lines, each with its CRLF.

        Raises OSError (also what the resolver raises), TimeoutError, AnswerBroken (a ValueError).
        """
        until = self._monotonic() + within_s
        where = target.where
        wire = self._idle(where)
        if wire is None:
            async with asyncio.timeout(within_s):
                wire = await self._connect(where)
        request = b"POST %b HTTP/1.1\r\nhost: %b\r\n%bcontent-length: %d\r\n\r\n%b" % (
            target.path, target.host, headers, len(body), body,
        )  # fmt: skip
        wire.until = until
        self._asking.add(wire)
        if self._look is None:
            self._look = asyncio.get_running_loop().call_later(LOOK_S, self._looked)
        try:
            answer = await wire.ask(request)
        finally:
            self._asking.discard(wire)
        if not wire.closed:
            self._keep(where, wire)
        return answer

    def _looked(self) -> None:
        """Give up what is late."""
        now = self._monotonic()
        for wire in [one for one in self._asking if one.until <= now]:
            wire.late()
        self._look = None
        if self._asking:
            self._look = asyncio.get_running_loop().call_later(LOOK_S, self._looked)

    def _idle(self, where: Where) -> _Wire | None:
        kept = self._kept.get(where)
        while kept:
            self.idle -= 1
            wire = kept.pop()  # the newest: the others grow old and are closed
            if not wire.closed and wire.free_since + IDLE_S > self._monotonic():
                return wire
            wire.close()
        return None

    def _keep(self, where: Where, wire: _Wire) -> None:
        wire.free_since = self._monotonic()
        kept = self._kept.setdefault(where, deque())
        kept.append(wire)
        self.idle += 1
        if len(kept) > IDLE_MAX or self.idle > KEPT_MAX:
            self._drop(kept)
        if self._sweep is None:
            self._sweep = asyncio.get_running_loop().call_later(IDLE_S, self._swept)

    def _drop(self, kept: deque[_Wire]) -> None:
        self.idle -= 1
        kept.popleft().close()

    def _swept(self) -> None:
        """Close what nobody used for a while, also of far sides that are never called again."""
        old = self._monotonic() - IDLE_S
        for where, kept in list(self._kept.items()):
            while kept and (kept[0].closed or kept[0].free_since <= old):
                self._drop(kept)
            if not kept:
                del self._kept[where]
        self._sweep = None
        if self._kept:
            self._sweep = asyncio.get_running_loop().call_later(IDLE_S / 2, self._swept)

    async def close(self) -> None:
        """Close every connection, and let go of the resolver; who still asks gets BrokenOff."""
        for timer in (self._sweep, self._look):
            if timer is not None:
                timer.cancel()
        for wire in (*self._asking, *(one for kept in self._kept.values() for one in kept)):
            wire.close()
        self._kept.clear()
        self.idle = 0
        await self._resolver.close()
        await asyncio.sleep(0)  # so that transports are gone when this returns

    async def _connect(self, where: Where) -> _Wire:
        """Connect to the first of a name's addresses that takes it."""
        scheme, host, port = where
        tls = self._tls if scheme == "https" else None
        loop, failure = asyncio.get_running_loop(), OSError("no-address")
        found_in = [host] if ip_of(host) else await self._resolver.resolve(host, port)
        for found in found_in:
            try:
                _, wire = await loop.create_connection(
                    _Wire, found, port, ssl=tls, server_hostname=host if tls else None
                )
            except OSError as refused:
                failure = refused
            else:
                return wire
        raise failure
