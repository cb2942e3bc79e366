"""The officer's page of a case: where the person can be, who was told, which hubs watch.

It shows what the public parts of the facts say and nothing sealed: no name, no words that
somebody typed, no reporter. Counts of people are buckets (I-17).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import Response

from homeward import sighting
from homeward.facts.hub import WatchOrdered
from homeward.http.auth import InRooms, Open
from homeward.http.doors import Door
from homeward.http.fields import drawn, hub_names, shown
from homeward.http.pagelinks import TOKEN_MAX, door_of
from homeward.http.pages.language import language
from homeward.http.pages.moments import elapsed, moment, people, span
from homeward.http.pages.persons import found_line
from homeward.http.pages.phrases import PHRASES
from homeward.http.pages.rendering import PageRoute, render
from homeward.http.rooms import Rooms
from homeward.http.showing import LedgerCounts
from homeward.timeline import CaseView, status_of
from homeward.timeline.views import bucket
from homeward.words import Category, Purpose, instant_text

router = APIRouter(
    tags=["pages"],
    route_class=PageRoute,
    dependencies=[Depends(Open("the token in the path opens one case to one account"))],
)
_UNDECIDED: Final = sighting.Status.REPORTED.value


@dataclass(frozen=True, slots=True)
class Wave:
    """Something that was told."""

    at: str
    when: str
    what: str


@dataclass(frozen=True, slots=True)
class Hub:
    """A hub that was asked to watch."""

    name: str
    window: str
    state: str


def wave_lines(view: CaseView, counts: LedgerCounts, lang: str) -> list[Wave]:
    """Return the waves in the order in which they went out, people in buckets."""
    lines = []
    for one in view.waves:
        figures = counts.get((Purpose.ALERT.value, one.version, one.wave), {})
        what = PHRASES[lang]["staff-wave"].format(
            version=one.version,
            wave=one.wave,
            km=round(one.radius_m / 1_000),
            people=people(bucket(figures.get("people", 0)), lang),
            accepted=people(bucket(figures.get("accepted", 0)), lang),
        )
        lines.append(Wave(instant_text(one.at), moment(one.at, lang), what))
    return lines


async def hub_lines(rooms: Rooms, door: Door, view: CaseView, lang: str) -> list[Hub]:
    """Return the hubs that were asked, soonest arrival first, with window and state."""
    t = PHRASES[lang]
    names = await hub_names(rooms.roster, (one.hub for one in view.watches))
    orders = (one.fact for one in door.recorded if isinstance(one.fact, WatchOrdered))
    moved = {order.watch: order.moved for order in orders}  # as ordered last
    lines = []
    for one in view.watches:
        said = [t[f"staff-watch-{one.state}"]]
        if moved[one.watch]:
            said.append(t["staff-moved"].format(moved=moved[one.watch]))
        if one.to_desk:
            said.append(t["staff-to-desk"])
        window = span(one.window_from, one.window_to, lang)
        state = t["staff-and"].join(said)
        lines.append(Hub(names.get(one.hub, one.hub), window, state))
    return lines


def undecided(view: CaseView, now: datetime, lang: str) -> tuple[int, str]:
    """Return how many sightings wait to be judged, and for how long the oldest does."""
    waiting = [one.at for one in view.sightings if one.state == _UNDECIDED]
    return len(waiting), elapsed(min(waiting), now, lang) if waiting else ""


async def _unreachable(rooms: Rooms, view: CaseView) -> str:
    names = await hub_names(rooms.roster, view.hubs_unreachable)
    return ", ".join(names.get(one, one) for one in view.hubs_unreachable)


@router.get("/duty/{token}")
async def see(
    request: Request, rooms: InRooms, token: Annotated[str, Path(max_length=TOKEN_MAX)]
) -> Response:
    """Show a case to who leads the search; counted and recorded as a map is."""
    door, until = await door_of(rooms, token)
    lang = language(request)
    t = PHRASES[lang]
    pictures, found, names = await shown(request, rooms, door, (None, None, None))
    picture = await pictures.beside(lambda: drawn(found, lang, names))
    now = rooms.clock.now()
    view = status_of(door.recorded, now)
    assert view.last_seen_at is not None
    alert, told = view.alert, view.told.get(Purpose.ALERT.value)
    number, oldest = undecided(view, now, lang)
    return render(
        request,
        "officer.html",
        lang,
        code=view.code,
        state=t[f"staff-{view.status.value}"],
        category=t["unsure" if view.category == Category.OTHER else view.category],
        alert=alert and t["staff-alert"].format(version=alert.version, state=t[alert.state]),
        found=found_line(view, lang),
        since=t["staff-elapsed"].format(elapsed=elapsed(view.last_seen_at, now, lang)),
        as_of=t["staff-as-of"].format(
            at=moment(now, lang),  # of the case clock, which a drill may run faster
            left=elapsed(rooms.clock.real(), until, lang),
        ),
        picture=picture,
        waves=wave_lines(view, await rooms.ledger.counts(door.case), lang),
        told=people(bucket(told.people), lang) if told else "",
        hubs=await hub_lines(rooms, door, view, lang),
        unreachable=await _unreachable(rooms, view),
        sightings=number,
        oldest=oldest,
    )
