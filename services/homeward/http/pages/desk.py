"""What all parts of the duty page have in common: their route, how they show, act and refuse."""

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import Depends, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute
from pydantic import ValidationError

from homeward.desk import IdempotencyKeyReused
from homeward.formats.catalogues import LANGS, Phrases
from homeward.http.answering import RETRY_AFTER_S, counted
from homeward.http.asking import Keyed, hash_of
from homeward.http.auth import Caller, InRooms
from homeward.http.authorisation import Action, scope_of
from homeward.http.doors import CasePath, Door, case_id, enter
from homeward.http.pages import forms
from homeward.http.pages.language import language
from homeward.http.pages.rendering import render
from homeward.http.problems import StoreAway, Unknown
from homeward.http.rooms import Rooms
from homeward.http.sessions import (
    FRESH,
    AtDesk,
    Session,
    SignInNeeded,
    SignInsTooMany,
    form_of,
    keep,
    session_of,
)
from homeward.ports import LogUnavailable
from homeward.refusals import Refused

WORDS: Final[Mapping[str, Phrases]] = {lang: Phrases("duty", lang) for lang in LANGS}
"""What the duty page says."""
REFUSED: Final[Mapping[str, Phrases]] = {
    lang: Phrases("duty", lang, under="refused-") for lang in LANGS
}
AUTO: Final = "auto"
"""In the query of what a page asks for by itself: nobody acted."""
SIGN_IN: Final = "duty in"
"""What the tokens of the form to sign in are bound to."""
HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
        "img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    # With no-referrer a browser says "Origin: null" on our own forms, and they could not be told
    # from those of others. No address of the duty page opens anything by itself.
    "Referrer-Policy": "same-origin",
}


@dataclass(frozen=True, slots=True)
class Failed:
    """A form that was refused: which one, why, and what was typed into it."""

    what: str
    status: int
    why: str
    said: Mapping[str, str] = field(default_factory=dict)


class DeskRoute(APIRoute):
    """A route of the duty page: its refusals are sentences, and who acts stays signed in."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler, with refusals caught around it."""
        handler = super().get_route_handler()

        async def shown(request: Request) -> Response:
            try:
                response = await handler(request)
            except SignInNeeded as refused:
                counted(request.app.state.rooms, refused)
                response = await sign_in_page(request, type(refused).status)
            except Refused as refused:
                response = refused_page(request, refused)
            except (LogUnavailable, ConnectionError):
                response = refused_page(request, StoreAway())
            except RequestValidationError:  # of path or query alone
                response = refused_page(request, Unknown())
            _kept(request, response)
            return response

        return shown


