"""What limits were before a change, handed to the browser that made it and kept nowhere here.

A cookie of that one page holds it, signed, for an hour: no store learns when somebody paused last
week, and no address that is written to a log says what somebody chose.
"""

import base64
import json
from dataclasses import fields
from datetime import datetime
from hmac import compare_digest
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from homeward.http.rooms import Rooms
from homeward.ports import Limits
from homeward.words import Severity

COOKIE: Final = "hw_before"
KEPT_S: Final = 3_600
CHARS_MAX: Final = 2_000
_NAMES: Final = tuple(one.name for one in fields(Limits))


def keep(response: Response, rooms: Rooms, path: str, text: str) -> None:
    """Hand what was before to the browser, for the page at ``path`` alone."""
    secure = _secure(rooms)
    response.set_cookie(
        COOKIE, text, max_age=KEPT_S, path=path, secure=secure, httponly=True, samesite="strict"
    )


def forget(response: Response, rooms: Rooms, path: str) -> None:
    """Take it away again."""
    secure = _secure(rooms)
    response.delete_cookie(COOKIE, path=path, secure=secure, httponly=True, samesite="strict")


def _secure(rooms: Rooms) -> bool:
    """Whether the cookie keeps to TLS: as the page does, whose address opens more than it."""
    return rooms.public_url().startswith("https:")


def sealed(rooms: Rooms, recipient: str, before: Limits, after: Limits) -> str:
    """Return what was before and what it became, signed for one recipient."""
    said = json.dumps([_row(before), _row(after)], separators=(",", ":")).encode()
    text = base64.urlsafe_b64encode(said).decode().rstrip("=")
    return f"{text}.{_mac(rooms, recipient, text)}"


def before(request: Request, rooms: Rooms, recipient: str, now: Limits) -> Limits | None:
    """Return what was before the change that led to ``now``; None: nothing can be put back."""
    text, _, mac = request.cookies.get(COOKIE, "")[:CHARS_MAX].rpartition(".")
    if not text or not compare_digest(_mac(rooms, recipient, text).encode(), mac.encode()):
        return None
    was, became = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return _limits(was) if _limits(became) == now else None


def _row(limits: Limits) -> list[Any]:
    said = [getattr(limits, name) for name in _NAMES]
    return [one.isoformat() if isinstance(one, datetime) else one for one in said]


def _limits(row: list[Any]) -> Limits | None:
    if len(row) != len(_NAMES):
        return None  # of a build that kept other limits
    said = dict(zip(_NAMES, row, strict=True))
    said["severity_min"] = Severity(said["severity_min"])
    until = said["paused_until"]
    said["paused_until"] = datetime.fromisoformat(until) if until else None
    return Limits(**said)


def _mac(rooms: Rooms, recipient: str, text: str) -> str:
    raw = rooms.ring.mac("before", f"{recipient}\n{text}".encode())
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
