"""The recipient's page: messages newest first, one tap to answer or to acknowledge."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError

from homeward import answer, watch
from homeward.codec import KINDS
from homeward.desk import Asking
from homeward.dispatch.links import PageLinks
from homeward.http.answering import counted
from homeward.http.asking import hash_of
from homeward.http.auth import Caller, Open
from homeward.http.authorisation import Action, Scope, scope_of
from homeward.http.bodies import AnswerBody
from homeward.http.doors import enter, messages_of
from homeward.http.messages import ByLink, InLetterbox, Letterbox, MessageOut
from homeward.http.pages import forms
from homeward.http.pages.language import language
from homeward.http.pages.phrases import PHRASES
from homeward.http.pages.refusing import in_words
from homeward.http.pages.rendering import PageRoute, render
from homeward.http.pages.reports import ZONE
from homeward.http.problems import Invalid
from homeward.http.watches import decide_watch, give_answer
from homeward.messages import Actor, Recorded
from homeward.ports import InboxMessage, Registered
from homeward.record.envelope import read
from homeward.refusals import NotForRole, Refused
from homeward.requests.watch import AcknowledgeWatch
from homeward.words import Answer, Purpose, Role

SHOWN_MAX: Final = 30
"""Newest messages on a page: what is older is over."""
ANSWERS: Final = (("coming", 10), ("coming", 30), ("coming", 60), ("later", ""), ("cannot", ""))
KINDS_SHOWN: Final = frozenset(
    kind for kind in KINDS if kind.partition(".")[0] in {"answer", "watch", "hubs", "escalation"}
)

router = APIRouter(
    tags=["pages"],
    route_class=PageRoute,
    dependencies=[Depends(Open("the token in the path opens one recipient's page"))],
)


@dataclass(frozen=True, slots=True)
class Item:
    """A message, and what can be done about it."""

    shown: MessageOut
    when: str
    form: str
    asks_answer: bool
    asks_acknowledge: bool
    answer: str


async def _items(
    box: Letterbox, by: Actor, messages: Sequence[InboxMessage], lang: str
) -> list[Item]:
    shown = await box.shown(list(messages), lang)
    facts = {
        case: [read(row) for row in await box.rooms.log.key_rows(case, kinds=KINDS_SHOWN)]
        for case in dict.fromkeys(one.case for one in shown)
    }
    asked: set[str] = set()
    items: list[Item] = []
    for message, one in zip(messages, shown, strict=True):
        first = one.case not in asked  # a case is answered once, under its newest alert
        if one.purpose == Purpose.ALERT:
            asked.add(one.case)
        items.append(_item(box, by, message, one, facts[one.case], lang, first=first))
    return items


def _item(
    box: Letterbox,
    by: Actor,
    message: InboxMessage,
    one: MessageOut,
    facts: Sequence[Recorded],
    lang: str,
    *,
    first: bool,
) -> Item:
    t = PHRASES[lang]
    live, said, asks_acknowledge = one.state == "live", "", False
    asks_answer = one.purpose == Purpose.ALERT and first and live and by.role is Role.VOLUNTEER
    if one.purpose == Purpose.ALERT and first:
        given = answer.fold(facts, by.id).answer
        said = t["answered"].format(answer=t[f"answered-{given.value}"]) if given else ""
    elif one.purpose == Purpose.WATCH and one.watch:
        status = watch.fold(facts, one.watch).status
        asks_acknowledge = status in {watch.Status.ORDERED, watch.Status.LAPSED}
        if status is watch.Status.ACKNOWLEDGED:
            said = t["acked"]
        elif status.over:
            said = t["watch-over"]
    return Item(
        shown=one,
        when=f"{message.at.astimezone(ZONE):%m-%d %H:%M}",
        form=forms.new_token(box.rooms, _page_name(by)),
        asks_answer=asks_answer,
        asks_acknowledge=asks_acknowledge,
        answer=said,
    )


def _page_name(by: Actor) -> str:
    return f"inbox {by.id}"


def _path(box: Letterbox, by: Actor) -> str:
    return PageLinks(box.rooms.ring, lambda: "").inbox(by.id)


async def _page(
    request: Request,
    box: Letterbox,
    who: tuple[Actor, Registered],
    status: int = 200,
    wrong: str = "",
) -> Response:
    by, registered = who
    lang = language(request, registered.recipient.lang)
    t = PHRASES[lang]
    messages = (await messages_of(box.rooms, by.id))[-SHOWN_MAX:][::-1]
    answers = [(kind, minutes, t[kind].format(minutes=minutes)) for kind, minutes in ANSWERS]
    return render(
        request,
        "inbox.html",
        lang,
        status,
        _path(box, by),
        messages=await _items(box, by, messages, lang),
        answers=answers,
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
        key = forms.checked(rooms, _page_name(by), said.get("form", ""))
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
