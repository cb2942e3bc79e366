"""Cases: raised, listed, seen, and what people decide about them."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Response

from homeward.case import LAPSED, OWN, Case, Status, decide, fold
from homeward.codec import KINDS
from homeward.desk import Asking, Receipt
from homeward.http.answers import (
    CaseLine,
    CaseList,
    RaisedOut,
    ReceiptOut,
    receipt_fields,
    receipt_out,
)
from homeward.http.asking import Cursor, Limit, WithKey, etag, position, tag
from homeward.http.auth import CASE, Caller, InRooms, guarded
from homeward.http.authorisation import Action, Scope
from homeward.http.bodies import (
    CancelBody,
    FactsBody,
    NoteBody,
    RaiseBody,
    RejectBody,
    ResolveBody,
    UnitBody,
    VehicleBody,
    public_cell,
)
from homeward.http.caseview import CaseOut, TombstoneOut
from homeward.http.deciding import decide_case
from homeward.http.doors import HOLD_SEEN, Door, desk_sees, followed, opened
from homeward.http.onhold import HoldOut, hold_json
from homeward.http.personal import open_for, person
from homeward.http.reportlimits import claim
from homeward.http.rooms import Rooms
from homeward.http.screening import decide_screened, is_protected
from homeward.http.showing import case_json, tombstone
from homeward.http.strict import StrictRoute
from homeward.record.envelope import read
from homeward.requests import Request
from homeward.requests import case as requests
from homeward.words import Category, ReasonCode, Role, case_code, instant_text

router = APIRouter(prefix="/v1/cases", tags=["cases"], route_class=StrictRoute)
CASE_KINDS: Final = frozenset({LAPSED, *(one for one in KINDS if one.startswith(OWN))})


async def raise_case(
    rooms: Rooms, asking: Asking, body: RaiseBody, device: str | None = None
) -> tuple[str, Receipt]:
    """Raise a case and return its id; the same asking raises it once. Raises Refused."""
    case = rooms.desk.new_id(asking, "case")
    place = body.last_seen.place.place()
    request = requests.RaiseCase(
        at=rooms.clock.now(),
        by=asking.by,
        case=case,
        category=body.category,
        mode=body.mode,
        last_seen_cell=public_cell(place),
        last_seen_at=body.last_seen.at,
        error_m=place.accuracy_m,
        custody=body.custody,
        protection_order=body.protection_order,
        description=body.person,
        others=body.others,
        place=place,
        place_text=body.last_seen.text,
        reporter=body.reporter,
        note=body.note,
    )
    decide(Case(), request)  # what is refused for itself claims nothing
    await claim(rooms, asking, case, body.reporter, device)
    screened = await is_protected(rooms, [body.person, *body.others], body.reporter)
    return case, await decide_screened(rooms, case, asking, request, screened=screened)


def reporter_path(rooms: Rooms, case: str) -> str:
    """Return the path of the reporter's secret page."""
    return f"/r/{case_code(case)}/{rooms.ring.token(CASE, case)}"


@router.post("", status_code=201)
async def raise_(
    body: RaiseBody,
    response: Response,
    rooms: InRooms,
    caller: Annotated[Caller, Depends(guarded(Action.RAISE))],
    keyed: WithKey,
) -> RaisedOut:
    """Report that a person is missing."""
    case, receipt = await raise_case(rooms, keyed.asking(caller.by), body)
    tag(response, receipt, caller.by)
    link = rooms.public_url().rstrip("/") + reporter_path(rooms, case)
    return RaisedOut(**receipt_fields(case, receipt, caller.by), link=link)


@router.get("")
async def list_(
    rooms: InRooms,
    caller: Annotated[Caller, Depends(guarded(Action.LIST_CASES))],
    limit: Limit = 50,
    cursor: Cursor = None,
) -> CaseList:
    """List cases, newest first."""
    rows = await rooms.log.newest("case.raised/1", before=position(cursor), limit=limit)
    lines: list[CaseLine] = []
    for row in rows:
        recorded = [read(one) for one in await rooms.log.key_rows(row.key, kinds=CASE_KINDS)]
        state = fold(recorded)
        if caller.scope is Scope.DESK and not desk_sees(caller.by, recorded, state):
            continue
        hidden = state.held and caller.by.role not in HOLD_SEEN
        lines.append(
            CaseLine(
                case=row.key,
                code=case_code(row.key),
                status="hold" if hidden else state.status.value,
                category=(Category.OTHER if hidden else state.category).value,
                at=instant_text(recorded[0].at),
                version=state.version,
            )
        )
    return CaseList(items=lines, next=str(rows[-1].log_index) if len(rows) == limit else None)


@router.get(
    "/{case}",
    response_model=None,
    responses={200: {"model": CaseOut | TombstoneOut | HoldOut}},
)
async def see(
    response: Response,
    rooms: InRooms,
    door: Annotated[Door, Depends(opened(Action.SEE_CASE))],
    purpose: Annotated[
        ReasonCode | None, Query(description="Opens what is sealed; the access is recorded.")
    ] = None,
) -> dict[str, Any]:
    """Return how the case stands, as the caller may see it; of an expunged one, that it was."""
    if door.by.role is not Role.REPORTER and not door.on_hold:
        response.headers["ETag"] = etag(door.state.version)
    if door.state.status is Status.EXPUNGED:
        return tombstone(door)
    if door.on_hold:
        return hold_json(door)
    shown = await case_json(rooms, door)
    if purpose is not None:
        shown["personal"] = person(door.recorded, await open_for(rooms, door, purpose))
    return shown


