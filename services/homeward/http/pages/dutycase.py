"""A case on the duty page: how it stands, what it waits for, and what may be done about it."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from homeward.case import Case, Status
from homeward.case.persons import bands_of, decides_alone
from homeward.http.auth import InRooms
from homeward.http.authorisation import Action
from homeward.http.doors import Door
from homeward.http.fields import PolicyName, Svg, drawn, hub_names, shown
from homeward.http.pages.corrections import corrections
from homeward.http.pages.desk import (
    WORDS,
    DeskRoute,
    Failed,
    at_case,
    home,
    may,
    notice,
    page,
)
from homeward.http.pages.dutyalone import lane_of
from homeward.http.pages.dutyfile import the_file
from homeward.http.pages.dutyhelpers import asked_for, published
from homeward.http.pages.dutylines import PAGE, lines
from homeward.http.pages.dutylonger import longer
from homeward.http.pages.dutymore import beside
from homeward.http.pages.dutywaits import waits_in_words
from homeward.http.pages.language import language
from homeward.http.pages.moments import ZONE, elapsed, moment, people, span
from homeward.http.pages.officer import undecided, wave_lines
from homeward.http.pages.persons import persons_shown
from homeward.http.pages.phrases import PHRASES
from homeward.http.personal import open_for, person
from homeward.http.rooms import Rooms
from homeward.timeline import CaseView, status_of
from homeward.timeline.duties import Open
from homeward.timeline.views import bucket
from homeward.words import CancelReason, Category, Mode, Outcome, Purpose, Relation, case_code

router = APIRouter(prefix="/duty/cases/{case}", tags=["duty"], route_class=DeskRoute)
PURPOSES: Final = ("verification", "search", "contact-reporter")
"""Why somebody opens what is sealed; it stands in the record of the access."""
REASONS: Final = ("known-to-be-safe", "duplicate", "not-missing", "not-ours", "hoax")
"""Why a report is turned down."""
REOPENINGS: Final = ("another-person", "still-missing", "by-mistake")
"""Why a closed case is opened again."""
WATCH_ENDS: Final = ("shift-over", "not-here", "cannot-watch")


@dataclass(frozen=True, slots=True)
class WatchLine:
    """A hub that was asked to watch."""

    id: str
    name: str
    window: str
    state: str
    waits: bool
    over: bool


async def personal(rooms: Rooms, door: Door, purpose: str) -> dict[str, Any] | None:
    """Return what is sealed, recorded first; None: nobody asked, or who asked may not."""
    if purpose not in PURPOSES or not may(door, Action.OPEN_PERSON):
        return None
    return person(door.recorded, await open_for(rooms, door, purpose))


async def retraction(rooms: Rooms, door: Door, view: CaseView) -> Sequence[Mapping[str, str]]:
    """Return the words that would take the alert back, recorded first."""
    if view.alert is None or not is_out(view) or not may(door, Action.CANCEL):
        return []
    opened = await rooms.reader.open_case(
        door.case,
        door.by,
        purpose="cancel-ready",
        fields=("retraction",),
        reading=str(uuid.uuid4()),
    )
    return list(opened.get(view.alert.draft, {}).get("retraction", ()))


def _watches(view: CaseView, names: Mapping[str, str], lang: str) -> list[WatchLine]:
    t = PHRASES[lang]
    found = []
    for one in view.watches:
        said = [t[f"staff-watch-{one.state}"], *([t["staff-to-desk"]] if one.to_desk else [])]
        found.append(
            WatchLine(
                id=one.watch,
                name=names.get(one.hub, one.hub),
                window=span(one.window_from, one.window_to, lang),
                state=WORDS[lang]["and"].join(said),
                waits=one.state in {"ordered", "lapsed"},
                over=one.state in {"stood-down", "released"},
            )
        )
    return found


def is_out(view: CaseView) -> bool:
    """Whether an alert was told that nobody took back or ended; it may have expired."""
    return (
        view.alert is not None and view.alert.state in {"live", "expired"} and not view.status.over
    )


def acts_of(door: Door, view: CaseView) -> frozenset[str]:
    """Return the forms that a case shows to somebody: what they may do, and what can be done."""
    status = view.status
    open_, unverified = not status.over, status in {Status.PROVISIONAL, Status.VERIFYING}
    lapsed = status is Status.LAPSED
    own = door.state.reporter == door.by.id
    wanted = {
        "take-up": (Action.TAKE_UP, unverified),
        "verify": (Action.VERIFY, (unverified or lapsed) and door.state.lifted_by != door.by.id),
        "reject": (Action.VERIFY, (open_ or lapsed) and view.alert is None),
        "withdraw": (Action.WITHDRAW, unverified and own),
        "facts": (Action.ADD_FACTS, open_),
        "vehicle": (Action.ADD_FACTS, open_),
        "suspect": (Action.NOTE_SUSPECT, open_),
        "draft": (Action.DRAFT, open_ and not unverified and not view.held),
        "cancel": (Action.CANCEL, is_out(view)),
        "resolve": (Action.RESOLVE, open_),
        "close-out": (Action.RESOLVE, status is Status.RESOLVED),
        "watch": (Action.WATCH, open_),
        "personal": (Action.OPEN_PERSON, not status.hidden),
        "read-draft": (Action.READ_DRAFT, open_ and view.draft is not None),
        "sightings": (Action.LIST_SIGHTINGS, True),
    }
    return frozenset(name for name, (action, fits) in wanted.items() if fits and may(door, action))


def choices(state: Case, lang: str) -> dict[str, list[tuple[str, str]]]:
    """Return what the forms of a case let choose from."""
    d, t = WORDS[lang], PHRASES[lang]
    decides = decides_alone(state, bands_of(state))
    outcomes = [one for one in Outcome if decides or one is not Outcome.LOCATED_NO_CONTACT]
    category = [(one.value, "unsure" if one is Category.OTHER else one.value) for one in Category]
    return {
        "reasons": [(one, d[f"reason-{one}"]) for one in REASONS],
        "cancels": [(one.value, d[f"reason-{one.value}"]) for one in CancelReason],
        "outcomes": [(one.value, d[f"outcome-{one.value}"]) for one in outcomes],
        "reopenings": [(one, d[f"reason-{one}"]) for one in REOPENINGS],
        "purposes": [(one, d[f"purpose-{one}"]) for one in PURPOSES],
        "ends": [(one, d[f"reason-{one}"]) for one in WATCH_ENDS],
        "relations": [("", d["unchanged"]), *((one, d[f"relation-{one}"]) for one in Relation)],
        "categories": [("", d["unchanged"]), *((one, t[name]) for one, name in category)],
        "modes": [("", d["unchanged"]), *((one.value, t[one.value]) for one in Mode)],
    }


def _stands(view: CaseView, now: datetime, lang: str) -> dict[str, object]:
    """Return how the case stands, in words."""
    t, d = PHRASES[lang], WORDS[lang]
    assert view.last_seen_at is not None
    number, oldest = undecided(view, now, lang)
    told, alert = view.told.get(Purpose.ALERT.value), view.alert
    return {
        "code": view.code,
        "state": t[f"staff-{view.status.value}"],
        "category": t["unsure" if view.category == Category.OTHER else view.category],
        "mode": t[view.mode],
        "unit": view.unit,
        "alert": alert and t["staff-alert"].format(version=alert.version, state=t[alert.state]),
        "lane": d[f"lane-{lane_of(view)}"].format(km=alert.reach_km_max) if alert else "",
        "expires": d["expires"].format(at=moment(alert.expires_at, lang)) if alert else "",
        "last_seen": moment(view.last_seen_at, lang),
        "since": t["staff-elapsed"].format(elapsed=elapsed(view.last_seen_at, now, lang)),
        "as_of": moment(now, lang),
        "told": people(bucket(told.people), lang) if told else "",
        "number": number,
        "oldest": oldest,
        "outcome": d.get(f"outcome-{view.outcome}", d.get(f"reason-{view.outcome}", "")),
    }


@dataclass(frozen=True, slots=True)
class CasePage:
    """The page of a case, for whoever asks."""

    request: Request
    rooms: Rooms
    door: Door
    purpose: str = ""
    number: int = 1

    async def show(self, failed: Failed | None = None) -> Response:
        """Show the case; a form that was refused as it was typed."""
        rooms, door, lang = self.rooms, self.door, language(self.request)
        now = rooms.clock.now()
        view = status_of(door.recorded, now)
        first = (self.number - 1) * PAGE
        asked = [*(one.hub for one in view.watches), *view.hubs_unreachable]
        names = await hub_names(rooms.roster, asked)
        known = lines(door.recorded, lang, names)
        org = door.by.org if door.by.org != "-" else ""
        return page(
            self.request,
            "duty-case.html",
            failed.status if failed else 200,
            home(door),
            **_stands(view, now, lang),
            **choices(door.state, lang),
            **persons_shown(door, view, lang),
            **corrections(door, view, now, lang),
            home=home(door),
            acts=acts_of(door, view),
            waits=self._waits(view, now, lang),
            draft=view.draft,
            sees_map=may(door, Action.FIELD) and not view.status.hidden,
            **await longer(rooms, door, view, lang),
            **the_file(rooms, door, view, lang, names),
            **await asked_for(rooms, door, view, lang),
            **published(rooms, door, view),
            **beside(rooms, door, lang),
            waves=wave_lines(view, await rooms.ledger.counts(door.case), lang),
            watches=_watches(view, names, lang),
            unreachable=", ".join(names.get(one, one) for one in view.hubs_unreachable),
            personal=await personal(rooms, door, self.purpose),
            purpose=self.purpose,
            retraction=await retraction(rooms, door, view),
            unit_said=view.unit or org,
            lines=known[first : first + PAGE],
            shown=self.number,
            more=len(known) > first + PAGE,
            failed=failed,
            notice=notice(self.request),
            today=f"{now.astimezone(ZONE).date()}",
        )

    def _waits(self, view: CaseView, now: datetime, lang: str) -> list[Any]:
        if view.status.over and view.status is not Status.RESOLVED:
            return []
        known = Open()
        for one in self.door.recorded:
            known.hear(one)
        return list(waits_in_words(known.line(now), now, lang))


@router.get("")
async def see(
    request: Request,
    rooms: InRooms,
    door: Annotated[Door, Depends(at_case(Action.TIMELINE, on_hold=True))],
    purpose: Annotated[str, Query(max_length=40)] = "",
    number: Annotated[int, Query(alias="page", ge=1, le=10_000)] = 1,
) -> Response:
    """Show a case to who works on it; with a purpose also what is sealed, recorded first."""
    if door.on_hold:
        return page(request, "duty-held.html", 200, home(door), code=case_code(door.case))
    return await CasePage(request, rooms, door, purpose, number).show()


@router.get("/map.svg", response_class=Svg)
async def draw(
    request: Request,
    rooms: InRooms,
    door: Annotated[Door, Depends(at_case(Action.FIELD))],
    policy: PolicyName = None,
) -> Response:
    """Draw where the person can be, beside the page: it takes longer than all the rest of it."""
    lang = language(request)
    pictures, found, names = await shown(request, rooms, door, (None, None, policy))
    return Svg(await pictures.beside(lambda: drawn(found, lang, names)))
