"""Before anybody is told: about how many people and which hubs an area holds, and never where.

Counts are spans; an area that somebody draws is grown to whole cells of 36 km2 or more first; an
account has so many previews an hour; each is written down before it is answered.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

import h3.api.basic_int as h3
import numpy as np
from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field

from homeward import policies
from homeward.case import Draft
from homeward.case.rules import OFFICERS
from homeward.desk import Asking, given_of
from homeward.facts.access import AreaPreviewed
from homeward.fanout.areas import CellSet
from homeward.fanout.index import Query as Asked
from homeward.fanout.outline import grown
from homeward.geography.cells import Cells, covers, from_bytes, to_bytes
from homeward.geography.sphere import balls_of, degrees_of, distances_m
from homeward.http.answers import Answered, BlastOut, BlastsOut
from homeward.http.asking import WithKey
from homeward.http.auth import Caller, InRooms, guarded
from homeward.http.authorisation import Action
from homeward.http.doors import Door, opened
from homeward.http.drawing import PreviewBody
from homeward.http.givens import previewed
from homeward.http.noting import note_look
from homeward.http.pages.rates import Rates
from homeward.http.problems import AreaImpossible, TooManyPreviews
from homeward.http.rooms import Rooms
from homeward.http.strict import StrictRoute
from homeward.messages import Actor
from homeward.policies.approval import (
    HUBS_ALONE_MAX,
    PEOPLE_ALONE_MAX,
    REACH_KM_ALONE_MAX,
    alone_km,
)
from homeward.policies.known import Known, Policy
from homeward.processors.knowledge import knowledge_of
from homeward.refusals import PolicyUnknown
from homeward.timeline.spans import span
from homeward.words import ReasonCode, RecipientKind, Severity

router = APIRouter(prefix="/v1", tags=["previews"], route_class=StrictRoute)
HUBS_MAX: Final = 20_000
RES_HUB: Final = 9
VOLUNTEERS: Final = frozenset({RecipientKind.VOLUNTEER})


class PreviewOut(Answered):
    """About what an alert to an area would come to now."""

    world: Annotated[str, Field(description="live tells real people, drill invented ones.")]
    people: Annotated[str, Field(description="Would be told, as a span: 20,000-50,000.")]
    suppressed: Annotated[str, Field(description="Sleep, paused, or want none of it.")]
    unreachable: Annotated[str, Field(description="Left no way to reach them.")]
    hubs: Annotated[int, Field(description="Of a case: those ahead, which would watch.")]
    area_km2: int
    cells: Annotated[list[str], Field(description="The area that was counted, H3.")]


def counted_among(request: Request, caller: Caller) -> None:
    """Count one of the account's previews, before it is made. Raises TooManyPreviews."""
    rates = request.app.state.previews
    assert isinstance(rates, Rates)
    rates.take(caller.by.id)


@router.post("/areas/preview")
async def area(
    body: PreviewBody,
    request: Request,
    rooms: InRooms,
    caller: Annotated[Caller, Depends(guarded(Action.PREVIEW))],
    keyed: WithKey,
) -> PreviewOut:
    """Say about how many people and hubs an area holds; it is grown to whole cells of 36 km2."""
    counted_among(request, caller)
    cells = (await asyncio.to_thread(grown, body.area.area())).cells
    if not len(cells):
        raise AreaImpossible("its holes leave nothing of it")
    await _recorded(rooms, caller.by, cells, None, keyed.asking(caller.by))
    hubs = await _hubs_in(rooms, cells)
    return await _counted(rooms, cells, body.severity, body.at, None, hubs)


@router.get("/cases/{case}/alerts/preview")
async def case_area(
    request: Request,
    rooms: InRooms,
    door: Annotated[Door, Depends(opened(Action.PREVIEW))],
    policy: Annotated[ReasonCode | None, Query(description="As the draft, else field.")] = None,
    severity: Annotated[Severity | None, Query(description="As the draft, else extreme.")] = None,
    reach_km_max: Annotated[int | None, Query(ge=1, le=5_000)] = None,
) -> PreviewOut:
    """Say about how many people the first wave of an alert would reach if it were issued now."""
    bounds = door.state.draft or door.state.alert
    name = policy or (bounds.policy if bounds else policies.DEFAULT)
    how = severity or (bounds.severity if bounds else Severity.EXTREME)
    km = reach_km_max or (bounds.reach_km_max if bounds else 300)
    if name not in policies.ALL:
        raise PolicyUnknown(name)
    counted_among(request, door.caller)
    found = await _of_case(rooms, door, name, km, await previewed(rooms, name, door.state))
    await _recorded(rooms, door.by, found.cells, door.case)
    return await _counted(
        rooms, found.cells, how, rooms.clock.now(), found.focus, await found.hubs(rooms)
    )


