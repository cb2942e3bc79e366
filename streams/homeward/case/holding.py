"""A case is on hold while nobody knows whether somebody in it is protected from its reporter.

An abusive former partner reports "my wife took our child" to learn where she is. So a report that
matches the list of protected persons, or states a protection order, waits for a supervisor: nothing
goes out, nothing is released, and everybody else sees that it is on hold and no reason. What went
out already is not held: whoever states an order could stop an alert with it, and an officer has
verified that one; they see what was stated, and cancel alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from homeward.case.refusals import CaseOnHold, NotOnHold
from homeward.case.rules import SUPERVISORS, only
from homeward.facts.case import CaseRaised, CaseVerified, FactsAdded
from homeward.facts.hold import HoldLifted, HoldPlaced
from homeward.facts.merging import CaseJoined, CaseParted
from homeward.facts.persons import PersonAdded
from homeward.refusals import NoSuchCase, SamePerson
from homeward.requests import case as cases
from homeward.requests import emergency, persons
from homeward.words import Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from homeward.case.state import Case
    from homeward.messages import Fact, Recorded
    from homeward.requests import Request
    from homeward.requests.hold import LiftHold

ANYBODY: Final = (cases.AddFacts, cases.IdentifyVehicle, persons.AddPerson, cases.Withdraw)
"""What is added to a case on hold by whoever may: its reporter must not learn of the hold."""
SUPERVISED: Final = (
    cases.TakeUp,
    cases.Verify,
    cases.Reject,
    cases.CancelAlert,
    cases.ResolveCase,
    cases.CloseOut,
    persons.FindPerson,
    persons.MissPerson,
    emergency.ReviewEmergency,
)
"""What a supervisor does with it, who alone sees it. All else waits, in whatever role."""


def hold_stream(case: str) -> str:
    """Return the stream of a case's hold."""
    return f"hold-{case}"


def placed(case: Case, said: Sequence[Fact], *, screened: bool = False) -> tuple[Fact, ...]:
    """Return the hold that goes with what was decided about a case, in one unit.

    ``case`` is as it was before; ``screened``: the list of protected persons knows somebody.
    """
    judged = bool(case.lifted_by) and not any(isinstance(one, PersonAdded) for one in said)
    over = case.held or judged or case.alert is not None or case.status.over
    if over:  # judged before, though not of whoever is added; or too late: see above
        return ()
    holds = (one for one in said if _holds(one, screened=screened))
    return tuple(HoldPlaced(case=case.id or one.case or "", at=one.at) for one in holds)[:1]


def _holds(fact: Fact, *, screened: bool) -> bool:
    if isinstance(fact, CaseRaised):
        return screened or fact.protection_order
    if isinstance(fact, PersonAdded):
        return screened
    if isinstance(fact, CaseJoined):  # lifted there, if at all, with regard to another reporter
        return bool(fact.protection_order)
    return isinstance(fact, FactsAdded) and (screened or bool(fact.protection_order))


def taken_along(
    case: Case, parted: CaseParted, other: Case, recorded: Sequence[Recorded]
) -> tuple[Fact, ...]:
    """Return the hold that a case takes along from one that it leaves, in one unit.

    ``case`` is as it was while it went on in the ``other``; ``recorded`` is all of that one. It is
    none where the other waits only for somebody who was added there since, whom this one lacks.
    What was said meanwhile nobody can tell apart, so it holds both. As ever, nothing holds what was
    judged before, or is out.
    """
    out = case.stood is not None and case.stood.alert is not None
    if case.held or case.lifted_by or out or not other.held:
        return ()
    added = _held_with(recorded, PersonAdded) and not other.protection_order
    return () if added else (HoldPlaced(case=case.id, at=parted.at),)


def _held_with(recorded: Sequence[Recorded], kind: type[Fact]) -> bool:
    """Whether the last hold was placed in one unit with such a fact, which stands before it."""
    before: Fact | None = None
    found = False
    for one in recorded:
        if isinstance(one.fact, HoldPlaced):
            found = isinstance(before, kind)
        before = one.fact
    return found


def check_hold(case: Case, request: Request) -> None:
    """Refuse what a case on hold waits with, and that one person lifts and verifies it.

    Raises a Refused.
    """
    if isinstance(request, cases.Verify) and case.lifted_by == request.by.id:
        raise SamePerson
    if not case.held:
        return
    supervised = isinstance(request, SUPERVISED) and request.by.role is Role.SUPERVISOR
    if not (supervised or isinstance(request, ANYBODY)):
        raise CaseOnHold


def decide_lift(case: Case, request: LiftHold) -> tuple[Fact, ...]:
    """Return that a hold is lifted, by somebody else than who verified it. Raises a Refused."""
    if case.raised is None:
        raise NoSuchCase
    only(SUPERVISORS, request)
    if not case.held:
        if case.lifted_by:
            return ()
        raise NotOnHold
    if case.verified_by == request.by.id:
        raise SamePerson
    return (HoldLifted(case=case.id, at=request.at, reason=request.reason),)


def hold_changes(case: Case, heard: Recorded) -> dict[str, Any]:
    """Return what a fact changes of a case's hold.

    The two decisions are of two streams: one person who sends both at once meets no conflict.
    Whichever comes second does not lift it, or puts it back; another supervisor lifts it.
    """
    match heard.fact:
        case HoldPlaced():
            return {"held": True}
        case CaseVerified() if case.lifted_by == heard.by.id:
            return {"held": True, "lifted_by": ""}
        case HoldLifted() if case.verified_by == heard.by.id:
            return {}
        case HoldLifted():
            return {"held": False, "lifted_by": heard.by.id}
        case _:
            return {}