def _kept(request: Request, response: Response) -> None:
    """Set the headers of the duty page, and note that somebody acted."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    session: Session | None = getattr(request.state, "session", None)
    rooms: Rooms = request.app.state.rooms
    if session is None or session.asleep or AUTO in request.query_params:
        return
    if rooms.clock.real() >= session.acted + FRESH:
        keep(response, rooms, session)


def in_words(refused: Refused, lang: str) -> str:
    """Return what a refusal says to staff, and its mend."""
    code, said = type(refused).code, REFUSED[lang]
    return said.get(code, said["internal"])


def page(
    request: Request, name: str, status: int = 200, path: str | None = None, **values: object
) -> Response:
    """Return a part of the duty page for who is signed in."""
    rooms: Rooms = request.app.state.rooms
    session: Session | None = getattr(request.state, "session", None)
    lang = language(request)
    return render(
        request,
        name,
        lang,
        status,
        path,
        d=WORDS[lang],
        account=session.by.id if session else "",
        role=WORDS[lang][f"role-{session.by.role.value}"] if session else "",
        form=forms.new_token(rooms, session.form) if session else "",
        live=rooms.world == "live",
        **values,
    )


async def sign_in_page(request: Request, status: int = 200, why: str = "") -> Response:
    """Return the page that asks for a key; ``why`` says what was wrong with the last one."""
    rooms: Rooms = request.app.state.rooms
    try:
        session = await session_of(request, rooms)
    except (LogUnavailable, ConnectionError):
        session = None
    request.state.session = None
    back = request.url.path if request.method == "GET" else ""
    return page(
        request,
        "duty-in.html",
        status,
        None if back else "/duty",
        back=back or "/duty",
        token=forms.new_token(rooms, SIGN_IN),
        asleep=session is not None and session.asleep,
        why=why,
        sent=request.method == "POST" and not why,
    )


def refused_page(request: Request, refused: Refused) -> Response:
    """Return the page that refuses, and count it."""
    rooms: Rooms = request.app.state.rooms
    counted(rooms, refused)
    status, lang = type(refused).status, language(request)
    response = page(
        request,
        "duty-refused.html",
        status,
        None if request.method == "GET" else "/duty",
        why=in_words(refused, lang),
    )
    if isinstance(refused, SignInsTooMany):
        response.headers["Retry-After"] = refused.detail
    elif status == StoreAway.status:
        response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response


def may(door: Caller | Door, action: Action) -> bool:
    """Whether somebody sees the button of an action."""
    return scope_of(door.by.role, action) is not None


def at_case(action: Action, *, on_hold: bool = False) -> Callable[..., Awaitable[Door]]:
    """Return the dependency of a page that does something with the case in its path.

    ``on_hold``: the page shows no more of a case on hold than that.
    """

    async def open_case(
        case: CasePath, rooms: InRooms, caller: Annotated[Caller, Depends(AtDesk(action))]
    ) -> Door:
        return await enter(rooms, caller, await case_id(rooms, case), on_hold=on_hold)

    return open_case


def home(door: Door) -> str:
    """Return the path of a case's page."""
    return f"/duty/cases/{door.case}"


Doing = Callable[[Keyed, Mapping[str, str]], Awaitable[object]]
Again = Callable[[Failed], Awaitable[Response]]


async def act(request: Request, what: str, doing: Doing, to: str | None, again: Again) -> Response:
    """Make true what a form asks for, and lead on; refused it is shown again as it was typed.

    ``to`` is where it leads; None: ``doing`` returns it. The buttons of a page share a token, so
    what was asked for is part of the key.
    """
    rooms: Rooms = request.app.state.rooms
    lang = language(request)
    said = forms.fields(await form_of(request))
    content = forms.body_of(said)
    keyed = Keyed(
        f"{request.state.form_key} {what}"[:128], hash_of(rooms, "POST", what, content), None
    )
    try:
        done = await doing(keyed, said)
    except Refused as refused:
        counted(rooms, refused)
        # Sent, corrected, sent again: the first one is true, and the page shows what it made so.
        kept = {} if isinstance(refused, IdempotencyKeyReused) else said
        return await again(Failed(what, type(refused).status, in_words(refused, lang), kept))
    except ValidationError as wrong:
        why = _unfit(wrong, lang)
        return await again(Failed(what, HTTPStatus.UNPROCESSABLE_ENTITY, why, said))
    return lead(request, to or str(done), what)


def _unfit(wrong: ValidationError, lang: str) -> str:
    """Return what is wrong with a field; never what was typed."""
    long = any(one["type"] == "string_too_long" for one in wrong.errors())
    return REFUSED[lang]["text-too-long" if long else "request-invalid"]


def lead(request: Request, to: str, done: str = "") -> Response:
    """Return the answer that leads to another page, in the same language."""
    path, mark, anchor = to.partition("#")
    joined = "&" if "?" in path else "?"
    said = f"&done={done.rpartition(' ')[2]}" if done else ""
    return RedirectResponse(f"{path}{joined}lang={language(request)}{said}{mark}{anchor}", 303)


def notice(request: Request) -> str:
    """Return what was just done, in words; "" when nothing was."""
    done = f"done-{request.query_params.get('done', '')}"
    return WORDS[language(request)].get(done, "")
