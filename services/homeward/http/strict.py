"""JSON as it must be: UTF-8, each key once, no NaN, an object."""

import json
import math
import re
from collections.abc import Callable, Coroutine
from typing import Any, Final, NoReturn

from fastapi import Request, Response
from fastapi.routing import APIRoute

from homeward.http.problems import BodyBroken, Invalid, KeyTwice, NotJson

JSON: Final = "application/json"
_NUL: Final = re.compile(r"(?<!\\)(\\\\)*\\u0000")
WITH_BODY: Final = frozenset({"POST", "PUT", "PATCH"})


def _no_number(_: str) -> NoReturn:
    raise BodyBroken


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):  # 1e999 is a JSON number and no Python one
        raise BodyBroken
    return number


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise KeyTwice
    return found


def parse(raw: bytes) -> dict[str, Any]:
    """Return the object that some bytes say. Raises BodyBroken, KeyTwice."""
    try:
        body = json.loads(
            raw.decode(),
            object_pairs_hook=_once,
            parse_constant=_no_number,
            parse_float=_finite,
        )
        if b"\\u" in raw:  # escapes can say what UTF-8 cannot
            text = json.dumps(body, ensure_ascii=False)
            text.encode()  # half a character
            if _NUL.search(text):
                raise BodyBroken
    except (ValueError, RecursionError):
        raise BodyBroken from None
    if not isinstance(body, dict):
        raise BodyBroken("not an object")
    return body


class _Read(Request):
    """A request whose body has been parsed already."""

    parsed: dict[str, Any]

    async def json(self) -> Any:  # noqa: ANN401 - the framework's own signature
        return self.parsed


class StrictRoute(APIRoute):
    """A route whose JSON bodies are parsed strictly."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler, with the body parsed before it."""
        handler = super().get_route_handler()

        async def strictly(request: Request) -> Response:
            if request.method not in WITH_BODY:
                return await handler(request)
            kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
            raw = await request.body()
            if raw and kind != JSON:
                raise NotJson
            parsed = parse(raw or b"{}")
            if parsed and self.body_field is None:
                raise Invalid("no body is expected")
            headers = [*request.scope["headers"], (b"content-type", JSON.encode())]
            scope = request.scope if raw else {**request.scope, "headers": headers}
            read = _Read(scope, request.receive)
            read._body = raw or b"{}"  # noqa: SLF001 - how Starlette keeps what was read
            read.parsed = parsed
            return await handler(read)

        return strictly
