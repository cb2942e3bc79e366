"""How sightings are answered to whoever judges them, as models, and how they are made."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from homeward.facts.sighting import SightingReported
from homeward.http.answers import Answered
from homeward.timeline.triage import Sorted, Waiting
from homeward.words import case_code, instant_text


class LegOut(Answered):
    """What it takes to be at a credible place and at the one reported."""

    place: Annotated[str, Field(description="last-seen, or an accepted sighting.")]
    credibility_ppm: int
    km: float
    minutes: Annotated[float, Field(description="From there to here; below 0: here first.")]
    kmh: Annotated[float, Field(description="Required; five minutes and errors are forgiven.")]


class NearOut(Answered):
    """Another sighting at about the same place and time."""

    sighting: str
    why: Annotated[str, Field(description="same-account: a repeat; other-account: two at once.")]
    km: float
    minutes: float


class ReputeOut(Answered):
    """What became of the account's other sightings, of all cases."""

    accepted: int
    rejected: int


class SightingOut(Answered):
    """A sighting; place, note and contact only with a purpose."""

    sighting: str
    status: str
    cell: str
    seen_at: str
    accuracy_m: int
    mode: str
    source: str
    at: str
    band: Annotated[str, Field(description="likely, possible, doubtful or impossible-as-told")]
    credibility_ppm: Annotated[int, Field(description="A suggestion; a person decides.")]
    reasons: list[str]
    legs: Annotated[list[LegOut], Field(description="The fastest first.")]
    told_after_min: float
    teller: Annotated[str, Field(description="staff, hub, volunteer, reporter or public")]
    repute: ReputeOut
    near: list[NearOut]
    merged: Annotated[list[str], Field(description="Decided with this one.")]
    released: Annotated[bool, Field(description="Whether the reporter sees it.")] = False
    into: Annotated[str | None, Field(description="What it is decided with.")] = None
    place: dict[str, Any] | None = None
    note: str | None = None
    contact: str | None = None


class SightingList(Answered):
    """Sightings, in the order of telling."""

    items: list[SightingOut]
    next: str | None


class WaitingOut(SightingOut):
    """A sighting that nobody has decided about."""

    case: str
    code: str
    age_s: Annotated[float, Field(description="Since it was told, on the case clock.")]


class WaitingList(Answered):
    """What waits, first what is to be looked at first."""

    items: list[WaitingOut]
    waiting: Annotated[int, Field(description="In the whole queue.")]
    next: str | None


def sighting_fields(said: SightingReported, found: Sorted) -> dict[str, Any]:
    """Return what both lists show of a sighting, but for its status."""
    how = found.plausibility
    return {
        "sighting": said.sighting,
        "cell": said.cell,
        "seen_at": instant_text(said.seen_at),
        "accuracy_m": said.accuracy_m,
        "mode": said.claimed_mode.value,
        "source": said.source.value,
        "at": instant_text(said.at),
        "band": how.band.value,
        "credibility_ppm": how.credibility_ppm,
        "reasons": list(how.reasons),
        "legs": [
            LegOut(
                place=one.place,
                credibility_ppm=one.credibility_ppm,
                km=one.km,
                minutes=one.minutes,
                kmh=one.kmh,
            )
            for one in how.legs
        ],
        "told_after_min": how.told_after_min,
        "teller": how.teller.value,
        "repute": ReputeOut(accepted=how.repute.accepted, rejected=how.repute.rejected),
        "near": [
            NearOut(sighting=one.sighting, why=one.why, km=one.km, minutes=one.minutes)
            for one in found.near
        ],
        "merged": list(found.merged),
    }


def waiting_out(one: Waiting, found: Sorted, now: datetime) -> WaitingOut:
    """Return a line of the queue."""
    return WaitingOut(
        **sighting_fields(one.reported, found),
        status="reported",
        case=one.case,
        code=case_code(one.case),
        age_s=max(0.0, (now - one.reported.at).total_seconds()),
    )
