"""The parent's form: no account, no script, and one report however often it is sent."""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError

from homeward.desk import Asking, IdempotencyKeyReused
from homeward.http.addresses import address_of
from homeward.http.answering import counted
from homeward.http.asking import hash_of
from homeward.http.auth import InRooms, Open
from homeward.http.bodies import PlaceBody, RaiseBody
from homeward.http.cases import raise_case, reporter_path
from homeward.http.pages import forms
from homeward.http.pages.language import language
from homeward.http.pages.moments import ZONE
from homeward.http.pages.persons import described
from homeward.http.pages.rates import Rates
from homeward.http.pages.refusing import by_code
from homeward.http.pages.rendering import PageRoute, render
from homeward.http.pages.whereabouts import whereabouts
from homeward.http.problems import StoreAway, TooManyReports
from homeward.http.rooms import Rooms
from homeward.messages import Actor
from homeward.ports import LogUnavailable
from homeward.refusals import Refused
from homeward.words import Category, Custody, Datum, Mode, Role, derived_id

DEVICE: Final = "hw_device"
DEVICE_S: Final = 86_400
"""A day: what is counted by it."""
_DEVICE: Final = re.compile(r"[0-9a-f]{32}")
PAGE: Final = "report"
CATEGORIES: Final = tuple(
    (one.value, "unsure" if one is Category.OTHER else one.value) for one in Category
)
FIELDS: Final[Mapping[str, str]] = {
    "time-unreadable": "last_seen_date",
    "seen-in-future": "last_seen_date",
    "seen-too-long-ago": "last_seen_date",
    "place-unreadable": "place",
    "place-ambiguous": "place",
    "place-impossible": "place",
    "custody-unanswered": "custody",
    "protection-unanswered": "protection_order",
    "age-contradicts-category": "age_years",
}
"""Which field a code is about; a field that is too long or no number says so itself."""
NAMES: Final = {"text": "place_text", "at": "last_seen_date"}
"""Fields that the form calls otherwise than the body."""
PERSONS_MAX: Final = 4
"""On the form; whoever misses more adds them by their own link."""
MORE: Final = "more"
"""The button that adds fields for another person, and sends nothing."""

router = APIRouter(
    tags=["pages"],
    route_class=PageRoute,
    include_in_schema=True,
    dependencies=[Depends(Open("anybody may report a missing person"))],
)


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong, and where."""

    code: str
    field: str


@dataclass(frozen=True, slots=True)
class Said:
    """The same, as the page says it beside its field and on top; "": of no field."""

    field: str
    says: str


@dataclass(slots=True)
class Filled:
    """A form as far as it can be read."""

    body: RaiseBody | None = None
    wrong: list[Wrong] = field(default_factory=list)
    counties: list[str] = field(default_factory=list)
    """Counties to choose from."""


def read_form(said: Mapping[str, str]) -> Filled:
    """Return what a form says, and what of it is wrong."""
    filled = Filled()
    seen_at = _moment(said)
    if seen_at is None:
        filled.wrong.append(_wrong("time-unreadable"))
    place = _place(said, filled)
    if said.get("custody") not in set(Custody):
        filled.wrong.append(_wrong("custody-unanswered"))
    if said.get("protection_order") not in {"yes", "no"}:
        filled.wrong.append(_wrong("protection-unanswered"))
    if filled.wrong or place is None:
        return filled
    others = {n: one for n in range(2, persons_of(said) + 1) if (one := described(said, f"_{n}"))}
    try:
        raw = _raw(said, seen_at, place) | {"others": tuple(others.values())}
        filled.body = RaiseBody.model_validate(raw)
    except ValidationError as wrong:
        numbers = tuple(others)
        found = (Wrong(_code(one["type"]), _field(one["loc"], numbers)) for one in wrong.errors())
        filled.wrong += list(dict.fromkeys(found))
    return filled


def _wrong(code: str) -> Wrong:
    return Wrong(code, FIELDS.get(code, ""))


def persons_of(said: Mapping[str, str]) -> int:
    """Return for how many persons a form has fields."""
    typed = said.get("persons", "1")
    known = int(typed) if typed.isascii() and typed.isdecimal() else 1
    return min(max(known, 1), PERSONS_MAX)


def _field(loc: Sequence[int | str], others: Sequence[int]) -> str:
    """Return the form's field of a place in the body; ``others``: the numbers of its others."""
    name = str(loc[-1])
    if loc[0] == "others":
        return f"{name}_{others[int(loc[1])]}" if len(loc) > 1 else ""
    if loc[0] == "reporter":
        return f"reporter_{name}"
    return NAMES.get(name, name)


def _code(kind: str) -> str:
    if kind == "string_too_long":
        return "text-too-long"
    return "choice-unknown" if kind == "enum" else "number-unreadable"


def _place(said: Mapping[str, str], filled: Filled) -> PlaceBody | None:
    datum = said.get("datum", Datum.GCJ02)
    found = whereabouts(said.get("place", ""), Datum(datum if datum in set(Datum) else "gcj02"))
    if isinstance(found, PlaceBody):
        return found
    if found:
        filled.counties = [one.name for one in found]
        filled.wrong.append(_wrong("place-ambiguous"))
    else:
        filled.wrong.append(_wrong("place-unreadable"))
    return None


