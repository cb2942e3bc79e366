"""The recipient's page: messages newest first, one tap to answer or to acknowledge."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Final

import h3
from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError

from homeward.desk import Asking
from homeward.dispatch.links import PageLinks
from homeward.http.answering import counted
from homeward.http.asking import hash_of
from homeward.http.auth import RECIPIENT, Caller, Open
from homeward.http.authorisation import Action, Scope, scope_of
from homeward.http.bodies import AnswerBody, PlaceBody, SightingBody
from homeward.http.doors import Door, enter, messages_of
from homeward.http.messages import ByLink, InLetterbox, Letterbox
from homeward.http.pages import duties, forms
from homeward.http.pages.because import SEARCHES, WORDS
from homeward.http.pages.language import language
from homeward.http.pages.letters import Reader, letters
from homeward.http.pages.phrases import PHRASES
from homeward.http.pages.refusing import in_words
from homeward.http.pages.rendering import STILL, PageRoute, render
from homeward.http.problems import Invalid
from homeward.http.rooms import Rooms
from homeward.http.sightingrates import SightingRates
from homeward.http.sightings import rates_of, report_sighting
from homeward.http.watches import decide_watch, give_answer
from homeward.messages import Actor
from homeward.ports import Recipient, Registered
from homeward.refusals import NotForRole, Refused
from homeward.requests.watch import AcknowledgeWatch, StandDown
from homeward.words import Answer, Datum, RecipientKind

SHOWN_MAX: Final = 30
"""Newest messages on a page: what is older is over."""
ANSWERS: Final = (("coming", 10), ("coming", 30), ("coming", 60), ("later", ""), ("cannot", ""))
REFRESH_S: Final = 30
"""Whatever ends is seen within a minute by who leaves the page open (I-27)."""
REFRESH_WRONG_S: Final = 60
"""An error stays for as long as it takes to read it."""

router = APIRouter(
    tags=["pages"],
    route_class=PageRoute,
    dependencies=[Depends(Open("the token in the path opens one recipient's page"))],
)


def _path(box: Letterbox, by: Actor) -> str:
    return PageLinks(box.rooms.ring, lambda: "").inbox(by.id)


async def _page(
    request: Request,
    box: Letterbox,
    who: tuple[Actor, Registered],
    status: int = 200,
    wrong: str = "",
) -> Response:
    by, recipient = who[0], who[1].recipient
    lang = language(request, recipient.lang)
    t = PHRASES[lang]
    messages = (await messages_of(box.rooms, by.id))[-SHOWN_MAX:][::-1]
    answers = [(kind, minutes, t[kind].format(minutes=minutes)) for kind, minutes in ANSWERS]
    return render(
        request,
        "inbox.html",
        lang,
        status,
        _path(box, by),
        messages=await letters(Reader(box, by, who[1], lang), messages),
        answers=answers,
        w=WORDS[lang],
        own=recipient.kind in SEARCHES,
        searches=recipient.kind is not RecipientKind.DESK,
        refresh_s=REFRESH_WRONG_S if wrong else REFRESH_S,
        still=STILL in request.query_params,
        wrong=wrong,
    )


@router.get("/i/{recipient}/{token}")
async def see(request: Request, box: InLetterbox, who: ByLink) -> Response:
    """Show the recipient's messages."""
    return await _page(request, box, who)


@dataclass(frozen=True, slots=True)
class _Tap:
    """Something that was tapped."""

    rooms: Rooms
    door: Door
    asking: Asking
    said: dict[str, str]
    recipient: Recipient
    rates: SightingRates
    secret: str
    """As the API is told it, so that page and API count together."""


