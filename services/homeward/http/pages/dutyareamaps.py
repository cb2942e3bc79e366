"""The area that goes with a draft, drawn for whoever reads the draft."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from homeward.desk import given_of
from homeward.geography.cells import from_bytes
from homeward.http.alerts import DraftPath
from homeward.http.auth import InRooms
from homeward.http.authorisation import Action
from homeward.http.doors import Door
from homeward.http.fields import Svg
from homeward.http.pages.desk import DeskRoute, at_case
from homeward.http.pages.dutyareas import outline
from homeward.http.pages.dutydrafts import found_in
from homeward.http.pages.language import language
from homeward.refusals import NoSuchDraft

router = APIRouter(prefix="/duty/cases/{case}", tags=["duty"], route_class=DeskRoute)


@router.get("/drafts/{draft_id}/area.svg", response_class=Svg)
async def draw(
    request: Request,
    draft_id: DraftPath,
    rooms: InRooms,
    door: Annotated[Door, Depends(at_case(Action.READ_DRAFT))],
) -> Svg:
    """Draw the area of a draft that was given one, as it would be issued."""
    found_in(door, draft_id)
    given = await given_of(rooms.log, draft_id)
    if given is None:
        raise NoSuchDraft
    return Svg(outline(door, from_bytes(given), language(request)))
