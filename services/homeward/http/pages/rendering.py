"""Templates to pages, and refusals to pages that people can read."""

from collections.abc import Callable, Coroutine, Mapping
from functools import cache
from http import HTTPStatus
from typing import Any, Final

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute
from jinja2 import Environment, PackageLoader, StrictUndefined

from homeward.http.answering import RETRY_AFTER_S, counted
from homeward.http.pages.language import LANGS, language
from homeward.http.pages.phrases import PHRASES
from homeward.http.pages.refusing import in_words
from homeward.http.problems import LinkUnknown, StoreAway, TooManyPictures, TooManyReports
from homeward.http.rooms import Rooms
from homeward.ports import LogUnavailable
from homeward.refusals import Refused

STILL: Final = "still"
"""In the query of a page that is to stand still: who reads slowly, or by keyboard, keeps it."""


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("homeward.http", "pages/templates"),
        autoescape=True,
        undefined=StrictUndefined,
        lstrip_blocks=True,
        trim_blocks=True,
    )


def render(
    request: Request,
    name: str,
    lang: str,
    status: int = 200,
    path: str | None = None,
    **values: object,
) -> HTMLResponse:
    """Return a page in a language; ``path`` is where it can be read again, "" nowhere."""
    rooms: Rooms = request.app.state.rooms
    others = [(one, PHRASES[one]["in-itself"]) for one in LANGS if one != lang]
    text = (
        _environment()
        .get_template(name)
        .render(
            lang=lang,
            others=others,
            t=PHRASES[lang],
            drill=rooms.world != "live",
            path=request.url.path if path is None else path,
            **values,
        )
    )
    return HTMLResponse(text, status)


class PageRoute(APIRoute):
    """A route whose refusals are pages."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler, with refusals caught around it."""
        handler = super().get_route_handler()

        async def shown(request: Request) -> Response:
            try:
                return await handler(request)
            except Refused as refused:
                return refusal_page(request, refused)
            except (LogUnavailable, ConnectionError):
                return refusal_page(request, StoreAway())
            except RequestValidationError:  # of the path alone: no link of ours looks like that
                return refusal_page(request, LinkUnknown())

        return shown


def refusal_page(request: Request, refused: Refused) -> HTMLResponse:
    """Return the page that refuses, and count it."""
    counted(request.app.state.rooms, refused)
    return page_of(request, refused)


def page_of(
    request: Request, refused: Refused, headers: Mapping[str, str] | None = None
) -> HTMLResponse:
    """Return the page that refuses."""
    status, lang = type(refused).status, language(request)
    page = render(
        request,
        "refused.html",
        lang,
        status,
        None if request.method == "GET" else "",  # a form's address shows nothing by itself
        head=PHRASES[lang][_head(status)],
        why=in_words(refused, lang),
    )
    page.headers.update(dict(headers or {}))
    if isinstance(refused, TooManyReports | TooManyPictures):
        page.headers["Retry-After"] = refused.detail
    elif status == StoreAway.status:
        page.headers["Retry-After"] = str(RETRY_AFTER_S)
    return page


def _head(status: int) -> str:
    if status in {404, 405, 410}:
        return "not-found"
    return "away" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "refused"
