"""One sighting: reported by anybody, decided by a human, moving the search only when accepted."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from homeward.case import Case
from homeward.case.rules import JUDGES_OF_SIGHTINGS, check_seen, only
from homeward.facts import sighting as facts
from homeward.messages import Fact, Recorded
from homeward.refusals import (
    CaseOver,
    NoSuchCase,
    NoSuchSighting,
    SightingDecided,
    SightingExists,
)
from homeward.requests import Request
from homeward.requests import sighting as requests


class Status(StrEnum):
    """What became of a sighting."""

    NONE = "none"
    REPORTED = "reported"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Sighting:
    """What is true of a sighting."""

    status: Status = Status.NONE
    version: int = 0
    reported: facts.SightingReported | None = None
    reported_by: str = ""
    decided: facts.SightingAccepted | facts.SightingRejected | None = None


def evolve(sighting: Sighting, heard: Recorded) -> Sighting:
    """Return the sighting after a fact of its stream."""
    match heard.fact:
        case facts.SightingReported() as fact:
            return Sighting(
                Status.REPORTED, heard.version, fact.without_personal(), reported_by=heard.by.id
            )
        case facts.SightingAccepted() as fact:
            bare = fact.model_copy(update={"hubs": None})
            return replace(sighting, status=Status.ACCEPTED, version=heard.version, decided=bare)
        case facts.SightingRejected() as fact:
            return replace(sighting, status=Status.REJECTED, version=heard.version, decided=fact)
        case _:
            return sighting


def fold(recorded: Iterable[Recorded], sighting_id: str) -> Sighting:
    """Return one sighting after these facts in log order; those of others are passed over."""
    sighting = Sighting()
    for heard in recorded:
        if getattr(heard.fact, "sighting", None) == sighting_id:
            sighting = evolve(sighting, heard)
    return sighting


def decide(case: Case, sighting: Sighting, request: Request) -> tuple[Fact, ...]:
    """Return the facts this request makes true; none when they are true already.

    Raises a Refused.
    """
    if case.raised is None:
        raise NoSuchCase
    match request:
        case requests.ReportSighting():
            return _report(case, sighting, request)
        case requests.AcceptSighting() | requests.RejectSighting():
            return _judge(case, sighting, request)
        case _:
            raise TypeError(f"no decision of a sighting: {type(request).__name__}")


def _report(case: Case, sighting: Sighting, request: requests.ReportSighting) -> tuple[Fact, ...]:
    assert case.raised is not None
    if request.case != case.id:
        raise NoSuchCase
    fact = facts.SightingReported(
        case=case.id,
        at=request.at,
        sighting=request.sighting,
        cell=request.cell,
        seen_at=request.seen_at,
        accuracy_m=request.accuracy_m,
        claimed_mode=request.claimed_mode,
        source=request.by.role,
        place=request.place,
        note=request.note,
        contact=request.contact,
    )
    if sighting.reported is not None:
        known = fact.without_personal() == sighting.reported
        if known and request.by.id == sighting.reported_by:
            return ()
        raise SightingExists
    if case.status.over:
        raise CaseOver(case.status.value)
    check_seen(request.seen_at, request.at, case.raised.last_seen_at)
    return (fact,)


def _judge(
    case: Case,
    sighting: Sighting,
    request: requests.AcceptSighting | requests.RejectSighting,
) -> tuple[Fact, ...]:
    only(JUDGES_OF_SIGHTINGS, request)
    reported = sighting.reported
    if reported is None or reported.case != case.id:
        raise NoSuchSighting
    fact: facts.SightingAccepted | facts.SightingRejected
    if isinstance(request, requests.AcceptSighting):
        fact = facts.SightingAccepted(
            case=case.id,
            at=request.at,
            sighting=reported.sighting,
            cell=reported.cell,
            seen_at=reported.seen_at,
            accuracy_m=reported.accuracy_m,
            mode=request.mode or reported.claimed_mode,
            credibility_ppm=request.credibility_ppm,
            hubs=request.hubs,
        )
    else:
        fact = facts.SightingRejected(
            case=case.id, at=request.at, sighting=reported.sighting, reason=request.reason
        )
    if sighting.decided is not None:
        if _same(sighting.decided, fact):
            return ()
        raise SightingDecided(sighting.status.value)
    if case.status.over:
        raise CaseOver(case.status.value)
    return (fact,)


def _same(one: Fact, other: Fact) -> bool:
    """Whether two decisions say the same, whenever and with whatever hub book."""
    return one.kind == other.kind and {**one.public(), "at": None} == {
        **other.public(),
        "at": None,
    }
