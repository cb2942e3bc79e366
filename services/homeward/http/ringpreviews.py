"""Before ring 0 is asked for: about how many vetted volunteers would hear of the report."""

import asyncio

from fastapi import Request

from homeward.facts.access import AreaPreviewed
from homeward.facts.ringzero import RingZeroAsked
from homeward.fanout.areas import CellSet
from homeward.fanout.index import Query
from homeward.fanout.outline import grown
from homeward.geography.cells import from_bytes, to_bytes
from homeward.http.doors import Door
from homeward.http.noting import note_look
from homeward.http.previews import VOLUNTEERS, counted_among
from homeward.http.problems import TooManyPreviews
from homeward.http.rooms import Rooms
from homeward.timeline.spans import span
from homeward.words import Tier


async def vetted_around(
    request: Request, rooms: Rooms, door: Door, wish: RingZeroAsked
) -> str | None:
    """Say as a span about how many vetted volunteers ring 0 of a report would reach.

    A preview like others: counted, its area grown, so that nobody's street is looked through by
    raising reports, and recorded. None when the account has had its share of them.
    """
    try:
        counted_among(request, door.caller)
    except TooManyPreviews:
        return None
    ring = CellSet(from_bytes(wish.cells or b""))
    area, now = await asyncio.to_thread(grown, ring), rooms.clock.now()
    fact = AreaPreviewed(
        case=door.case, at=now, cell_count=len(area.cells), cells=to_bytes(area.cells)
    )
    await note_look(rooms, door.by, fact, of=door.case)
    asked = Query(area, VOLUNTEERS, now, focus=wish.focus, tier=Tier.VETTED)
    found = await rooms.crowd.count(asked)
    return span(min(found.told, wish.people_max), hides_none=True)
