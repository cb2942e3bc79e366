"""Ring 0 on the duty page: whom it would reach, in which words, and then telling them."""

from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from homeward.case.persons import band_of, missing
from homeward.formats import texts
from homeward.http import ringzero
from homeward.http.alerts import frame
from homeward.http.asking import Keyed
from homeward.http.auth import InRooms
from homeward.http.authorisation import Action
from homeward.http.doors import Door
from homeward.http.pages.desk import WORDS, DeskRoute, at_case, home, in_words, may, page
from homeward.http.pages.dutyacts import act_on
from homeward.http.pages.dutymore import ring_refusal
from homeward.http.pages.language import language
from homeward.http.pages.moments import moment
from homeward.http.ringpreviews import vetted_around
from homeward.policies.ringzero import LASTS, PEOPLE_MAX, radius_km
from homeward.words import case_code

router = APIRouter(prefix="/duty/cases/{case}", tags=["duty"], route_class=DeskRoute)
RING: Final = 0
"""The version of what belongs to no alert."""


@router.get("/ring0")
async def see(
    request: Request, rooms: InRooms, door: Annotated[Door, Depends(at_case(Action.RING_ZERO))]
) -> Response:
    """Show whom ring 0 would reach and what they would read; that it was counted is recorded."""
    lang, now, raised = language(request), rooms.clock.now(), door.state.raised
    assert raised is not None
    refused = ring_refusal(rooms, door.state, door)
    asks = refused is None and door.state.ring_zero is None
    people = None
    if asks and may(door, Action.PREVIEW):
        people = await vetted_around(request, rooms, door)
    first, *others = missing(door.state)
    words = texts.unverified(
        frame(rooms, door.case, RING),
        door.state.category,
        first.age_band,
        first.sex,
        (raised.last_seen_at, now + LASTS),
        [(one.age_band, one.sex) for one in others],
    )
    d = WORDS[lang]
    return page(
        request,
        "duty-ring-ask.html",
        home=home(door),
        code=case_code(door.case),
        why_not=in_words(refused, lang) if refused else "",
        told=door.state.ring_zero is not None,
        asks=asks,
        people=people,
        most=PEOPLE_MAX,
        km=f"{radius_km(band_of(door.state)):g}",
        hubs=len(await ringzero.on_duty(rooms, door.state)) if asks else 0,
        until=moment(now + LASTS, lang),
        words=[(one.lang, d.get(f"lang-{one.lang}", one.lang), one.full) for one in words],
    )


@router.post("/ring0", status_code=303)
async def ask(
    request: Request, rooms: InRooms, door: Annotated[Door, Depends(at_case(Action.RING_ZERO))]
) -> Response:
    """Tell vetted volunteers and hubs on duty near the place last seen, unverified."""

    async def doing(keyed: Keyed, said: Mapping[str, str]) -> None:
        del said
        await ringzero.ask(Response(), rooms, door, keyed)

    return await act_on(request, rooms, door, "ring0", doing)
