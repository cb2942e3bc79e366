"""What machines and operators ask: alive, ready, figures, version, the document, the clock."""

from html import escape
from importlib.metadata import version
from typing import Any, Final

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import BaseModel

from homeward.http.auth import InRooms, Open
from homeward.http.strict import StrictRoute
from homeward.words import instant_text

router = APIRouter(tags=["machine room"], route_class=StrictRoute)
PLAIN: Final = [Depends(Open("says nothing about any person or case"))]
METHODS: Final = ("get", "post", "delete")


class Clock(BaseModel):
    """The case clock, which a drill may run faster."""

    now: str
    rate: float
    world: str


class Version(BaseModel):
    """What runs here."""

    name: str
    version: str
    world: str
    log: str


@router.head("/livez", dependencies=PLAIN, include_in_schema=False)
@router.get("/livez", dependencies=PLAIN)
async def livez() -> dict[str, bool]:
    """Say that the process answers."""
    return {"live": True}


@router.head("/readyz", dependencies=PLAIN, include_in_schema=False)
@router.get("/readyz", dependencies=PLAIN, responses={503: {"description": "Not ready."}})
async def readyz(rooms: InRooms) -> JSONResponse:
    """Say whether the work can be done, and if not why."""
    shown = dict(await rooms.ready())
    return JSONResponse(shown, 200 if shown.get("ready") else 503)


@router.get("/metrics", dependencies=PLAIN, response_class=Response)
async def metrics(rooms: InRooms) -> Response:
    """Return all figures in the Prometheus text format."""
    return Response(rooms.meter.text(), media_type="text/plain; version=0.0.4")


@router.get("/version", dependencies=PLAIN)
async def version_(rooms: InRooms) -> Version:
    """Say what runs here, and in which world."""
    return Version(
        name="homeward", version=version("homeward"), world=rooms.world, log=rooms.log.origin
    )


@router.get("/v1/clock", dependencies=PLAIN)
async def clock(rooms: InRooms) -> Clock:
    """Return the case clock, in which all times of requests are."""
    now, rate = instant_text(rooms.clock.now()), rooms.clock.rate
    return Clock(now=now, rate=rate, world=rooms.world)


@router.get("/openapi.json", dependencies=PLAIN, include_in_schema=False)
async def openapi(request: Request) -> JSONResponse:
    """Return the OpenAPI document."""
    return JSONResponse(request.app.openapi())


@router.get("/docs", dependencies=PLAIN, include_in_schema=False)
async def docs(request: Request) -> HTMLResponse:
    """List all addresses; needs no script and no other server."""
    document: dict[str, Any] = request.app.openapi()
    rows = "".join(
        f"<tr><td>{method.upper()}</td><td><code>{escape(path)}</code></td>"
        f"<td>{escape(said.get('description') or said.get('summary', ''))}</td></tr>"
        for path, methods in document["paths"].items()
        for method, said in methods.items()
        if method in METHODS
    )
    title = escape(document["info"]["title"])
    return HTMLResponse(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="stylesheet" href="/page.css">'
        f"<main><h1>{title}</h1><p>OpenAPI 3.1: "
        f'<a href="/openapi.json">openapi.json</a></p><table>{rows}</table></main></html>'
    )
