"""The timeline of a case, as of any moment."""

import re
from datetime import datetime, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query

from homeward.http.asking import Cursor, Limit, position
from homeward.http.auth import InRooms
from homeward.http.authorisation import Action
from homeward.http.caseview import EntryView, TimelineOut
from homeward.http.doors import Door, opened
from homeward.http.problems import MomentBroken, MomentInFuture
from homeward.http.showing import entry_json, sees_exactly
from homeward.http.strict import StrictRoute
from homeward.ports import Clock, Log
from homeward.timeline import as_of, timeline

router = APIRouter(prefix="/v1/cases", tags=["timelines"], route_class=StrictRoute)
_POSITION: Final = re.compile(r"[0-9]{1,15}")
CLOCK_ERROR: Final = timedelta(seconds=5)
"""How far `recorded_at` may run ahead of this process (AUDIT "Envelope")."""


AsOf = Annotated[
    str | None,
    Query(alias="as_of", max_length=40, description="An RFC 3339 time, or a log index."),
]


def with_plus(said: str) -> str:
    """Return a moment as it was typed: a plus in a query is a blank, and people type it."""
    return said.replace(" ", "+")


async def asked_moment(
    log: Log, clock: Clock, said: str | None
) -> tuple[int | None, datetime | None]:
    """Return what ``as_of`` means. Raises MomentBroken, MomentInFuture."""
    if said is None:
        return None, None
    if _POSITION.fullmatch(said):
        if int(said) >= await log.size():
            raise MomentInFuture
        return int(said), None
    try:
        moment = datetime.fromisoformat(with_plus(said))
    except ValueError:
        raise MomentBroken from None
    if moment.tzinfo is None:
        raise MomentBroken
    if moment > clock.real() + CLOCK_ERROR:
        raise MomentInFuture
    return None, moment


@router.get("/{case}/timeline")
async def see(
    rooms: InRooms,
    door: Annotated[Door, Depends(opened(Action.TIMELINE))],
    as_of_: AsOf = None,
    limit: Limit = 200,
    cursor: Cursor = None,
) -> TimelineOut:
    """Return what happened, in log order, as it was known at a moment."""
    at_index, moment = await asked_moment(rooms.log, rooms.clock, as_of_)
    known = as_of(door.recorded, position=at_index, moment=moment)
    after = position(cursor)
    lines = [one for one in known if after is None or one.log_index > after]
    shown, rest = timeline(lines[:limit]), lines[limit:]
    exact = sees_exactly(door.by)
    return TimelineOut(
        case=door.case,
        as_of=known[-1].log_index if known else -1,
        items=[EntryView(**entry_json(one, exact=exact)) for one in shown],
        next=str(shown[-1].log_index) if rest else None,
    )
