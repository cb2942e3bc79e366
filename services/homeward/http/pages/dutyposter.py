"""Forms that publish the public link of a case, and take it back."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from homeward.http import posters
from homeward.http.asking import Keyed
from homeward.http.auth import InRooms
from homeward.http.authorisation import Action
from homeward.http.doors import Door
from homeward.http.pages.desk import DeskRoute, at_case
from homeward.http.pages.dutyacts import act_on

router = APIRouter(prefix="/duty/cases/{case}", tags=["duty"], route_class=DeskRoute)


@router.post("/poster", status_code=303)
async def publish(
    request: Request, rooms: InRooms, door: Annotated[Door, Depends(at_case(Action.POSTER))]
) -> Response:
    """Publish the link by which strangers say what they saw."""

    async def doing(keyed: Keyed, said: Mapping[str, str]) -> None:
        del said
        await posters.open_poster(rooms, door, keyed)

    return await act_on(request, rooms, door, "poster", doing)


@router.post("/poster/close", status_code=303)
async def take_back(
    request: Request, rooms: InRooms, door: Annotated[Door, Depends(at_case(Action.POSTER))]
) -> Response:
    """Take it back."""

    async def doing(keyed: Keyed, said: Mapping[str, str]) -> None:
        del said
        await posters.close_poster(rooms, door, keyed)

    return await act_on(request, rooms, door, "close-poster", doing)
