"""What is known of a suspect, as it is noted at the duty page."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from homeward.http import suspects
from homeward.http.asking import Keyed
from homeward.http.auth import InRooms
from homeward.http.authorisation import Action
from homeward.http.bodies import SuspectBody
from homeward.http.doors import Door
from homeward.http.pages.desk import DeskRoute, at_case
from homeward.http.pages.dutyacts import Said, act_on
from homeward.http.personal import SUSPECT

router = APIRouter(prefix="/duty/cases/{case}", tags=["duty"], route_class=DeskRoute)


@router.post("/suspect", status_code=303)
async def note(
    request: Request, rooms: InRooms, door: Annotated[Door, Depends(at_case(Action.NOTE_SUSPECT))]
) -> Response:
    """Say what is known of a suspect; what is left empty stays as it was noted."""

    async def doing(keyed: Keyed, said: Said) -> None:
        known = {name: said.get(name) or None for name in SUSPECT}
        await suspects.note(SuspectBody.model_validate(known), Response(), rooms, door, keyed)

    return await act_on(request, rooms, door, "suspect", doing)
