"""Alarming without a second person, and the review of it by another supervisor, as forms."""

import uuid
from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from homeward.case.refusals import NoSuchReview
from homeward.case.reviews import Review
from homeward.facts.emergency import EmergencyUsed
from homeward.http import emergencies
from homeward.http.alerts import DraftPath
from homeward.http.asking import Keyed
from homeward.http.auth import InRooms
from homeward.http.authorisation import Action
from homeward.http.doors import Door, enter
from homeward.http.emergencies import EmergencyBody, ReviewBody, ReviewPath
from homeward.http.pages.desk import WORDS, DeskRoute, Failed, act, at_case, home, page
from homeward.http.pages.dutyalone import said_of
from homeward.http.pages.dutydrafts import Again, SameSeat, check_seat, found_in
from homeward.http.pages.dutyreasons import reason_of
from homeward.http.pages.language import language
from homeward.http.pages.moments import moment
from homeward.http.rooms import Rooms
from homeward.messages import Recorded
from homeward.refusals import NothingSaid
from homeward.words import Verdict, case_code

router = APIRouter(prefix="/duty/cases/{case}", tags=["duty"], route_class=DeskRoute)
VERDICTS = tuple(one.value for one in Verdict)


class ReviewedInSameSeat(SameSeat):
    """The alarm was given in the browser that would review it."""

    code = "review-same-seat"
    mend = "Review it in another session: another machine, or a telephone."


@router.post("/drafts/{draft_id}/emergency", status_code=303)
async def use(
    request: Request,
    draft_id: DraftPath,
    rooms: InRooms,
    door: Annotated[Door, Depends(at_case(Action.EMERGENCY))],
) -> Response:
    """Let a draft go to its whole bound though nobody else approved it."""
    found_in(door, draft_id)

    async def doing(keyed: Keyed, said: Mapping[str, str]) -> None:
        body = EmergencyBody.model_validate(
            {"reason": reason_of(said), "digest": said.get("digest"), "key": said.get("key", "")}
        )
        await emergencies.use(draft_id, body, Response(), rooms, door, keyed)

    again = Again(request, rooms, door, draft_id)
    return await act(request, f"{draft_id} emergency", doing, home(door), again.show)


def _review_in(door: Door, name: str) -> tuple[Review, Recorded]:
    """Return a review and the fact that opened it. Raises NoSuchReview."""
    review = next((one for one in door.state.reviews if one.id == name), None)
    used = next((one for one in door.recorded if one.id == name), None)
    if review is None or used is None:
        raise NoSuchReview
    return review, used


async def _reason(rooms: Rooms, door: Door, review: str) -> str:
    """Return why nobody was waited for, recorded first; "" once it was erased."""
    opened = await rooms.reader.open_case(
        door.case, door.by, purpose="review", fields=("reason",), reading=str(uuid.uuid4())
    )
    return str(opened.get(review, {}).get("reason", ""))


async def _shown(
    request: Request, rooms: Rooms, door: Door, name: str, failed: Failed | None = None
) -> Response:
    review, used = _review_in(door, name)
    assert isinstance(used.fact, EmergencyUsed)
    lang, now = language(request), rooms.clock.now()
    d, (_, draft) = WORDS[lang], found_in(door, review.draft)
    return page(
        request,
        "duty-review.html",
        failed.status if failed else 200,
        f"{home(door)}/reviews/{name}",
        home=home(door),
        code=case_code(door.case),
        review=review,
        by=d["review-by"].format(account=review.by, at=moment(used.fact.at, lang)),
        says=d[f"verdict-{review.verdict}"] if review.verdict else said_of(review, now, lang),
        own=review.by == door.by.id,
        reason=await _reason(rooms, door, name),
        bounds=d["bounds"].format(
            policy=d.get(f"policy-{draft.policy}", draft.policy),
            severity=d[f"severity-{draft.severity.value}"],
            km=draft.reach_km_max,
            at=moment(draft.expires_at, lang),
        ),
        verdicts=[(one, d[f"verdict-{one}"]) for one in VERDICTS],
        failed=failed,
    )


@router.get("/reviews/{review}")
async def see(
    request: Request,
    review: ReviewPath,
    rooms: InRooms,
    door: Annotated[Door, Depends(at_case(Action.REVIEW))],
) -> Response:
    """Show what one supervisor did alone, and why; reading the reason is recorded."""
    return await _shown(request, rooms, door, review)


@router.post("/reviews/{review}", status_code=303)
async def judge(
    request: Request,
    review: ReviewPath,
    rooms: InRooms,
    door: Annotated[Door, Depends(at_case(Action.REVIEW))],
) -> Response:
    """Say whether it was justified, in words; never of one's own."""
    _, used = _review_in(door, review)

    async def doing(keyed: Keyed, said: Mapping[str, str]) -> None:
        if used.by.id != door.by.id:  # else the desk says so itself
            try:
                check_seat(door.by, used)
            except SameSeat:
                raise ReviewedInSameSeat from None
        if not said.get("note"):
            raise NothingSaid
        body = ReviewBody.model_validate({"verdict": said.get("verdict"), "note": said["note"]})
        await emergencies.judge(review, body, Response(), rooms, door, keyed)

    async def again(failed: Failed) -> Response:
        fresh = await enter(rooms, door.caller, door.case)
        return await _shown(request, rooms, fresh, review, failed)

    return await act(request, f"{review} judge", doing, home(door), again)
