"""Sightings on the duty page: sorted, explained, and decided by a person."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final, TypeAlias

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response

from homeward import sighting
from homeward.http import sightings
from homeward.http.asking import Keyed
from homeward.http.auth import Caller, InRooms
from homeward.http.authorisation import Action
from homeward.http.bodies import AcceptBody, MergeBody, ReasonBody
from homeward.http.doors import Door, enter
from homeward.http.pages.desk import WORDS, DeskRoute, Failed, act, at_case, home, may, notice, page
from homeward.http.pages.dutycase import PURPOSES
from homeward.http.pages.language import language
from homeward.http.pages.moments import elapsed, moment
from homeward.http.pages.phrases import PHRASES
from homeward.http.rooms import Rooms
from homeward.http.sessions import AtDesk
from homeward.http.sightingview import SightingOut
from homeward.refusals import NoSuchSighting
from homeward.words import Id, Mode, case_code

router = APIRouter(prefix="/duty", tags=["duty"], route_class=DeskRoute)
PAGE: Final = 20
CREDIBLE: Final = (950_000, 800_000, 600_000, 400_000, 200_000)
"""What an accepted sighting may be held for, in millionths."""
REASONS: Final = ("another-person", "mistaken", "invented", "too-vague")
SHORT: Final = 8
"""So many letters of a sighting's id tell it from the others of its case."""
Said: TypeAlias = Mapping[str, str]
SightingPath = Annotated[Id, Path()]
Cursor = Annotated[str | None, Query(max_length=20)]


@dataclass(frozen=True, slots=True)
class Item:
    """One sighting, in words."""

    id: str
    short: str
    band: str
    state: str
    seen: str
    told: str
    reasons: list[str]
    legs: list[str]
    near: list[tuple[str, str, str]]
    """Id, short id and in words."""
    ppm: str
    """The choice nearest to what is suggested."""
    acts: frozenset[str]
    sealed: list[tuple[str, str]]
    released: bool
    into: str
    merged: list[str]
    mode: str


def item_of(one: SightingOut, door: Door, lang: str) -> Item:
    """Return a sighting in words, with what may be decided about it."""
    d, t = WORDS[lang], PHRASES[lang]
    near = [
        (
            other.sighting,
            other.sighting[:SHORT],
            d[f"near-{other.why}"].format(km=other.km, minutes=other.minutes),
        )
        for other in one.near
    ]
    suggested = min(CREDIBLE, key=lambda ppm: abs(ppm - one.credibility_ppm))
    return Item(
        id=one.sighting,
        short=one.sighting[:SHORT],
        band=d[f"band-{one.band}"].format(percent=round(one.credibility_ppm / 10_000)),
        state=d[f"sighting-{one.status}"],
        seen=moment(datetime.fromisoformat(one.seen_at), lang),
        told=d["told-by"].format(
            role=d[f"teller-{one.teller}"],
            at=moment(datetime.fromisoformat(one.at), lang),
            accepted=one.repute.accepted,
            rejected=one.repute.rejected,
        ),
        reasons=[d.get(f"why-{reason}", reason) for reason in one.reasons],
        legs=[
            d["leg"].format(
                place=d["last-seen-place"] if leg.place == "last-seen" else leg.place[:SHORT],
                km=leg.km,
                minutes=leg.minutes,
                kmh=leg.kmh,
            )
            for leg in one.legs
        ],
        near=near,
        ppm=str(suggested),
        acts=_acts(one, door),
        sealed=_sealed(one, lang),
        released=one.released,
        into=one.into[:SHORT] if one.into else "",
        merged=[name[:SHORT] for name in one.merged],
        mode=t[one.mode],
    )


def _sealed(one: SightingOut, lang: str) -> list[tuple[str, str]]:
    d, found = WORDS[lang], []
    place: dict[str, Any] = one.place or {}
    if place:
        spot = f"{place['lat_e7'] / 1e7:.5f}, {place['lon_e7'] / 1e7:.5f}"
        found.append((d["coordinates"], spot))
    if one.note:
        found.append((d["said"], one.note))
    if one.contact:
        found.append((d["contact"], one.contact))
    return found


