"""Letting an alert live longer: on one officer's word for a day, else by two."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response

from homeward.http.alerts import expiry
from homeward.http.answers import ExtendedOut, ReceiptOut, receipt_fields, receipt_out
from homeward.http.asking import WithKey, tag
from homeward.http.auth import InRooms
from homeward.http.authorisation import Action
from homeward.http.bodies import AgreeBody, ExtendBody
from homeward.http.deciding import decide_case
from homeward.http.doors import Door, opened
from homeward.http.strict import StrictRoute
from homeward.requests import case as requests
from homeward.words import Id, instant_text

router = APIRouter(prefix="/v1/cases", tags=["alerts"], route_class=StrictRoute)
AskedPath = Annotated[Id, Path(description="The id of what was asked.")]
ASKED = "case.extension-asked/1"


@router.post("/{case}/alerts/extend")
async def extend(
    body: ExtendBody,
    response: Response,
    rooms: InRooms,
    door: Annotated[Door, Depends(opened(Action.EXTEND))],
    keyed: WithKey,
) -> ExtendedOut:
    """Let the version that is out live longer; nobody is told anew.

    On the fast lane at once, up to 24 hours in all from its issue. What two have approved, and
    what is longer, waits until a second person agrees: ``asked`` names it.
    """
    now = rooms.clock.now()
    until = expiry(body, now)
    request = requests.ExtendAlert(at=now, by=door.by, expires_at=until)
    receipt = await decide_case(rooms, door.case, keyed.asking(door.by), request)
    tag(response, receipt)
    asked = next((one for one, kind in receipt.facts if kind == ASKED), None)
    return ExtendedOut(
        **receipt_fields(door.case, receipt), asked=asked, expires_at=instant_text(until)
    )


@router.post("/{case}/alerts/extend/{asked}/approve")
async def agree(
    asked: AskedPath,
    body: AgreeBody,
    response: Response,
    rooms: InRooms,
    door: Annotated[Door, Depends(opened(Action.EXTEND))],
    keyed: WithKey,
) -> ReceiptOut:
    """Agree to an extension that somebody else asked for; the body names the expiry as read."""
    request = requests.ApproveExtension(
        at=rooms.clock.now(), by=door.by, asked=asked, expires_at=body.expires_at
    )
    receipt = await decide_case(rooms, door.case, keyed.asking(door.by), request)
    tag(response, receipt)
    return receipt_out(door.case, receipt)
