"""Forms that ask helpers to come, more of them or fewer, and that ask nobody any more."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import Response
from pydantic import ValidationError

from homeward.http import askings
from homeward.http.asking import Keyed
from homeward.http.askings import AskingBody, QuotaBody
from homeward.http.auth import InRooms
from homeward.http.authorisation import Action
from homeward.http.doors import Door
from homeward.http.pages.desk import DeskRoute, at_case
from homeward.http.pages.dutyacts import act_on
from homeward.refusals import Refused
from homeward.words import Id

router = APIRouter(prefix="/duty/cases/{case}", tags=["duty"], route_class=DeskRoute)


class AskingUnfit(Refused):
    """How many are asked for, until when or how near is missing or out of its bounds."""

    code = "asking-unfit"
    status = 422
    mend = "Give whole numbers within the bounds that stand beside the fields."


def _whole(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdecimal() else None


def body_of(said: Mapping[str, str]) -> AskingBody:
    """Return what a form asks for. Raises AskingUnfit."""
    try:
        return AskingBody.model_validate(
            {name: _whole(said.get(name, "")) for name in ("quota", "by_min", "within_km")}
        )
    except ValidationError:
        raise AskingUnfit from None


@router.post("/askings", status_code=303)
async def ask(
    request: Request, rooms: InRooms, door: Annotated[Door, Depends(at_case(Action.ASK))]
) -> Response:
    """Ask the nearest of those who were told to come, a few at a time."""

    async def doing(keyed: Keyed, said: Mapping[str, str]) -> None:
        await askings.open_asking(body_of(said), rooms, door, keyed)

    return await act_on(request, rooms, door, "askings", doing)


@router.post("/askings/{asking_id}/change", status_code=303)
async def change(
    request: Request,
    asking_id: Annotated[Id, Path()],
    rooms: InRooms,
    door: Annotated[Door, Depends(at_case(Action.ASK))],
) -> Response:
    """Ask for more, or for fewer."""

    async def doing(keyed: Keyed, said: Mapping[str, str]) -> None:
        try:
            body = QuotaBody.model_validate({"quota": _whole(said.get("quota", ""))})
        except ValidationError:
            raise AskingUnfit from None
        await askings.change_asking(asking_id, body, rooms, door, keyed)

    return await act_on(request, rooms, door, f"{asking_id} change-asking", doing)


@router.post("/askings/{asking_id}/close", status_code=303)
async def close(
    request: Request,
    asking_id: Annotated[Id, Path()],
    rooms: InRooms,
    door: Annotated[Door, Depends(at_case(Action.ASK))],
) -> Response:
    """Ask nobody any more."""

    async def doing(keyed: Keyed, said: Mapping[str, str]) -> None:
        del said
        await askings.close_asking(asking_id, rooms, door, keyed)

    return await act_on(request, rooms, door, f"{asking_id} close-asking", doing)
