"""A case's field as GeoJSON and as a map, as of any moment and under any policy."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import AwareDatetime, BeforeValidator

from homeward.case.refusals import DePublished
from homeward.facts.access import FieldShown
from homeward.formats.catalogues import LANGS
from homeward.formats.geojson import MEDIA_TYPE, field_json
from homeward.formats.mapsvg import svg
from homeward.formats.sheets import field_sheet
from homeward.http.auth import InRooms
from homeward.http.authorisation import Action
from homeward.http.doors import Door, opened
from homeward.http.noting import note_look
from homeward.http.pages.landmarks import landmarks
from homeward.http.pictures import Pictures, Then
from homeward.http.problems import MomentOutOfRange, NotRaisedYet
from homeward.http.rooms import Rooms
from homeward.http.strict import StrictRoute
from homeward.http.timelines import AsOf, asked_moment, with_plus
from homeward.picture.field import AHEAD_MAX, PICTURED, CaseField, moment_of
from homeward.ports import Clock, Log, Roster
from homeward.replay import history
from homeward.timeline import as_of
from homeward.words import ReasonCode

router = APIRouter(prefix="/v1/cases", tags=["fields"], route_class=StrictRoute)
NAMES_MAX: Final = 200
"""Hubs whose names are looked up for one picture, soonest first."""
SVG: Final = "image/svg+xml"


At = Annotated[
    AwareDatetime | None,
    BeforeValidator(with_plus),
    Query(description="Of the case clock: the moment that is asked about, ahead, too."),
]
PolicyName = Annotated[
    ReasonCode | None, Query(description="Another reach policy than the alert's.")
]


class GeoJson(Response):
    """A body of RFC 7946."""

    media_type = MEDIA_TYPE


class Svg(Response):
    """A drawing without script, style or link."""

    media_type = SVG


async def known_then(
    log: Log, clock: Clock, case: str, said: str | None, at: datetime | None = None
) -> Then:
    """Return the facts as of a log position or a time, and the moment a picture shows.

    That is ``at``; else the time, or the position's own; else now, or when the case was over.
    Raises MomentBroken, MomentInFuture, MomentOutOfRange, NotRaisedYet.
    """
    position, moment = await asked_moment(log, clock, said)
    found = await history(log, case, only=PICTURED)
    facts = as_of(found, position=position, moment=moment)
    if not facts:
        raise NotRaisedYet
    last = facts[-1]
    if at is None and position is not None:
        return Then(facts, last.at)
    since = (moment or clock.real()) - last.recorded_at
    now = clock.now() if moment is None else last.at + since * clock.rate
    shown = moment_of(facts, max(last.at, now)) if at is None else at
    if at is not None and not facts[0].at - AHEAD_MAX <= at <= max(now, last.at) + AHEAD_MAX:
        raise MomentOutOfRange
    return Then(facts, min(shown, last.at + _LONG))


_LONG: Final = timedelta(days=366)
"""A case that nobody ended: no policy's area still grows then."""


async def hub_names(roster: Roster, hubs: Iterable[str]) -> dict[str, str]:
    """Return the names of hubs that have one, the first `NAMES_MAX` of them."""
    found: dict[str, str] = {}
    for hub in list(dict.fromkeys(hubs))[:NAMES_MAX]:
        registered = await roster.get(hub)
        if registered and registered.recipient.name:
            found[hub] = registered.recipient.name
    return found


async def shown(
    request: Request,
    rooms: Rooms,
    door: Door,
    asked: tuple[str | None, datetime | None, str | None],
) -> tuple[Pictures, CaseField, dict[str, str]]:
    """Return a field with the names of its hubs; counted first, and recorded before it is shown.

    ``asked`` is as_of, at and policy. Raises TooManyPictures, LogUnavailable, as `known_then`.
    """
    said, at, policy = asked
    if door.state.status.hidden:
        raise DePublished
    pictures = request.app.state.pictures
    assert isinstance(pictures, Pictures)
    pictures.rates.take(door.by.id)
    then = await known_then(rooms.log, rooms.clock, door.case, said, at)
    found = await pictures.field(then, policy)
    fact = FieldShown(
        case=door.case,
        at=rooms.clock.now(),
        upto=found.log_index,
        shown_at=found.at,
        policy=found.policy,
    )
    await note_look(rooms, door.by, fact, of=door.case, what=request.url.path)
    return pictures, found, await hub_names(rooms.roster, (one.hub.id for one in found.hubs))


@router.get(
    "/{case}/field",
    response_class=GeoJson,
    responses={200: {"content": {MEDIA_TYPE: {"schema": {"type": "object"}}}}},
)
async def see(
    request: Request,
    rooms: InRooms,
    door: Annotated[Door, Depends(opened(Action.FIELD))],
    as_of_: AsOf = None,
    at: At = None,
    policy: PolicyName = None,
) -> GeoJson:
    """Return where the person can be, as GeoJSON: bands, earliest arrivals, hubs, what was told."""
    pictures, found, names = await shown(request, rooms, door, (as_of_, at, policy))

    def written() -> bytes:
        shown: dict[str, Any] = {**field_json(found, names), "world": rooms.world}
        return json.dumps(shown, ensure_ascii=False, separators=(",", ":")).encode()

    return GeoJson(await pictures.beside(written))


@router.get(
    "/{case}/map",
    response_class=Svg,
    responses={200: {"content": {SVG: {"schema": {"type": "string"}}}}},
)
async def draw(
    request: Request,
    rooms: InRooms,
    door: Annotated[Door, Depends(opened(Action.FIELD))],
    as_of_: AsOf = None,
    at: At = None,
    policy: PolicyName = None,
    lang: Annotated[str, Query(pattern=f"^({'|'.join(LANGS)})$")] = LANGS[0],
) -> Svg:
    """Return the same as a static map."""
    pictures, found, names = await shown(request, rooms, door, (as_of_, at, policy))
    return Svg(await pictures.beside(lambda: drawn(found, lang, names)))


def drawn(found: CaseField, lang: str, names: dict[str, str]) -> str:
    """Return a field as SVG, with the seats of counties around it."""
    return svg(field_sheet(found, lang, names=names, context=landmarks(found.focus)))