async def decided(
    rooms: Rooms, door: Door, keyed: WithKey, request: Request, response: Response
) -> ReceiptOut:
    """Make a request about a case true and return its receipt. Raises Refused."""
    receipt = await decide_case(rooms, door.case, keyed.asking(door.by), request)
    tag(response, receipt, door.by)
    return receipt_out(door.case, receipt, door.by)


@router.post("/{case}/take-up")
async def take_up(
    body: UnitBody,
    response: Response,
    rooms: InRooms,
    door: Annotated[Door, Depends(opened(Action.TAKE_UP))],
    keyed: WithKey,
) -> ReceiptOut:
    """Look into a waiting report: the reporter's clock is answered."""
    request = requests.TakeUp(at=rooms.clock.now(), by=door.by, unit=body.unit)
    return await decided(rooms, door, keyed, request, response)


@router.post("/{case}/facts")
async def add_facts(
    body: FactsBody,
    response: Response,
    rooms: InRooms,
    door: Annotated[Door, Depends(opened(Action.ADD_FACTS))],
    keyed: WithKey,
) -> ReceiptOut:
    """Say more about the case; what a reporter says of one that was merged belongs to the other.

    Once it is verified, category and way of moving are proposed by reporters and organisations, and
    an officer decides. That custody is disputed, or that there is an order, goes in at once from
    anybody; that it is not, or that there is none, only from an officer.
    """
    if door.by.role is Role.REPORTER:
        door = await followed(rooms, door)
    request = requests.AddFacts(
        at=rooms.clock.now(),
        by=door.by,
        category=body.category,
        mode=body.mode,
        custody=body.custody,
        protection_order=body.protection_order,
        note=body.note,
    )
    receipt = await decide_screened(rooms, door.case, keyed.asking(door.by), request)
    tag(response, receipt, door.by)
    return receipt_out(door.case, receipt, door.by)


@router.post("/{case}/vehicle")
async def identify_vehicle(
    body: VehicleBody,
    response: Response,
    rooms: InRooms,
    door: Annotated[Door, Depends(opened(Action.ADD_FACTS))],
    keyed: WithKey,
) -> ReceiptOut:
    """Say that the person is in a vehicle, and which; outsiders propose it once it is verified."""
    request = requests.IdentifyVehicle(
        at=rooms.clock.now(),
        by=door.by,
        seen_at=body.seen_at,
        vehicle=body.vehicle,
        licence_plate=body.licence_plate,
    )
    return await decided(rooms, door, keyed, request, response)


@router.post("/{case}/withdraw")
async def withdraw(
    body: NoteBody,
    response: Response,
    rooms: InRooms,
    door: Annotated[Door, Depends(opened(Action.WITHDRAW))],
    keyed: WithKey,
) -> ReceiptOut:
    """Take one's own report back, before it was verified."""
    request = requests.Withdraw(at=rooms.clock.now(), by=door.by, note=body.note)
    return await decided(rooms, door, keyed, request, response)


@router.post("/{case}/verify")
async def verify(
    body: UnitBody,
    response: Response,
    rooms: InRooms,
    door: Annotated[Door, Depends(opened(Action.VERIFY))],
    keyed: WithKey,
) -> ReceiptOut:
    """Confirm the report: an alert may be drafted."""
    request = requests.Verify(at=rooms.clock.now(), by=door.by, unit=body.unit)
    return await decided(rooms, door, keyed, request, response)


@router.post("/{case}/reject")
async def reject(
    body: RejectBody,
    response: Response,
    rooms: InRooms,
    door: Annotated[Door, Depends(opened(Action.VERIFY))],
    keyed: WithKey,
) -> ReceiptOut:
    """Turn the report down; that is never edited again."""
    request = requests.Reject(at=rooms.clock.now(), by=door.by, reason=body.reason, note=body.note)
    return await decided(rooms, door, keyed, request, response)


@router.post("/{case}/resolve")
async def resolve(
    body: ResolveBody,
    response: Response,
    rooms: InRooms,
    door: Annotated[Door, Depends(opened(Action.RESOLVE))],
    keyed: WithKey,
) -> ReceiptOut:
    """Say what became of the person: no further wave goes out."""
    request = requests.ResolveCase(
        at=rooms.clock.now(), by=door.by, outcome=body.outcome, helped_by=body.helped_by
    )
    return await decided(rooms, door, keyed, request, response)


@router.post("/{case}/cancel")
async def cancel(
    body: CancelBody,
    response: Response,
    rooms: InRooms,
    door: Annotated[Door, Depends(opened(Action.CANCEL))],
    keyed: WithKey,
) -> ReceiptOut:
    """Take the alert back: everybody who was told is told so."""
    request = requests.CancelAlert(at=rooms.clock.now(), by=door.by, reason=body.reason)
    return await decided(rooms, door, keyed, request, response)