def _moment(said: Mapping[str, str]) -> datetime | None:
    text = f"{said.get('last_seen_date', '')}T{said.get('last_seen_time', '')}"
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=ZONE)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _raw(said: Mapping[str, str], seen_at: datetime | None, place: PlaceBody) -> dict[str, Any]:
    contact = {"name": said.get("reporter_name"), "phone": said.get("reporter_phone")}
    return {
        "category": said.get("category"),
        "mode": said.get("mode") or Mode.UNKNOWN,
        "last_seen": {"at": seen_at, "place": place, "text": said.get("place_text") or None},
        "custody": said.get("custody"),
        "protection_order": said.get("protection_order") == "yes",
        "person": described(said),
        "reporter": {name: one or None for name, one in contact.items()}
        if any(contact.values())
        else None,
        "note": said.get("note") or None,
    }


def _page(
    request: Request,
    rooms: Rooms,
    said: Mapping[str, str],
    status: int = 200,
    wrong: Sequence[Wrong] = (),
    counties: list[str] | None = None,
) -> Response:
    lang = language(request)
    return render(
        request,
        "report.html",
        lang,
        status,
        said=said,
        form=forms.new_token(rooms, PAGE),
        categories=CATEGORIES,
        wrong=[Said(one.field, by_code(one.code, lang)) for one in wrong],
        counties=counties or [],
        persons=persons_of(said),
        persons_max=PERSONS_MAX,
    )


@router.get("/", include_in_schema=False)
async def front() -> Response:
    """Lead whoever types the bare address to the form."""
    return RedirectResponse("/report", 303)


def device_of(request: Request) -> str | None:
    """Return what names the browser; None: it keeps no cookies, and its address is counted."""
    said = request.cookies.get(DEVICE, "")
    return said if _DEVICE.fullmatch(said) else None


def _named(response: Response, request: Request, rooms: Rooms) -> Response:
    """Let the browser say for a day that it is the same one."""
    if device_of(request) is None:
        response.set_cookie(
            DEVICE,
            secrets.token_hex(16),
            max_age=DEVICE_S,
            path="/report",
            secure=rooms.public_url().startswith("https:"),
            httponly=True,
            samesite="lax",
        )
    return response


@router.get("/report")
async def form(request: Request, rooms: InRooms) -> Response:
    """Show the form; the time is that of the case clock, now."""
    now = rooms.clock.now().astimezone(ZONE)
    said = {"last_seen_date": f"{now:%Y-%m-%d}", "last_seen_time": f"{now:%H:%M}"}
    return _named(_page(request, rooms, said), request, rooms)


@router.post("/report", status_code=303)
async def send(request: Request, rooms: InRooms) -> Response:
    """Raise the case and lead to its secret page; sent twice, it is raised once."""
    said = forms.fields(await request.form(max_files=0, max_fields=100))
    lang = language(request)
    if MORE in said:
        grown = {**said, "persons": str(min(persons_of(said) + 1, PERSONS_MAX))}
        return _page(request, rooms, grown)
    filled = read_form(said)
    if filled.body is None:
        return _page(request, rooms, said, 422, filled.wrong, filled.counties)
    try:
        case, how = await _raised(request, rooms, said, filled.body)
    except (LogUnavailable, ConnectionError):
        return _refused(request, rooms, said, StoreAway())
    except Refused as refused:
        return _refused(request, rooms, said, refused)
    return RedirectResponse(f"{reporter_path(rooms, case)}?lang={lang}&said={how}", 303)


async def _raised(
    request: Request, rooms: Rooms, said: dict[str, str], body: RaiseBody
) -> tuple[str, str]:
    """Return the case, and whether this report made it or an earlier one of this form."""
    key = forms.checked(rooms, PAGE, said.get("form", ""))
    by = Actor(id=derived_id(rooms.log.origin, "form", key), role=Role.REPORTER, auth="form")
    asking = Asking(by, key, hash_of(rooms, "POST", "/report", forms.body_of(said)))
    rates: Rates = request.app.state.rates
    address = address_of(request)
    known = await rooms.log.answered(derived_id(rooms.log.origin, by.id, key, "request"))
    if known is None:
        rates.take(address)
    kept = False
    try:
        case, receipt = await raise_case(rooms, asking, body, device_of(request))
        kept = not receipt.repeated
    except IdempotencyKeyReused:  # corrected and sent again: the report is in, and is added to
        return rooms.desk.new_id(asking, "case"), "sent-before"
    finally:
        if known is None and not kept:
            rates.give_back(address)
    return case, "sent"


def _refused(request: Request, rooms: Rooms, said: Mapping[str, str], refused: Refused) -> Response:
    """Show the form again, with all that was written."""
    counted(rooms, refused)
    refusal = type(refused)
    page = _page(request, rooms, said, refusal.status, [_wrong(refusal.code)])
    if isinstance(refused, TooManyReports):
        page.headers["Retry-After"] = refused.detail
    return page
