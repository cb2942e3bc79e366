"""Refusals as RFC 9457 problems: for JSON everywhere, for people on the pages."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from homeward.http.problems import (
    BodyBroken,
    BodyTooLarge,
    Broken,
    DatumUnknown,
    Invalid,
    StoreAway,
    TooManyReports,
    Unknown,
    WrongMethod,
)
from homeward.http.rooms import Rooms
from homeward.ports import LogUnavailable
from homeward.refusals import Refused

MEDIA_TYPE: Final = "application/problem+json"
ERRORS_MAX: Final = 20
RETRY_AFTER_S: Final = 1
_BY_STATUS: Final[Mapping[int, type[Refused]]] = {
    400: BodyBroken,
    404: Unknown,
    405: WrongMethod,
    413: BodyTooLarge,
}


class Wrong(BaseModel):
    """One field that is wrong."""

    at: str
    says: str


class Problem(BaseModel):
    """Why the request was refused, and what can be done about it."""

    model_config = ConfigDict(json_schema_extra={"description": "RFC 9457"})

    type: Annotated[str, Field(examples=["urn:homeward:problem:case-over"])]
    title: str
    status: int
    code: Annotated[str, Field(description="Stable; docs/REFUSALS.md lists all of them.")]
    detail: str
    mend: Annotated[str, Field(description="What can be done about it.")]
    errors: list[Wrong] | None = None


def problem(refused: Refused, errors: Sequence[Wrong] = ()) -> Problem:
    """Return a refusal as a problem."""
    said = type(refused)
    return Problem(
        type=f"urn:homeward:problem:{said.code}",
        title=said.message(),
        status=said.status,
        code=said.code,
        detail=refused.detail,
        mend=said.mend,
        errors=list(errors) or None,
    )


def answer(
    refused: Refused, errors: Sequence[Wrong] = (), headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """Return the response that refuses."""
    status = type(refused).status
    extra = dict(headers or {})
    if status == StoreAway.status:
        said = refused.detail if refused.detail.isdecimal() else str(RETRY_AFTER_S)
        extra.setdefault("Retry-After", said)
    if status == TooManyReports.status and refused.detail:
        extra.setdefault("Retry-After", refused.detail)
    if status == HTTPStatus.UNAUTHORIZED:
        extra.setdefault("WWW-Authenticate", "Bearer")
    body = problem(refused, errors).model_dump(exclude_none=True)
    return JSONResponse(body, status, headers=extra, media_type=MEDIA_TYPE)


def for_browser(request: Request) -> bool:
    """Return whether a person's browser asks; under /v1 there are no pages."""
    wanted = request.headers.get("accept", "")
    return "text/html" in wanted and not request.url.path.startswith("/v1/")


def leave(
    request: Request,
    refused: Refused,
    errors: Sequence[Wrong] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return the response that refuses, as whoever asks can read it."""
    if for_browser(request):
        page: Response = request.app.state.refusal_page(request, refused, headers)
        return page
    return answer(refused, errors, headers)


def counted(rooms: Rooms, refused: Refused) -> None:
    """Count a refusal."""
    rooms.meter.count("homeward_refusals_total", code=type(refused).code)


def install(app: FastAPI) -> None:
    """Let every refusal, ours and the framework's, leave as a problem."""
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(LogUnavailable, _store_away)
    app.add_exception_handler(ConnectionError, _store_away)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)


def _leave(
    request: Request,
    refused: Refused,
    errors: Sequence[Wrong] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    counted(request.app.state.rooms, refused)
    return leave(request, refused, errors, headers)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return _leave(request, error)


async def _store_away(request: Request, _: Exception) -> Response:
    return _leave(request, StoreAway())


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _leave(request, _BY_STATUS.get(error.status_code, Broken)(), headers=error.headers)


async def _invalid(request: Request, error: Exception) -> Response:
    """Name the fields and what is expected of them; never what was sent (I-15)."""
    assert isinstance(error, RequestValidationError)
    found = error.errors()
    errors = [
        Wrong(at=_where(one["loc"]), says=str(one["msg"])[:200]) for one in found[:ERRORS_MAX]
    ]
    if any(one["loc"][-1] == "datum" and one["type"] == "enum" for one in found):
        return _leave(request, DatumUnknown(), errors)
    return _leave(request, Invalid(), errors)


def _where(loc: Sequence[Any]) -> str:
    return ".".join(str(part)[:40] for part in loc if part != "body") or "body"
