"""Forms that change an alert that is out; each asks the desk."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from homeward.http import extending, overrides
from homeward.http.alerts import DraftPath
from homeward.http.asking import Keyed
from homeward.http.auth import InRooms
from homeward.http.authorisation import Action
from homeward.http.bodies import AgreeBody, ExtendBody
from homeward.http.doors import Door
from homeward.http.extending import AskedPath
from homeward.http.pages.desk import DeskRoute, at_case
from homeward.http.pages.dutyacts import act_on
from homeward.http.pages.dutydrafts import check_seat
from homeward.http.pages.dutyreasons import reason_of

router = APIRouter(prefix="/duty/cases/{case}", tags=["duty"], route_class=DeskRoute)


def _check_seat(door: Door, asked: str) -> None:
    """Refuse the browser in which something was asked for. Raises SameSeat."""
    found = next((one for one in door.recorded if one.id == asked), None)
    if found and found.by.id != door.by.id:  # else the desk says so itself
        check_seat(door.by, found)


@router.post("/alerts/extend", status_code=303)
async def extend(
    request: Request, rooms: InRooms, door: Annotated[Door, Depends(at_case(Action.EXTEND))]
) -> Response:
    """Let the alert that is out live longer, or ask a second person for it."""

    async def doing(keyed: Keyed, said: Mapping[str, str]) -> None:
        hours = said.get("hours", "")
        whole = int(hours) if hours.isascii() and hours.isdecimal() else 0
        body = ExtendBody(expires_in_s=whole * 3_600)
        await extending.extend(body, Response(), rooms, door, keyed)

    return await act_on(request, rooms, door, "extend", doing)


@router.post("/alerts/extend/{asked}/approve", status_code=303)
async def agree(
    request: Request,
    asked: AskedPath,
    rooms: InRooms,
    door: Annotated[Door, Depends(at_case(Action.EXTEND))],
) -> Response:
    """Agree to an extension that somebody else asked for."""

    async def doing(keyed: Keyed, said: Mapping[str, str]) -> None:
        _check_seat(door, asked)
        body = AgreeBody.model_validate({"expires_at": said.get("expires_at")})
        await extending.agree(asked, body, Response(), rooms, door, keyed)

    return await act_on(request, rooms, door, f"{asked} agree", doing)


@router.post("/alerts/{draft_id}/override", status_code=303)
async def override(
    request: Request,
    draft_id: DraftPath,
    rooms: InRooms,
    door: Annotated[Door, Depends(at_case(Action.ISSUE))],
) -> Response:
    """Ask that the alert also wakes those whom it lets sleep."""

    async def doing(keyed: Keyed, said: Mapping[str, str]) -> None:
        body = overrides.OverrideBody.model_validate(
            {"reason": reason_of(said), "digest": said.get("digest")}
        )
        await overrides.ask(draft_id, body, Response(), rooms, door, keyed)

    return await act_on(request, rooms, door, "override", doing)


@router.post("/alerts/{draft_id}/override/approve", status_code=303)
async def agree_override(
    request: Request,
    draft_id: DraftPath,
    rooms: InRooms,
    door: Annotated[Door, Depends(at_case(Action.APPROVE))],
) -> Response:
    """Agree that the alert also wakes those whom it lets sleep."""

    async def doing(keyed: Keyed, said: Mapping[str, str]) -> None:
        del said
        if door.state.override:
            _check_seat(door, door.state.override.asked)
        await overrides.approve(draft_id, Response(), rooms, door, keyed)

    return await act_on(request, rooms, door, "agree-override", doing)
