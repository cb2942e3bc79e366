"""A small server for processes that have no API: alive, ready, figures, version."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from homeward.house.listening import bound_socket, served, url_of
from homeward.house.opening import House

Ready = Callable[[], Awaitable[Mapping[str, Any]]]
"""Returns {"ready": bool, "checks": {name: {"ok": bool, ...}}}, soon also when all is away."""
HIDDEN = -1
"""The port that means: show nothing."""


@asynccontextmanager
async def lit(house: House, ready: Ready) -> AsyncIterator[str]:
    """Show a process's figures beside the block; hands out the address, empty when hidden.

    Raises HouseRefused when the port is taken.
    """
    port = house.settings.metrics_port
    if port == HIDDEN:
        yield ""
        return
    listening = bound_socket(house.settings.model_copy(update={"port": port}))
    async with served(beacon(house, ready), listening):
        yield url_of(listening)


def beacon(house: House, ready: Ready) -> Starlette:
    """Return the application; it says nothing about any person or case."""

    async def livez(_: Request) -> Response:
        return JSONResponse({"live": True})

    async def readyz(_: Request) -> Response:
        shown = dict(await ready())
        return JSONResponse(shown, 200 if shown.get("ready") else 503)

    async def metrics(_: Request) -> Response:
        said = await asyncio.to_thread(house.meter.text)
        return Response(said, media_type="text/plain; version=0.0.4")

    async def version_(_: Request) -> Response:
        said = {"name": "homeward", "version": version("homeward"), "role": house.role}
        return JSONResponse({**said, "world": house.world, "log": house.store.log.origin})

    routes = {"/livez": livez, "/readyz": readyz, "/metrics": metrics, "/version": version_}
    return Starlette(routes=[Route(path, answer) for path, answer in routes.items()])
