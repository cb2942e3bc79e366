"""Asking helpers to come: opened, looked at, changed and closed by a desk.

Whoever was asked is a count, in spans: a small area would else tell who lives there. Whoever
answered has said so, and is counted exactly: a desk that waits for ten must see that seven come.
"""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import Field

from homeward import asking
from homeward.case import fold
from homeward.desk import Asking, Receipt
from homeward.http.answers import Answered, Figure, ReceiptOut, receipt_fields, receipt_out
from homeward.http.asking import WithKey
from homeward.http.auth import InRooms
from homeward.http.authorisation import Action
from homeward.http.bodies import Body, Whole
from homeward.http.doors import Door, opened
from homeward.http.rooms import Rooms
from homeward.http.showing import sees_exactly
from homeward.http.strict import StrictRoute
from homeward.messages import Fact, Recorded
from homeward.policies.asking import BY_DEFAULT, QUOTA_MAX, WITHIN_KM
from homeward.requests.asking import ChangeAsking, CloseAsking, OpenAsking
from homeward.timeline.askings import askings
from homeward.timeline.views import bucket
from homeward.words import Id

router = APIRouter(prefix="/v1/cases", tags=["alerts"], route_class=StrictRoute)
BY_MIN: int = round(BY_DEFAULT.total_seconds() / 60)
SPANS = ("asked", "silent")
"""Counts of people that show where people live."""


class AskingBody(Body):
    """How many helpers are wanted."""

    quota: Annotated[Whole, Field(ge=1, le=QUOTA_MAX, description="So many are to be there.")]
    by_min: Annotated[
        Whole, Field(ge=5, le=720, description="In so many minutes; never after the alert expires.")
    ] = BY_MIN
    within_km: Annotated[
        Whole, Field(ge=1, le=100, description="Only who is so near the newest credible place.")
    ] = WITHIN_KM


class QuotaBody(Body):
    """How many helpers are wanted now."""

    quota: Annotated[Whole, Field(ge=1, le=QUOTA_MAX, description="So many are to be there.")]


class AskingOpenedOut(ReceiptOut):
    """Helpers are asked."""

    asking: str


class AskingOut(Answered):
    """How an asking stands."""

    asking: str
    alert: int
    quota: int
    within_km: int
    opened_at: str
    needed_by: str
    state: Annotated[str, Field(description="open, filled or over")]
    over_for: Annotated[
        str | None, Field(description="time, closed, cancelled or resolved; null: it is not over.")
    ]
    rounds: int
    asked: Figure
    silent: Figure
    coming: int
    on_the_way: int
    arrived: int
    checked_in: int
    checked_out: int
    later: int
    declined: int


class AskingList(Answered):
    """Askings, in the order of their opening."""

    items: list[AskingOut]


async def _decided(
    rooms: Rooms, door: Door, keyed: Asking, wish: OpenAsking | ChangeAsking | CloseAsking
) -> Receipt:
    def decide(recorded: Sequence[Recorded]) -> Sequence[Fact]:
        return asking.decide(fold(recorded), asking.fold(recorded), wish)

    case = door.case
    # One stream a case: two who open one at once must meet.
    return await rooms.desk.submit(
        f"asking-{case}", keyed, lambda: rooms.desk.case_facts(case), decide
    )


@router.post("/{case}/askings", status_code=201)
async def open_asking(
    body: AskingBody,
    rooms: InRooms,
    door: Annotated[Door, Depends(opened(Action.ASK))],
    keyed: WithKey,
) -> AskingOpenedOut:
    """Ask the nearest of those who were told to come, a few at a time until there are enough."""
    key = Asking(door.by, keyed.key, keyed.request_hash)
    name = rooms.desk.new_id(key, "asking")
    wish = OpenAsking(
        at=rooms.clock.now(),
        by=door.by,
        case=door.case,
        asking=name,
        quota=body.quota,
        by_min=body.by_min,
        within_km=body.within_km,
    )
    receipt = await _decided(rooms, door, key, wish)
    return AskingOpenedOut(**receipt_fields(door.case, receipt), asking=name)


@router.get("/{case}/askings")
async def list_askings(
    rooms: InRooms, door: Annotated[Door, Depends(opened(Action.LIST_ASKINGS))]
) -> AskingList:
    """Show how many were asked, come, are there, and say nothing."""
    exact, now = sees_exactly(door.by), rooms.clock.now()
    found = []
    for view in askings(door.recorded):
        said = view.json(now)
        said |= {"checked_in": said.pop("in"), "checked_out": said.pop("out")}
        if not exact:
            said |= {name: bucket(said[name]) for name in SPANS}
        found.append(AskingOut(**said))
    return AskingList(items=found)


@router.post("/{case}/askings/{asking_id}/change")
async def change_asking(
    asking_id: Annotated[Id, Path(description="The asking's id.")],
    body: QuotaBody,
    rooms: InRooms,
    door: Annotated[Door, Depends(opened(Action.ASK))],
    keyed: WithKey,
) -> ReceiptOut:
    """Ask for more helpers, or for fewer; whoever comes keeps their place."""
    key = Asking(door.by, keyed.key, keyed.request_hash)
    wish = ChangeAsking(
        at=rooms.clock.now(), by=door.by, case=door.case, asking=asking_id, quota=body.quota
    )
    return receipt_out(door.case, await _decided(rooms, door, key, wish))


@router.post("/{case}/askings/{asking_id}/close")
async def close_asking(
    asking_id: Annotated[Id, Path(description="The asking's id.")],
    rooms: InRooms,
    door: Annotated[Door, Depends(opened(Action.ASK))],
    keyed: WithKey,
) -> ReceiptOut:
    """Ask nobody any more; whoever has not answered hears that they need not come."""
    key = Asking(door.by, keyed.key, keyed.request_hash)
    wish = CloseAsking(at=rooms.clock.now(), by=door.by, case=door.case, asking=asking_id)
    return receipt_out(door.case, await _decided(rooms, door, key, wish))
