"""One sighting: reported by anybody, decided by a human, moving the search only when accepted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from homeward.case import Case
from homeward.case.corrections import missing_since
from homeward.case.merging import family, unmerged
from homeward.case.refusals import CaseOnHold
from homeward.case.rules import JUDGES_OF_SIGHTINGS, OFFICERS, check_seen, only
from homeward.case.sealing import unsealed
from homeward.facts import sighting as facts
from homeward.messages import Fact, Recorded
from homeward.refusals import (
    CaseOver,
    MergedAlready,
    MergedWithItself,
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
    MERGED = "merged"
    """One and the same as another, and decided with that one."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What is true of a sighting."""

    status: Status = Status.NONE
    version: int = 0
    reported: facts.SightingReported | None = None
    reported_by: str = ""
    decided: facts.SightingAccepted | facts.SightingRejected | None = None
    into: str = ""
    """What it was merged with."""
    released: bool = False
    """Whether the reporter of the case may see its place and time (SAFETY I-20)."""


Sightings = Mapping[str, Sighting]
"""The sightings of a case by id, in the order of telling."""
NONE: Final[Sightings] = MappingProxyType({})


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
        case facts.SightingMerged() as fact:
            return replace(
                sighting, status=Status.MERGED, version=heard.version, into=fact.into, decided=None
            )
        case facts.SightingParted():
            return replace(sighting, status=Status.REPORTED, version=heard.version, into="")
        case facts.SightingReleased() | facts.SightingWithheld() as fact:
            released = isinstance(fact, facts.SightingReleased)
            return replace(sighting, version=heard.version, released=released)
        case _:
            return sighting


def fold_all(recorded: Iterable[Recorded]) -> Sightings:
    """Return all sightings after the facts of a case in log order.

    A merge into one that was merged itself counts for nothing: two people may say at once that
    each is the other, and then the second of them said it too late. So nobody is lost in a circle.
    """
    found: dict[str, Sighting] = {}
    for heard in recorded:
        take_in(found, heard)
    return found


def take_in(found: dict[str, Sighting], heard: Recorded) -> None:
    """Bring the sightings of a case up to date with its next fact."""
    if not heard.kind.startswith("sighting."):
        return
    name = getattr(heard.fact, "sighting", None)
    if not isinstance(name, str):
        return
    before, into = found.get(name, Sighting()), getattr(heard.fact, "into", "")
    if into and (into not in found or found[into].into):
        found[name] = replace(before, version=heard.version)
    else:
        found[name] = evolve(before, heard)


def fold(recorded: Iterable[Recorded], sighting_id: str) -> Sighting:
    """Return one sighting after the facts of a case in log order."""
    return fold_all(recorded).get(sighting_id, Sighting())


def decided_with(among: Sightings, sighting_id: str) -> str:
    """Return the sighting whose decision is this one's: what it was merged with, or itself."""
    while into := among[sighting_id].into:
        sighting_id = into
    return sighting_id


def decide(
    case: Case, sighting: Sighting, request: Request, among: Sightings = NONE
) -> tuple[Fact, ...]:
    """Return the facts this request makes true; none when they are true already.

    ``among`` are the sightings of the case, for requests that speak of two. Raises a Refused.
    """
    if case.raised is None:
        raise NoSuchCase
    unsealed(case)
    unmerged(case)
    match request:
        case requests.ReportSighting():
            return _report(case, sighting, request)
        case requests.AcceptSighting() | requests.RejectSighting():
            return _judge(case, sighting, request)
        case requests.MergeSighting():
            return _merge(case, sighting, request, among)
        case requests.PartSighting():
            return _part(case, sighting, request, among)
        case requests.ReleaseSighting() | requests.WithholdSighting():
            return _release(case, sighting, request)
        case _:
            raise TypeError(f"no decision of a sighting: {type(request).__name__}")


def _report(case: Case, sighting: Sighting, request: requests.ReportSighting) -> tuple[Fact, ...]:
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
    since = request.missing_since or missing_since(case, request.by)
    check_seen(request.seen_at, request.at, since)
    return (fact,)


def _judge(
    case: Case,
    sighting: Sighting,
    request: requests.AcceptSighting | requests.RejectSighting,
) -> tuple[Fact, ...]:
    reported = _judged_by(case, sighting, request)
    if sighting.into:
        raise MergedAlready(sighting.into)
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


def _judged_by(case: Case, sighting: Sighting, request: Request) -> facts.SightingReported:
    """Return what is judged. Raises NotForRole, NoSuchSighting."""
    only(JUDGES_OF_SIGHTINGS, request)
    reported = sighting.reported
    if reported is None or reported.case not in family(case):
        raise NoSuchSighting
    return reported


def _merge(
    case: Case, sighting: Sighting, request: requests.MergeSighting, among: Sightings
) -> tuple[Fact, ...]:
    reported = _judged_by(case, sighting, request)
    if request.into == reported.sighting:
        raise MergedWithItself
    if sighting.into == request.into:
        return ()
    other = among.get(request.into)
    if other is None or other.reported is None or other.reported.case not in family(case):
        raise NoSuchSighting(request.into)
    if sighting.into or other.into:
        raise MergedAlready(sighting.into or other.into)
    if sighting.decided is not None:
        raise SightingDecided(sighting.status.value)
    if case.status.over:
        raise CaseOver(case.status.value)
    return (
        facts.SightingMerged(
            case=case.id, at=request.at, sighting=reported.sighting, into=request.into
        ),
    )


def _part(
    case: Case, sighting: Sighting, request: requests.PartSighting, among: Sightings
) -> tuple[Fact, ...]:
    reported = _judged_by(case, sighting, request)
    if not sighting.into:
        return ()
    other = among[decided_with(among, reported.sighting)]
    if other.decided is not None:
        raise SightingDecided(other.status.value)
    if case.status.over:
        raise CaseOver(case.status.value)
    return (facts.SightingParted(case=case.id, at=request.at, sighting=reported.sighting),)


def _release(
    case: Case,
    sighting: Sighting,
    request: requests.ReleaseSighting | requests.WithholdSighting,
) -> tuple[Fact, ...]:
    """Withholding is never too late; releasing is, once the case is over."""
    reported = _judged_by(case, sighting, request)
    name = reported.sighting
    if isinstance(request, requests.WithholdSighting):
        withheld = facts.SightingWithheld(case=case.id, at=request.at, sighting=name)
        return (withheld,) if sighting.released else ()
    if sighting.released:
        return ()
    if case.held:
        raise CaseOnHold
    if case.protection_order:
        only(OFFICERS, request)  # who asks may be whom the person is hidden from
    if case.status.over:
        raise CaseOver(case.status.value)
    return (facts.SightingReleased(case=case.id, at=request.at, sighting=name),)


def _same(one: Fact, other: Fact) -> bool:
    """Whether two decisions say the same, whenever and with whatever hub book."""
    return one.kind == other.kind and {**one.public(), "at": None} == {
        **other.public(),
        "at": None,
    }
