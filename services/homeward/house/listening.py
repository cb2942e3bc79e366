"""The API of a process: its socket, its server, and the file that says where it listens."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final

import uvicorn
from starlette.types import ASGIApp

from homeward.house.opening import HouseRefused
from homeward.house.patience import Patient
from homeward.settings import Settings

CONNECTIONS_MAX: Final = 1_000


class _Server(uvicorn.Server):
    """uvicorn without its signal handlers: the house has its own."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def bound_socket(settings: Settings, *, shared: bool = False) -> socket.socket:
    """Return the listening socket. Raises HouseRefused when the port is taken or not ours.

    ``shared``: other processes of this user may bind the same port in the same way; the kernel
    deals connections out among those that listen.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # Named as TCP: asyncio sets TCP_NODELAY on no other, and without it an answer on a kept
    # connection waits some 40 ms for the acknowledgement of its own headers.
    taken = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if shared:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        taken.bind((settings.host, settings.port))
    except OSError as failure:
        taken.close()
        msg = (
            f"cannot listen on {settings.host} port {settings.port} ({failure.strerror}): "
            "see whether `homeward up` runs already, choose another with --port, or let the "
            "kernel choose with --port 0 (make up ARGS='--port 0')"
        )
        raise HouseRefused(msg) from failure
    return taken


def url_of(listening: socket.socket) -> str:
    """Return the address that a bound socket is reached at."""
    host, port = listening.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


@asynccontextmanager
async def served(app: ASGIApp, listening: socket.socket) -> AsyncIterator[asyncio.Task[None]]:
    """Serve an application beside the block; it answers once the block begins.

    Hands out the task that serves: it ends early only when the server broke.
    """
    server = _Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            http=Patient,
            ws="none",
            timeout_keep_alive=10,
            timeout_graceful_shutdown=2,
            limit_concurrency=CONNECTIONS_MAX,
        )
    )
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        while not server.started and not serving.done():  # noqa: ASYNC110 -- it has no event
            await asyncio.sleep(0.01)
        yield serving
    finally:
        server.should_exit = True
        await serving
        listening.close()


async def first_of(stop: asyncio.Event, *others: asyncio.Task[None], ends: bool = True) -> None:
    """Wait until told to stop, or until one of the others is over.

    ``ends``: then all are told to stop.
    """
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({stopping, *others}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        if ends:
            stop.set()
        stopping.cancel()
