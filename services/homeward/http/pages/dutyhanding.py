"""The hand-over between shifts: one signs over with a note, the next reads it and accepts."""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import TypeAdapter, ValidationError

from homeward import duty
from homeward.desk import Asking, Receipt
from homeward.facts.access import HandoverNoteRead
from homeward.facts.duty import CASES_MAX
from homeward.hosts.opening import open_fields
from homeward.http.asking import Keyed
from homeward.http.auth import Caller, InRooms
from homeward.http.authorisation import Action
from homeward.http.noting import note_look
from homeward.http.pages.desk import DeskRoute, Failed, act, notice, page
from homeward.http.pages.dutywaits import open_lines, row_of
from homeward.http.pages.language import language
from homeward.http.pages.moments import elapsed, moment
from homeward.http.rooms import Rooms
from homeward.http.sessions import AtDesk
from homeward.messages import Actor, Fact, Recorded
from homeward.record.envelope import read
from homeward.refusals import HandoverGone, NothingSaid, Refused
from homeward.requests import Request as Wish
from homeward.requests.duty import HandOver, TakeOver
from homeward.words import Note, Role, case_code, derived_id

router = APIRouter(prefix="/duty/hand-over", tags=["duty"], route_class=DeskRoute)
NEWEST: Final = 2
"""Who took over last, and the hand-over since: while one waits no other is written."""
NOTE: Final[TypeAdapter[str]] = TypeAdapter(Note)


class HandoverWaits(Refused):
    """A hand-over of this desk waits to be accepted; it is not written over."""

    code = "hand-over-waits"
    mend = "Take the duty back first, then sign over with the new note."


@dataclass(frozen=True, slots=True)
class Handing:
    """Who is on duty at a desk, as the head of the queue says it."""

    holder: str
    since: str
    mine: bool
    offered: str
    """Who signed over, when nobody accepted yet."""
    offered_since: str
    id: str
    mine_offered: bool
    late: bool
    """Nobody accepted for longer than is right."""


def stream_of(rooms: Rooms, by: Actor) -> str:
    """Return the stream of somebody's desk: that of their organisation.

    Police without one are one desk; whoever else has none is a desk of their own.
    """
    alone = by.org == "-" and by.role is Role.NGO
    return f"duty-{derived_id(rooms.log.origin, 'desk', f'- {by.id}' if alone else by.org)}"


async def _facts(rooms: Rooms, by: Actor) -> Sequence[Recorded]:
    """Return the newest facts of somebody's desk: whoever took over last is all of its past."""
    stream = stream_of(rooms, by)
    version, _ = await rooms.log.stream_head(stream)
    rows = await rooms.log.key_rows(stream, after=max(0, version - NEWEST))
    return [read(row) for row in rows]


async def duty_of(rooms: Rooms, by: Actor) -> duty.Duty:
    """Return who is on duty at somebody's desk. Raises LogUnavailable."""
    return duty.fold(await _facts(rooms, by))


async def handing(rooms: Rooms, caller: Caller, lang: str) -> Handing:
    """Return who is on duty, in words. Raises LogUnavailable."""
    found, now = await duty_of(rooms, caller.by), rooms.clock.now()
    offered, me = found.offered, caller.by.id
    wait = timedelta(seconds=rooms.settings.hand_over_wait_s)
    return Handing(
        holder=found.holder,
        since=moment(found.since, lang) if found.since else "",
        mine=found.holder == me,
        offered=offered.by if offered else "",
        offered_since=elapsed(offered.at, now, lang) if offered else "",
        id=offered.id if offered else "",
        mine_offered=bool(offered and offered.by == me),
        late=bool(offered and now >= offered.at + wait),
    )


async def _note(rooms: Rooms, caller: Caller, handed: str) -> str:
    """Return the note of a hand-over, after the access is durable (I-13)."""
    row = await rooms.log.by_id(handed)
    if row is None:
        return ""
    fact = HandoverNoteRead(at=rooms.clock.now(), handed=handed)
    await note_look(rooms, caller.by, fact, of=handed, what=str(uuid.uuid4()))
    opened = await open_fields(rooms.log, rooms.desk.keys, [row], {"note"})
    text = opened.get(handed, {}).get("note")
    return str(json.loads(text)) if text else ""


@dataclass(frozen=True, slots=True)
class _Page:
    """The page of the hand-over, for whoever asks."""

    request: Request
    rooms: Rooms
    caller: Caller

    async def show(self, failed: Failed | None = None) -> Response:
        """Show who is on duty and what was signed over; a note that is shown is recorded."""
        rooms, lang = self.rooms, language(self.request)
        found = await duty_of(rooms, self.caller.by)
        now = rooms.clock.now()
        lines = await open_lines(self.request, self.caller, now)
        offered = found.offered
        return page(
            self.request,
            "duty-hand-over.html",
            failed.status if failed else 200,
            "/duty/hand-over",
            handing=await handing(rooms, self.caller, lang),
            note=await _note(rooms, self.caller, offered.id) if offered else "",
            then=[(one, case_code(one)) for one in offered.cases] if offered else [],
            rows=[row_of(one, now, lang) for one in lines[:CASES_MAX]],
            failed=failed,
            notice=notice(self.request),
        )


AtHandover = Annotated[Caller, Depends(AtDesk(Action.HAND_OVER))]


@router.get("")
async def see(request: Request, rooms: InRooms, caller: AtHandover) -> Response:
    """Show who is on duty, what was signed over, and the forms for both sides."""
    return await _Page(request, rooms, caller).show()


async def _decide(rooms: Rooms, by: Actor, keyed: Keyed, wish: Wish) -> Receipt:
    stream = stream_of(rooms, by)

    def decide(recorded: Sequence[Recorded]) -> Sequence[Fact]:
        return duty.decide(duty.fold(recorded), wish)

    asking = Asking(by, keyed.key, keyed.request_hash)
    return await rooms.desk.submit(stream, asking, lambda: _facts(rooms, by), decide)


@router.post("", status_code=303)
async def sign_over(request: Request, rooms: InRooms, caller: AtHandover) -> Response:
    """Sign over to whoever comes next, with a note and the cases that are open now."""

    async def doing(keyed: Keyed, said: Mapping[str, str]) -> None:
        note = NOTE.validate_python(said.get("note", ""))
        if not note:
            raise NothingSaid
        lines = await open_lines(request, caller, rooms.clock.now())
        cases = tuple(one.case.id for one in lines[:CASES_MAX])
        wish = HandOver(at=rooms.clock.now(), by=caller.by, cases=cases, note=note)
        receipt = await _decide(rooms, caller.by, keyed, wish)
        if not receipt.facts:
            raise HandoverWaits

    shown = _Page(request, rooms, caller)
    return await act(request, "hand-over", doing, "/duty/hand-over", shown.show)


@router.post("/accept", status_code=303)
async def accept(request: Request, rooms: InRooms, caller: AtHandover) -> Response:
    """Be on duty from now on, and say what was read."""

    async def doing(keyed: Keyed, said: Mapping[str, str]) -> None:
        try:
            wish = TakeOver(at=rooms.clock.now(), by=caller.by, handed=said.get("handed") or None)
        except ValidationError:
            raise HandoverGone from None
        await _decide(rooms, caller.by, keyed, wish)

    shown = _Page(request, rooms, caller)
    return await act(request, "take-over", doing, "/duty", shown.show)
