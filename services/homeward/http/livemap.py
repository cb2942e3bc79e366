"""A case as it happens: its facts, and the map of its search area."""

from collections.abc import AsyncGenerator
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import StreamingResponse

from homeward.case.refusals import DePublished
from homeward.http.auth import InRooms
from homeward.http.authorisation import Action
from homeward.http.doors import HOLD_SEEN, Door, opened
from homeward.http.events import EVENT_STREAM, Event, last_seen, rings, streamed
from homeward.http.feeds import CaseFeed, Feeds, Line, map_text
from homeward.http.rooms import Rooms
from homeward.http.showing import entry_json, sees_exactly
from homeward.http.strict import StrictRoute
from homeward.timeline import timeline

router = APIRouter(prefix="/v1/cases", tags=["timelines"], route_class=StrictRoute)
PAGE: Final = 500
"""Facts that somebody reads at once who fell behind."""


@router.get("/{case}/live", response_class=StreamingResponse, responses=EVENT_STREAM)
async def live(
    request: Request,
    rooms: InRooms,
    door: Annotated[Door, Depends(opened(Action.TIMELINE))],
    last_event_id: Annotated[str | None, Header()] = None,
) -> StreamingResponse:
    """Stream the case: the timeline after `Last-Event-ID`, then each new line, and its map.

    Events `fact` are the timeline's lines; their id goes into `Last-Event-ID`. Events `map` draw
    the area and carry no id: first one that says how the alert stands (`what` is `snapshot`), then
    `wave` with the cells that are new (a higher version starts over), `alert` when it stands
    otherwise, and `told`, at most one a second, with how many people were reached, in spans.
    """
    if door.state.status.hidden:
        raise DePublished
    feeds = request.app.state.feeds
    assert isinstance(feeds, Feeds)
    after = last_seen(last_event_id)
    return streamed(rooms, request.app.state.streams, _lines(rooms, feeds, door, after))


async def _lines(
    rooms: Rooms, feeds: Feeds, door: Door, after: int
) -> AsyncGenerator[Event | str | None, None]:
    exact, beat_s = sees_exactly(door.by), rooms.settings.stream_beat_s
    async with feeds.following(door.case) as feed:
        # What the door has read and the shared feed has not comes from the feed, with its map.
        place = min(door.recorded[-1].log_index, feeds.upto)
        after = min(after, door.recorded[-1].log_index)
        told = feed.told[exact]
        yield map_text({"what": "snapshot", "case": door.case, **feed.map.json()})
        for wave in feed.map.waves:
            if wave.log_index > after:
                yield map_text(wave.json())
        yield told
        known = [one for one in door.recorded if after < one.log_index <= place]
        for entry in timeline(known):
            yield Event(entry.log_index, "fact", entry_json(entry, exact=exact))
        # Sightings of a case that went on in this one have versions of their own.
        own = (one for one in door.recorded if one.key == door.case and one.log_index <= place)
        heard = max((one.key_version for one in own), default=0)
        while True:
            rung, start = feed.rung, feed.start
            if place + 1 < start:  # fell behind: read alone what the others have forgotten
                lines = await _missed(rooms, feeds, feed, heard)
                if len(lines) < PAGE:
                    place = start - 1
            else:
                lines = [*feed.after(place)]
            if feed.held and door.by.role not in HOLD_SEEN:
                return  # whoever comes back is told at the door
            for line in lines:
                place, heard = max(place, line.log_index), line.key_version
                if line.log_index > after:
                    yield line.texts[exact]
            if feed.told[exact] != told:
                told = feed.told[exact]
                yield told
            elif not lines and rung is feed.rung and not await rings(rung, beat_s):
                yield None


async def _missed(rooms: Rooms, feeds: Feeds, feed: CaseFeed, heard: int) -> list[Line]:
    rows = await rooms.log.key_rows(feed.case, heard, heard + PAGE)
    return [line for _, line in await feeds.lines(feed, rows)]
