"""Before anybody is told: about how many people and which hubs an area holds, and never where.

Counts are spans; an area that somebody draws is grown to whole cells of 36 km2 or more first; an
account has so many previews an hour; each is written down before it is answered.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Final

import h3.api.basic_int as h3
import numpy as np
from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field

from homeward import policies
from homeward.desk import Asking
from homeward.facts.access import AreaPreviewed
from homeward.fanout.areas import CellSet
from homeward.fanout.index import Query as Asked
from homeward.fanout.outline import grown
from homeward.geography.cells import Cells, covers, to_bytes
from homeward.geography.hubbook import Hub
from homeward.geography.sphere import balls_of, centre_deg, distances_m
from homeward.http.answers import Answered
from homeward.http.asking import WithKey
from homeward.http.auth import Caller, InRooms, guarded
from homeward.http.authorisation import Action
from homeward.http.doors import Door, opened
from homeward.http.drawing import PreviewBody
from homeward.http.pages.rates import Rates
from homeward.http.problems import AreaImpossible
from homeward.http.rooms import Rooms
from homeward.http.strict import StrictRoute
from homeward.messages import Recorded
from homeward.policies.known import Known
from homeward.processors.knowledge import NOTHING, News, learnt
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


def _allowed(request: Request, caller: Caller) -> Rates:
    """Return the account's count of previews. Raises TooManyPreviews."""
    rates = request.app.state.previews
    assert isinstance(rates, Rates)
    rates.check(caller.by.id)
    return rates


@router.post("/areas/preview")
async def area(
    body: PreviewBody,
    request: Request,
    rooms: InRooms,
    caller: Annotated[Caller, Depends(guarded(Action.PREVIEW))],
    keyed: WithKey,
) -> PreviewOut:
    """Say about how many people and hubs an area holds; it is grown to whole cells of 36 km2."""
    rates = _allowed(request, caller)
    cells = (await asyncio.to_thread(grown, body.area.area())).cells
    if not len(cells):
        raise AreaImpossible("its holes leave nothing of it")
    await _recorded(rooms, keyed.asking(caller.by), None, cells)
    rates.note(caller.by.id)
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
    rates = _allowed(request, door.caller)
    bounds = door.state.draft or door.state.alert
    name = policy or (bounds.policy if bounds else policies.DEFAULT)
    how = severity or (bounds.severity if bounds else Severity.EXTREME)
    km = reach_km_max or (bounds.reach_km_max if bounds else 300)
    if name not in policies.ALL:
        raise PolicyUnknown(name)
    rule, known, now = policies.policy_of(name), _known(door, km), rooms.clock.now()
    found = await asyncio.to_thread(rule.area, known, now)
    # Grown as well: a case can be raised anywhere, and its reach be drawn as small as one likes.
    cells = (await asyncio.to_thread(grown, CellSet(found.cells))).cells
    reading = f"preview {door.case} {name} {how} {km} {rooms.clock.real().isoformat()}"
    await _recorded(rooms, Asking(door.by, reading, reading.encode()), door.case, cells)
    rates.note(door.by.id)
    near = await rooms.roster.hubs_near(
        *centre_deg(found.focus),
        rooms.settings.hub_book_km * 1_000,
        rooms.settings.hub_book_max,
    )
    hubs = [Hub.at(one.id, one.kind, one.lat_deg, one.lon_deg, one.contacts) for one in near]
    arrivals = rule.arrivals(known, hubs, now)
    ahead = int((arrivals.ahead & (arrivals.earliest_s <= rule.horizon_s)).sum()) if hubs else 0
    return await _counted(rooms, cells, how, now, found.focus, ahead)


def _known(door: Door, reach_km_max: int) -> Known:
    """Return what a policy would be asked."""
    knowledge = NOTHING
    for one in door.recorded:
        if isinstance(one.fact, News):
            knowledge = learnt(knowledge, one.fact)
    return Known(
        knowledge.category, knowledge.age_band, knowledge.mode, knowledge.sources, reach_km_max
    )


async def _recorded(rooms: Rooms, asking: Asking, case: str | None, cells: Cells) -> None:
    """Write down who looked where, before they are answered."""
    fact = AreaPreviewed(
        case=case, at=rooms.clock.now(), cell_count=len(cells), cells=to_bytes(cells)
    )

    async def nothing() -> Sequence[Recorded]:
        return ()

    stream = f"access-{case}" if case else "access-areas"
    await rooms.desk.submit(stream, asking, nothing, lambda _: (fact,))


async def _hubs_in(rooms: Rooms, cells: Cells) -> int:
    """Return how many hubs lie in a set of cells."""
    points, radii_m = balls_of(cells)
    middle = points.sum(axis=0)
    middle /= np.linalg.norm(middle) or 1.0
    within_m = float((distances_m(points, middle) + radii_m).max())
    lat_deg = float(np.degrees(np.arcsin(np.clip(middle[2], -1, 1))))
    lon_deg = float(np.degrees(np.arctan2(middle[1], middle[0])))
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
        area_km2=round(sum(h3.cell_area(cell, unit="km^2") for cell in cells.tolist())),
        cells=[f"{cell:x}" for cell in cells.tolist()],
    )
