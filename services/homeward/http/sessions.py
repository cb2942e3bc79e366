"""Sessions of the duty page: a signed cookie that is good for one key and one shift.

The cookie says which session, of which key, since when and when somebody last acted; every process
of the world can check it, and nothing secret stands in it. It opens nothing once the key was
revoked, nor once the session was ended: both are looked up each time. When nobody acted for a while
the session falls asleep: what it may then still show is the queue, which holds nothing sealed, so
that a desk hears what comes while its officer is away.
"""

import base64
import ipaddress
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hmac import compare_digest
from typing import Final
from urllib.parse import urlsplit

from fastapi import Request
from starlette.datastructures import FormData
from starlette.responses import Response

from homeward.desk import Asking
from homeward.facts.access import SignedIn, SignedOut
from homeward.http.auth import Caller, Guard, InRooms
from homeward.http.authorisation import Action, scope_of
from homeward.http.pages import forms
from homeward.http.problems import FormStale
from homeward.http.rooms import Rooms
from homeward.messages import Actor, Fact, Recorded
from homeward.ports import KeyHolder
from homeward.refusals import NotForRole, Refused
from homeward.words import derived_id

COOKIE: Final = "hw_desk"
SEAT: Final = "hw_seat"
"""Names the browser, whoever signs in with it: who drafted in it does not approve in it."""
PATH: Final = "/duty"
PURPOSE: Final = "desk"
"""What the ring derives the key of the cookies for."""
FIELDS_MAX: Final = 40
FRESH: Final = timedelta(seconds=30)
"""A cookie is written again when it says that somebody acted longer ago."""
_TOKEN: Final = re.compile(r"([A-Za-z0-9_-]{1,300})\.([A-Za-z0-9_-]{43})")
_SEAT: Final = re.compile(r"[0-9a-f]{16}")
_ENDED: Final = 2
"""The version of a session's stream once it was ended."""


class SignInNeeded(Refused):
    """Nobody is signed in here, or nobody acted for so long that the key is asked for again."""

    code = "sign-in-needed"
    status = 401
    mend = "Sign in with your key on the duty page."


class SignInsTooMany(Refused):
    """The network tried too many keys that open nothing within an hour."""

    code = "too-many-sign-ins"
    status = 429
    mend = "Wait for as many seconds as Retry-After says, or work with the API meanwhile."


class FormForeign(Refused):
    """The form was not opened in this session, or another site sent it; nothing was done."""

    code = "form-foreign"
    status = 403
    mend = "Open the page again in this session, and send its form."


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is signed in."""

    id: str
    seat: str
    prefix: str
    """Of the key."""
    since: datetime
    acted: datetime
    """Real time, whole seconds."""
    by: Actor
    asleep: bool

    @property
    def form(self) -> str:
        """What tokens of this session's forms are bound to."""
        return f"duty {self.id}"

    def stream(self, rooms: Rooms) -> str:
        """Return the stream of the session; its name opens nothing."""
        return f"access-{derived_id(rooms.log.origin, 'session', self.id)}"


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def token_of(rooms: Rooms, session: Session, acted: datetime) -> str:
    """Return the cookie of a session in which somebody acted at a moment of real time."""
    times = f"{int(session.since.timestamp())}.{int(acted.timestamp())}"
    said = _text(f"{session.id}.{session.seat}.{session.prefix}.{times}".encode())
    return f"{said}.{_text(rooms.ring.mac(PURPOSE, said.encode()))}"


async def session_of(request: Request, rooms: Rooms) -> Session | None:
    """Return who is signed in; None: nobody, or not any more. Raises LogUnavailable."""
    found = _TOKEN.fullmatch(request.cookies.get(COOKIE, ""))
    if found is None:
        return None
    said, mac = found.groups()
    if not compare_digest(mac, _text(rooms.ring.mac(PURPOSE, said.encode()))):
        return None
    text = base64.urlsafe_b64decode(said + "=" * (-len(said) % 4)).decode()  # we signed it
    name, seat, prefix, since_s, acted_s = text.split(".")
    since, acted = (datetime.fromtimestamp(int(one), UTC) for one in (since_s, acted_s))
    now, settings = rooms.clock.real(), rooms.settings
    if now >= since + timedelta(seconds=settings.desk_session_s):
        return None
    holder = await rooms.api_keys.holder(prefix)
    if holder is None or holder.revoked:
        return None
    asleep = now >= acted + timedelta(seconds=settings.desk_idle_s)
    session = Session(name, seat, prefix, since, acted, _actor(holder, seat), asleep)
    version, _ = await rooms.log.stream_head(session.stream(rooms))
    return session if 0 < version < _ENDED else None


