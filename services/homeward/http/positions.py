"""Where recipients are now: cells only, the last word only, kept for a day (SAFETY).

A storm route: the body is read by hand, and nothing is looked up but what the write itself sees.
"""

import math
import re
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Final, cast

import h3
from fastapi.exceptions import RequestValidationError
from fastapi.security import HTTPAuthorizationCredentials
from pydantic import BaseModel, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from homeward.http.auth import INBOX, RECIPIENT, Caller, Guard, is_token, rooms_of
from homeward.http.authorisation import Action, Scope
from homeward.http.bodies import Body, Moment
from homeward.http.moving import Mover
from homeward.http.plain import PlainRoute
from homeward.http.problems import (
    CellUnknown,
    CoordinatesSent,
    KeyUnknown,
    NotJson,
    TooManyPositions,
)
from homeward.http.rooms import Rooms
from homeward.http.strict import JSON, parse
from homeward.messages import Actor
from homeward.ports import Move
from homeward.refusals import NotForRole
from homeward.words import RES_VOLUNTEER_MAX, Role

BATCH_MAX: Final = 5_000
MINUTE_S: Final = 60.0
EXACT: Final = frozenset({"lat", "lon", "lng", "latitude", "longitude", "place", "places", "datum"})
CELL: Final = re.compile(r"[0-9a-fA-F]{15}")
GUARD: Final = Guard(Action.MOVE)

Cell = Annotated[
    str | None,
    Field(
        max_length=16,
        description="An H3 cell of where they are (WGS-84); finer than res 7 is coarsened. "
        "null: forget where they are.",
        examples=["8740e3cecffffff"],
    ),
]
At = Annotated[
    Moment | None,
    Field(description="When they were there; now when left out. An older word changes nothing."),
]


class PositionBody(Body):
    """Where a recipient is."""

    recipient: Annotated[str, Field(max_length=64)]
    cell: Cell
    at: At = None


class PositionsBody(Body):
    """Where somebody is (with their own link's token), or where several recipients are."""

    cell: Cell = None
    at: At = None
    positions: Annotated[tuple[PositionBody, ...], Field(max_length=BATCH_MAX)] = ()


class PositionsOut(BaseModel):
    """What became of it."""

    moved: Annotated[int, Field(description="Kept, or older than what is known.")]
    cell: Annotated[str | None, Field(description="Of one position: the cell that is kept.")] = None
    unknown: Annotated[list[str], Field(description="There are no such recipients.")] = []
    refused: Annotated[list[str], Field(description="Whose cells are none.")] = []
    too_old: Annotated[int, Field(description="Older than places are kept.")] = 0


