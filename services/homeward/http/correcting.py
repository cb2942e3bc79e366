"""Facts of a report are corrected: what outsiders propose, and when and where it began."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response

from homeward.case import Case
from homeward.http.answers import ReceiptOut, receipt_out
from homeward.http.asking import WithKey, tag
from homeward.http.auth import InRooms
from homeward.http.authorisation import Action
from homeward.http.bodies import CorrectBody, public_cell
from homeward.http.cases import decided
from homeward.http.deciding import decide_prepared
from homeward.http.doors import Door, opened
from homeward.http.strict import StrictRoute
from homeward.messages import Recorded
from homeward.requests import Request
from homeward.requests.correcting import AcceptProposal, CorrectLastSeen, RefuseProposal
from homeward.words import Id

router = APIRouter(prefix="/v1/cases", tags=["cases"], route_class=StrictRoute)
ProposalPath = Annotated[Id, Path(description="The id of what was proposed, from the case.")]


@router.post("/{case}/proposals/{proposal}/accept")
async def accept(
    proposal: ProposalPath,
    response: Response,
    rooms: InRooms,
    door: Annotated[Door, Depends(opened(Action.JUDGE_PROPOSAL))],
    keyed: WithKey,
) -> ReceiptOut:
    """Hold what somebody proposed for true: from here on the search goes by it."""
    request = AcceptProposal(at=rooms.clock.now(), by=door.by, proposal=proposal)
    return await decided(rooms, door, keyed, request, response)


@router.post("/{case}/proposals/{proposal}/refuse")
async def refuse(
    proposal: ProposalPath,
    response: Response,
    rooms: InRooms,
    door: Annotated[Door, Depends(opened(Action.JUDGE_PROPOSAL))],
    keyed: WithKey,
) -> ReceiptOut:
    """Do not go by what somebody proposed; it stays in the record."""
    request = RefuseProposal(at=rooms.clock.now(), by=door.by, proposal=proposal)
    return await decided(rooms, door, keyed, request, response)


@router.post("/{case}/last-seen")
async def correct_last_seen(
    body: CorrectBody,
    response: Response,
    rooms: InRooms,
    door: Annotated[Door, Depends(opened(Action.CORRECT))],
    keyed: WithKey,
) -> ReceiptOut:
    """Say when, and where, the person was really seen last: the search goes out from there.

    On one person's word who moved the place, 30 km lie around that of the report all the same.
    """
    place = body.place.place() if body.place else None

    async def prepare(state: Case, _: Sequence[Recorded]) -> Request:
        cell = public_cell(place) if place else None
        return CorrectLastSeen(
            at=rooms.clock.now(),
            by=door.by,
            seen_at=body.at,
            cell=cell,
            error_m=place.accuracy_m if place else None,
            place=place,
            place_text=body.text,
            hubs=await rooms.books.around(cell) if cell and not state.status.over else None,
        )

    receipt = await decide_prepared(rooms, door.case, keyed.asking(door.by), prepare)
    tag(response, receipt)
    return receipt_out(door.case, receipt)
