"""Two cases of one person: one goes on in the other, with whoever was told of it.

The search must not get smaller by it: what an officer verified does not go on in a report, and a
live alert not in a case without one. What is found of both at the moment of deciding comes with
the request; what the other case says of it is `joined`, and both become true together.
"""

from typing import Final

from homeward.case.corrections import LastSeen
from homeward.case.mergerefusals import (
    CaseIsMerged,
    CaseMergesItself,
    MergedTooMany,
    SurvivorBehind,
    SurvivorMissing,
    SurvivorOver,
)
from homeward.case.parting import decide_part
from homeward.case.personrefusals import SurvivorFewer
from homeward.case.persons import Person, missing
from homeward.case.refusals import CaseOnHold
from homeward.case.rules import OFFICERS, only
from homeward.case.state import Case, Status
from homeward.facts.merging import CASES_MAX, CaseJoined, CaseMerged, JoinedCase, JoinedSource
from homeward.geography.sphere import centre_deg, distance_m
from homeward.messages import Fact
from homeward.refusals import CaseOver, SamePerson
from homeward.requests.merging import MergeCase, PartCase
from homeward.words import AgeBand, Category, Custody, Sex, case_code

NEAR_M: Final = 10_000.0
"""Two reports of one child name the same part of a town; what lies further apart a person finds."""
NEAR_S: Final = 24 * 3_600.0
"""A parent and a neighbour report within a day of each other, mostly within the hour."""
_GROUPS: Final = {
    Category.STRANGER_ABDUCTION: "taken",
    Category.FAMILY_ABDUCTION: "taken",
    Category.LOST_CHILD: "gone",
    Category.RUNAWAY: "gone",
    Category.DEMENTIA: "dementia",
}
"""Two who report one child do not know alike why it is gone; ``other`` agrees with all."""


def unmerged(case: Case) -> None:
    """Refuse whatever is asked of a case that goes on in another one."""
    if case.status is Status.MERGED:
        raise CaseIsMerged(case_code(case.into))


def family(case: Case) -> frozenset[str]:
    """Return a case with those that go on in it: what is seen of one is judged with the others."""
    return frozenset((case.id, *(one.case for one in case.joined)))


def reporters(case: Case) -> frozenset[str]:
    """Return the accounts that raised it, or a case that goes on in it."""
    return frozenset((case.reporter, *(one.reporter for one in case.joined)))


def decide_merging(case: Case, request: MergeCase | PartCase) -> tuple[Fact, ...]:
    """Return what a merge, or its undoing, makes true of the case that was merged."""
    return (
        decide_merge(case, request)
        if isinstance(request, MergeCase)
        else decide_part(case, request)
    )


def decide_merge(case: Case, request: MergeCase) -> tuple[Fact, ...]:
    """Return what a merge makes true of the case that is over with it. Raises a Refused."""
    only(OFFICERS, request)
    if request.status is None:
        raise SurvivorMissing
    if request.into == case.id:
        raise CaseMergesItself
    if case.into:
        if request.into in {case.into, request.goes_on_in}:
            return ()
        raise CaseIsMerged(case_code(request.goes_on_in or case.into))
    if case.status.over:
        raise CaseOver(case.status.value)
    if request.over:
        raise SurvivorOver(request.status)
    if request.held:
        raise CaseOnHold
    behind = not case.unverified and not request.verified
    if behind or (case.live(request.at) and not request.live):
        raise SurvivorBehind
    if request.alone_by == request.by.id and request.by.id in case.settled_by:
        raise SamePerson  # as of one case: not while an alert is out on their one word
    if len(missing(case)) > request.persons:
        raise SurvivorFewer
    if request.cases + 1 + len(case.joined) > CASES_MAX:
        raise MergedTooMany(str(CASES_MAX))
    alert = None if case.alert is None or case.alert.told_over else case.alert
    return (
        CaseMerged(
            case=case.id,
            at=request.at,
            into=request.into,
            alert=alert.number if alert else None,
            version=alert.version if alert else None,
            hubs=request.hubs,
        ),
    )


def joined(
    case: Case, merged: CaseMerged, sources: tuple[JoinedSource, ...], hubs: bytes | None = None
) -> CaseJoined:
    """Return what the case that goes on says of a merge: ``case`` is the one that was merged."""
    mine = JoinedCase(case=case.id, alert=merged.alert, reporter=case.reporter or "-")
    return CaseJoined(
        case=merged.into,
        at=merged.at,
        joined=case.id,
        cases=(mine, *case.joined),
        sources=sources,
        custody=case.custody if case.custody is Custody.DISPUTED else None,
        protection_order=case.protection_order or None,
        settled_by=tuple(sorted(case.settled_by)) or None,
        hubs=hubs,
    )


def alike(one: Case, other: Case) -> bool:
    """Whether two open cases may be of one person: kind of case, sex, age, place and time agree.

    What somebody does not know agrees with all. It decides nothing: a person compares them.
    """
    mine, theirs = one.raised, other.raised
    if mine is None or theirs is None or one.id == other.id:
        return False
    if one.status.over or other.status.over:
        return False
    kinds = {_GROUPS.get(one.category), _GROUPS.get(other.category)}
    known = any(_agree(my, their) for my in one.persons for their in other.persons)
    apart_s = abs((_seen(one).at - _seen(other).at).total_seconds())
    near = apart_s <= NEAR_S and apart_m(one, other) <= NEAR_M
    return known and near and len(kinds - {None}) <= 1


def _agree(one: Person, other: Person) -> bool:
    sexes, bands = {one.sex, other.sex}, {one.age_band, other.age_band}
    return len(sexes - {Sex.UNKNOWN}) <= 1 and len(bands - {AgeBand.UNKNOWN}) <= 1


def apart_m(one: Case, other: Case) -> float:
    """Return how far apart two cases' last places are, between the middles of their cells."""
    return distance_m(*centre_deg(_seen(one).cell), *centre_deg(_seen(other).cell))


def _seen(case: Case) -> LastSeen:
    assert case.last_seen is not None
    return case.last_seen
