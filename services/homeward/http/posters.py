"""The public link of a case, for posters and papers: published by an officer, and taken back."""

import re
from collections.abc import Sequence
from hmac import compare_digest
from typing import Annotated, Final

from fastapi import APIRouter, Depends
from pydantic import Field

from homeward import poster
from homeward.case import fold
from homeward.desk import Asking, Receipt
from homeward.http.answers import Answered, ReceiptOut, receipt_fields, receipt_out
from homeward.http.asking import Keyed, WithKey
from homeward.http.auth import InRooms
from homeward.http.authorisation import Action
from homeward.http.doors import Door, opened
from homeward.http.rooms import Rooms
from homeward.http.strict import StrictRoute
from homeward.messages import Fact, Recorded
from homeward.requests.poster import ClosePoster, OpenPoster
from homeward.words import case_code

router = APIRouter(prefix="/v1/cases", tags=["sightings"], route_class=StrictRoute)
PURPOSE: Final = "poster"
"""What the ring derives the key of these links for."""
TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{22}")
TOKEN_CHARS: Final = 22
"""132 bits: as many as nobody guesses, and few enough for a small square on a poster."""


class PosterOut(Answered):
    """The link by which strangers say what they saw."""

    link: Annotated[str | None, Field(description="null: none is open.")]


class PosterOpenedOut(ReceiptOut):
    """The link is published."""

    link: str | None


def token_of(rooms: Rooms, name: str) -> str:
    """Return what a link holds."""
    return rooms.ring.token(PURPOSE, name)[:TOKEN_CHARS]


def poster_path(rooms: Rooms, case: str, name: str) -> str:
    """Return the path of a public link."""
    return f"/s/{case_code(case)}/{token_of(rooms, name)}"


def link_of(rooms: Rooms, door: Door, recorded: Sequence[Recorded]) -> str | None:
    """Return the whole link that takes something now; None: none does."""
    name = "" if door.state.status.over else poster.open_of(poster.fold(recorded))
    return rooms.public_url().rstrip("/") + poster_path(rooms, door.case, name) if name else None


def named_by(rooms: Rooms, recorded: Sequence[Recorded], token: str) -> bool | None:
    """Return whether the link with that token is open; None: there is no such link."""
    for name, is_open in poster.fold(recorded).items():
        if compare_digest(token_of(rooms, name).encode(), token.encode()):
            return is_open
    return None


async def _decided(
    rooms: Rooms, door: Door, keyed: Asking, wish: OpenPoster | ClosePoster
) -> Receipt:
    def decide(recorded: Sequence[Recorded]) -> Sequence[Fact]:
        return poster.decide(fold(recorded), poster.fold(recorded), wish)

    # One stream a case: two who publish at once publish one link.
    return await rooms.desk.submit(
        f"poster-{door.case}", keyed, lambda: rooms.desk.case_facts(door.case), decide
    )


@router.post("/{case}/poster", status_code=201)
async def open_poster(
    rooms: InRooms, door: Annotated[Door, Depends(opened(Action.POSTER))], keyed: WithKey
) -> PosterOpenedOut:
    """Publish a link by which strangers say what they saw, while an alert is live."""
    key = _asking(door, keyed)
    name = rooms.desk.new_id(key, "poster")
    wish = OpenPoster(at=rooms.clock.now(), by=door.by, case=door.case, poster=name)
    receipt = await _decided(rooms, door, key, wish)
    recorded = await rooms.desk.case_facts(door.case)
    link = link_of(rooms, door, recorded)
    return PosterOpenedOut(**receipt_fields(door.case, receipt), link=link)


@router.get("/{case}/poster")
async def see_poster(
    rooms: InRooms, door: Annotated[Door, Depends(opened(Action.POSTER))]
) -> PosterOut:
    """Show the link that is open."""
    return PosterOut(link=link_of(rooms, door, door.recorded))


@router.post("/{case}/poster/close")
async def close_poster(
    rooms: InRooms, door: Annotated[Door, Depends(opened(Action.POSTER))], keyed: WithKey
) -> ReceiptOut:
    """Take the link back: nothing is taken by it any more; another one may be published."""
    wish = ClosePoster(at=rooms.clock.now(), by=door.by, case=door.case)
    return receipt_out(door.case, await _decided(rooms, door, _asking(door, keyed), wish))


def _asking(door: Door, keyed: Keyed) -> Asking:
    """If-Match speaks of the case, and a link is a stream of its own."""
    return Asking(door.by, keyed.key, keyed.request_hash)
