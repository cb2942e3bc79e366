"""Who is on duty at one desk: signed over by one person, taken over by the next.

Folded from ``duty-<desk>`` alone. Whoever signed over stays on duty until somebody takes over, so
that there is no moment in which nobody is.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from homeward.case.rules import OFFICERS, only
from homeward.facts import duty as facts
from homeward.messages import Fact, Recorded
from homeward.refusals import HandoverGone, NotOnDuty
from homeward.requests import Request
from homeward.requests import duty as requests
from homeward.words import CaseId, Id, Instant, Role

ON_DUTY: Final = OFFICERS | {Role.COORDINATOR, Role.NGO}
"""Who can be on duty at a desk."""


@dataclass(frozen=True, slots=True)
class Offered:
    """A hand-over that nobody has accepted yet."""

    id: Id
    by: str
    at: Instant
    cases: tuple[CaseId, ...]


@dataclass(frozen=True, slots=True)
class Duty:
    """What is true of a desk."""

    version: int = 0
    holder: str = ""
    """The account that is on duty; empty: nobody ever was."""
    since: Instant | None = None
    offered: Offered | None = None


def evolve(duty: Duty, heard: Recorded) -> Duty:
    """Return the duty after a fact of its stream."""
    match heard.fact:
        case facts.HandedOver() as fact:
            offered = Offered(heard.id, heard.by.id, fact.at, fact.cases)
            return replace(duty, version=heard.version, offered=offered)
        case facts.TakenOver() as fact:
            return Duty(heard.version, heard.by.id, fact.at)
        case _:
            return duty


def fold(recorded: Iterable[Recorded]) -> Duty:
    """Return the duty after these facts, given in log order."""
    duty = Duty()
    for heard in recorded:
        duty = evolve(duty, heard)
    return duty


def decide(duty: Duty, request: Request) -> tuple[Fact, ...]:
    """Return the facts this request makes true; none when they are true already.

    Raises NotForRole, NotOnDuty, HandoverGone.
    """
    match request:
        case requests.HandOver():
            return _hand_over(duty, request)
        case requests.TakeOver():
            return _take_over(duty, request)
        case _:
            raise TypeError(f"no decision of a duty: {type(request).__name__}")


def _hand_over(duty: Duty, request: requests.HandOver) -> tuple[Fact, ...]:
    only(ON_DUTY, request)
    if duty.holder != request.by.id:
        raise NotOnDuty
    if duty.offered is not None:
        return ()
    return (facts.HandedOver(at=request.at, cases=request.cases, note=request.note),)


def _take_over(duty: Duty, request: requests.TakeOver) -> tuple[Fact, ...]:
    """Accept what was read; without a hand-over, whoever comes takes a desk that was left."""
    only(ON_DUTY, request)
    offered = duty.offered
    if offered is None and duty.holder == request.by.id:
        return ()
    if request.handed != (offered.id if offered else None):
        raise HandoverGone
    return (facts.TakenOver(at=request.at, handed=request.handed),)
