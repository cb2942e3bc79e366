"""Sightings: reported by anybody who was told, judged by a human."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from homeward import sighting
from homeward.case import fold
from homeward.desk import Asking, Opened, Receipt
from homeward.facts.sighting import SightingReported
from homeward.http.answers import (
    ReceiptOut,
    SightedOut,
    SightingList,
    SightingOut,
    receipt_fields,
    receipt_out,
)
from homeward.http.asking import Cursor, Keyed, Limit, WithKey, position
from homeward.http.auth import Caller, InRooms, guarded
from homeward.http.authorisation import Action
from homeward.http.bodies import AcceptBody, ReasonBody, SightingBody, public_cell
from homeward.http.doors import Door, enter, opened
from homeward.http.personal import open_for
from homeward.http.rooms import Rooms
from homeward.http.strict import StrictRoute
from homeward.messages import Fact, Recorded
from homeward.refusals import NoSuchCase, NoSuchSighting
from homeward.requests import Request
from homeward.requests import sighting as requests
from homeward.words import Id, ReasonCode, instant_text

router = APIRouter(prefix="/v1", tags=["sightings"], route_class=StrictRoute)
SightingPath = Annotated[Id, Path(description="The sighting's id.")]


async def _submit(
    rooms: Rooms, case: str, sighting_id: str, asking: Asking, request: Request
) -> Receipt:
    def decide(recorded: Sequence[Recorded]) -> Sequence[Fact]:
        state = sighting.fold(recorded, sighting_id)
        return sighting.decide(fold(recorded), state, request)

    return await rooms.desk.submit(
        f"sighting-{sighting_id}", asking, lambda: rooms.desk.case_facts(case), decide
    )


def _asking(keyed: Keyed, caller: Caller) -> Asking:
    """If-Match speaks of the case, and a sighting is a stream of its own."""
    return Asking(caller.by, keyed.key, keyed.request_hash)


@router.post("/cases/{case}/sightings", status_code=201)
async def report(
    body: SightingBody,
    rooms: InRooms,
    door: Annotated[Door, Depends(opened(Action.SIGHT))],
    keyed: WithKey,
) -> SightedOut:
    """Say that one saw the person; the cell that searchers see is made here."""
    asking = _asking(keyed, door.caller)
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
    )
    receipt = await _submit(rooms, door.case, sighting_id, asking, request)
    return SightedOut(**receipt_fields(door.case, receipt), sighting=sighting_id)


@router.get("/cases/{case}/sightings")
async def list_(
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
        sealed = await open_for(rooms, door, purpose, ("place", "note", "contact"))
    return SightingList(
        items=[_out(one, door.recorded, sealed) for one in shown],
        next=str(shown[-1].log_index) if rest else None,
    )


def _out(told: Recorded, recorded: Sequence[Recorded], sealed: Opened) -> SightingOut:
    fact = told.fact
    assert isinstance(fact, SightingReported)
    return SightingOut(
        sighting=fact.sighting,
        status=sighting.fold(recorded, fact.sighting).status.value,
        cell=fact.cell,
        seen_at=instant_text(fact.seen_at),
        accuracy_m=fact.accuracy_m,
        mode=fact.claimed_mode.value,
        source=fact.source.value,
        at=instant_text(fact.at),
        **sealed.get(told.id, {}),
    )


async def _enter(rooms: Rooms, caller: Caller, sighting_id: str) -> Door:
    rows = await rooms.log.stream_rows(f"sighting-{sighting_id}")
    if not rows:
        raise NoSuchSighting
    try:
        return await enter(rooms, caller, rows[0].key)
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
    asking = _asking(keyed, caller)
    return receipt_out(door.case, await _submit(rooms, door.case, sighting_id, asking, request))


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
    asking = _asking(keyed, caller)
    return receipt_out(door.case, await _submit(rooms, door.case, sighting_id, asking, request))
