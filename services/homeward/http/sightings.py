"""Sightings: reported by anybody who was told, judged by a human."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from fastapi import Request as HttpRequest

from homeward import sighting
from homeward.case import Case
from homeward.case.corrections import missing_since
from homeward.desk import Asking, Opened, Receipt, Triage
from homeward.desk.shelf import CaseNow
from homeward.facts.sighting import SightingReported
from homeward.http.answers import (
    ReceiptOut,
    SightedOut,
    receipt_fields,
    receipt_out,
)
from homeward.http.asking import Cursor, Keyed, Limit, WithKey, position
from homeward.http.auth import Caller, InRooms, guarded
from homeward.http.authorisation import Action
from homeward.http.bodies import (
    AcceptBody,
    MergeBody,
    ReasonBody,
    SightingBody,
    public_cell,
)
from homeward.http.doors import (
    HOLD_SEEN,
    CasePath,
    Door,
    case_id,
    enter,
    followed,
    opened,
)
from homeward.http.personal import open_seen
from homeward.http.rooms import Rooms
from homeward.http.sightingrates import SightingRates
from homeward.http.sightingview import (
    SightingList,
    SightingOut,
    WaitingList,
    WaitingOut,
    sighting_fields,
    waiting_out,
)
from homeward.http.strict import StrictRoute
from homeward.messages import Fact, Recorded
from homeward.refusals import NoSuchCase, NoSuchSighting
from homeward.requests import Request
from homeward.requests import sighting as requests
from homeward.timeline.triage import Board, Sorter
from homeward.words import Id, ReasonCode, Role

router = APIRouter(prefix="/v1", tags=["sightings"], route_class=StrictRoute)
SightingPath = Annotated[Id, Path(description="The sighting's id.")]


async def _submit(
    rooms: Rooms, case: str, sighting_id: str, asking: Asking, request: Request
) -> Receipt:
    now: list[CaseNow] = []  # folded as it is read: a case in a flood holds thousands

    async def load() -> Sequence[Recorded]:
        now[:] = [await rooms.desk.case_now(case)]
        return now[0].recorded

    def decide(_: Sequence[Recorded]) -> Sequence[Fact]:
        among = now[0].sightings
        state = among.get(sighting_id, sighting.Sighting())
        return sighting.decide(now[0].state, state, request, among)

    return await rooms.desk.submit(f"sighting-{sighting_id}", asking, load, decide)


async def _decided(
    rooms: Rooms, case: str, sighting_id: str, asking: Asking, request: Request
) -> ReceiptOut:
    return receipt_out(case, await _submit(rooms, case, sighting_id, asking, request))


def _asking(keyed: Keyed, caller: Caller) -> Asking:
    """If-Match speaks of the case, and a sighting is a stream of its own."""
    return Asking(caller.by, keyed.key, keyed.request_hash)


def rates_of(request: HttpRequest) -> SightingRates:
    """Return what counts this process's sightings."""
    rates = request.app.state.sighting_rates
    assert isinstance(rates, SightingRates)
    return rates


async def _opened_in_turn(
    case: CasePath,
    request: HttpRequest,
    rooms: InRooms,
    caller: Annotated[Caller, Depends(guarded(Action.SIGHT))],
) -> AsyncIterator[Door]:
    """Open the case, and hold a place until the answer is made: to open it is most of the work."""
    async with rates_of(request).turn(caller.by.role):
        yield await enter(rooms, caller, await case_id(rooms, case))


@router.post("/cases/{case}/sightings", status_code=201)
async def report(
    body: SightingBody,
    request: HttpRequest,
    rooms: InRooms,
    own: Annotated[Door, Depends(_opened_in_turn)],
    keyed: WithKey,
) -> SightedOut:
    """Say that one saw the person; the cell that searchers see is made here."""
    door = await followed(rooms, own)  # what is told of a case that goes on belongs there
    asking = _asking(keyed, door.caller)
    rates, secret = rates_of(request), request.headers.get("authorization", "")
    with rates.counting(door, secret, known=await rooms.desk.answered(asking)):
        receipt, sighting_id = await report_sighting(rooms, door, asking, body, own.state)
    return SightedOut(**receipt_fields(door.case, receipt, door.by), sighting=sighting_id)


