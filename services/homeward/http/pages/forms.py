"""A form's token: made by the server, bound to its page, usable once (it is the Idempotency-Key).

Whoever sends a form twice, by a double tap or a reload, makes it true once. The token is signed
and expires, so that no other site can prepare one and none is kept anywhere.
"""

import base64
import re
import secrets
from hmac import compare_digest
from typing import Final
from urllib.parse import urlencode

from starlette.datastructures import FormData

from homeward.http.problems import FormStale
from homeward.http.rooms import Rooms

_TOKEN: Final = re.compile(r"([0-9]{1,12})\.([A-Za-z0-9_-]{16})\.([A-Za-z0-9_-]{43})")
NONCE_BYTES: Final = 12
FIELD_CHARS_MAX: Final = 4_000
LONG: Final = {"area": 60_001}
"""Of a pasted area one more than may be read, so that a cut one is not taken for whole."""


def _mac(rooms: Rooms, page: str, issued: str, nonce: str) -> str:
    raw = rooms.ring.mac("form", f"{page}\n{issued}\n{nonce}".encode())
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def new_token(rooms: Rooms, page: str) -> str:
    """Return a fresh token for a page."""
    issued = str(int(rooms.clock.real().timestamp()))
    nonce = secrets.token_urlsafe(NONCE_BYTES)
    return f"{issued}.{nonce}.{_mac(rooms, page, issued, nonce)}"


def checked(rooms: Rooms, page: str, token: str) -> str:
    """Return the Idempotency-Key that a token is. Raises FormStale."""
    found = _TOKEN.fullmatch(token)
    if found is None:
        raise FormStale
    issued, nonce, mac = found.groups()
    if not compare_digest(mac, _mac(rooms, page, issued, nonce)):
        raise FormStale
    age_s = rooms.clock.real().timestamp() - int(issued)
    if age_s > rooms.settings.form_open_s:
        raise FormStale
    return f"form {issued}.{nonce}"


def fields(form: FormData) -> dict[str, str]:
    """Return a form's texts, trimmed and bounded; files and repeated fields are left out."""
    return {
        name: value.strip().replace("\x00", "")[: LONG.get(name, FIELD_CHARS_MAX)]
        for name, value in form.items()
        if isinstance(value, str)
    }


def body_of(said: dict[str, str]) -> bytes:
    """Return what a form says as bytes, without its token: what a repeat must say again."""
    return urlencode(sorted((name, one) for name, one in said.items() if name != "form")).encode()
