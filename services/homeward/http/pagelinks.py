"""Links to the page of a case for staff, who have keys and no browser session.

A link is a signed word: which account and role, which case, until when; nothing of it is kept.
Whoever holds it reads as that account until it expires, and each look is recorded under it. It
opens nothing once the account has no key of that role any more.
"""

import base64
import re
from datetime import UTC, datetime, timedelta
from hmac import compare_digest
from typing import Annotated, Final

from fastapi import APIRouter, Depends

from homeward.http.answers import PageOut
from homeward.http.asking import keyed
from homeward.http.auth import Caller, InRooms
from homeward.http.authorisation import Action, scope_of
from homeward.http.doors import Door, enter, opened
from homeward.http.problems import LinkExpired, LinkUnknown
from homeward.http.rooms import Rooms
from homeward.http.strict import StrictRoute
from homeward.messages import Actor
from homeward.refusals import NoSuchCase
from homeward.words import Role, instant_text

router = APIRouter(prefix="/v1/cases", tags=["pages"], route_class=StrictRoute)
PURPOSE: Final = "duty"
"""What the ring derives the key of these links for."""
TOKEN_MAX: Final = 400
_TOKEN: Final = re.compile(r"([A-Za-z0-9_-]{1,300})\.([A-Za-z0-9_-]{43})")


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def token_of(rooms: Rooms, by: Actor, case: str, until: datetime) -> str:
    """Return the token that opens a case to an account; ``until`` is real time, whole seconds."""
    said = _text(f"{int(until.timestamp())}.{by.role.value}.{case}.{by.id}".encode())
    return f"{said}.{_text(rooms.ring.mac(PURPOSE, said.encode()))}"


async def door_of(rooms: Rooms, token: str) -> tuple[Door, datetime]:
    """Return the case that a token opens and until when. Raises LinkUnknown, LinkExpired."""
    found = _TOKEN.fullmatch(token)
    if found is None:
        raise LinkUnknown
    said, mac = found.groups()
    if not compare_digest(mac, _text(rooms.ring.mac(PURPOSE, said.encode()))):
        raise LinkUnknown
    # We signed it, so it can be read.
    text = base64.urlsafe_b64decode(said + "=" * (-len(said) % 4)).decode()
    until_s, role_word, case, account = text.split(".", 3)
    until, role = datetime.fromtimestamp(int(until_s), UTC), Role(role_word)
    if rooms.clock.real() >= until:
        raise LinkExpired
    scope = scope_of(role, Action.PAGE)
    by = await _holder(rooms, account, role)
    if scope is None or by is None:
        raise LinkUnknown
    try:
        return await enter(rooms, Caller(by, scope), case), until
    except NoSuchCase:
        raise LinkUnknown from None


async def _holder(rooms: Rooms, account: str, role: Role) -> Actor | None:
    """Return whom a link speaks for; None: all keys of the account and role were revoked."""
    for one in await rooms.api_keys.page():
        if (one.account, one.role, one.revoked) == (account, role, False):
            return Actor(id=account, role=role, org=one.org, auth="link")
    return None


@router.post("/{case}/page", dependencies=[Depends(keyed)])
async def make(rooms: InRooms, door: Annotated[Door, Depends(opened(Action.PAGE))]) -> PageOut:
    """Return a link to the page of a case, for whoever asks; asked again, it is another one."""
    good_for = timedelta(seconds=rooms.settings.case_page_s)
    until = (rooms.clock.real() + good_for).replace(microsecond=0)
    token = token_of(rooms, door.by, door.case, until)
    url = f"{rooms.public_url().rstrip('/')}/duty/{token}"
    return PageOut(url=url, expires_at=instant_text(until))
