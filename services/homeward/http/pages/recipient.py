"""The recipient's page: messages newest first, one tap to answer or to acknowledge."""

from importlib.resources import files
from typing import Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError

from homeward.desk import Asking
from homeward.dispatch.links import PageLinks
from homeward.http.answering import counted
from homeward.http.asking import hash_of
from homeward.http.auth import Caller, Open
from homeward.http.authorisation import Action, Scope, scope_of
from homeward.http.bodies import AnswerBody
from homeward.http.doors import enter, messages_of
from homeward.http.messages import ByLink, InLetterbox, Letterbox
from homeward.http.pages import forms
from homeward.http.pages.language import language
from homeward.http.pages.letters import Reader, letters
from homeward.http.pages.phrases import PHRASES
from homeward.http.pages.refusing import in_words
from homeward.http.pages.rendering import PageRoute, render
from homeward.http.problems import Invalid
from homeward.http.watches import decide_watch, give_answer
from homeward.messages import Actor
from homeward.ports import Registered
from homeward.refusals import NotForRole, Refused
from homeward.requests.watch import AcknowledgeWatch
from homeward.words import Answer, RecipientKind

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
        messages=await letters(Reader(box, by, recipient, lang), messages),
        answers=answers,
        searches=recipient.kind is not RecipientKind.DESK,
        refresh_s=REFRESH_WRONG_S if wrong else REFRESH_S,
        wrong=wrong,
    )


@router.get("/i/{recipient}/{token}")  # noqa: FAST003 - read by ByLink
async def see(request: Request, box: InLetterbox, who: ByLink) -> Response:
    """Show the recipient's messages."""
    return await _page(request, box, who)


async def _send(
    request: Request, box: Letterbox, who: tuple[Actor, Registered], action: Action
) -> Response:
    rooms, (by, registered) = box.rooms, who
    said = forms.fields(await request.form(max_files=0, max_fields=20))
    lang = language(request, registered.recipient.lang)
    try:
        key = forms.checked(rooms, f"inbox {by.id}", said.get("form", ""))
        content = forms.body_of(said)
        # Five buttons share a token: what was tapped is part of the key.
        tapped = f"{said.get('answer', '')}{said.get('minutes', '')}{said.get('watch', '')}"
        asking = Asking(by, f"{key} {tapped[:60]}", hash_of(rooms, "POST", action, content))
        scope = scope_of(by.role, action)
        if scope is not Scope.TOLD:
            raise NotForRole(by.role.value)
        door = await enter(rooms, Caller(by, scope), said.get("case", ""))
        if action is Action.ANSWER:
            await give_answer(rooms, door.case, asking, _answer(said))
        else:
            wish = AcknowledgeWatch(at=rooms.clock.now(), by=by)
            await decide_watch(rooms, door, said.get("watch", ""), asking, wish)
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


@router.post("/i/{recipient}/{token}/answer", status_code=303)  # noqa: FAST003 - read by ByLink
async def give(request: Request, box: InLetterbox, who: ByLink) -> Response:
    """Say whether one helps; the newest answer counts."""
    return await _send(request, box, who, Action.ANSWER)


@router.post("/i/{recipient}/{token}/acknowledge", status_code=303)  # noqa: FAST003 - read by ByLink
async def acknowledge(request: Request, box: InLetterbox, who: ByLink) -> Response:
    """Say that somebody is watching."""
    return await _send(request, box, who, Action.WATCH)


@router.get("/page.css", include_in_schema=False)
async def style() -> Response:
    """Return the one style sheet."""
    text = files("homeward.http.pages").joinpath("templates/page.css").read_text(encoding="utf-8")
    return Response(text, media_type="text/css", headers={"Cache-Control": "max-age=3600"})
