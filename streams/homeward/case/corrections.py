"""What is known of a report once its facts were corrected, and what somebody proposes.

Guards are what one officer's word does not pass: that custody is disputed, and that there is a
protection order. Whoever took one away is remembered for as long as the case lasts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from homeward.facts.case import CaseRaised, FactsAdded
from homeward.facts.correcting import (
    FactsProposed,
    LastSeenCorrected,
    ProposalAccepted,
    ProposalRefused,
)
from homeward.facts.merging import CaseJoined
from homeward.words import Category, Custody, Instant, Mode, Role

if TYPE_CHECKING:
    from homeward.case.state import Case
    from homeward.messages import Actor, Recorded


@dataclass(frozen=True, slots=True)
class LastSeen:
    """When and where the person was seen last, as it is known now."""

    cell: str
    at: Instant
    error_m: int
    by: str = ""
    """The account that moved the place; empty: it is the report's."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What somebody says that an officer has to decide about."""

    id: str
    by: str
    role: Role
    at: Instant
    category: Category | None = None
    mode: Mode | None = None
    custody: Custody | None = None
    protection_order: bool | None = None
    seen_at: Instant | None = None
    """Of a vehicle."""
    accepted: bool | None = None
    """None: nobody has decided."""

    @property
    def says(self) -> tuple[object, ...]:
        """What would change."""
        return self.category, self.mode, self.custody, self.protection_order, self.seen_at


def missing_since(case: Case, by: Actor) -> Instant:
    """Return from when on the person is missing, as far as somebody learns by being refused.

    Whoever reported, or came by a public link, would else try out when somebody says that the
    person was seen since: what their own report said counts for them, unless it was even earlier.
    """
    assert case.raised is not None
    assert case.last_seen is not None
    if by.role is not Role.REPORTER:
        return case.last_seen.at
    return min(case.raised.last_seen_at, case.last_seen.at)


def proposal_of(heard: Recorded, fact: FactsProposed) -> Proposal:
    """Return what a fact proposes."""
    return Proposal(
        id=heard.id,
        by=heard.by.id,
        role=heard.by.role,
        at=fact.at,
        category=fact.category,
        mode=fact.mode,
        custody=fact.custody,
        protection_order=fact.protection_order,
        seen_at=fact.seen_at,
    )


def raised_changes(fact: CaseRaised) -> dict[str, Any]:
    """Return what a report says that may be corrected later."""
    return {
        "category": fact.category,
        "mode": fact.mode,
        "custody": fact.custody,
        "protection_order": fact.protection_order,
        "last_seen": LastSeen(fact.last_seen_cell, fact.last_seen_at, fact.error_m),
    }


def stated_changes(
    case: Case, heard: Recorded, fact: FactsAdded | ProposalAccepted
) -> dict[str, Any]:
    """Return what changes when something is stated, or accepted."""
    custody = fact.custody or case.custody
    order = case.protection_order if fact.protection_order is None else fact.protection_order
    settled = case.settled_by
    if takes_guard(case, custody, order=order):
        settled |= {heard.by.id}
    return {
        "category": fact.category or case.category,
        "mode": fact.mode or case.mode,
        "custody": custody,
        "protection_order": order,
        "settled_by": settled,
    }


def takes_guard(case: Case, custody: Custody | None, *, order: bool | None) -> bool:
    """Whether a case would lose a guard; None: nothing is said of it."""
    undisputed = custody not in {None, Custody.DISPUTED} and case.custody is Custody.DISPUTED
    return undisputed or (order is False and case.protection_order)


def guards_joined(case: Case, fact: CaseJoined) -> dict[str, Any]:
    """Return the guards that come with a case that goes on in this one, and who took any away."""
    return {
        "custody": fact.custody or case.custody,
        "protection_order": bool(fact.protection_order) or case.protection_order,
        "settled_by": case.settled_by | set(fact.settled_by or ()),
    }


def correction_changes(case: Case, heard: Recorded) -> dict[str, Any]:
    """Return the fields of a case that a proposal, its end or a correction changes."""
    match heard.fact:
        case FactsProposed() as fact:
            return {"proposals": (*case.proposals, proposal_of(heard, fact))}
        case ProposalAccepted() as fact:
            judged = _judged(case, fact.proposal, accepted=True)
            return {**stated_changes(case, heard, fact), "proposals": judged}
        case ProposalRefused(proposal=proposal):
            return {"proposals": _judged(case, proposal, accepted=False)}
        case LastSeenCorrected() as fact:
            said = (heard.by.id, fact.model_copy(update={"hubs": None}))
            return {"last_seen": _moved(case, heard, fact), "said": case.said | {said}}
        case _:
            return {}


def _judged(case: Case, proposal: str, *, accepted: bool) -> tuple[Proposal, ...]:
    return tuple(
        replace(one, accepted=accepted) if one.id == proposal else one for one in case.proposals
    )


def _moved(case: Case, heard: Recorded, fact: LastSeenCorrected) -> LastSeen:
    """Return where the person was seen last; who says only another time moves no place."""
    before = case.last_seen
    same = before is not None and (before.cell, before.error_m) == (fact.cell, fact.error_m)
    by = before.by if before is not None and same else heard.by.id
    return LastSeen(fact.cell, fact.seen_at, fact.error_m, by)
