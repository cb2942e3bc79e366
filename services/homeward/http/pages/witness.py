"""Where somebody says "I have seen them" without an account: by a link, without script.

It makes the same fact as the API, said by whoever the link speaks for, and private until a person
has judged it. Nobody reads here where or when others saw somebody (SAFETY I-20).
"""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import RedirectResponse, Response

from homeward.case import Case
from homeward.case.refusals import CaseOnHold
from homeward.desk import Asking, IdempotencyKeyReused
from homeward.dispatch.links import PageLinks
from homeward.http.addresses import address_of
from homeward.http.answering import counted
from homeward.http.asking import hash_of
from homeward.http.auth import RECIPIENT, REPORTER, Caller, InRooms, Open
from homeward.http.authorisation import Action, Scope, scope_of
from homeward.http.cases import reporter_path
from homeward.http.doors import CasePath, Door, case_id, enter, followed
from homeward.http.messages import ByLink, InLetterbox
from homeward.http.pages import forms
from homeward.http.pages.landmarks import landmarks
from homeward.http.pages.language import language
from homeward.http.pages.moments import ZONE
from homeward.http.pages.phrases import PHRASES
from homeward.http.pages.refusing import by_code
from homeward.http.pages.rendering import PageRoute, render
from homeward.http.pages.reporter import Behind
from homeward.http.pages.reports import Said
from homeward.http.pages.witnessform import HEADINGS, SURE, Wrong, read_form, wrong_of
from homeward.http.posters import TOKEN, named_by
from homeward.http.problems import LinkUnknown, SightingsWait, StoreAway, TooManySightings
from homeward.http.rooms import Rooms
from homeward.http.sightings import rates_of, report_sighting
from homeward.messages import Actor
from homeward.ports import LogUnavailable
from homeward.refusals import CaseOver, NoSuchCase, NotForRole, Refused
from homeward.words import Role, case_code, derived_id

OPEN: Final = "the token in the path opens one recipient's page, one report, or a form for a case"
router = APIRouter(tags=["pages"], route_class=PageRoute, dependencies=[Depends(Open(OPEN))])
NEAR: Final = 12
"""So many counties are proposed to who knows anyway where the person was seen last."""
REFERENCE: Final = re.compile(r"[0-9a-f]{8}")
"""Of a sighting's id: enough to tell it from the others of its case by telephone."""
OVER: Final = 410
POSTER: Final = "poster"
"""How a stranger came: by a link that an officer published."""


