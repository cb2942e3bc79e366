"""Forms of a case's page that correct its report: what outsiders said, and where it began."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from homeward.http import correcting
from homeward.http.asking import Keyed
from homeward.http.auth import InRooms
from homeward.http.authorisation import Action
from homeward.http.bodies import CorrectBody
from homeward.http.correcting import ProposalPath
from homeward.http.doors import Door
from homeward.http.pages.desk import DeskRoute, at_case
from homeward.http.pages.dutyacts import act_on, typed_moment
from homeward.words import Datum

router = APIRouter(prefix="/duty/cases/{case}", tags=["duty"], route_class=DeskRoute)
WHERE = ("lat", "lon")


@router.post("/proposals/{proposal}/accept", status_code=303)
async def accept(
    request: Request,
    proposal: ProposalPath,
    rooms: InRooms,
    door: Annotated[Door, Depends(at_case(Action.JUDGE_PROPOSAL))],
) -> Response:
    """Hold what somebody proposed for true."""

    async def doing(keyed: Keyed, said: Mapping[str, str]) -> None:
        del said
        await correcting.accept(proposal, Response(), rooms, door, keyed)

    return await act_on(request, rooms, door, f"{proposal} accept-proposal", doing)


@router.post("/proposals/{proposal}/refuse", status_code=303)
async def refuse(
    request: Request,
    proposal: ProposalPath,
    rooms: InRooms,
    door: Annotated[Door, Depends(at_case(Action.JUDGE_PROPOSAL))],
) -> Response:
    """Do not go by what somebody proposed."""

    async def doing(keyed: Keyed, said: Mapping[str, str]) -> None:
        del said
        await correcting.refuse(proposal, Response(), rooms, door, keyed)

    return await act_on(request, rooms, door, f"{proposal} refuse-proposal", doing)


@router.post("/last-seen", status_code=303)
async def correct_last_seen(
    request: Request, rooms: InRooms, door: Annotated[Door, Depends(at_case(Action.CORRECT))]
) -> Response:
    """Say when, and where, the person was really seen last."""

    async def doing(keyed: Keyed, said: Mapping[str, str]) -> None:
        body = CorrectBody.model_validate(
            {
                "at": typed_moment(said, "seen_date", "seen_time"),
                "place": _place(said),
                "text": said.get("text") or None,
            }
        )
        await correcting.correct_last_seen(body, Response(), rooms, door, keyed)

    return await act_on(request, rooms, door, "last-seen", doing)


def _place(said: Mapping[str, str]) -> dict[str, Any] | None:
    """Return the place that was typed; None: only the time was wrong.

    What is no number is left as it was typed, for the body to refuse.
    """
    if not any(said.get(one) for one in WHERE):
        return None
    place: dict[str, Any] = {one: _number(said.get(one, "")) for one in WHERE}
    accuracy = said.get("accuracy_m", "")
    if accuracy.isascii() and accuracy.isdecimal():
        place["accuracy_m"] = int(accuracy)
    return {**place, "datum": said.get("datum", Datum.GCJ02.value)}


def _number(typed: str) -> float | str:
    try:
        return float(typed)
    except ValueError:
        return typed