async def report_sighting(
    rooms: Rooms, door: Door, asking: Asking, body: SightingBody, own: Case | None = None
) -> tuple[Receipt, str]:
    """Record what somebody saw; return the receipt and the sighting's id. Raises Refused.

    ``own`` is the case by which they came, where it goes on in this one: whoever reported it is
    judged by what was said there.
    """
    known = own or door.state
    door = await followed(rooms, door)
    sighting_id = rooms.desk.new_id(asking, "sighting")
    place = body.place.place()
    request = requests.ReportSighting(
        at=rooms.clock.now(),
        by=door.by,
        case=door.case,
        sighting=sighting_id,
        cell=public_cell(place),
        seen_at=body.seen_at,
        accuracy_m=place.accuracy_m,
        claimed_mode=body.mode,
        place=place,
        note=body.note,
        contact=body.contact,
        missing_since=missing_since(known, door.by) if door.by.role is Role.REPORTER else None,
    )
    return await _submit(rooms, door.case, sighting_id, asking, request), sighting_id


@router.get("/cases/{case}/sightings")
async def list_(
    request: HttpRequest,
    rooms: InRooms,
    door: Annotated[Door, Depends(opened(Action.LIST_SIGHTINGS))],
    limit: Limit = 50,
    cursor: Cursor = None,
    purpose: Annotated[
        ReasonCode | None, Query(description="Opens place, note and contact; recorded.")
    ] = None,
) -> SightingList:
    """List the sightings of a case, in the order of telling."""
    after = position(cursor)
    told = [
        one
        for one in door.recorded
        if one.kind == "sighting.reported/1" and (after is None or one.log_index > after)
    ]
    shown, rest = told[:limit], told[limit:]
    sealed: Opened = {}
    if purpose is not None:
        sealed = await open_seen(rooms, door, purpose)
    among = sighting.fold_all(door.recorded)
    sorter = Sorter.of(door.state, among, (await _triage(request).board()).reputes)
    return SightingList(
        items=await asyncio.to_thread(lambda: [_out(one, sorter, sealed) for one in shown]),
        next=str(shown[-1].log_index) if rest else None,
    )


def _out(told: Recorded, sorter: Sorter, sealed: Opened) -> SightingOut:
    fact = told.fact
    assert isinstance(fact, SightingReported)
    found, state = sorter.sort(fact.sighting), sorter.among[fact.sighting]
    assert found is not None
    return SightingOut(
        **sighting_fields(fact, found),
        status=state.status.value,
        into=state.into or None,
        released=state.released,
        **sealed.get(told.id, {}),
    )


def _triage(request: HttpRequest) -> Triage:
    triage = request.app.state.triage
    assert isinstance(triage, Triage)
    return triage


def _hidden(board: Board, case: str, caller: Caller) -> bool:
    """Whether a case is on hold for who asks; else all who list sightings list those of all."""
    known = board.case(case)
    return known is not None and known.held and caller.by.role not in HOLD_SEEN


@router.get("/sightings")
async def queue(
    request: HttpRequest,
    rooms: InRooms,
    caller: Annotated[Caller, Depends(guarded(Action.LIST_SIGHTINGS))],
    limit: Limit = 50,
    cursor: Cursor = None,
) -> WaitingList:
    """List what nobody has decided about, of all open cases.

    Those of cases with an alert come first, the oldest first; what was told after 72 hours is last.
    """
    after = position(cursor)
    board = await _triage(request).board()
    waiting = [one for one in board.waiting() if not _hidden(board, one.case, caller)]
    left = [one for one in waiting if after is None or one.place > after]
    shown, rest = left[:limit], left[limit:]
    sorters = {case: board.sorter(case) for case in {one.case for one in shown}}
    now = rooms.clock.now()

    def lines() -> list[WaitingOut]:
        found = []
        for one in shown:
            sorter = sorters[one.case]
            how = None if sorter is None else sorter.sort(one.sighting)
            if how is not None:
                found.append(waiting_out(one, how, now))
        return found

    return WaitingList(
        items=await asyncio.to_thread(lines),
        waiting=len(waiting),
        next=str(shown[-1].place) if rest else None,
    )


