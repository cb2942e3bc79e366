"""What the public parts of a case's facts say about where the person can be."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, TypeAlias

from homeward import policies
from homeward.facts.case import CaseRaised, FactsAdded, VehicleIdentified
from homeward.facts.merging import CaseJoined, JoinedSource
from homeward.facts.persons import PersonAdded, PersonFound, PersonMissed
from homeward.facts.sighting import SightingAccepted
from homeward.geography.cells import Cells, from_bytes
from homeward.messages import Recorded
from homeward.policies.figures import together
from homeward.policies.known import Known, Policy, Source
from homeward.processors.keeping import Live, kinds
from homeward.words import AgeBand, Category, Mode

OfPersons: TypeAlias = PersonAdded | PersonFound | PersonMissed
News: TypeAlias = (
    CaseRaised | FactsAdded | VehicleIdentified | SightingAccepted | CaseJoined | OfPersons
)

NEWS: Final = kinds(
    *(CaseRaised, FactsAdded, VehicleIdentified, SightingAccepted, CaseJoined),
    *(PersonAdded, PersonFound, PersonMissed),
)

SOURCES_MAX: Final = 200
"""Accepted sightings that are kept: the last to be seen. A case with more has lost its thread."""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Who is missing, how they may move, and where they were seen."""

    category: Category = Category.OTHER
    age_band: AgeBand = AgeBand.UNKNOWN
    """Of several who are missing: that which holds wherever each of them can be."""
    mode: Mode = Mode.UNKNOWN
    sources: tuple[Source, ...] = ()
    persons: tuple[tuple[int, AgeBand], ...] = ()
    """By number, also those who were found; none: there is one."""
    found: tuple[int, ...] = ()

    def known(self, live: Live) -> Known:
        """Return the question to a policy."""
        return self.within(live.reach_km_max, from_bytes(live.given), live.last_seen_km_max)

    def within(self, reach_km_max: int, given: Cells, last_seen_km_max: int | None = None) -> Known:
        """Return the question to a policy under its bounds, and an area if one was drawn."""
        return Known(
            category=self.category,
            age_band=self.age_band,
            mode=self.mode,
            sources=self.sources,
            reach_km_max=reach_km_max,
            last_seen_km_max=last_seen_km_max,
            given=given,
        )

    def next_source_at(self, at: datetime) -> datetime | None:
        """Return when a sighting that is dated ahead comes to count."""
        return min((one.seen_at for one in self.sources if one.seen_at > at), default=None)


NOTHING: Final = Knowledge()


def learnt(before: Knowledge, fact: News) -> Knowledge:
    """Return what is known after a fact."""
    match fact:
        case CaseRaised():
            seen = Source(fact.last_seen_cell, fact.last_seen_at, fact.error_m)
            return Knowledge(fact.category, fact.age_band, fact.mode, (seen,))
        case FactsAdded():
            return replace(
                before,
                category=fact.category or before.category,
                mode=fact.mode or before.mode,
            )
        case VehicleIdentified():
            return replace(before, mode=Mode.VEHICLE)
        case SightingAccepted():
            return _seen(before, (fact,))
        case CaseJoined():
            return _seen(before, fact.sources)
        case PersonAdded():
            return _of(before, (*_persons(before), (fact.person, fact.age_band)), before.found)
        case PersonFound():
            return _of(before, _persons(before), (*before.found, fact.person))
        case PersonMissed():
            still = tuple(one for one in before.found if one != fact.person)
            return _of(before, _persons(before), still)


def _persons(before: Knowledge) -> tuple[tuple[int, AgeBand], ...]:
    return before.persons or ((1, before.age_band),)


def _of(
    before: Knowledge, persons: tuple[tuple[int, AgeBand], ...], found: tuple[int, ...]
) -> Knowledge:
    """Return the same of these persons; they go as those who are missing do."""
    bands = {band for number, band in persons if number not in found}
    band = together(bands or {band for _, band in persons})
    return replace(before, age_band=band, persons=persons, found=found)


def _seen(before: Knowledge, accepted: Iterable[SightingAccepted | JoinedSource]) -> Knowledge:
    found = dict.fromkeys(before.sources[1:])
    for one in accepted:
        seen = Source(one.cell, one.seen_at, one.accuracy_m, one.mode, one.credibility_ppm)
        if seen not in before.sources:
            found[seen] = None
    if len(found) == len(before.sources[1:]):
        return before
    # By when the person was seen: late reports come in any order, and mean the same.
    later = sorted(found, key=_seen_first)[-(SOURCES_MAX - 1) :]
    return replace(before, sources=(*before.sources[:1], *later))


def _seen_first(one: Source) -> tuple[datetime, int, str, str, int]:
    return one.seen_at, one.credibility_ppm, one.cell, one.mode.value, one.error_m


def knowledge_of(facts: Iterable[Recorded]) -> Knowledge:
    """Return what is known after the facts of a case in log order; others are passed over."""
    knowledge = NOTHING
    for one in facts:
        if isinstance(one.fact, News):
            knowledge = learnt(knowledge, one.fact)
    return knowledge


def policy_for(live: Live) -> Policy:
    """Return the alert's policy, or the default when this build does not have it.

    Whoever issued the alert wants people told; the fact that tells them names what was followed.
    """
    return policies.ALL.get(live.policy) or policies.policy_of(policies.DEFAULT)
