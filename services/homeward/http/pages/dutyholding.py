"""A case on hold on the duty page: that it is, and for a supervisor the form that lifts it."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from homeward.http import holding
from homeward.http.asking import Keyed
from homeward.http.auth import InRooms
from homeward.http.authorisation import Action
from homeward.http.doors import Door
from homeward.http.pages.desk import DeskRoute, at_case
from homeward.http.pages.dutyacts import act_on
from homeward.http.pages.dutyreasons import reason_of

router = APIRouter(prefix="/duty/cases/{case}", tags=["duty"], route_class=DeskRoute)


@router.post("/hold/lift", status_code=303)
async def lift(
    request: Request, rooms: InRooms, door: Annotated[Door, Depends(at_case(Action.LIFT_HOLD))]
) -> Response:
    """Let a case on hold go on like any other; somebody else verifies it."""

    async def doing(keyed: Keyed, said: Mapping[str, str]) -> None:
        body = holding.LiftBody(reason=reason_of(said))
        await holding.lift(body, Response(), rooms, door, keyed)

    return await act_on(request, rooms, door, "lift", doing)
