"""Two cases of one person: which they may be, and letting one go on in the other."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Response
from fastapi import Request as HttpRequest

from homeward.case import Case
from homeward.case.merging import alike, apart_m
from homeward.desk import Queue, merge_cases, part_case
from homeward.facts.access import LikenessesShown
from homeward.http.answers import ReceiptOut, receipt_out
from homeward.http.asking import WithKey, tag
from homeward.http.auth import InRooms
from homeward.http.authorisation import Action
from homeward.http.bodies import IntoBody
from homeward.http.caseview import LikenessesOut, LikenessView
from homeward.http.doors import HOLD_SEEN, Door, case_id, opened
from homeward.http.noting import note_look
from homeward.http.strict import StrictRoute
from homeward.refusals import NoSuchCase
from homeward.requests.merging import MergeCase, PartCase
from homeward.words import case_code, instant_text

router = APIRouter(prefix="/v1/cases", tags=["cases"], route_class=StrictRoute)
LIKENESSES_MAX: Final = 20
"""Of more, the nearest: whoever looks compares each with what was reported."""


@router.post("/{case}/merge")
async def merge(
    body: IntoBody,
    response: Response,
    rooms: InRooms,
    door: Annotated[Door, Depends(opened(Action.MERGE))],
    keyed: WithKey,
) -> ReceiptOut:
    """Let the case go on in another one of the same person; whoever was told is told the code."""
    try:
        into = await case_id(rooms, body.into)
    except NoSuchCase:
        into = rooms.desk.new_id(keyed.asking(door.by), "nowhere")
    request = MergeCase(at=rooms.clock.now(), by=door.by, into=into)
    receipt = await merge_cases(rooms.desk, rooms.books, door.case, keyed.asking(door.by), request)
    tag(response, receipt)
    return receipt_out(door.case, receipt)


@router.post("/{case}/part")
async def part(
    response: Response,
    rooms: InRooms,
    door: Annotated[Door, Depends(opened(Action.MERGE))],
    keyed: WithKey,
) -> ReceiptOut:
    """Let a merged case go by itself again: it was about somebody else; whoever was told is told.

    It gets back how it stood and what was seen of it until the merge. Its alert goes out with its
    next version.
    """
    request = PartCase(at=rooms.clock.now(), by=door.by)
    receipt = await part_case(rooms.desk, door.case, keyed.asking(door.by), request)
    tag(response, receipt)
    return receipt_out(door.case, receipt)


@router.get("/{case}/likenesses")
async def likenesses(
    request: HttpRequest,
    rooms: InRooms,
    door: Annotated[Door, Depends(opened(Action.MERGE))],
) -> LikenessesOut:
    """List open cases that may be of the same person; that you looked is recorded."""
    queue = request.app.state.queue
    assert isinstance(queue, Queue)
    board = await queue.board()
    seen = (one.case for one in board.open.values() if _is_seen(door, one.case))
    found = [one for one in seen if alike(door.state, one)]
    found.sort(key=lambda one: (apart_m(door.state, one), one.id))
    found = found[:LIKENESSES_MAX]
    names = tuple(one.id for one in found)
    fact = LikenessesShown(case=door.case, at=rooms.clock.now(), found=names)
    await note_look(rooms, door.by, fact, of=door.case, what="likenesses")
    return LikenessesOut(items=[_shown(door.state, one) for one in found])


def _is_seen(door: Door, case: Case) -> bool:
    """Whether who asks may know more of a case than that it is on hold."""
    return not case.held or door.by.role in HOLD_SEEN


def _shown(mine: Case, other: Case) -> LikenessView:
    assert mine.raised is not None
    assert other.raised is not None
    said, apart = other.raised, mine.raised.last_seen_at - other.raised.last_seen_at
    return LikenessView(
        case=other.id,
        code=case_code(other.id),
        status=other.status.value,
        category=other.category.value,
        age_band=said.age_band.value,
        sex=said.sex.value,
        raised_at=instant_text(said.at),
        last_seen_at=instant_text(said.last_seen_at),
        apart_km=round(apart_m(mine, other) / 1_000),
        apart_min=round(abs(apart.total_seconds()) / 60),
    )
