"""Several persons in one case: who is added, and who of them is found."""

import json
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response

from homeward.desk import Asking, Receipt
from homeward.hosts.opening import open_fields
from homeward.http.answers import ReceiptOut, receipt_out
from homeward.http.asking import WithKey, tag
from homeward.http.auth import InRooms
from homeward.http.authorisation import Action
from homeward.http.bodies import PersonBody, ResolveBody
from homeward.http.cases import decided
from homeward.http.doors import Door, opened
from homeward.http.rooms import Rooms
from homeward.http.screening import decide_screened, is_protected
from homeward.http.strict import StrictRoute
from homeward.requests.persons import AddPerson, FindPerson, MissPerson
from homeward.words import PERSONS_MAX, Contact, Description

router = APIRouter(prefix="/v1/cases", tags=["cases"], route_class=StrictRoute)
PersonPath = Annotated[int, Path(ge=1, le=PERSONS_MAX, description="Their number in the case.")]
RAISED = frozenset({"case.raised/1"})


async def _reporter(rooms: Rooms, case: str) -> Contact | None:
    """Return who reported, to be compared with the list and shown to nobody."""
    rows = await rooms.log.key_rows(case, kinds=RAISED)
    found = await open_fields(rooms.log, rooms.desk.keys, rows, {"reporter"})
    said = next((one["reporter"] for one in found.values()), None)
    return None if said is None else Contact.model_validate(json.loads(said))


async def add_person(rooms: Rooms, door: Door, asking: Asking, person: Description) -> Receipt:
    """Add somebody to a case; whether they are protected is looked up. Raises Refused."""
    request = AddPerson(
        at=rooms.clock.now(), by=door.by, description=person, known=len(door.state.persons)
    )
    screened = await is_protected(rooms, [person], await _reporter(rooms, door.case))
    return await decide_screened(rooms, door.case, asking, request, screened=screened)


@router.post("/{case}/persons")
async def add(
    body: PersonBody,
    response: Response,
    rooms: InRooms,
    door: Annotated[Door, Depends(opened(Action.ADD_FACTS))],
    keyed: WithKey,
) -> ReceiptOut:
    """Say that somebody else is missing together with those known; the next version names them."""
    receipt = await add_person(rooms, door, keyed.asking(door.by), body.person)
    tag(response, receipt, door.by)
    return receipt_out(door.case, receipt, door.by)


@router.post("/{case}/persons/{person}/found")
async def found(
    person: PersonPath,
    body: ResolveBody,
    response: Response,
    rooms: InRooms,
    door: Annotated[Door, Depends(opened(Action.RESOLVE))],
    keyed: WithKey,
) -> ReceiptOut:
    """Say that one of several was found; the search goes on for the others."""
    request = FindPerson(
        at=rooms.clock.now(),
        by=door.by,
        person=person,
        outcome=body.outcome,
        helped_by=body.helped_by,
    )
    return await decided(rooms, door, keyed, request, response)


@router.post("/{case}/persons/{person}/missed")
async def missed(
    person: PersonPath,
    response: Response,
    rooms: InRooms,
    door: Annotated[Door, Depends(opened(Action.RESOLVE))],
    keyed: WithKey,
) -> ReceiptOut:
    """Say that it was somebody else who was found: this person is missing still."""
    request = MissPerson(at=rooms.clock.now(), by=door.by, person=person)
    return await decided(rooms, door, keyed, request, response)
