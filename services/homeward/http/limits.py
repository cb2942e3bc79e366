"""What a recipient wants to be told of, and until when of nothing: said and read by them alone.

No officer and no account that registered them reads it: a pause tells something about a person.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, Field

from homeward.formats import rosterfields
from homeward.formats.tables import BadRow
from homeward.http.auth import Caller, InRooms, guarded
from homeward.http.authorisation import Action
from homeward.http.bodies import Body, Whole
from homeward.http.enrolling import Quiet
from homeward.http.problems import NoSuchRecipient, RecipientWrong
from homeward.http.rooms import Rooms
from homeward.http.strict import StrictRoute
from homeward.policies.attention import PER_DAY_MAX, day_limit
from homeward.ports import FOREVER, Limits, Registered
from homeward.words import RecipientId, Severity, instant_text

router = APIRouter(prefix="/v1", tags=["recipients"], route_class=StrictRoute)
PAUSES_H: Final = {"8h": 8, "24h": 24, "7d": 7 * 24}
SAME_PAUSE: Final = timedelta(minutes=1)
"""A pause that would end so little later was asked for twice, by a double tap."""
_MINUTES: Final = 60


class LimitsBody(Body):
    """What is to change; what is left out stays as it is."""

    pause: Annotated[
        Literal["8h", "24h", "7d", "until-ended", "ended"] | None,
        Field(description="Told of nothing for so long; `ended` ends a pause."),
    ] = None
    per_day: Annotated[
        Whole | None,
        Field(ge=0, le=PER_DAY_MAX, description="Alerts a day; 0: as many as the policy says."),
    ] = None
    severity_min: Severity | None = None
    reach_km_max: Annotated[
        Whole | None, Field(ge=0, le=5_000, description="Only what happens so near; 0: no limit.")
    ] = None
    quiet: Annotated[
        Quiet | Literal["none"] | None, Field(description="`none`: no quiet hours any more.")
    ] = None
    lang: Annotated[
        str | None, Field(min_length=1, max_length=20, description="In which they are told.")
    ] = None


class LimitsOut(BaseModel):
    """What a recipient wants to be told of."""

    paused_until: Annotated[
        str | None, Field(description="null: not paused; `until-ended`: until they end it.")
    ]
    per_day: int
    per_day_counts: Annotated[int, Field(description="What that comes to, by the policy.")]
    severity_min: Severity
    reach_km_max: int
    quiet_from: str | None
    quiet_to: str | None
    zone: str
    lang: str


async def _own(rooms: Rooms, caller: Caller, recipient: str) -> Registered:
    """Return the caller's own registration. Raises NoSuchRecipient for anybody else's."""
    known = await rooms.roster.get(recipient) if recipient == caller.by.id else None
    if known is None:
        raise NoSuchRecipient
    return known


@router.get("/recipients/{recipient}/limits")
async def read(
    recipient: Annotated[RecipientId, Path()],
    rooms: InRooms,
    caller: Annotated[Caller, Depends(guarded(Action.SEE_SELF))],
) -> LimitsOut:
    """Return what one wants to be told of."""
    return shown((await _own(rooms, caller, recipient)).limits)


@router.post("/recipients/{recipient}/limits")
async def change(
    body: LimitsBody,
    recipient: Annotated[RecipientId, Path()],
    rooms: InRooms,
    caller: Annotated[Caller, Depends(guarded(Action.SEE_SELF))],
) -> LimitsOut:
    """Change what one wants to be told of; it outlives a registration by somebody else.

    Sent twice it changes nothing more. Whoever may be told by it is told at once of what is live.
    """
    known = await _own(rooms, caller, recipient)
    limits = changed(known.limits, body, rooms.clock.now())
    if limits != known.limits:
        await rooms.roster.limit(recipient, limits)
    return shown(limits)


def changed(limits: Limits, body: LimitsBody, now: datetime) -> Limits:
    """Return limits after a change. Raises RecipientWrong."""
    said = body.model_dump(exclude_none=True, exclude={"pause", "quiet"})
    said["severity_min"] = body.severity_min or limits.severity_min
    if body.pause is not None:
        said["paused_until"] = _paused_until(body.pause, now, limits.paused_until)
    if body.lang is not None:
        said["lang"] = _lang(body.lang)
    if body.quiet == "none":
        said |= {"quiet_from_min": -1, "quiet_to_min": -1}
    elif isinstance(body.quiet, Quiet):
        said |= _quiet(body.quiet, limits.zone)
    return replace(limits, **said)


def _paused_until(pause: str, now: datetime, before: datetime | None) -> datetime | None:
    if pause in PAUSES_H:
        until = now + timedelta(hours=PAUSES_H[pause])
        again = before is not None and timedelta(0) <= until - before < SAME_PAUSE
        return before if again else until
    return FOREVER if pause == "until-ended" else None


def _quiet(quiet: Quiet, zone: str) -> dict[str, int | str]:
    try:
        return {
            "quiet_from_min": rosterfields.minutes(quiet.from_),
            "quiet_to_min": rosterfields.minutes(quiet.to),
            "zone": rosterfields.zone(quiet.zone) if quiet.zone else zone,
        }
    except BadRow as wrong:
        raise RecipientWrong(str(wrong)) from None


def _lang(lang: str) -> str:
    try:
        return rosterfields.lang(lang)
    except BadRow as wrong:
        raise RecipientWrong(str(wrong)) from None


def shown(limits: Limits) -> LimitsOut:
    """Return limits as their owner sees them."""
    until = limits.paused_until
    quiet = limits.quiet_from_min >= 0 and limits.quiet_to_min >= 0
    return LimitsOut(
        paused_until=None
        if until is None
        else "until-ended"
        if until == FOREVER
        else instant_text(until),
        per_day=limits.per_day,
        per_day_counts=day_limit(limits.per_day),
        severity_min=limits.severity_min,
        reach_km_max=limits.reach_km_max,
        quiet_from=_clock(limits.quiet_from_min) if quiet else None,
        quiet_to=_clock(limits.quiet_to_min) if quiet else None,
        zone=limits.zone,
        lang=limits.lang,
    )


def _clock(minutes: int) -> str:
    return f"{minutes // _MINUTES:02}:{minutes % _MINUTES:02}"