def _acts(one: SightingOut, door: Door) -> frozenset[str]:
    open_, waits = not door.state.status.over, one.status == sighting.Status.REPORTED
    judges, releases = may(door, Action.JUDGE_SIGHTING), may(door, Action.RELEASE_SIGHTING)
    wanted = {
        "judge": judges and open_ and waits,
        "part": judges and open_ and one.status == sighting.Status.MERGED,
        "release": releases and open_ and not one.released,
        "withhold": releases and one.released,
    }
    return frozenset(name for name, fits in wanted.items() if fits)


@dataclass(frozen=True, slots=True)
class SightingsPage:
    """The sightings of a case, for whoever asks."""

    request: Request
    rooms: Rooms
    door: Door
    purpose: str = ""
    cursor: str | None = None

    async def show(self, failed: Failed | None = None) -> Response:
        """Show them in the order of telling; a form that was refused as it was typed."""
        door, lang = self.door, language(self.request)
        d, t = WORDS[lang], PHRASES[lang]
        opened = may(door, Action.OPEN_PERSON) and self.purpose in PURPOSES
        found = await sightings.list_(
            self.request, self.rooms, door, PAGE, self.cursor, self.purpose if opened else None
        )
        return page(
            self.request,
            "duty-sightings.html",
            failed.status if failed else 200,
            f"{home(door)}/sightings",
            home=home(door),
            code=case_code(door.case),
            items=[item_of(one, door, lang) for one in found.items],
            next=found.next,
            opens=may(door, Action.OPEN_PERSON),
            opened=opened,
            purpose=self.purpose,
            purposes=[(one, d[f"purpose-{one}"]) for one in PURPOSES],
            credible=[(str(ppm), d["credible"].format(percent=ppm // 10_000)) for ppm in CREDIBLE],
            modes=[("", d["unchanged"]), *((one.value, t[one.value]) for one in Mode)],
            reasons=[(one, d[f"reason-{one}"]) for one in REASONS],
            failed=failed,
            notice=notice(self.request),
        )


@router.get("/cases/{case}/sightings")
async def see(
    request: Request,
    rooms: InRooms,
    door: Annotated[Door, Depends(at_case(Action.LIST_SIGHTINGS))],
    purpose: Annotated[str, Query(max_length=40)] = "",
    cursor: Cursor = None,
) -> Response:
    """Show the sightings of a case; with a purpose also what is sealed, recorded first."""
    return await SightingsPage(request, rooms, door, purpose, cursor).show()


@dataclass(frozen=True, slots=True)
class Due:
    """A sighting that waits, in one line."""

    case: str
    code: str
    id: str
    band: str
    says: str


@router.get("/sightings")
async def queue(
    request: Request,
    rooms: InRooms,
    caller: Annotated[Caller, Depends(AtDesk(Action.LIST_SIGHTINGS))],
    cursor: Cursor = None,
) -> Response:
    """Show what nobody has decided about, of all open cases: what comes first is first."""
    lang, now = language(request), rooms.clock.now()
    d = WORDS[lang]
    found = await sightings.queue(request, rooms, caller, PAGE, cursor)
    items = [
        Due(
            one.case,
            one.code,
            one.sighting,
            d[f"band-{one.band}"].format(percent=round(one.credibility_ppm / 10_000)),
            d["waits-since"].format(
                elapsed=elapsed(datetime.fromisoformat(one.at), now, lang),
                role=d[f"teller-{one.teller}"],
            ),
        )
        for one in found.items
    ]
    return page(request, "duty-waiting.html", items=items, many=found.waiting, next=found.next)


Doing: TypeAlias = Callable[[str, Caller, Keyed, Said], Awaitable[object]]


async def _judge(
    request: Request, rooms: Rooms, door: Door, sighting_id: str, what: str, doing: Doing
) -> Response:
    async def again(failed: Failed) -> Response:
        fresh = await enter(rooms, door.caller, door.case)
        return await SightingsPage(request, rooms, fresh).show(failed)

    async def done(keyed: Keyed, said: Said) -> None:
        if sighting_id not in sighting.fold_all(door.recorded):
            raise NoSuchSighting
        await doing(sighting_id, door.caller, keyed, said)

    to = f"{home(door)}/sightings#s-{sighting_id}"
    return await act(request, f"{sighting_id} {what}", done, to, again)


JudgeDoor = Annotated[Door, Depends(at_case(Action.JUDGE_SIGHTING))]
ReleaseDoor = Annotated[Door, Depends(at_case(Action.RELEASE_SIGHTING))]
ONE: Final = "/cases/{case}/sightings/{sighting_id}"


@router.post(f"{ONE}/accept", status_code=303)
async def accept(
    request: Request, sighting_id: SightingPath, rooms: InRooms, door: JudgeDoor
) -> Response:
    """Hold a sighting for credible."""

    async def doing(one: str, caller: Caller, keyed: Keyed, said: Said) -> None:
        ppm = said.get("credibility_ppm", "")
        body = AcceptBody.model_validate(
            {
                "mode": said.get("mode") or None,
                "credibility_ppm": int(ppm) if ppm.isdecimal() else None,
            }
        )
        await sightings.accept(one, body, rooms, caller, keyed)

    return await _judge(request, rooms, door, sighting_id, "accept", doing)


@router.post(f"{ONE}/reject", status_code=303)
async def reject(
    request: Request, sighting_id: SightingPath, rooms: InRooms, door: JudgeDoor
) -> Response:
    """Hold a sighting for another person, a mistake or an invention."""

    async def doing(one: str, caller: Caller, keyed: Keyed, said: Said) -> None:
        body = ReasonBody(reason=said.get("reason", ""))
        await sightings.reject(one, body, rooms, caller, keyed)

    return await _judge(request, rooms, door, sighting_id, "reject", doing)


@router.post(f"{ONE}/merge", status_code=303)
async def merge(
    request: Request, sighting_id: SightingPath, rooms: InRooms, door: JudgeDoor
) -> Response:
    """Hold a sighting for one and the same as another."""

    async def doing(one: str, caller: Caller, keyed: Keyed, said: Said) -> None:
        body = MergeBody(into=said.get("into", ""))
        await sightings.merge(one, body, rooms, caller, keyed)

    return await _judge(request, rooms, door, sighting_id, "merge", doing)


@router.post(f"{ONE}/part", status_code=303)
async def part(
    request: Request, sighting_id: SightingPath, rooms: InRooms, door: JudgeDoor
) -> Response:
    """Take back that two are one."""

    async def doing(one: str, caller: Caller, keyed: Keyed, said: Said) -> None:
        del said
        await sightings.part(one, rooms, caller, keyed)

    return await _judge(request, rooms, door, sighting_id, "part", doing)


@router.post(f"{ONE}/release", status_code=303)
async def release(
    request: Request, sighting_id: SightingPath, rooms: InRooms, door: ReleaseDoor
) -> Response:
    """Let the reporter know place and time."""

    async def doing(one: str, caller: Caller, keyed: Keyed, said: Said) -> None:
        del said
        await sightings.release(one, rooms, caller, keyed)

    return await _judge(request, rooms, door, sighting_id, "release", doing)


@router.post(f"{ONE}/withhold", status_code=303)
async def withhold(
    request: Request, sighting_id: SightingPath, rooms: InRooms, door: ReleaseDoor
) -> Response:
    """Show a released sighting to the reporter no longer."""

    async def doing(one: str, caller: Caller, keyed: Keyed, said: Said) -> None:
        del said
        await sightings.withhold(one, rooms, caller, keyed)

    return await _judge(request, rooms, door, sighting_id, "withhold", doing)
