"""Alarming without a second person: one supervisor, and the review by another one."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response
from pydantic import Field

from homeward.case import Case
from homeward.case.reviews import Review
from homeward.desk import Receipt, digest_of, emergencies_before, noted_emergency
from homeward.facts.emergency import EmergencyUsed
from homeward.http.alerts import DraftPath, hubs_around
from homeward.http.answers import EmergencyOut, ReceiptOut, receipt_fields, receipt_out
from homeward.http.asking import WithKey, tag
from homeward.http.auth import KEY, InRooms
from homeward.http.authorisation import Action
from homeward.http.bodies import Body
from homeward.http.deciding import decide_case, decide_prepared
from homeward.http.doors import Door, opened
from homeward.http.givens import draft_cells
from homeward.http.problems import StepUpFailed
from homeward.http.rooms import Rooms
from homeward.http.strict import StrictRoute
from homeward.messages import Recorded
from homeward.record.envelope import read
from homeward.requests import Request
from homeward.requests.emergency import REASON_MAX, REASON_MIN, ReviewEmergency, UseEmergency
from homeward.words import Digest, Id, Note, Verdict, instant_text

router = APIRouter(prefix="/v1/cases", tags=["alerts"], route_class=StrictRoute)
ReviewPath = Annotated[Id, Path(description="As the case has it, below reviews.")]


class EmergencyBody(Body):
    """Why nobody is waited for, and the key once more."""

    reason: Annotated[
        str,
        Field(
            min_length=REASON_MIN,
            max_length=REASON_MAX,
            description="It is sealed: it may name people.",
        ),
    ]
    digest: Annotated[Digest, Field(description="As it stands beside the draft's words.")]
    key: Annotated[
        str, Field(max_length=200, description="The caller's own API key, typed once more.")
    ]


class ReviewBody(Body):
    """What a second supervisor says of it."""

    verdict: Verdict
    note: Note | None = None


async def check_step_up(rooms: Rooms, door: Door, key: str) -> None:
    """Refuse whoever cannot show the key of their account again. Raises StepUpFailed.

    So neither a page's session nor a token that somebody found is enough for it.
    """
    holder = await rooms.api_keys.lookup(key) if key.startswith(KEY) else None
    same = holder is not None and (holder.account, holder.role) == (door.by.id, door.by.role)
    if holder is None or holder.revoked or not same:
        raise StepUpFailed


@router.post("/{case}/alerts/{draft_id}/emergency")
async def use(
    draft_id: DraftPath,
    body: EmergencyBody,
    response: Response,
    rooms: InRooms,
    door: Annotated[Door, Depends(opened(Action.EMERGENCY))],
    keyed: WithKey,
) -> EmergencyOut:
    """Let a draft go to its whole bound though nobody else approved it.

    At most twice in 24 hours. The police desks are told at once, and another supervisor reviews it
    within 24 hours. What is out on the fast lane goes on under the same version.
    """
    await check_step_up(rooms, door, body.key)
    if door.state.draft and door.state.draft.id == draft_id:
        rooms.issuing(draft_id)

    async def prepare(state: Case, recorded: Sequence[Recorded]) -> Request:
        now = rooms.clock.now()
        return UseEmergency(
            at=now,
            by=door.by,
            draft=draft_id,
            reason=body.reason,
            digest=body.digest,
            shown=await digest_of(rooms.log, draft_id),
            hubs=await hubs_around(rooms, state, recorded),
            given=await draft_cells(rooms, state, draft_id),
            used_before=await emergencies_before(rooms.log, door.by, now),
        )

    beside = noted_emergency(rooms.log, door.by)
    receipt = await decide_prepared(rooms, door.case, keyed.asking(door.by), prepare, beside)
    tag(response, receipt)
    return await _out(rooms, door, draft_id, receipt)


async def _out(rooms: Rooms, door: Door, draft: str, receipt: Receipt) -> EmergencyOut:
    """Return what it is answered: the same each time, by what it made true."""
    row = await rooms.log.by_id(receipt.facts[0][0]) if receipt.facts else None
    known: Review | None = next((one for one in door.state.reviews if one.draft == draft), None)
    review, due = (known.id, known.due) if known else (None, None)
    if row is not None:
        used = read(row).fact
        assert isinstance(used, EmergencyUsed)
        review, due = receipt.facts[0][0], used.review_by
    return EmergencyOut(
        **receipt_fields(door.case, receipt),
        review=review,
        review_by=instant_text(due) if due else None,
    )


@router.post("/{case}/reviews/{review}")
async def judge(
    review: ReviewPath,
    body: ReviewBody,
    response: Response,
    rooms: InRooms,
    door: Annotated[Door, Depends(opened(Action.REVIEW))],
    keyed: WithKey,
) -> ReceiptOut:
    """Say whether an alarm without a second person was justified; never one's own."""
    wish = ReviewEmergency(
        at=rooms.clock.now(), by=door.by, review=review, verdict=body.verdict, note=body.note
    )
    receipt = await decide_case(rooms, door.case, keyed.asking(door.by), wish)
    tag(response, receipt)
    return receipt_out(door.case, receipt)