@dataclass(frozen=True, slots=True)
class Witness:
    """Who says what they saw, of which case, behind which link."""

    request: Request
    rooms: Rooms
    door: Door
    path: str
    back: str
    """Where the link that they came by shows more; "" where there is nothing more."""
    secret: str
    """What counts them: as the API is told it, so that page and API count together."""
    lang: str
    own: Case
    """The case by which they came."""
    stranger: bool = False
    """They came by a link that is for everybody."""
    shut: bool = False
    """That link was taken back."""
    code: str = ""
    """What the case is called on what they read; "": as it goes on."""

    @property
    def page(self) -> str:
        """The name that the form's tokens are bound to."""
        return f"saw {self.path}"

    def saying(self, key: str) -> "Witness":
        """Return them as they sign what they say; a stranger is somebody new with each form."""
        if not self.stranger:
            return self
        account = derived_id(self.rooms.log.origin, "form", key)
        by = Actor(id=account, role=Role.REPORTER, auth=POSTER)
        return replace(self, door=_behind(self.door, by))

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Serve them when it is their turn. Raises SightingsWait."""
        rates = rates_of(self.request)
        turn = rates.strangers.taken() if self.stranger else rates.turn(self.door.by.role)
        async with turn:
            yield

    def counting(self, *, known: bool) -> AbstractContextManager[None]:
        """Count what they say, until the block ends. Raises TooManySightings."""
        rates = rates_of(self.request)
        if self.stranger:
            return rates.counting_stranger(self.door.case, self.secret, known=known)
        return rates.counting(self.door, self.secret, known=known)


def _behind(door: Door, by: Actor) -> Door:
    """Return a case as a stranger stands before it."""
    return replace(door, caller=Caller(by, Scope.OWN, door.case))


def near_of(door: Door) -> list[str]:
    """Return the names of the counties around the place last seen, nearest first."""
    raised = door.state.raised
    return [one.label for one in landmarks(raised.last_seen_cell, NEAR)] if raised else []


def form_page(
    one: Witness,
    said: Mapping[str, str],
    status: int = 200,
    wrong: Sequence[Wrong] = (),
    counties: Sequence[str] = (),
) -> Response:
    """Return the form, with what was typed."""
    return render(
        one.request,
        "witness.html",
        one.lang,
        status,
        one.path,
        code=one.code or case_code(one.door.case),
        said=said,
        form=forms.new_token(one.rooms, one.page),
        wrong=[Said(each.field, by_code(each.code, one.lang)) for each in wrong],
        counties=counties,
        near=[] if one.stranger else near_of(one.door),
        back=one.back,
        sure=SURE,
        headings=HEADINGS,
    )


def over_page(one: Witness) -> Response:
    """Return that it is over, or that nothing is taken now; it never says why."""
    why = PHRASES[one.lang]["saw-over-why" if one.door.state.status.over else "saw-shut-why"]
    return render(
        one.request, "witness-over.html", one.lang, OVER, one.path, back=one.back, why=why
    )


def takes(one: Witness) -> bool:
    """Whether what somebody saw is taken now.

    Of a case on hold it could tell where somebody is who may be hiding. Who reported the case must
    not learn of the hold; what they say is read by supervisors alone.
    """
    state = one.door.state
    held = state.held if one.stranger else one.door.on_hold
    return not (state.status.over or held or one.shut)


def show(one: Witness) -> Response:
    """Return the form, the thanks for one that was sent, or that it is over."""
    reference = one.request.query_params.get("ref", "")
    if REFERENCE.fullmatch(reference):
        again = one.request.query_params.get("said") == "again"
        return render(
            one.request,
            "witness-thanks.html",
            one.lang,
            path=one.path,
            reference=reference,
            again=again,
            back=one.back,
            more=takes(one),
        )
    if not takes(one):
        return over_page(one)
    now = one.rooms.clock.now().astimezone(ZONE)
    return form_page(one, {"seen_date": f"{now:%Y-%m-%d}", "seen_time": f"{now:%H:%M}"})


async def send(one: Witness) -> Response:
    """Report what somebody saw, and lead to the thanks; sent twice, it is one sighting."""
    said = forms.fields(await one.request.form(max_files=0, max_fields=20))
    if not takes(one):
        return over_page(one)
    filled = read_form(said, one.lang)
    if filled.body is None:
        return form_page(one, said, 422, filled.wrong, filled.counties)
    how = "sent"
    try:
        key = forms.checked(one.rooms, one.page, said.get("form", ""))
        signed = one.saying(key)
        content = hash_of(one.rooms, "POST", "saw", forms.body_of(said))
        asking = Asking(signed.door.by, f"{key} saw", content)
        try:
            async with signed.turn():
                known = await one.rooms.desk.answered(asking)
                with signed.counting(known=known):
                    await report_sighting(one.rooms, signed.door, asking, filled.body, signed.own)
        except IdempotencyKeyReused:  # corrected and sent again: the first one is in
            how = "again"
    except CaseOver:
        return over_page(one)
    except (LogUnavailable, ConnectionError):
        return _refused(one, said, StoreAway())
    except Refused as refused:
        return _refused(one, said, refused)
    reference = one.rooms.desk.new_id(asking, "sighting")[:8]
    return RedirectResponse(f"{one.path}?lang={one.lang}&ref={reference}&said={how}", 303)


def _refused(one: Witness, said: Mapping[str, str], refused: Refused) -> Response:
    """Show the form again, with all that was written."""
    counted(one.rooms, refused)
    page = form_page(one, said, type(refused).status, [wrong_of(type(refused).code)])
    if isinstance(refused, TooManySightings | SightingsWait):
        page.headers["Retry-After"] = refused.detail
    return page


async def _where_it_goes_on(rooms: Rooms, door: Door) -> Door:
    """Return the case in which one goes on; itself, over, where that one is on hold."""
    try:
        return await followed(rooms, door)
    except CaseOnHold:
        return door


async def _of_recipient(
    request: Request, rooms: InRooms, box: InLetterbox, who: ByLink, case: CasePath
) -> Witness:
    """Return who was told of a case, by the link in their message. Raises Refused."""
    by, registered = who
    scope = scope_of(by.role, Action.SIGHT)
    if scope is not Scope.TOLD:
        raise NotForRole(by.role.value)
    own = PageLinks(box.rooms.ring, lambda: "").inbox(by.id)
    said = await case_id(rooms, case)
    entered = await enter(rooms, Caller(by, scope), said, on_hold=True)
    door = await _where_it_goes_on(rooms, entered)
    return Witness(
        request,
        rooms,
        door,
        path=f"{own}/saw/{case}",
        back=own,
        secret=f"Bearer {RECIPIENT}{by.id}.{request.path_params['token']}",
        lang=language(request, registered.recipient.lang),
        own=entered.state,
    )


async def _of_reporter(request: Request, rooms: InRooms, door: Behind) -> Witness:
    """Return who reported the person missing, by the link to their report. Raises Refused."""
    own = reporter_path(rooms, door.case)
    return Witness(
        request,
        rooms,
        await _where_it_goes_on(rooms, door),
        path=f"{own}/saw",
        back=own,
        secret=f"Bearer {REPORTER}{door.case}.{request.path_params['token']}",
        lang=language(request),
        own=door.state,
    )


async def _of_stranger(
    request: Request,
    rooms: InRooms,
    code: Annotated[str, Path(max_length=36)],
    token: Annotated[str, Path(max_length=100)],
) -> Witness:
    """Return somebody who came by the public link of a case. Raises LinkUnknown."""
    try:
        case = await case_id(rooms, code) if TOKEN.fullmatch(token) else ""
    except NoSuchCase:
        case = ""
    now = await rooms.desk.case_now(case) if case else None
    is_open = named_by(rooms, now.recorded, token) if now else None
    if now is None or is_open is None:
        raise LinkUnknown
    nobody = Caller(Actor(id=POSTER, role=Role.REPORTER, auth=POSTER), Scope.OWN, case)
    return Witness(
        request,
        rooms,
        await _where_it_goes_on(rooms, Door(nobody, case, now.recorded, now.state)),
        path=f"/s/{case_code(case)}/{token}",
        back="",
        secret=address_of(request),
        lang=language(request),
        own=now.state,
        stranger=True,
        shut=not is_open,
        code=case_code(case),
    )


Stranger = Annotated[Witness, Depends(_of_stranger)]
Told = Annotated[Witness, Depends(_of_recipient)]
Reporter = Annotated[Witness, Depends(_of_reporter)]


@router.get("/i/{recipient}/{token}/saw/{case}")
async def see_told(one: Told) -> Response:
    """Show the form for what somebody saw who was told of the case."""
    return show(one)


@router.post("/i/{recipient}/{token}/saw/{case}", status_code=303)
async def send_told(one: Told) -> Response:
    """Report what somebody saw who was told of the case."""
    return await send(one)


@router.get("/r/{code}/{token}/saw")
async def see_reporter(one: Reporter) -> Response:
    """Show the form for what the reporter saw."""
    return show(one)


@router.post("/r/{code}/{token}/saw", status_code=303)
async def send_reporter(one: Reporter) -> Response:
    """Report what the reporter saw."""
    return await send(one)


@router.get("/s/{code}/{token}")
async def see_stranger(one: Stranger) -> Response:
    """Show the form of a case to whoever has its public link: nothing of the case but its code."""
    return show(one)


@router.post("/s/{code}/{token}", status_code=303)
async def send_stranger(one: Stranger) -> Response:
    """Report what a stranger saw; counted by address and case, apart from those who were told."""
    return await send(one)
