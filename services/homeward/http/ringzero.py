"""Ring 0: whoever looks into a report lets a few people near it hear of it unverified."""

from collections.abc import Sequence
from typing import Annotated

import h3
from fastapi import APIRouter, Depends, Response

from homeward.case import Case
from homeward.case.persons import band_of
from homeward.case.ringzero import ring_place
from homeward.http.answers import ReceiptOut, receipt_out
from homeward.http.asking import WithKey, tag
from homeward.http.auth import InRooms
from homeward.http.authorisation import Action
from homeward.http.deciding import decide_prepared
from homeward.http.doors import Door, opened
from homeward.http.rooms import Rooms
from homeward.http.strict import StrictRoute
from homeward.messages import Recorded
from homeward.policies.duty import ask_order
from homeward.policies.ringzero import HUBS_MAX, LASTS, radius_km
from homeward.requests import Request
from homeward.requests.ringzero import AskRingZero
from homeward.words import HubOnDuty

router = APIRouter(prefix="/v1/cases", tags=["cases"], route_class=StrictRoute)


async def on_duty(rooms: Rooms, case: Case, by: str) -> tuple[HubOnDuty, ...]:
    """Return the hubs where somebody is on duty now, the nearest first.

    Inside the area that an account would ask for.
    """
    if case.raised is None:
        return ()
    lat_deg, lon_deg = h3.cell_to_latlng(ring_place(case, by).cell)
    now = rooms.clock.now()
    within_m = radius_km(band_of(case)) * 1_000
    found = []
    for one in await rooms.roster.hubs_near(lat_deg, lon_deg, within_m, HUBS_MAX):
        asked, absent = ask_order(one.duty, one.contacts, now, (now, now + LASTS))
        if asked and absent is None:
            found.append(HubOnDuty(hub=one.id, contact=asked[0]))
    return tuple(found)


@router.post("/{case}/ring0")
async def ask(
    response: Response,
    rooms: InRooms,
    door: Annotated[Door, Depends(opened(Action.RING_ZERO))],
    keyed: WithKey,
) -> ReceiptOut:
    """Tell vetted volunteers and hubs on duty near the place last seen, once and unverified.

    Only of a report that somebody else made and that was taken up, and never where the person may
    be hiding from whoever reported. They read nothing that somebody typed.
    """

    async def prepare(state: Case, _: Sequence[Recorded]) -> Request:
        return AskRingZero(
            at=rooms.clock.now(), by=door.by, hubs=await on_duty(rooms, state, door.by.id)
        )

    receipt = await decide_prepared(rooms, door.case, keyed.asking(door.by), prepare)
    tag(response, receipt)
    return receipt_out(door.case, receipt)