async def _enter(rooms: Rooms, caller: Caller, sighting_id: str) -> Door:
    rows = await rooms.log.stream_rows(f"sighting-{sighting_id}")
    if not rows:
        raise NoSuchSighting
    try:
        return await followed(rooms, await enter(rooms, caller, rows[0].key))
    except NoSuchCase:
        raise NoSuchSighting from None


@router.post("/sightings/{sighting_id}/accept")
async def accept(
    sighting_id: SightingPath,
    body: AcceptBody,
    rooms: InRooms,
    caller: Annotated[Caller, Depends(guarded(Action.JUDGE_SIGHTING))],
    keyed: WithKey,
) -> ReceiptOut:
    """Hold the sighting for credible: the search moves, and the hubs around it are noted."""
    door = await _enter(rooms, caller, sighting_id)
    reported = sighting.fold(door.recorded, sighting_id).reported
    assert reported is not None
    request = requests.AcceptSighting(
        at=rooms.clock.now(),
        by=caller.by,
        credibility_ppm=body.credibility_ppm,
        mode=body.mode,
        hubs=await rooms.books.around(reported.cell),
    )
    return await _decided(rooms, door.case, sighting_id, _asking(keyed, caller), request)


@router.post("/sightings/{sighting_id}/reject")
async def reject(
    sighting_id: SightingPath,
    body: ReasonBody,
    rooms: InRooms,
    caller: Annotated[Caller, Depends(guarded(Action.JUDGE_SIGHTING))],
    keyed: WithKey,
) -> ReceiptOut:
    """Hold the sighting for another person, a mistake or an invention."""
    door = await _enter(rooms, caller, sighting_id)
    request = requests.RejectSighting(at=rooms.clock.now(), by=caller.by, reason=body.reason)
    return await _decided(rooms, door.case, sighting_id, _asking(keyed, caller), request)


@router.post("/sightings/{sighting_id}/merge")
async def merge(
    sighting_id: SightingPath,
    body: MergeBody,
    rooms: InRooms,
    caller: Annotated[Caller, Depends(guarded(Action.JUDGE_SIGHTING))],
    keyed: WithKey,
) -> ReceiptOut:
    """Hold the sighting for one and the same as another: it is decided with that one."""
    door = await _enter(rooms, caller, sighting_id)
    request = requests.MergeSighting(at=rooms.clock.now(), by=caller.by, into=body.into)
    return await _decided(rooms, door.case, sighting_id, _asking(keyed, caller), request)


@router.post("/sightings/{sighting_id}/part")
async def part(
    sighting_id: SightingPath,
    rooms: InRooms,
    caller: Annotated[Caller, Depends(guarded(Action.JUDGE_SIGHTING))],
    keyed: WithKey,
) -> ReceiptOut:
    """Take back that it is one and the same as another, while that one is not decided."""
    door = await _enter(rooms, caller, sighting_id)
    request = requests.PartSighting(at=rooms.clock.now(), by=caller.by)
    return await _decided(rooms, door.case, sighting_id, _asking(keyed, caller), request)


@router.post("/sightings/{sighting_id}/release")
async def release(
    sighting_id: SightingPath,
    rooms: InRooms,
    caller: Annotated[Caller, Depends(guarded(Action.RELEASE_SIGHTING))],
    keyed: WithKey,
) -> ReceiptOut:
    """Let the reporter of the case know place and time of the sighting."""
    door = await _enter(rooms, caller, sighting_id)
    request = requests.ReleaseSighting(at=rooms.clock.now(), by=caller.by)
    return await _decided(rooms, door.case, sighting_id, _asking(keyed, caller), request)


@router.post("/sightings/{sighting_id}/withhold")
async def withhold(
    sighting_id: SightingPath,
    rooms: InRooms,
    caller: Annotated[Caller, Depends(guarded(Action.RELEASE_SIGHTING))],
    keyed: WithKey,
) -> ReceiptOut:
    """Show a released sighting to the reporter no longer."""
    door = await _enter(rooms, caller, sighting_id)
    request = requests.WithholdSighting(at=rooms.clock.now(), by=caller.by)
    return await _decided(rooms, door.case, sighting_id, _asking(keyed, caller), request)