class Pace:
    """How many positions each recipient said in this minute; bounded by how many say any."""

    def __init__(self, at_most: int, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Allow so many a minute."""
        self._at_most, self._monotonic = at_most, monotonic
        self._ends_s = 0.0
        self._said: Counter[str] = Counter()

    def check(self, recipient: str) -> None:
        """Count a position. Raises TooManyPositions."""
        now_s = self._monotonic()
        if now_s >= self._ends_s:
            self._ends_s = now_s + MINUTE_S
            self._said.clear()
        self._said[recipient] += 1
        if self._said[recipient] > self._at_most:
            raise TooManyPositions(str(max(1, math.ceil(self._ends_s - now_s))))


class Positions:
    """What the route keeps between requests."""

    def __init__(self, rooms: Rooms) -> None:
        """Begin with an empty queue."""
        settings = rooms.settings
        line = rooms.positions or rooms.roster
        self.mover = Mover(line, rooms.meter, settings.positions_waiting_max)
        self.pace = Pace(settings.positions_per_minute)
        self._kept = timedelta(hours=settings.positions_kept_h)

    def moment(self, at: datetime | None, now: datetime) -> datetime | None:
        """Return when a position was true; None: before what is kept.

        What lies ahead is taken as now: one wrong clock would silence all words after it.
        """
        if at is None or at > now:
            return now
        return at if at > now - self._kept else None


def cell_kept(cell: str | None) -> str | None:
    """Return the cell that is kept of one: nobody's place finer than res 7. Raises CellUnknown."""
    if cell is None:
        return None
    # The library also takes a sign, blanks and digits of other scripts for parts of a number.
    if not CELL.fullmatch(cell) or not h3.is_valid_cell(cell):
        raise CellUnknown
    if h3.get_resolution(cell) > RES_VOLUNTEER_MAX:
        return str(h3.cell_to_parent(cell, RES_VOLUNTEER_MAX))
    return cell.lower()


async def say_positions(request: Request) -> Response:
    """Say where you are, or where recipients of yours are: cells only, and the last word only.

    With a link's token (`hi_…`) the body is `{"cell", "at"}`; with an API key it is `{"positions":
    [{"recipient", "cell", "at"}, …]}`. No Idempotency-Key: said twice, it is true once.
    """
    rooms = rooms_of(request)
    caller = await _caller(request, rooms)
    body = await _body(request)
    kept = cast(Positions, request.app.state.positions)
    if caller.scope is not Scope.OWN:
        if not body.positions:
            raise NotForRole("with a key, name the recipients in 'positions'")
        return JSONResponse(await _several(rooms, kept, body.positions))
    if body.positions:
        raise NotForRole("a link speaks for one recipient: send 'cell' and 'at'")
    kept.pace.check(caller.by.id)
    cell = cell_kept(body.cell)
    at = kept.moment(body.at, rooms.clock.now())
    if at is None:
        return JSONResponse({"moved": 0, "too_old": 1})
    (known,) = await kept.mover.move([Move(caller.by.id, cell, at)])
    if not known:  # they left: their link opens nothing any more
        raise KeyUnknown
    return JSONResponse({"moved": 1, "cell": cell})


async def _several(
    rooms: Rooms, kept: Positions, said: Sequence[PositionBody]
) -> Mapping[str, Any]:
    now = rooms.clock.now()
    moves: list[Move] = []
    refused: list[str] = []
    too_old = 0
    for one in said:
        at = kept.moment(one.at, now)
        if at is None:
            too_old += 1
            continue
        try:
            moves.append(Move(one.recipient, cell_kept(one.cell), at))
        except CellUnknown:
            refused.append(one.recipient)
    known = await kept.mover.move(moves) if moves else ()
    unknown = [move.recipient for move, there in zip(moves, known, strict=True) if not there]
    return {
        "moved": len(moves) - len(unknown),
        "unknown": unknown,
        "refused": refused,
        "too_old": too_old,
    }


async def _caller(request: Request, rooms: Rooms) -> Caller:
    """Return who asks; whether a link's recipient is still there, the write itself will see."""
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    secret = secret.strip() if scheme.lower() == "bearer" else ""
    if secret.startswith(RECIPIENT):
        recipient, _, token = secret[len(RECIPIENT) :].rpartition(".")
        if not is_token(rooms, INBOX, recipient, token):
            raise KeyUnknown
        return Caller(Actor(id=recipient, role=Role.VOLUNTEER, auth="link"), Scope.OWN)
    said = HTTPAuthorizationCredentials(scheme=scheme, credentials=secret) if secret else None
    return await GUARD(request, rooms, said)


async def _body(request: Request) -> PositionsBody:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != JSON:
        raise NotJson
    said = parse(await request.body())
    several = said.get("positions")
    for one in [said, *(several if isinstance(several, list) else ())]:
        if isinstance(one, dict) and not EXACT.isdisjoint(one):
            raise CoordinatesSent
    try:
        body = PositionsBody.model_validate(said)
    except ValidationError as wrong:
        errors = [{**one, "loc": ("body", *one["loc"])} for one in wrong.errors()]
        raise RequestValidationError(errors) from None
    if not body.positions and "cell" not in said:
        missing = {"loc": ("body", "cell"), "msg": "Field required", "type": "missing"}
        raise RequestValidationError([missing])
    return body


ROUTE: Final = PlainRoute(
    "/v1/positions",
    say_positions,
    guard=GUARD,
    body=PositionsBody,
    answer=PositionsOut,
    tag="recipients",
)
