"""The forms of the duty page about the persons of a case: add one, find one of several."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from homeward.http import persons
from homeward.http.asking import Keyed
from homeward.http.auth import InRooms
from homeward.http.authorisation import Action
from homeward.http.bodies import PersonBody, ResolveBody
from homeward.http.doors import Door
from homeward.http.pages.desk import DeskRoute, at_case
from homeward.http.pages.dutyacts import Said, act_on
from homeward.http.pages.persons import described
from homeward.http.persons import PersonPath

router = APIRouter(prefix="/duty/cases/{case}", tags=["duty"], route_class=DeskRoute)


@router.post("/persons", status_code=303)
async def add(
    request: Request, rooms: InRooms, door: Annotated[Door, Depends(at_case(Action.ADD_FACTS))]
) -> Response:
    """Say that somebody else is missing together with those known."""

    async def doing(keyed: Keyed, said: Said) -> None:
        body = PersonBody.model_validate({"person": described(said)})
        await persons.add(body, Response(), rooms, door, keyed)

    return await act_on(request, rooms, door, "persons", doing)


@router.post("/persons/{person}/found", status_code=303)
async def found(
    person: PersonPath,
    request: Request,
    rooms: InRooms,
    door: Annotated[Door, Depends(at_case(Action.RESOLVE))],
) -> Response:
    """Say that one of several was found."""

    async def doing(keyed: Keyed, said: Said) -> None:
        body = ResolveBody.model_validate({"outcome": said.get("outcome")})
        await persons.found(person, body, Response(), rooms, door, keyed)

    return await act_on(request, rooms, door, f"{person} person-found", doing)


@router.post("/persons/{person}/missed", status_code=303)
async def missed(
    person: PersonPath,
    request: Request,
    rooms: InRooms,
    door: Annotated[Door, Depends(at_case(Action.RESOLVE))],
) -> Response:
    """Say that it was somebody else who was found."""

    async def doing(keyed: Keyed, said: Said) -> None:
        del said
        await persons.missed(person, Response(), rooms, door, keyed)

    return await act_on(request, rooms, door, f"{person} person-missed", doing)
