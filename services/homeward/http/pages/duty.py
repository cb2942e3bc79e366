"""The duty page: signing in and out, and the queue of what all open cases wait for."""

from collections.abc import Mapping
from importlib.resources import files
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from homeward.http.addresses import address_of
from homeward.http.answering import counted
from homeward.http.auth import Caller, InRooms, Open
from homeward.http.authorisation import Action, scope_of
from homeward.http.pages import forms
from homeward.http.pages.desk import (
    SIGN_IN,
    DeskRoute,
    in_words,
    lead,
    may,
    page,
    sign_in_page,
)
from homeward.http.pages.dutyalone import review_lines
from homeward.http.pages.dutyhanding import handing
from homeward.http.pages.dutywaits import parted_lines, row_of, waits_in_words
from homeward.http.pages.language import language
from homeward.http.pages.moments import moment
from homeward.http.pages.rates import Rates
from homeward.http.pages.rendering import STILL
from homeward.http.problems import KeyUnknown
from homeward.http.rooms import Rooms
from homeward.http.sessions import (
    AtDesk,
    Session,
    SignInsTooMany,
    checked_form,
    forget,
    form_of,
    keep,
    session_of,
    sign_in,
    sign_out,
)
from homeward.refusals import NotForRole, Refused
from homeward.words import case_code

router = APIRouter(tags=["duty"], route_class=DeskRoute)
PAGE: Final = 20
NOBODY: Final = [Depends(Open("who is not signed in yet signs in here; forms are bound to it"))]
STATIC: Final = [Depends(Open("the same for everybody: how the duty page looks and sounds"))]


@router.get("/duty")
async def see(
    request: Request,
    rooms: InRooms,
    caller: Annotated[Caller, Depends(AtDesk(Action.DUTY, asleep=True))],
    number: Annotated[int, Query(alias="page", ge=1, le=10_000)] = 1,
) -> Response:
    """Show what all open cases wait for, the longest urgent first; nothing on it is sealed."""
    lang, now = language(request), rooms.clock.now()
    lines, held = await parted_lines(request, caller, now)
    urgent = [one for one in lines if one.urgent]
    first = (number - 1) * PAGE
    session: Session = request.state.session
    return page(
        request,
        "duty-queue.html",
        rows=[row_of(one, now, lang) for one in lines[first : first + PAGE]],
        urgent=len(urgent),
        heard=[wait.id for one in urgent for wait in waits_in_words(one, now, lang) if wait.urgent],
        many=len(lines) + len(held),
        reviews=review_lines(caller, (one.case for one in lines), now, lang),
        held=[(one, case_code(one)) for one in held[:PAGE]],
        held_more=max(0, len(held) - PAGE),
        number=number,
        more=len(lines) > first + PAGE,
        as_of=moment(now, lang),
        refresh_s=rooms.settings.desk_refresh_s,
        still=STILL in request.query_params,
        handing=await handing(rooms, caller, lang),
        judges=may(caller, Action.LIST_SIGHTINGS),
        asleep=session.asleep,
    )


@router.post("/duty/in", status_code=303, dependencies=NOBODY)
async def enter(request: Request, rooms: InRooms) -> Response:
    """Sign in with a key; it is in the form alone, and kept nowhere."""
    await checked_form(request, rooms, SIGN_IN)
    said = forms.fields(await form_of(request))
    rates: Rates = request.app.state.sign_ins
    address = address_of(request)
    rates.take(address)
    holder = await rooms.api_keys.lookup(said.get("key", ""))
    try:
        if holder is None or holder.revoked:
            raise KeyUnknown
        if scope_of(holder.role, Action.DUTY) is None:
            raise NotForRole(f"{holder.role.value} may not {Action.DUTY.value}")
    except Refused as refused:
        counted(rooms, refused)
        why = in_words(refused, language(request))
        return await sign_in_page(request, type(refused).status, why)
    rates.give_back(address)
    before = await session_of(request, rooms)
    if before is not None:
        await sign_out(rooms, before)
    session = await sign_in(request, rooms, holder)
    response = lead(request, _back(said))
    keep(response, rooms, session)
    return response


def _back(said: Mapping[str, str]) -> str:
    """Return where somebody wanted to go, on the duty page and nowhere else."""
    back = said.get("back", "")
    plain = back.replace("/", "").replace("-", "").isalnum() and back.isascii()
    return back if plain and (back == "/duty" or back.startswith("/duty/")) else "/duty"


@router.post("/duty/out", status_code=303)
async def leave(
    request: Request,
    rooms: InRooms,
    caller: Annotated[Caller, Depends(AtDesk(Action.DUTY, asleep=True))],
) -> Response:
    """Sign out: the session is over in every process, whoever still holds its cookie."""
    del caller
    await sign_out(rooms, request.state.session)
    request.state.session = None
    response = lead(request, "/duty")
    forget(response, rooms)
    return response


def _static(name: str, kind: str) -> Response:
    text = files("homeward.http.pages").joinpath(f"templates/{name}").read_text(encoding="utf-8")
    return Response(text, media_type=kind, headers={"Cache-Control": "no-cache"})


@router.get("/duty/desk.js", include_in_schema=False, dependencies=STATIC)
async def script() -> Response:
    """Return the one script: sound, refresh, keys."""
    return _static("duty.js", "text/javascript")


@router.get("/duty/desk.css", include_in_schema=False, dependencies=STATIC)
async def style() -> Response:
    """Return what the duty page has beside the pages' one style sheet."""
    return _static("duty.css", "text/css")


def sign_ins(rooms: Rooms) -> Rates:
    """Return what counts keys that open nothing, by address."""
    return Rates(rooms.settings.sign_ins_per_hour, refuses=SignInsTooMany)


@router.get("/duty/icon.svg", include_in_schema=False, dependencies=STATIC)
async def icon() -> Response:
    """Return what the tab of the duty page is found by among others."""
    return _static("duty-icon.svg", "image/svg+xml")
