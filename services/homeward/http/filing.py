"""The file of a case that is over: reopened, taken down, sealed, expunged."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from homeward.desk import destroy_keys
from homeward.http.answers import ReceiptOut
from homeward.http.asking import WithKey
from homeward.http.auth import InRooms
from homeward.http.authorisation import Action
from homeward.http.bodies import ExpungeBody, PartnerBody, PartnersBody, ReasonBody
from homeward.http.cases import decided
from homeward.http.doors import Door, opened
from homeward.http.strict import StrictRoute
from homeward.requests import case as requests

router = APIRouter(prefix="/v1/cases", tags=["cases"], route_class=StrictRoute)


@router.post("/{case}/reopen")
async def reopen(
    body: ReasonBody,
    response: Response,
    rooms: InRooms,
    door: Annotated[Door, Depends(opened(Action.REOPEN))],
    keyed: WithKey,
) -> ReceiptOut:
    """Open a case again that was closed by mistake; its next alert version tells everybody."""
    request = requests.Reopen(at=rooms.clock.now(), by=door.by, reason=body.reason)
    return await decided(rooms, door, keyed, request, response)


@router.post("/{case}/de-publish")
async def de_publish(
    body: PartnersBody,
    response: Response,
    rooms: InRooms,
    door: Annotated[Door, Depends(opened(Action.DE_PUBLISH))],
    keyed: WithKey,
) -> ReceiptOut:
    """Take down what was published, and name the partners who hold a copy."""
    request = requests.DePublish(at=rooms.clock.now(), by=door.by, partners=body.partners)
    return await decided(rooms, door, keyed, request, response)


@router.post("/{case}/confirm-partner")
async def confirm_partner(
    body: PartnerBody,
    response: Response,
    rooms: InRooms,
    door: Annotated[Door, Depends(opened(Action.CONFIRM_PARTNER))],
    keyed: WithKey,
) -> ReceiptOut:
    """Say that a partner has taken its copy down."""
    request = requests.ConfirmPartner(at=rooms.clock.now(), by=door.by, partner=body.partner)
    return await decided(rooms, door, keyed, request, response)


@router.post("/{case}/seal")
async def seal(
    response: Response,
    rooms: InRooms,
    door: Annotated[Door, Depends(opened(Action.SEAL))],
    keyed: WithKey,
) -> ReceiptOut:
    """Close the file: nothing is added any more, and only supervision opens what is sealed."""
    request = requests.Seal(at=rooms.clock.now(), by=door.by)
    return await decided(rooms, door, keyed, request, response)


@router.post("/{case}/ask-expunge")
async def ask_expunge(
    body: ReasonBody,
    response: Response,
    rooms: InRooms,
    door: Annotated[Door, Depends(opened(Action.ASK_EXPUNGE))],
    keyed: WithKey,
) -> ReceiptOut:
    """Ask that the persons in a sealed case be forgotten; the fact's id is what another names."""
    request = requests.AskExpunge(at=rooms.clock.now(), by=door.by, reason=body.reason)
    return await decided(rooms, door, keyed, request, response)


@router.post("/{case}/expunge")
async def expunge(
    body: ExpungeBody,
    response: Response,
    rooms: InRooms,
    door: Annotated[Door, Depends(opened(Action.EXPUNGE))],
    keyed: WithKey,
) -> ReceiptOut:
    """Agree to it: the keys of everybody in the case are destroyed, and a tombstone stays."""
    request = requests.Expunge(at=rooms.clock.now(), by=door.by, asked=body.asked)
    receipt = await decided(rooms, door, keyed, request, response)
    # Also when it was so already: whoever agreed first may have died in between.
    await destroy_keys(rooms.log, rooms.desk.keys, door.case)
    return receipt