@dataclass(frozen=True, slots=True)
class _Measured:
    """The area of an alert that would be issued now, grown, and what a policy was asked."""

    cells: Cells
    focus: str
    policy: Policy
    known: Known
    at: datetime
    last_seen: str

    async def hubs(self, rooms: Rooms) -> int:
        """Return how many hubs would be ordered to watch."""
        near = await rooms.books.near(self.focus, self.last_seen)
        if not near:
            return 0
        arrivals = self.policy.arrivals(self.known, near, self.at)
        return int((arrivals.ahead & (arrivals.earliest_s <= self.policy.horizon_s)).sum())


async def _of_case(
    rooms: Rooms,
    door: Door,
    policy: str,
    reach_km_max: int,
    given: Cells,
    last_seen_km_max: int | None = None,
) -> _Measured:
    """Measure it; ``last_seen_km_max``: on the reader's one word, which moves no place alone."""
    rule, now = policies.policy_of(policy), rooms.clock.now()
    seen = knowledge_of(door.recorded)
    seen = seen if last_seen_km_max is None else seen.unmoved_by(door.by.id)
    known = seen.within(reach_km_max, given, last_seen_km_max)
    found = await asyncio.to_thread(rule.area, known, now)
    # Grown as well: a case can be raised anywhere, and its reach be drawn as small as one likes.
    cells = found.cells  # none of a given area may lie within the bound
    if len(cells):
        cells = (await asyncio.to_thread(grown, CellSet(cells))).cells
    assert door.state.last_seen is not None
    return _Measured(cells, found.focus, rule, known, now, door.state.last_seen.cell)


async def blasts(
    request: Request, rooms: Rooms, door: Door, draft: Draft, asking: Asking
) -> BlastsOut | None:
    """Say about whom a draft would reach on one officer's word, and once two approved it.

    A preview like others: recorded, its areas grown, and counted: None when the account has had its
    share of them. Not so for whoever may approve it: they decide by it, and did not draw it.
    """
    if door.by.role not in OFFICERS or draft.by == door.by.id:
        try:
            counted_among(request, door.caller)
        except TooManyPreviews:
            return None
    given = from_bytes(await given_of(rooms.log, draft.id) or b"")
    whole = await _of_case(rooms, door, draft.policy, draft.reach_km_max, given)
    km = alone_km(draft.reach_km_max)
    near = await _of_case(rooms, door, draft.policy, km, given, REACH_KM_ALONE_MAX)
    both = np.unique(np.concatenate([whole.cells, near.cells]))
    await _recorded(rooms, door.by, both, door.case, asking)
    return BlastsOut(
        fast=await _blast(rooms, near, draft, PEOPLE_ALONE_MAX, HUBS_ALONE_MAX),
        whole=await _blast(rooms, whole, draft),
    )


async def _blast(
    rooms: Rooms,
    area: _Measured,
    draft: Draft,
    most: int | None = None,
    hubs_max: int | None = None,
) -> BlastOut:
    asked = Asked(CellSet(area.cells), VOLUNTEERS, area.at, draft.severity, area.focus)
    people, hubs = (await rooms.crowd.count(asked)).told, await area.hubs(rooms)
    return BlastOut(
        reach_km_max=area.known.reach_km_max,
        people=span(people if most is None else min(people, most), hides_none=True),
        hubs=hubs if hubs_max is None else min(hubs, hubs_max),
        area_km2=_km2(area.cells),
    )


def _km2(cells: Cells) -> int:
    return round(sum(float(h3.cell_area(cell, unit="km^2")) for cell in cells.tolist()))


async def _recorded(
    rooms: Rooms, by: Actor, cells: Cells, case: str | None, asking: Asking | None = None
) -> None:
    """Write down who looked where, before they are answered."""
    fact = AreaPreviewed(
        case=case, at=rooms.clock.now(), cell_count=len(cells), cells=to_bytes(cells)
    )
    await note_look(rooms, by, fact, of=case or "areas", asking=asking)


async def _hubs_in(rooms: Rooms, cells: Cells) -> int:
    """Return how many hubs lie in a set of cells."""
    points, radii_m = balls_of(cells)
    middle = points.sum(axis=0)
    middle /= np.linalg.norm(middle) or 1.0
    within_m = float((distances_m(points, middle) + radii_m).max())
    lat_deg, lon_deg = map(float, degrees_of(middle))
    near = await rooms.roster.hubs_near(lat_deg, lon_deg, within_m, HUBS_MAX)
    spots = [h3.latlng_to_cell(one.lat_deg, one.lon_deg, RES_HUB) for one in near]
    return int(covers(cells, np.array(spots, np.uint64)).sum()) if spots else 0


async def _counted(
    rooms: Rooms,
    cells: Cells,
    severity: Severity,
    at: datetime | None,
    focus: str | None,
    hubs: int,
) -> PreviewOut:
    asked = Asked(CellSet(cells), VOLUNTEERS, at or rooms.clock.now(), severity, focus)
    counted = await rooms.crowd.count(asked)
    return PreviewOut(
        world=rooms.world,
        people=span(counted.told, hides_none=True),
        suppressed=span(counted.suppressed, hides_none=True),
        unreachable=span(counted.unreachable, hides_none=True),
        hubs=hubs,
        area_km2=_km2(cells),
        cells=[f"{cell:x}" for cell in cells.tolist()],
    )