def _actor(holder: KeyHolder, seat: str) -> Actor:
    return Actor(id=holder.account, role=holder.role, org=holder.org, auth=f"seat.{seat}")


async def sign_in(request: Request, rooms: Rooms, holder: KeyHolder) -> Session:
    """Begin a session, recorded before it is good. Raises LogUnavailable."""
    seat = request.cookies.get(SEAT, "")
    if not _SEAT.fullmatch(seat):
        seat = secrets.token_hex(8)
    now = rooms.clock.real().replace(microsecond=0)
    by = _actor(holder, seat)
    session = Session(secrets.token_hex(12), seat, holder.prefix, now, now, by, asleep=False)
    await _note(rooms, session, SignedIn(at=rooms.clock.now(), prefix=holder.prefix))
    return session


async def sign_out(rooms: Rooms, session: Session) -> None:
    """End a session for good, in every process. Raises LogUnavailable."""
    await _note(rooms, session, SignedOut(at=rooms.clock.now(), prefix=session.prefix))


async def _note(rooms: Rooms, session: Session, fact: Fact) -> None:
    stream = session.stream(rooms)
    asking = Asking(session.by, f"{fact.kind} {stream}", stream.encode())

    async def said() -> tuple[Recorded, ...]:
        return ()

    await rooms.desk.submit(stream, asking, said, lambda _: (fact,))


def keep(response: Response, rooms: Rooms, session: Session) -> None:
    """Write the cookies of a session in which somebody acts now."""
    now = rooms.clock.real().replace(microsecond=0)
    token, ends = token_of(rooms, session, now), session.since - now
    left_s = int(ends.total_seconds()) + rooms.settings.desk_session_s
    for name, value in ((COOKIE, token), (SEAT, session.seat)):
        response.set_cookie(
            name,
            value,
            max_age=left_s,
            path=PATH,
            secure=not on_loopback(rooms),
            httponly=True,
            samesite="strict",
        )


def forget(response: Response, rooms: Rooms) -> None:
    """Take the session's cookie away; the browser's seat stays."""
    response.delete_cookie(
        COOKIE, path=PATH, secure=not on_loopback(rooms), httponly=True, samesite="strict"
    )


def on_loopback(rooms: Rooms) -> bool:
    """Whether pages are only reached from this machine, where nobody listens in between."""
    found = urlsplit(rooms.public_url())
    host = found.hostname or ""
    try:
        near = ipaddress.ip_address(host).is_loopback
    except ValueError:
        near = host == "localhost"
    return found.scheme == "http" and near


def from_here(request: Request, rooms: Rooms) -> bool:
    """Whether a form was sent from a page of ours, as the browser says it.

    Every browser of the last years says at least one of the two on a form.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site not in {None, "same-origin"} or (site is None and origin is None):
        return False
    ours = {urlsplit(rooms.public_url()).netloc, request.headers.get("host", "")} - {""}
    return origin is None or urlsplit(origin).netloc in ours


async def form_of(request: Request) -> FormData:
    """Return what a form says; read once for whoever asks."""
    return await request.form(max_files=0, max_fields=FIELDS_MAX)


async def checked_form(request: Request, rooms: Rooms, page: str) -> str:
    """Return the Idempotency-Key of a form that came from a page of ours. Raises FormForeign."""
    token = (await form_of(request)).get("form", "")
    if not from_here(request, rooms) or not isinstance(token, str):
        raise FormForeign
    try:
        return forms.checked(rooms, page, token)
    except FormStale:
        raise FormForeign from None


class AtDesk(Guard):
    """Lets through who is signed in and may do an action, with forms of this session alone."""

    def __init__(self, action: Action, *, asleep: bool = False) -> None:
        """Guard an action; ``asleep``: also of a session in which nobody acted for a while."""
        super().__init__(action)
        self.asleep = asleep

    async def __call__(self, request: Request, rooms: InRooms) -> Caller:  # type: ignore[override]
        """Return the caller. Raises SignInNeeded, FormForeign, NotForRole, LogUnavailable."""
        session = await session_of(request, rooms)
        if session is None or (session.asleep and not self.asleep):
            raise SignInNeeded
        request.state.session = session
        if request.method != "GET":
            request.state.form_key = await checked_form(request, rooms, session.form)
        scope = scope_of(session.by.role, self.action)
        if scope is None:
            raise NotForRole(f"{session.by.role.value} may not {self.action.value}")
        return Caller(session.by, scope)
