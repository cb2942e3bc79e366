"""The reporter's page: who has it, since when, what was done; never where a sighting was (I-20)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError

from homeward.case import Status
from homeward.desk import Asking
from homeward.geography.sphere import centre_deg, distance_m
from homeward.http.answering import counted
from homeward.http.asking import hash_of
from homeward.http.auth import Caller, InRooms, Open, of_reporter
from homeward.http.authorisation import Scope
from homeward.http.cases import reporter_path
from homeward.http.doors import Door, case_id, enter, followed
from homeward.http.pages import forms, maps
from homeward.http.pages.language import language
from homeward.http.pages.moments import moment, people
from homeward.http.pages.persons import described, found_line
from homeward.http.pages.phrases import PHRASES
from homeward.http.pages.refusing import in_words
from homeward.http.pages.rendering import PageRoute, render
from homeward.http.persons import add_person
from homeward.http.problems import LinkUnknown
from homeward.http.reporting import known_to, lines_of, view_of
from homeward.http.rooms import Rooms
from homeward.http.screening import decide_screened
from homeward.processors.escalation import CLOCK_LEVELS
from homeward.refusals import NoSuchCase, NothingSaid, Refused
from homeward.requests import Request as Wish
from homeward.requests.case import AddFacts, Withdraw
from homeward.timeline import CaseView, for_reporter
from homeward.words import PERSONS_MAX, Description, Outcome, Role, case_code, instant_text

router = APIRouter(
    prefix="/r",
    tags=["pages"],
    route_class=PageRoute,
    dependencies=[Depends(Open("the token in the path opens one report to who made it"))],
)
NOTICES: Final = frozenset({"sent", "added", "person-added", "withdrawn", "sent-before"})


async def _door(
    rooms: InRooms,
    code: Annotated[str, Path(max_length=36)],
    token: Annotated[str, Path(max_length=100)],
) -> Door:
    """Return the case that a secret link opens. Raises LinkUnknown."""
    try:
        case = await case_id(rooms, code)
        by = await of_reporter(rooms, case, token)
        if by is None:
            raise LinkUnknown
        return await enter(rooms, Caller(by, Scope.OWN, case), case)
    except NoSuchCase:
        raise LinkUnknown from None


Behind = Annotated[Door, Depends(_door)]


@dataclass(frozen=True, slots=True)
class Line:
    """Something that was done."""

    at: str
    when: str
    what: str


def clock_lines(view: CaseView, now: datetime, lang: str, *, escalates: bool) -> list[str]:
    """Return who has the report, since when, and who is told next and when."""
    t = PHRASES[lang]
    if view.unit:
        return [t["was-with" if view.status.over else "taken-by"].format(unit=view.unit)]
    if view.raised_at is None or not view.waiting:
        return []
    level = view.clock_level
    minutes = int((now - view.raised_at).total_seconds()) // 60
    desks = view.told.get("clock")
    reached = desks is not None and desks.accepted > 0
    said = t["waiting"] if reached else t["waiting-untold"]  # never a comfort that is not true
    lines = [said.format(minutes=minutes, level=t[f"level-{level}"])]
    if not escalates:
        return lines
    if level >= len(CLOCK_LEVELS):
        return [*lines, t["next-none"]]
    due = moment(view.raised_at + CLOCK_LEVELS[level], lang)
    return [*lines, t["next"].format(when=due, level=t[f"level-{level + 1}"])]


@dataclass(frozen=True, slots=True)
class Released:
    """A sighting that a coordinator released to the reporter (SAFETY I-20)."""

    at: str
    when: str
    where: str
    geo: str


def released_lines(
    view: CaseView, last_seen: str, lang: str, known: frozenset[str]
) -> list[Released]:
    """Return what was released, the newest first: when, where, and how far from there."""
    found = []
    for one in sorted(view.sightings, key=lambda seen: seen.seen_at, reverse=True):
        if not one.released or one.sighting not in known:
            continue
        lat_deg, lon_deg = centre_deg(one.cell)
        km = distance_m(*centre_deg(last_seen), lat_deg, lon_deg) / 1_000
        spot = f"{lat_deg:.3f}, {lon_deg:.3f}"
        where = PHRASES[lang]["released-where"].format(spot=spot, km=f"{km:.1f}")
        when = moment(one.seen_at, lang)
        found.append(Released(instant_text(one.seen_at), when, where, spot.replace(" ", "")))
    return found


def _page(
    request: Request,
    rooms: Rooms,
    door: Door,
    there: Door,
    status: int = 200,
    wrong: str = "",
    note: str = "",
) -> Response:
    lang = language(request)
    t = PHRASES[lang]
    now = rooms.clock.now()
    view = view_of(door, there, now)
    merged = [t["state-merged"]] if door.state.into else []
    shown = view.json_for_reporter()
    raised, hidden = door.state.raised, view.status.hidden
    assert raised is not None
    escalates = raised.raised_by is Role.REPORTER and not door.state.into  # the other's clock runs
    notice = request.query_params.get("said", "")
    path = reporter_path(rooms, door.case)
    return render(
        request,
        "reporter.html",
        lang,
        status,
        path,
        code=case_code(there.case),
        state=_state(view, lang),
        found=found_line(view, lang),
        clock=merged + clock_lines(view, now, lang, escalates=escalates),
        done=[
            Line(instant_text(one.at), moment(one.at, lang), t[one.kind])
            for one in for_reporter(lines_of(door, there))
        ],
        told=people(shown["told"], lang),
        sightings=shown["sightings"],
        sighted=not view.wants_no_contact,
        released=[]
        if hidden
        else released_lines(view, raised.last_seen_cell, lang, known_to(door, there)),
        picture="" if hidden else maps.of_reporter(raised, lang),
        open=not view.status.over,
        retractable=door.state.status in {Status.PROVISIONAL, Status.VERIFYING}
        and not door.state.joined,
        adds=door.state.status in {Status.PROVISIONAL, Status.VERIFYING}
        and len(door.state.persons) < PERSONS_MAX,
        form=forms.new_token(rooms, _page_name(door)),
        link=rooms.public_url().rstrip("/") + path,
        fresh=notice == "sent",
        notice=t[notice] if notice in NOTICES else "",
        wrong=wrong,
        note=note,
    )


def _state(view: CaseView, lang: str) -> str:
    """Return how the case stands; of who wants no contact that they are well, and nothing else."""
    ended = view.status.over and view.outcome == Outcome.LOCATED_NO_CONTACT.value
    return PHRASES[lang]["state-located" if ended else f"state-{view.status.value}"]


def _page_name(door: Door) -> str:
    return f"case {door.case}"


@router.get("/{code}/{token}")
async def see(request: Request, rooms: InRooms, door: Behind) -> Response:
    """Show the report to who made it."""
    return _page(request, rooms, door, await followed(rooms, door))


async def _send(request: Request, rooms: Rooms, door: Door, what: str) -> Response:
    said = forms.fields(await request.form(max_files=0, max_fields=20))
    lang, note = language(request), said.get("note") or None
    try:
        key = forms.checked(rooms, _page_name(door), said.get("form", ""))
        content = forms.body_of(said)
        # One page has three forms with one token: what is asked for is part of the key.
        asking = Asking(door.by, f"{key} {what}", hash_of(rooms, "POST", what, content))
        await _ask(rooms, door, asking, what, said)
    except (Refused, ValidationError) as error:
        refused = error if isinstance(error, Refused) else NothingSaid()
        counted(rooms, refused)
        again = await enter(rooms, door.caller, door.case)
        why = in_words(refused, lang)
        there = await followed(rooms, again)
        return _page(request, rooms, again, there, type(refused).status, why, note or "")
    return RedirectResponse(f"{reporter_path(rooms, door.case)}?lang={lang}&said={what}", 303)


async def _ask(
    rooms: Rooms, door: Door, asking: Asking, what: str, said: Mapping[str, str]
) -> None:
    """Make true what a form asks for. Raises Refused, ValidationError."""
    note = said.get("note") or None
    if what == "person-added":
        person = described(said)
        if not person:
            raise NothingSaid
        await add_person(rooms, door, asking, Description.model_validate(person))
        return
    if what == "added":
        if note is None:
            raise NothingSaid
        # What is new of a case that was merged belongs to the other.
        where = await followed(rooms, door)
        wish: Wish = AddFacts(at=rooms.clock.now(), by=door.by, note=note)
    else:  # only one's own is taken back
        where, wish = door, Withdraw(at=rooms.clock.now(), by=door.by, note=note)
    await decide_screened(rooms, where.case, asking, wish)


@router.post("/{code}/{token}/facts", status_code=303)
async def add(request: Request, rooms: InRooms, door: Behind) -> Response:
    """Say more about the case."""
    return await _send(request, rooms, door, "added")


@router.post("/{code}/{token}/withdraw", status_code=303)
async def withdraw(request: Request, rooms: InRooms, door: Behind) -> Response:
    """Take the report back."""
    return await _send(request, rooms, door, "withdrawn")


@router.post("/{code}/{token}/persons", status_code=303)
async def add_another(request: Request, rooms: InRooms, door: Behind) -> Response:
    """Say that somebody else is missing with them, while it is a report."""
    return await _send(request, rooms, door, "person-added")
