"""Two cases were not of one person after all: the one that was merged goes by itself again.

A hand slips, and two children look alike. What was stated stays stated: the case gets back how it
stood, its own code, its reporter and what was seen of it until the merge. Nobody remembers a live
alert by himself, so its next version tells everybody, as after a reopening.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from homeward.case.mergerefusals import NotMerged, PartFirst, SurvivorSealed
from homeward.case.rules import OFFICERS, only
from homeward.facts.merging import CaseLeft, CaseParted
from homeward.words import Role, case_code

if TYPE_CHECKING:
    from homeward.case.state import Alert, Case, Status
    from homeward.facts.merging import JoinedSource
    from homeward.messages import Fact
    from homeward.requests.merging import PartCase

_CLOSED: Final = frozenset({"sealed", "expunged"})
_WAITS: Final = "provisional"
_REPORTS: Final = frozenset({_WAITS, "verifying"})


@dataclass(frozen=True, slots=True)
class Stood:
    """How a case stood when it was merged."""

    status: Status
    alert: Alert | None


def decide_part(case: Case, request: PartCase) -> tuple[Fact, ...]:
    """Return that a merged case goes by itself again. Raises a Refused."""
    only(OFFICERS, request)
    stood = case.stood
    assert case.raised is not None
    if stood is None:
        if case.parted:
            return ()
        raise NotMerged
    if request.goes_on_in:
        raise PartFirst(case_code(case.into))
    if request.status in _CLOSED:
        raise SurvivorSealed(request.status or "")
    alert = None if stood.alert is None or stood.alert.told_over else stood.alert
    return (
        CaseParted(
            case=case.id,
            at=request.at,
            of=case.into,
            unverified=stood.status.value in _REPORTS,
            waiting=stood.status.value == _WAITS and case.raised.raised_by is Role.REPORTER,
            alert=alert.number if alert else None,
            version=alert.version if alert else None,
        ),
    )


def left(case: Case, parted: CaseParted, forgotten: tuple[JoinedSource, ...]) -> CaseLeft:
    """Return what the case that goes on says of it: ``case`` is the one that leaves it."""
    cases = (case.id, *(one.case for one in case.joined))
    return CaseLeft(case=parted.of, at=parted.at, left=case.id, cases=cases, forgotten=forgotten)


def parted_changes(case: Case, verified: Status) -> dict[str, Any]:
    """Return the fields of a case that goes by itself again, as ``verified`` if it was.

    What was drafted is void, and those told of the alert still hold it for true.
    """
    stood = case.stood
    if stood is None:
        return {}
    return {
        "status": stood.status if stood.status.value in _REPORTS else verified,
        "ended": None,
        "into": "",
        "stood": None,
        "parted": True,
        "alert": stood.alert and replace(stood.alert, proposed=None),
        "partners": frozenset(),
        "confirmed": frozenset(),
    }