async def _send(
    request: Request,
    box: Letterbox,
    who: tuple[Actor, Registered],
    action: Action,
    do: Callable[[_Tap], Awaitable[object]],
) -> Response:
    rooms, (by, registered) = box.rooms, who
    said = forms.fields(await request.form(max_files=0, max_fields=20))
    lang = language(request, registered.recipient.lang)
    try:
        key = forms.checked(rooms, f"inbox {by.id}", said.get("form", ""))
        content = forms.body_of(said)
        # The buttons of a message share a token: what was tapped is part of the key.
        what = request.url.path.rpartition("/")[2] if action is not Action.ANSWER else ""
        names = ("answer", "minutes", "watch", "reason")
        tapped = "".join(said.get(name, "") for name in names) + what
        asking = Asking(by, f"{key} {tapped[:60]}", hash_of(rooms, "POST", action, content))
        scope = scope_of(by.role, action)
        if scope is not Scope.TOLD:
            raise NotForRole(by.role.value)
        door = await enter(rooms, Caller(by, scope), said.get("case", ""))
        secret = f"Bearer {RECIPIENT}{by.id}.{request.path_params['token']}"
        await do(_Tap(rooms, door, asking, said, registered.recipient, rates_of(request), secret))
    except Refused as refused:
        counted(rooms, refused)
        return await _page(request, box, who, type(refused).status, in_words(refused, lang))
    return RedirectResponse(f"{_path(box, by)}?lang={lang}", 303)


def _answer(said: dict[str, str]) -> AnswerBody:
    minutes = said.get("minutes", "")
    try:
        return AnswerBody(
            answer=Answer(said.get("answer", "")),
            minutes=int(minutes) if minutes.isdecimal() else None,
        )
    except (ValidationError, ValueError):
        raise Invalid from None


@router.post("/i/{recipient}/{token}/answer", status_code=303)
async def give(request: Request, box: InLetterbox, who: ByLink) -> Response:
    """Say whether one helps; the newest answer counts."""
    return await _send(request, box, who, Action.ANSWER, _answers)


async def _answers(tap: _Tap) -> None:
    await give_answer(tap.rooms, tap.door.case, tap.asking, _answer(tap.said))


@router.post("/i/{recipient}/{token}/acknowledge", status_code=303)
async def acknowledge(request: Request, box: InLetterbox, who: ByLink) -> Response:
    """Say that somebody is watching."""
    return await _send(request, box, who, Action.WATCH, _acknowledges)


async def _acknowledges(tap: _Tap) -> None:
    moved = tap.said.get("moved", "")
    read = int(moved) if moved.isdecimal() else None
    wish = AcknowledgeWatch(at=tap.rooms.clock.now(), by=tap.door.by, moved=read)
    await decide_watch(tap.rooms, tap.door, tap.said.get("watch", ""), tap.asking, wish)


@router.post("/i/{recipient}/{token}/seen", status_code=303)
async def seen(request: Request, box: InLetterbox, who: ByLink) -> Response:
    """Say that the person is at the hub, or just was; a human judges it."""
    return await _send(request, box, who, Action.SIGHT, _sees)


async def _sees(tap: _Tap) -> None:
    """Report a sighting at the hub; who sees is watching, so the order counts as acknowledged."""
    lat, lon = h3.cell_to_latlng(tap.recipient.cells[0])
    try:
        body = SightingBody(
            seen_at=tap.rooms.clock.now(),
            place=PlaceBody(lat=lat, lon=lon, datum=Datum.WGS84),
            note=tap.said.get("note") or None,
        )
    except ValidationError:
        raise Invalid from None
    known = await tap.rooms.desk.answered(tap.asking)
    with tap.rates.counting(tap.door, tap.secret, known=known):
        await report_sighting(tap.rooms, tap.door, tap.asking, body)
    with suppress(Refused):  # over meanwhile: what was seen counts all the same
        key = f"{tap.asking.key[:80]} watches"
        await _acknowledges(replace(tap, asking=replace(tap.asking, key=key)))


@router.post("/i/{recipient}/{token}/stand-down", status_code=303)
async def stand_down(request: Request, box: InLetterbox, who: ByLink) -> Response:
    """End the watch: they did not come, or the hub cannot watch and the duty desk is told."""
    return await _send(request, box, who, Action.WATCH, _ends)


async def _ends(tap: _Tap) -> None:
    reason = tap.said.get("reason", "")
    if reason not in duties.ENDS:
        raise Invalid
    wish = StandDown(at=tap.rooms.clock.now(), by=tap.door.by, reason=reason)
    await decide_watch(tap.rooms, tap.door, tap.said.get("watch", ""), tap.asking, wish)


@router.get("/page.css", include_in_schema=False)
async def style() -> Response:
    """Return the one style sheet."""
    text = files("homeward.http.pages").joinpath("templates/page.css").read_text(encoding="utf-8")
    return Response(text, media_type="text/css", headers={"Cache-Control": "max-age=3600"})
