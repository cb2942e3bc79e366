"""What the reporter of a case that goes on in another one sees of that other one (SAFETY I-20).

Two who report one child may be two who must not find each other: each sees what was released while
their own report was part of the case, and nothing that only the other one was to know.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from homeward.facts.case import FactsAdded
from homeward.facts.correcting import FactsProposed
from homeward.facts.merging import CaseJoined, CaseMerged
from homeward.facts.sighting import SightingReleased
from homeward.http.doors import Door
from homeward.messages import Fact, Recorded
from homeward.timeline import CaseView, status_of


def known_to(own: Door, there: Door) -> frozenset[str]:
    """Return the sightings released to the reporter of a case; ``there`` is where it goes on."""
    since = {own.case: -1}
    for one in own.recorded:
        if isinstance(one.fact, CaseMerged):
            since[one.fact.into] = one.log_index
    joined = _joined_at(own, there)
    if joined is not None:
        since[there.case] = joined
    return frozenset(
        one.fact.sighting
        for one in (*own.recorded, *there.recorded)
        if isinstance(one.fact, SightingReleased)
        and one.fact.case in since
        and one.log_index > since[one.fact.case]
    )


def lines_of(own: Door, there: Door) -> Sequence[Recorded]:
    """Return the facts whose lines a reporter sees: of the other case, those since the merge.

    Not that somebody else stated a guard, or proposed to take one away: it may be against them.
    """
    mine = own.state.reporter
    seen = own.recorded
    if own.case != there.case:
        joined = _joined_at(own, there)
        since = (one for one in there.recorded if joined is not None and one.log_index > joined)
        seen = (*own.recorded, *since)
    return [one for one in seen if one.by.id == mine or not _of_guards(one.fact)]


def view_of(own: Door, there: Door, now: datetime) -> CaseView:
    """Return the case as it goes on, with what its reporter stated, and when, never the other."""
    view = status_of(there.recorded, now)
    mine = view if own.case == there.case else status_of(own.recorded, now)
    if mine.wants_no_contact or view.wants_no_contact:
        # Also which unit has the case says where: another county's has taken it up there.
        view = replace(view, unit="", sightings=(), waves=(), watches=())
    if own.case == there.case:
        return view
    return replace(
        view,
        category=mine.category,
        mode=mine.mode,
        raised_at=mine.raised_at,
        persons=mine.persons,
    )


def _of_guards(fact: Fact) -> bool:
    """Whether something is stated or proposed about custody, or an order of protection."""
    return isinstance(fact, FactsAdded | FactsProposed) and (
        fact.custody is not None or fact.protection_order is not None
    )


def _joined_at(own: Door, there: Door) -> int | None:
    """Return the log index at which one's own report became part of another case."""
    found = (
        one.log_index
        for one in there.recorded
        if isinstance(one.fact, CaseJoined) and own.case in {it.case for it in one.fact.cases}
    )
    return max(found, default=None)
