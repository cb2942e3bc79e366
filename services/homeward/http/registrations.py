"""What is kept of a recipient, shown to nobody but themself (I-17)."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, Field

from homeward.http.auth import Caller, InRooms, guarded
from homeward.http.authorisation import Action
from homeward.http.problems import NoSuchRecipient
from homeward.http.strict import StrictRoute
from homeward.words import RecipientId

router: Final = APIRouter(prefix="/v1", tags=["recipients"], route_class=StrictRoute)


class RegistrationOut(BaseModel):
    """What is kept of a recipient; of their contacts only by which channels."""

    recipient: str
    kind: str
    cells: list[str]
    here: Annotated[
        str | None, Field(description="Where they are, as they last said; forgotten after a day.")
    ]
    lang: str
    reach_km_max: int
    severity_min: str
    per_day: Annotated[
        int, Field(description="Of how many alerts a day they hear; 0: as the policy says.")
    ]
    active: bool
    channels: list[str]
    zone: str
    hours: Annotated[str, Field(description="Of a hub: when it is open; empty: always.")]
    shifts: Annotated[
        list[str], Field(description="Of a hub: when each contact is on duty; empty: always.")
    ]


@router.get("/recipients/{recipient}")
async def registration(
    recipient: Annotated[RecipientId, Path()],
    rooms: InRooms,
    caller: Annotated[Caller, Depends(guarded(Action.SEE_SELF))],
) -> RegistrationOut:
    """Return what is kept of you; your link's token opens nobody else's."""
    found = await rooms.roster.get(recipient) if recipient == caller.by.id else None
    if found is None:
        raise NoSuchRecipient
    one = found.recipient
    return RegistrationOut(
        recipient=one.id,
        kind=one.kind.value,
        cells=list(one.cells),
        here=found.here,
        lang=one.lang,
        reach_km_max=one.reach_km_max,
        severity_min=one.severity_min.value,
        per_day=one.per_day,
        active=one.active,
        channels=sorted({way.channel for ways in one.contacts for way in ways}),
        zone=one.zone,
        hours=one.hours,
        shifts=list(one.shifts),
    )
