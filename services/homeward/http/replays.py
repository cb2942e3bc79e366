"""What would have been: a case replayed under other policies, side by side with how it went.

It counts people in areas that somebody chooses by raising a case, as a preview does; so counts are
spans of areas grown to whole cells of 36 km2, an account has so many an hour, and each is recorded.
"""

from typing import Annotated, Any, Final

import numpy as np
from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field

from homeward import policies
from homeward.case.refusals import DePublished
from homeward.facts.access import AreaPreviewed
from homeward.fanout.areas import CellSet
from homeward.fanout.index import Query as Asked
from homeward.fanout.outline import grown
from homeward.geography.cells import NOWHERE, Cells, to_bytes
from homeward.http.answers import Answered
from homeward.http.auth import InRooms
from homeward.http.authorisation import Action
from homeward.http.doors import Door, opened
from homeward.http.fields import known_then
from homeward.http.noting import note_look
from homeward.http.pictures import Pictures
from homeward.http.previews import VOLUNTEERS, counted_among
from homeward.http.rooms import Rooms
from homeward.http.strict import StrictRoute
from homeward.http.timelines import AsOf
from homeward.picture.course import Course, as_it_was, under
from homeward.picture.figures import figures, order_rows, wave_rows
from homeward.refusals import PolicyUnknown
from homeward.timeline.spans import span
from homeward.words import ReasonCode, instant_text

router = APIRouter(prefix="/v1/cases", tags=["fields"], route_class=StrictRoute)
POLICIES_MAX: Final = 6


class SightingMet(Answered):
    """An accepted sighting, and whether people there were told before."""

    sighting: str
    seen_at: str
    ahead_min: Annotated[
        float | None, Field(description="Told so long before; negative: after; null: never.")
    ]


class OrderRow(Answered):
    """A watch, in minutes from the place last seen."""

    hub: str
    hub_kind: str
    ordered_min: float
    arrival_min: float
    lead_min: float
    mode: str


class WaveRow(Answered):
    """A wave, in minutes from the place last seen."""

    version: int
    wave: int
    at: str
    minutes: float
    radius_km: float
    cells: int


class CourseOut(Answered):
    """One way the case went, or would have gone."""

    policy: Annotated[str, Field(description="`as-it-was`, or a policy.")]
    told_first: Annotated[str, Field(description="By the first wave, as a span.")]
    told: Annotated[str, Field(description="By all waves, each person once, as a span.")]
    waves: int
    first_wave_s: Annotated[int | None, Field(description="From the alert.")]
    last_wave_min: float | None
    radius_km: float
    hubs_ordered: int
    hubs_ahead: Annotated[int, Field(description="Before anybody could be there.")]
    hubs_released: int
    hubs_unreachable: int
    lead_min_median: float | None
    lead_min_least: float | None
    sightings: list[SightingMet]
    orders: list[OrderRow]
    each_wave: list[WaveRow]
    cut_at: Annotated[
        str | None, Field(description="Not followed from here on: too many looks; null: whole.")
    ]


class ReplayOut(Answered):
    """A case as it was, and under other policies."""

    case: str
    world: str
    as_of: int
    until: Annotated[str, Field(description="The moment up to which each is followed.")]
    courses: list[CourseOut]


@router.get("/{case}/replay")
async def see(
    request: Request,
    rooms: InRooms,
    door: Annotated[Door, Depends(opened(Action.REPLAY))],
    policy: Annotated[
        list[ReasonCode], Query(max_length=POLICIES_MAX, description="One or more.", min_length=1)
    ],
    as_of_: AsOf = None,
    reach_km_max: Annotated[
        int | None, Query(ge=1, le=5_000, description="Another bound than was approved.")
    ] = None,
) -> ReplayOut:
    """Say whom and which hubs the case told, and whom it would have told under other policies."""
    if door.state.status.hidden:
        raise DePublished
    asked = list(dict.fromkeys(policy))
    for name in asked:
        if name not in policies.ALL:
            raise PolicyUnknown(name)
    counted_among(request, door.caller)
    then = await known_then(rooms.log, rooms.clock, door.case, as_of_)

    def followed() -> list[tuple[Course, Cells, Cells]]:
        courses = [as_it_was(then.facts)]
        courses += [under(then.facts, name, then.at, reach_km_max) for name in asked]
        return [(one, *_first_and_all(one)) for one in courses]

    pictures = request.app.state.pictures
    assert isinstance(pictures, Pictures)
    found = await pictures.beside(followed)
    cells = np.unique(np.concatenate([NOWHERE, *(area for _, _, area in found)]))
    fact = AreaPreviewed(
        case=door.case, at=rooms.clock.now(), cell_count=len(cells), cells=to_bytes(cells)
    )
    await note_look(rooms, door.by, fact, of=door.case)
    return ReplayOut(
        case=door.case,
        world=rooms.world,
        as_of=then.facts[-1].log_index,
        until=instant_text(then.at),
        courses=[await _course_out(rooms, *one) for one in found],
    )


def _first_and_all(course: Course) -> tuple[Cells, Cells]:
    """Return what the first wave told and what all did, grown."""
    told = [cells for _, cells in course.told()]
    if not told:
        return NOWHERE, NOWHERE
    return grown(CellSet(told[0])).cells, grown(CellSet(told[-1])).cells


async def _course_out(rooms: Rooms, course: Course, first: Cells, whole: Cells) -> CourseOut:
    shown: dict[str, Any] = figures(course)
    return CourseOut(
        **shown,
        told_first=await _people(rooms, course, first, 0),
        told=await _people(rooms, course, whole, -1),
        orders=[OrderRow(**one) for one in order_rows(course)],
        each_wave=[WaveRow(**one) for one in wave_rows(course)],
    )


async def _people(rooms: Rooms, course: Course, cells: Cells, wave: int) -> str:
    """Return about how many would be told in an area at the time of a wave."""
    if not len(cells):
        return span(0, hides_none=True)
    said = course.waves[wave]
    asked = Asked(CellSet(cells), VOLUNTEERS, said.at, said.severity, said.focus)
    return span((await rooms.crowd.count(asked)).told, hides_none=True)
