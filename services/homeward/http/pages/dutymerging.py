"""Two cases of one person on the duty page: likenesses, a comparison, and the merge."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from homeward.case.mergerefusals import SurvivorMissing
from homeward.http import merging
from homeward.http.answering import counted
from homeward.http.asking import Keyed
from homeward.http.auth import InRooms
from homeward.http.authorisation import Action
from homeward.http.bodies import IntoBody
from homeward.http.caseview import LikenessView
from homeward.http.doors import Door, case_id, enter, followed
from homeward.http.pages.desk import (
    WORDS,
    DeskRoute,
    Failed,
    act,
    at_case,
    home,
    in_words,
    may,
    notice,
    page,
)
from homeward.http.pages.dutyacts import act_on
from homeward.http.pages.dutycase import PURPOSES, personal
from homeward.http.pages.dutycompare import consequences, refusal, rows, sealed_rows
from homeward.http.pages.language import language
from homeward.http.pages.moments import elapsed, moment
from homeward.http.pages.phrases import PHRASES
from homeward.http.rooms import Rooms
from homeward.refusals import NoSuchCase, Refused
from homeward.words import Category, case_code

router = APIRouter(prefix="/duty/cases/{case}", tags=["duty"], route_class=DeskRoute)
CODE_MAX: Final = 36
Typed = Annotated[str, Query(max_length=CODE_MAX)]
AtMerge = Annotated[Door, Depends(at_case(Action.MERGE))]


@dataclass(frozen=True, slots=True)
class Likeness:
    """An open case that may be of the same person, in words."""

    code: str
    says: str
    apart: str
    state: str


def _likeness(one: LikenessView, lang: str) -> Likeness:
    d, t = WORDS[lang], PHRASES[lang]
    about = [t["unsure" if one.category == Category.OTHER else one.category]]
    about += [t[one.sex]] if one.sex != "unknown" else []
    about += [d["years"].format(band=one.age_band)] if one.age_band != "unknown" else []
    begin = datetime.fromisoformat(one.last_seen_at)
    return Likeness(
        code=one.code,
        says=d["comma"].join(about),
        apart=d["likeness-apart"].format(
            km=one.apart_km, elapsed=_minutes(one.apart_min, begin, lang), at=moment(begin, lang)
        ),
        state=t[f"staff-{one.status}"],
    )


def _minutes(minutes: int, begin: datetime, lang: str) -> str:
    return elapsed(begin, begin + timedelta(minutes=minutes), lang)


async def _list(request: Request, rooms: Rooms, door: Door, failed: Failed | None) -> Response:
    """Show likenesses, or after a code that names no case only the field for another one."""
    lang = language(request)
    found = [] if failed else (await merging.likenesses(request, rooms, door)).items
    return page(
        request,
        "duty-likenesses.html",
        failed.status if failed else 200,
        f"{home(door)}/likenesses",
        home=home(door),
        code=case_code(door.case),
        items=[_likeness(one, lang) for one in found],
        looked=failed is None,
        failed=failed,
    )


@router.get("/likenesses")
async def likenesses(request: Request, rooms: InRooms, door: AtMerge) -> Response:
    """List open cases that may be of the same person; that somebody looked is recorded."""
    return await _list(request, rooms, door, None)


async def _other(rooms: Rooms, door: Door, said: str) -> Door:
    """Return the other case, or where that one goes on. Raises SurvivorMissing, CaseOnHold."""
    try:
        entered = await enter(rooms, door.caller, await case_id(rooms, said.strip()))
    except NoSuchCase:
        raise SurvivorMissing from None
    return await followed(rooms, entered)


@router.get("/compare")
async def compare(
    request: Request,
    rooms: InRooms,
    door: AtMerge,
    other: Annotated[str, Query(alias="with", max_length=CODE_MAX)] = "",
    purpose: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """Show two cases side by side; with a purpose also what is sealed in both, recorded first."""
    lang, now = language(request), rooms.clock.now()
    try:
        theirs = await _other(rooms, door, other)
    except Refused as refused:
        counted(rooms, refused)
        why, said = in_words(refused, lang), {"with": other}
        return await _list(request, rooms, door, Failed("compare", type(refused).status, why, said))
    mine_open = await personal(rooms, door, purpose)
    theirs_open = await personal(rooms, theirs, purpose)
    opened = mine_open is not None and theirs_open is not None
    return page(
        request,
        "duty-compare.html",
        home=home(door),
        code=case_code(door.case),
        other=case_code(theirs.case),
        other_home=home(theirs),
        same=door.case == theirs.case,
        rows=rows(door, theirs, now, lang),
        sealed=sealed_rows(mine_open, theirs_open, lang) if mine_open and theirs_open else [],
        opened=opened,
        opens=may(door, Action.OPEN_PERSON),
        purpose=purpose,
        purposes=[(one, WORDS[lang][f"purpose-{one}"]) for one in PURPOSES],
    )


async def _confirm(
    request: Request, rooms: Rooms, door: Door, into: str, failed: Failed | None = None
) -> Response:
    """Show what a merge into another case will do, and the button; or why it cannot be."""
    lang, now = language(request), rooms.clock.now()
    try:
        kept = await _other(rooms, door, into)
    except Refused as refused:
        counted(rooms, refused)
        why, said = in_words(refused, lang), {"with": into}
        return await _list(request, rooms, door, Failed("merge", type(refused).status, why, said))
    why_not = await refusal(rooms, door, kept.state)
    return page(
        request,
        "duty-merge.html",
        failed.status if failed else 200,
        f"{home(door)}/merge",
        home=home(door),
        gone=case_code(door.case),
        kept=case_code(kept.case),
        kept_home=home(kept),
        done=bool(door.state.into) and why_not is None,
        lines=consequences(door, kept, now, lang),
        why_not=in_words(why_not, lang) if why_not else "",
        failed=failed,
        notice=notice(request),
    )


@router.get("/merge")
async def sure(request: Request, rooms: InRooms, door: AtMerge, into: Typed = "") -> Response:
    """Say what letting this case go on in another one will do, before it is done."""
    return await _confirm(request, rooms, door, into)


@router.post("/merge", status_code=303)
async def merge(request: Request, rooms: InRooms, door: AtMerge) -> Response:
    """Let the case go on in another one; whoever was told of it is told the code."""

    async def doing(keyed: Keyed, said: Mapping[str, str]) -> str:
        body = IntoBody(into=said.get("into", ""))
        await merging.merge(body, Response(), rooms, door, keyed)
        return home(await _other(rooms, door, body.into))

    async def again(failed: Failed) -> Response:
        fresh = await enter(rooms, door.caller, door.case)
        return await _confirm(request, rooms, fresh, failed.said.get("into", ""), failed)

    return await act(request, "merge", doing, None, again)


@router.post("/part", status_code=303)
async def part(request: Request, rooms: InRooms, door: AtMerge) -> Response:
    """Say that a merged case was of somebody else than the one that it went on in."""

    async def doing(keyed: Keyed, said: Mapping[str, str]) -> None:
        del said
        await merging.part(Response(), rooms, door, keyed)

    return await act_on(request, rooms, door, "part", doing)
