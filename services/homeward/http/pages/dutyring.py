"""Ring 0 on the duty page: whom it would reach, in which words, and then telling them."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from homeward.facts.ringzero import RingZeroAsked
from homeward.formats import texts
from homeward.http import ringzero
from homeward.http.alerts import frame
from homeward.http.asking import Keyed
from homeward.http.auth import InRooms
from homeward.http.authorisation import Action
from homeward.http.doors import Door
from homeward.http.pages.desk import WORDS, DeskRoute, at_case, home, in_words, may, page
from homeward.http.pages.dutyacts import act_on
from homeward.http.pages.dutymore import ring_wish
from homeward.http.pages.language import language
from homeward.http.pages.moments import moment
from homeward.http.ringpreviews import vetted_around
from homeward.http.rooms import Rooms
from homeward.refusals import Refused
from homeward.words import Texts, case_code

router = APIRouter(prefix="/duty/cases/{case}", tags=["duty"], route_class=DeskRoute)
RING: Final = 0
"""The version of what belongs to no alert."""


@router.get("/ring0")
async def see(
    request: Request, rooms: InRooms, door: Annotated[Door, Depends(at_case(Action.RING_ZERO))]
) -> Response:
    """Show whom ring 0 would reach and what they would read; that it was counted is recorded."""
    lang, wish = language(request), ring_wish(rooms, door)
    d, values = WORDS[lang], dict[str, Any]()
    if isinstance(wish, RingZeroAsked):
        counts = may(door, Action.PREVIEW)
        values = {
            "people": await vetted_around(request, rooms, door, wish) if counts else None,
            "most": wish.people_max,
            "km": f"{wish.radius_m / 1_000:g}",
            "hubs": len(await ringzero.on_duty(rooms, door.state, door.by.id)),
            "until": moment(wish.expires_at, lang),
            "words": [
                (one.lang, d.get(f"lang-{one.lang}", one.lang), one.full)
                for one in _words(rooms, wish)
            ],
        }
    return page(
        request,
        "duty-ring-ask.html",
        home=home(door),
        code=case_code(door.case),
        why_not=in_words(wish, lang) if isinstance(wish, Refused) else "",
        asks=bool(values),
        **values,
    )


def _words(rooms: Rooms, wish: RingZeroAsked) -> Sequence[Texts]:
    """Return the exact words, as they are made when they are sent: of the fact alone."""
    about = wish.category, wish.age_band, wish.sex
    moments = wish.last_seen_at, wish.expires_at
    others = [(one.age_band, one.sex) for one in wish.others or ()]
    return texts.unverified(frame(rooms, wish.case, RING), *about, moments, others)


@router.post("/ring0", status_code=303)
async def ask(
    request: Request, rooms: InRooms, door: Annotated[Door, Depends(at_case(Action.RING_ZERO))]
) -> Response:
    """Tell vetted volunteers and hubs on duty near the place last seen, unverified."""

    async def doing(keyed: Keyed, said: Mapping[str, str]) -> None:
        del said
        await ringzero.ask(Response(), rooms, door, keyed)

    return await act_on(request, rooms, door, "ring0", doing)
