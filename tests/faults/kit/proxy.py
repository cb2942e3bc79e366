"""A TCP proxy between any two, that misbehaves when told to.

    with Proxy(("127.0.0.1", port)) as proxy:
        ...                     # clients call proxy.port
        proxy.delay(0.2)        # each piece comes so much later
        proxy.trickle(2_000)    # bytes a second
        proxy.half_open()       # takes connections and bytes, and nothing comes of them
        proxy.reset()           # all connections end at once; new ones are taken
        proxy.cut()             # the same, and nobody listens any more
        proxy.heal()            # all is well again

One thread with a loop of its own; every call returns when it is so.
"""

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, Self, TypeAlias

from tests.broker import reserved

PIECE = 65_536
TICK_S = 0.05
RESET = struct.pack("ii", 1, 0)
"""Linger for no time: the far side gets RST, not FIN."""


Ends: TypeAlias = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(frozen=True)
class Weather:
    """What becomes of bytes on their way."""

    delay_s: float = 0.0
    bytes_per_s: int | None = None
    swallows: bool = False


@dataclass(eq=False)
class Link:
    """One connection and its other half; what was swallowed of it can never be made good."""

    halves: tuple[asyncio.StreamWriter, ...]
    spoilt: bool = False

    def reset(self) -> None:
        for half in self.halves:
            with contextlib.suppress(OSError):
                taken = half.get_extra_info("socket")
                taken.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            half.transport.abort()


class Proxy:
    """Listens on a port that the kernel gave, on loopback."""

    def __init__(self, to: tuple[str, int]) -> None:
        self.to = to
        self._held = reserved()
        self.port: int = self._held.getsockname()[1]
        self.weather = Weather()
        self.taken = 0
        """Connections that were ever taken."""
        self._links: set[Link] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._do(self._listen())
        return self

    def __exit__(self, *exc: object) -> None:
        self._do(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()
        self._held.close()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def delay(self, delay_s: float) -> None:
        self.weather = Weather(delay_s=delay_s)

    def trickle(self, bytes_per_s: int) -> None:
        self.weather = Weather(bytes_per_s=bytes_per_s)

    def half_open(self) -> None:
        self.weather = Weather(swallows=True)

    def reset(self) -> None:
        self._do(self._reset())

    def cut(self) -> None:
        self._do(self._cut())

    def heal(self) -> None:
        """Let all pass again; a connection of which bytes were swallowed is reset."""
        self.weather = Weather()
        self._do(self._healed())

    def _do(self, what: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(what, self._loop).result(10)

    async def _listen(self) -> None:
        if self._server is None:
            taken = socket.socket()
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            taken.bind(("127.0.0.1", self.port))
            self._server = await asyncio.start_server(self._take, sock=taken)

    async def _reset(self) -> None:
        for link in list(self._links):
            link.reset()

    async def _cut(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.close()
        await self._reset()

    async def _healed(self) -> None:
        for link in [one for one in self._links if one.spoilt]:
            link.reset()
        await self._listen()

    async def _close(self) -> None:
        await self._cut()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.taken += 1
        try:
            await self._between(reader, writer)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()
            self._tasks.discard(task)

    async def _between(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = Link((writer,), spoilt=self.weather.swallows)
        self._links.add(link)
        try:
            if link.spoilt:  # taken, and nobody behind it
                while await reader.read(PIECE):
                    pass
                return
            far_reader, far_writer = await asyncio.open_connection(*self.to)
            link.halves = (writer, far_writer)
            await self._both_ways((reader, writer), (far_reader, far_writer), link)
        finally:
            self._links.discard(link)

    async def _both_ways(self, near: Ends, far: Ends, link: Link) -> None:
        ways = [
            asyncio.create_task(self._pass_on(near[0], far[1], link)),
            asyncio.create_task(self._pass_on(far[0], near[1], link)),
        ]
        try:
            await asyncio.gather(*ways)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            far[1].transport.abort()

    async def _pass_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, link: Link
    ) -> None:
        while piece := await reader.read(PIECE):
            weather = self.weather
            if weather.swallows:
                link.spoilt = True
                continue
            if weather.delay_s:
                await asyncio.sleep(weather.delay_s)
            if weather.bytes_per_s is None:
                writer.write(piece)
                await writer.drain()
            else:
                await self._slowly(piece, writer, link)
        if not link.spoilt:
            with contextlib.suppress(OSError):
                writer.write_eof()

    async def _slowly(self, piece: bytes, writer: asyncio.StreamWriter, link: Link) -> None:
        """Write a piece at the pace that is said at each moment."""
        while piece:
            weather = self.weather
            if weather.swallows:
                link.spoilt = True
                return
            pace = weather.bytes_per_s
            step = len(piece) if pace is None else max(1, int(pace * TICK_S))
            writer.write(piece[:step])
            await writer.drain()
            piece = piece[step:]
            if piece:
                await asyncio.sleep(TICK_S)
