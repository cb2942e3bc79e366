"""What the forms of a case on the duty page do: each asks the desk what its API asks."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Final, TypeAlias

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from homeward.http import cases, watches
from homeward.http.asking import Keyed
from homeward.http.auth import InRooms
from homeward.http.authorisation import Action
from homeward.http.bodies import (
    CancelBody,
    FactsBody,
    ReasonBody,
    RejectBody,
    UnitBody,
    VehicleBody,
)
from homeward.http.doors import Door, enter
from homeward.http.pages.desk import DeskRoute, Failed, act, at_case, home
from homeward.http.pages.dutycase import CasePage
from homeward.http.pages.moments import ZONE
from homeward.http.rooms import Rooms
from homeward.refusals import Refused

router = APIRouter(prefix="/duty/cases/{case}", tags=["duty"], route_class=DeskRoute)
Said: TypeAlias = Mapping[str, str]
ORDERS: Final = {"yes": True, "no": False}
"""What a form says of a protection order."""


class TimeUnreadable(Refused):
    """What was typed is no date and time."""

    code = "time-unreadable"
    status = 422
    mend = "Give a date and a time of day."


def typed_moment(said: Said, date: str, time: str) -> datetime:
    """Return the moment that two fields say, in the zone of the pages. Raises TimeUnreadable."""
    try:
        moment = datetime.fromisoformat(f"{said.get(date, '')}T{said.get(time, '')}")
        return (moment if moment.tzinfo else moment.replace(tzinfo=ZONE)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise TimeUnreadable from None


async def act_on(
    request: Request,
    rooms: Rooms,
    door: Door,
    what: str,
    doing: Callable[[Keyed, Said], Awaitable[object]],
) -> Response:
    """Do what a form of a case asks for, and lead back to the case."""

    async def again(failed: Failed) -> Response:
        # What made it fail may have become true meanwhile: the page shows the case as it is now.
        fresh = await enter(rooms, door.caller, door.case)
        return await CasePage(request, rooms, fresh).show(failed)

    return await act(request, what, doing, home(door), again)


@router.post("/take-up", status_code=303)
async def take_up(
    request: Request, rooms: InRooms, door: Annotated[Door, Depends(at_case(Action.TAKE_UP))]
) -> Response:
    """Look into a waiting report."""

    async def doing(keyed: Keyed, said: Said) -> None:
        body = UnitBody(unit=said.get("unit", ""))
        await cases.take_up(body, Response(), rooms, door, keyed)

    return await act_on(request, rooms, door, "take-up", doing)


@router.post("/verify", status_code=303)
async def verify(
    request: Request, rooms: InRooms, door: Annotated[Door, Depends(at_case(Action.VERIFY))]
) -> Response:
    """Confirm the report."""

    async def doing(keyed: Keyed, said: Said) -> None:
        body = UnitBody(unit=said.get("unit", ""))
        await cases.verify(body, Response(), rooms, door, keyed)

    return await act_on(request, rooms, door, "verify", doing)


@router.post("/reject", status_code=303)
async def reject(
    request: Request, rooms: InRooms, door: Annotated[Door, Depends(at_case(Action.VERIFY))]
) -> Response:
    """Turn the report down."""

    async def doing(keyed: Keyed, said: Said) -> None:
        body = RejectBody(reason=said.get("reason", ""), note=said.get("note") or None)
        await cases.reject(body, Response(), rooms, door, keyed)

    return await act_on(request, rooms, door, "reject", doing)


@router.post("/facts", status_code=303)
async def add_facts(
    request: Request, rooms: InRooms, door: Annotated[Door, Depends(at_case(Action.ADD_FACTS))]
) -> Response:
    """Say more about the case."""

    async def doing(keyed: Keyed, said: Said) -> None:
        named = ("category", "mode", "custody", "note")
        known: dict[str, object] = {name: said.get(name) or None for name in named}
        known["protection_order"] = ORDERS.get(said.get("protection_order", ""))
        await cases.add_facts(FactsBody.model_validate(known), Response(), rooms, door, keyed)

    return await act_on(request, rooms, door, "facts", doing)


@router.post("/vehicle", status_code=303)
async def identify_vehicle(
    request: Request, rooms: InRooms, door: Annotated[Door, Depends(at_case(Action.ADD_FACTS))]
) -> Response:
    """Say that the person is in a vehicle, and which."""

    async def doing(keyed: Keyed, said: Said) -> None:
        body = VehicleBody(
            seen_at=typed_moment(said, "seen_date", "seen_time"),
            vehicle=said.get("vehicle") or None,
            licence_plate=said.get("licence_plate") or None,
        )
        await cases.identify_vehicle(body, Response(), rooms, door, keyed)

    return await act_on(request, rooms, door, "vehicle", doing)


@router.post("/cancel", status_code=303)
async def cancel(
    request: Request, rooms: InRooms, door: Annotated[Door, Depends(at_case(Action.CANCEL))]
) -> Response:
    """Take the alert back: this is all of it, and everybody who was told is told so."""

    async def doing(keyed: Keyed, said: Said) -> None:
        body = CancelBody.model_validate({"reason": said.get("reason")})
        await cases.cancel(body, Response(), rooms, door, keyed)

    return await act_on(request, rooms, door, "cancel", doing)


@router.post("/watches/{watch_id}/acknowledge", status_code=303)
async def acknowledge(
    request: Request,
    watch_id: str,
    rooms: InRooms,
    door: Annotated[Door, Depends(at_case(Action.WATCH))],
) -> Response:
    """Say that a hub is watching, as it said by telephone."""

    async def doing(keyed: Keyed, said: Said) -> None:
        del said
        await watches.acknowledge(watch_id, rooms, door, keyed)

    return await act_on(request, rooms, door, f"{watch_id} acknowledged", doing)


@router.post("/watches/{watch_id}/stand-down", status_code=303)
async def stand_down(
    request: Request,
    watch_id: str,
    rooms: InRooms,
    door: Annotated[Door, Depends(at_case(Action.WATCH))],
) -> Response:
    """End a hub's watch, as it said by telephone."""

    async def doing(keyed: Keyed, said: Said) -> None:
        body = ReasonBody(reason=said.get("reason", ""))
        await watches.stand_down(watch_id, body, rooms, door, keyed)

    return await act_on(request, rooms, door, f"{watch_id} stood-down", doing)
