"""The form of an invite: no account, no script; whoever sends it waits until they are accepted."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import ValidationError

from homeward.desk import Asking
from homeward.dispatch.links import PageLinks
from homeward.http.addresses import address_of
from homeward.http.answering import counted
from homeward.http.auth import InRooms, Open
from homeward.http.bodies import PlaceBody
from homeward.http.enrolling import CELLS_MAX, RecipientBody, recipient_of
from homeward.http.invites import invite_of
from homeward.http.joinrefusals import InviteClosed, NotAdult, TooManyJoins
from homeward.http.pages import forms
from homeward.http.pages.language import LANGS, language
from homeward.http.pages.phrases import PHRASES
from homeward.http.pages.rates import Rates
from homeward.http.pages.refusing import by_code
from homeward.http.pages.rendering import PageRoute, render
from homeward.http.pages.whereabouts import whereabouts
from homeward.http.problems import LinkUnknown, RecipientWrong
from homeward.http.rooms import Rooms
from homeward.messages import Actor
from homeward.ports import Invite, Joined, Recipient
from homeward.refusals import Refused
from homeward.words import Datum, RecipientKind, Role, case_code, derived_id

PLACES: Final = tuple(f"place{number}" for number in range(1, CELLS_MAX + 1))

router = APIRouter(
    prefix="/join",
    tags=["pages"],
    route_class=PageRoute,
    dependencies=[Depends(Open("the token in the path is an organisation's invite"))],
)


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong, and in which field; "": in none."""

    field: str
    code: str


@dataclass(slots=True)
class Filled:
    """A form as far as it can be read."""

    places: list[PlaceBody] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)
    counties: dict[str, list[str]] = field(default_factory=dict)
    """Counties to choose from, by field."""


class JoinRates:
    """How many join from an address, and by a link, within an hour."""

    def __init__(self, an_address: int, a_link: int) -> None:
        """Allow so many."""
        self._addresses = Rates(an_address, refuses=TooManyJoins)
        self._links = Rates(a_link, refuses=TooManyJoins)

    def take(self, address: str, invite: str) -> None:
        """Count one, of both or of neither. Raises TooManyJoins."""
        self._addresses.take(address)
        try:
            self._links.take(invite)
        except TooManyJoins:
            self._addresses.give_back(address)
            raise

    def give_back(self, address: str, invite: str) -> None:
        """Take one away again, of which nothing came."""
        self._addresses.give_back(address)
        self._links.give_back(invite)


def read_form(said: Mapping[str, str]) -> Filled:
    """Return the places that a form names, and what of it is wrong."""
    filled = Filled()
    datum = said.get("datum", "")
    measured = Datum(datum) if datum in set(Datum) else Datum.GCJ02
    for name in PLACES:
        text = said.get(name, "")
        if not text:
            continue
        found = whereabouts(text, measured)
        if isinstance(found, PlaceBody):
            filled.places.append(found)
        elif found:
            filled.counties[name] = [one.name for one in found]
            filled.wrong.append(Wrong(name, "place-ambiguous"))
        else:
            filled.wrong.append(Wrong(name, "place-unreadable"))
    if not filled.places and not filled.wrong:
        filled.wrong.append(Wrong(PLACES[0], "place-unreadable"))
    if said.get("adult") != "yes":
        filled.wrong.append(Wrong("adult", NotAdult.code))
    return filled


def _recipient(said: Mapping[str, str], places: list[PlaceBody], name: str) -> Recipient:
    """Return who joins: not active, whatever the form says. Raises Refused, ValidationError."""
    quiet = {"from": said.get("quiet_from", ""), "to": said.get("quiet_to", "")}
    body: dict[str, Any] = {
        "kind": RecipientKind.VOLUNTEER,
        "places": [one.model_dump() for one in places],
        "lang": said.get("messages_lang", ""),
        "quiet": quiet if all(quiet.values()) else None,
    }
    return replace(recipient_of(RecipientBody.model_validate(body), name), active=False)


async def _open(rooms: InRooms, token: str) -> Invite:
    """Return the invite that a link is. Raises LinkUnknown, InviteClosed."""
    found = await invite_of(rooms, token)
    if found is None:
        raise LinkUnknown
    return found


def _page(
    request: Request,
    rooms: Rooms,
    invite: Invite,
    said: Mapping[str, str],
    status: int = 200,
    filled: Filled | None = None,
) -> Response:
    lang = language(request)
    return render(
        request,
        "join.html",
        lang,
        status,
        said=said,
        form=forms.new_token(rooms, _name(invite)),
        org=invite.org,
        langs=[(one, PHRASES[one]["in-itself"]) for one in LANGS],
        places=PLACES,
        counties=filled.counties if filled else {},
        wrong=[(one.field, by_code(one.code, lang)) for one in filled.wrong] if filled else [],
    )


def _name(invite: Invite) -> str:
    return f"join {invite.id}"


@router.get("/{token}")
async def form(token: str, request: Request, rooms: InRooms) -> Response:
    """Show the form of an invite."""
    invite = await _open(rooms, token)
    if not invite.is_open(rooms.clock.real()):
        raise InviteClosed
    return _page(request, rooms, invite, {"messages_lang": language(request)})


@router.post("/{token}")
async def send(token: str, request: Request, rooms: InRooms) -> Response:
    """Take somebody in who waits, and show them their link: here, and nowhere again."""
    invite = await _open(rooms, token)
    said = forms.fields(await request.form(max_files=0, max_fields=30))
    filled = read_form(said)
    if filled.wrong:
        return _page(request, rooms, invite, said, NotAdult.status, filled)
    try:
        recipient = await _joined(request, rooms, invite, said, filled.places)
    except InviteClosed:
        raise
    except (Refused, ValidationError) as error:
        refused = error if isinstance(error, Refused) else RecipientWrong()
        counted(rooms, refused)
        filled.wrong.append(Wrong("", type(refused).code))
        page = _page(request, rooms, invite, said, type(refused).status, filled)
        if isinstance(refused, TooManyJoins):
            page.headers["Retry-After"] = refused.detail
        return page
    link = PageLinks(rooms.ring, rooms.public_url).inbox(recipient)
    lang = language(request)
    return render(
        request, "joined.html", lang, 200, "", link=link, code=case_code(recipient), org=invite.org
    )


async def _joined(
    request: Request,
    rooms: Rooms,
    invite: Invite,
    said: Mapping[str, str],
    places: list[PlaceBody],
) -> str:
    """Return who joined; a form that is sent twice is one person, as first registered."""
    key = forms.checked(rooms, _name(invite), said.get("form", ""))
    by = Actor(id=derived_id(rooms.log.origin, "join", key), role=Role.VOLUNTEER, auth="form")
    name = rooms.desk.new_id(Asking(by, key, b""), "recipient")
    if await rooms.roster.get(name) is not None:
        return name
    one = _recipient(said, places, name)
    rates: JoinRates = request.app.state.joins
    address = address_of(request)
    rates.take(address, invite.id)
    became = None
    try:
        became = await rooms.invites.join(invite.id, name, rooms.clock.real())
    finally:
        if became is not Joined.JOINED:
            rates.give_back(address, invite.id)
    if became is Joined.CLOSED:
        raise InviteClosed
    await rooms.roster.register([one])
    return name
