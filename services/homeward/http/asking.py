"""What a request carries beside its body: key, version, place in a list."""

import re
from typing import Annotated, Final

from fastapi import Depends, Header, Query, Request, Response

from homeward.desk import Asking, Receipt
from homeward.http.auth import Caller, InRooms
from homeward.http.doors import case_id
from homeward.http.problems import CursorBroken, IdempotencyKeyMissing, IfMatchBroken
from homeward.http.rooms import Rooms
from homeward.messages import Actor
from homeward.refusals import NoSuchCase
from homeward.words import Role

PAGE_MAX: Final = 200
_KEY: Final = re.compile(r"[!-~]{1,128}")
_ETAG: Final = re.compile(r'"?([0-9]{1,15})"?')
_POSITION: Final = re.compile(r"[0-9]{1,15}")


async def _path(rooms: Rooms, request: Request) -> str:
    """Return the path, with its case named by id whichever of its names was used."""
    said = request.path_params
    try:
        case = await case_id(rooms, said["case"])
    except (KeyError, NoSuchCase):  # no case in it, or none that there is: the door refuses that
        return request.url.path
    pattern: str = request.scope["route"].path_format
    return pattern.format(**{**said, "case": case})


def hash_of(rooms: Rooms, method: str, path: str, body: bytes) -> bytes:
    """Return what tells one request from another (a MAC: bodies name people)."""
    return rooms.ring.mac("request", f"{method} {path}\n".encode() + body)


class Keyed:
    """The Idempotency-Key and If-Match of a request, before it is known who asks."""

    def __init__(self, key: str, request_hash: bytes, if_match: int | None) -> None:
        """Keep what was sent."""
        self.key = key
        self.request_hash = request_hash
        self.if_match = if_match

    def asking(self, by: Actor) -> Asking:
        """Return the asking of somebody; a reporter was told no version to compare with."""
        if_match = None if by.role is Role.REPORTER else self.if_match
        return Asking(by, self.key, self.request_hash, if_match)


async def keyed(
    request: Request,
    rooms: InRooms,
    idempotency_key: Annotated[
        str | None, Header(description="1 to 128 visible ASCII characters; needed.")
    ] = None,
    if_match: Annotated[
        str | None, Header(description="The ETag of the case as you last read it.")
    ] = None,
) -> Keyed:
    """Return what tells this request from others. Raises IdempotencyKeyMissing, IfMatchBroken."""
    if idempotency_key is None or not _KEY.fullmatch(idempotency_key):
        raise IdempotencyKeyMissing
    version = None
    if if_match is not None and if_match.strip() != "*":
        found = _ETAG.fullmatch(if_match.strip())
        if found is None:
            raise IfMatchBroken
        version = int(found[1])
    body, path = await request.body(), await _path(rooms, request)
    return Keyed(idempotency_key, hash_of(rooms, request.method, path, body), version)


WithKey = Annotated[Keyed, Depends(keyed)]


def etag(version: int) -> str:
    """Return a version as an ETag."""
    return f'"{version}"'


def tag(response: Response, receipt: Receipt, by: Actor | None = None) -> None:
    """Set the ETag of a decision about a case; not for a reporter, as it counts others' facts."""
    told = by is None or by.role is not Role.REPORTER
    if told and receipt.stream.startswith("case-"):
        response.headers["ETag"] = etag(receipt.version)


Limit = Annotated[int, Query(ge=1, le=PAGE_MAX, description="At most so many items.")]
Cursor = Annotated[str | None, Query(max_length=20, description="`next` of the page before.")]


def position(cursor: str | None) -> int | None:
    """Return the position that a cursor names. Raises CursorBroken."""
    if cursor is None:
        return None
    if not _POSITION.fullmatch(cursor):
        raise CursorBroken
    return int(cursor)


__all__ = [
    "Caller",
    "Cursor",
    "Keyed",
    "Limit",
    "WithKey",
    "etag",
    "hash_of",
    "keyed",
    "position",
    "tag",
]
