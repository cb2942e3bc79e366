"""The parent's form: no account, no script, and one report however often it is sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError

from homeward.desk import Asking, IdempotencyKeyReused
from homeward.http.answering import counted
from homeward.http.asking import hash_of
from homeward.http.auth import InRooms, Open
from homeward.http.bodies import PlaceBody, RaiseBody
from homeward.http.cases import raise_case, reporter_path
from homeward.http.pages import forms
from homeward.http.pages.language import language
from homeward.http.pages.rates import Rates
from homeward.http.pages.refusing import by_code, in_words
from homeward.http.pages.rendering import PageRoute, render
from homeward.http.pages.whereabouts import whereabouts
from homeward.http.problems import StoreAway, TooManyReports
from homeward.http.rooms import Rooms
from homeward.messages import Actor
from homeward.ports import LogUnavailable
from homeward.refusals import Refused
from homeward.words import Category, Custody, Datum, Mode, Role, Sex, derived_id

PAGE: Final = "report"
ZONE: Final = ZoneInfo("Asia/Shanghai")
"""All of China keeps one time, and the form says so."""
CATEGORIES: Final = tuple(
    (one.value, "unsure" if one is Category.OTHER else one.value) for one in Category
)
DESCRIBED: Final = ("name", "clothing", "marks", "language", "medical_need")

router = APIRouter(
    tags=["pages"],
    route_class=PageRoute,
    include_in_schema=True,
    dependencies=[Depends(Open("anybody may report a missing person"))],
)


@dataclass(slots=True)
class Filled:
    """A form as far as it can be read."""

    body: RaiseBody | None = None
    wrong: list[str] = field(default_factory=list)
    """Codes of what is missing or unclear."""
    counties: list[str] = field(default_factory=list)
    """Counties to choose from."""


def read_form(said: Mapping[str, str]) -> Filled:
    """Return what a form says, and what of it is wrong."""
    filled = Filled()
    place = _place(said, filled)
    seen_at = _moment(said)
    if seen_at is None:
        filled.wrong.append("time-unreadable")
    if said.get("custody") not in set(Custody):
        filled.wrong.append("custody-unanswered")
    if said.get("protection_order") not in {"yes", "no"}:
        filled.wrong.append("protection-unanswered")
    if filled.wrong or filled.counties or place is None:
        return filled
    try:
        filled.body = RaiseBody.model_validate(_raw(said, seen_at, place))
    except ValidationError as wrong:
        filled.wrong += list(dict.fromkeys(_code(one["type"]) for one in wrong.errors()))
    return filled


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
    else:
        filled.wrong.append("place-unreadable")
    return None


def _moment(said: Mapping[str, str]) -> datetime | None:
    text = f"{said.get('last_seen_date', '')}T{said.get('last_seen_time', '')}"
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=ZONE)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _raw(said: Mapping[str, str], seen_at: datetime | None, place: PlaceBody) -> dict[str, Any]:
    person: dict[str, Any] = {name: said.get(name) or None for name in DESCRIBED}
    contact = {"name": said.get("reporter_name"), "phone": said.get("reporter_phone")}
    return {
        "category": said.get("category"),
        "mode": said.get("mode") or Mode.UNKNOWN,
        "last_seen": {"at": seen_at, "place": place, "text": said.get("place_text") or None},
        "custody": said.get("custody"),
        "protection_order": said.get("protection_order") == "yes",
        "person": {
            **person,
            "age_years": said.get("age_years") or None,
            "height_cm": said.get("height_cm") or None,
            "sex": said.get("sex") or Sex.UNKNOWN,
        },
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
    wrong: list[str] | None = None,
    counties: list[str] | None = None,
) -> Response:
    return render(
        request,
        "report.html",
        language(request),
        status,
        said=said,
        form=forms.new_token(rooms, PAGE),
        categories=CATEGORIES,
        wrong=wrong or [],
        counties=counties or [],
    )


@router.get("/report")
async def form(request: Request, rooms: InRooms) -> Response:
    """Show the form; the time is that of the case clock, now."""
    now = rooms.clock.now().astimezone(ZONE)
    said = {"last_seen_date": f"{now:%Y-%m-%d}", "last_seen_time": f"{now:%H:%M}"}
    return _page(request, rooms, said)


@router.post("/report", status_code=303)
async def send(request: Request, rooms: InRooms) -> Response:
    """Raise the case and lead to its secret page; sent twice, it is raised once."""
    said = forms.fields(await request.form(max_files=0, max_fields=50))
    lang = language(request)
    filled = read_form(said)
    if filled.body is None:
        wrong = [by_code(one, lang) or one for one in filled.wrong]
        return _page(request, rooms, said, 422, wrong, filled.counties)
    try:
        case = await _raised(request, rooms, said, filled.body)
    except (LogUnavailable, ConnectionError):
        return _refused(request, rooms, said, StoreAway())
    except Refused as refused:
        return _refused(request, rooms, said, refused)
    return RedirectResponse(f"{reporter_path(rooms, case)}?lang={lang}", 303)


async def _raised(request: Request, rooms: Rooms, said: dict[str, str], body: RaiseBody) -> str:
    key = forms.checked(rooms, PAGE, said.get("form", ""))
    by = Actor(id=derived_id(rooms.log.origin, "form", key), role=Role.REPORTER, auth="form")
    asking = Asking(by, key, hash_of(rooms, "POST", "/report", forms.body_of(said)))
    rates: Rates = request.app.state.rates
    address = request.client.host if request.client else ""
    known = await rooms.log.answered(derived_id(rooms.log.origin, by.id, key, "request"))
    if known is None:
        rates.check(address)
    try:
        case, receipt = await raise_case(rooms, asking, body)
    except IdempotencyKeyReused:  # corrected and sent again: the report is in, and is added to
        return rooms.desk.new_id(asking, "case")
    if known is None and not receipt.repeated:
        rates.note(address)
    return case


def _refused(request: Request, rooms: Rooms, said: Mapping[str, str], refused: Refused) -> Response:
    """Show the form again, with all that was written."""
    counted(rooms, refused)
    status = type(refused).status
    page = _page(request, rooms, said, status, [in_words(refused, language(request))])
    if isinstance(refused, TooManyReports):
        page.headers["Retry-After"] = refused.detail
    return page
