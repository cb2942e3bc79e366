"""Letting a live alert reach those who sleep or whose day is spent: two people decide."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response
from pydantic import Field

from homeward.case import Case
from homeward.desk import digest_of
from homeward.http.answers import ReceiptOut, receipt_out
from homeward.http.asking import WithKey, tag
from homeward.http.auth import InRooms
from homeward.http.authorisation import Action
from homeward.http.bodies import Body
from homeward.http.deciding import decide_case, decide_prepared
from homeward.http.doors import Door, opened
from homeward.http.strict import StrictRoute
from homeward.messages import Recorded
from homeward.requests import Request
from homeward.requests.attention import ApproveOverride, OverrideAttention
from homeward.words import Digest, Id

router = APIRouter(prefix="/v1/cases", tags=["alerts"], route_class=StrictRoute)
DraftPath = Annotated[Id, Path(description="The id of the draft that is live.")]


class OverrideBody(Body):
    """Why people are to be woken."""

    reason: Annotated[
        str, Field(min_length=20, max_length=500, description="It is sealed: it may name people.")
    ]
    digest: Annotated[Digest, Field(description="As it stands beside the draft's words.")]


@router.post("/{case}/alerts/{draft_id}/override")
async def ask(
    draft_id: DraftPath,
    body: OverrideBody,
    response: Response,
    rooms: InRooms,
    door: Annotated[Door, Depends(opened(Action.ISSUE))],
    keyed: WithKey,
) -> ReceiptOut:
    """Ask that the live version also reaches those let sleep, or whose day is spent.

    Nothing happens until a second officer or a supervisor approves. Never those who paused, who
    want to hear of nothing so mild, or of nothing from so far away.
    """

    async def prepare(_: Case, __: Sequence[Recorded]) -> Request:
        return OverrideAttention(
            at=rooms.clock.now(),
            by=door.by,
            draft=draft_id,
            digest=body.digest,
            shown=await digest_of(rooms.log, draft_id),
            reason=body.reason,
        )

    receipt = await decide_prepared(rooms, door.case, keyed.asking(door.by), prepare)
    tag(response, receipt)
    return receipt_out(door.case, receipt)


@router.post("/{case}/alerts/{draft_id}/override/approve")
async def approve(
    draft_id: DraftPath,
    response: Response,
    rooms: InRooms,
    door: Annotated[Door, Depends(opened(Action.APPROVE))],
    keyed: WithKey,
) -> ReceiptOut:
    """Agree to what another person asked; nobody is told twice."""
    wish = ApproveOverride(at=rooms.clock.now(), by=door.by, draft=draft_id)
    receipt = await decide_case(rooms, door.case, keyed.asking(door.by), wish)
    tag(response, receipt)
    return receipt_out(door.case, receipt)
