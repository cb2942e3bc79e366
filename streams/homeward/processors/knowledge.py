"""What the public parts of a case's facts say about where the person can be."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, TypeAlias

from homeward import policies
from homeward.facts.case import CaseRaised, FactsAdded, VehicleIdentified
from homeward.facts.correcting import LastSeenCorrected, ProposalAccepted
from homeward.facts.merging import CaseJoined, CaseLeft, JoinedSource
from homeward.facts.persons import PersonAdded, PersonFound, PersonMissed
from homeward.facts.sighting import SightingAccepted
from homeward.geography.cells import Cells, from_bytes
from homeward.messages import Recorded
from homeward.policies.figures import together
from homeward.policies.known import Known, Policy, Source
from homeward.processors.keeping import Live, kinds
from homeward.words import AgeBand, Category, Custody, Mode

OfPersons: TypeAlias = PersonAdded | PersonFound | PersonMissed
News: TypeAlias = (
    CaseRaised
    | FactsAdded
    | VehicleIdentified
    | SightingAccepted
    | CaseJoined
    | CaseLeft
    | OfPersons
    | ProposalAccepted
    | LastSeenCorrected
)

NEWS: Final = kinds(
    *(CaseRaised, FactsAdded, VehicleIdentified, SightingAccepted, CaseJoined, CaseLeft),
    *(PersonAdded, PersonFound, PersonMissed, ProposalAccepted, LastSeenCorrected),
)
WITH_HUBS: TypeAlias = SightingAccepted | CaseJoined | LastSeenCorrected
"""News beside which a person's decision wrote down hubs."""

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
    disputed: bool = False
    """Who keeps the child is."""
    report: Source | None = None
    """The place last seen as the report has it, once it was corrected."""
    moved_by: str = ""
    """The account that moved that place; empty: nobody did."""

    def known(self, live: Live) -> Known:
        """Return the question to a policy; on one person's word without a place they moved."""
        alone = live.people_max is not None
        seen = self.unmoved_by(live.by) if alone else self
        return seen.within(live.reach_km_max, from_bytes(live.given), live.last_seen_km_max)

    def unmoved_by(self, account: str) -> "Knowledge":
        """Return what is known if the place last seen is the report's, should they have moved it.

        The bound of one officer's word lies around that place: they would move the bound alone.
        """
        if self.report is None or self.moved_by != account:
            return self
        seen = replace(self.sources[0], cell=self.report.cell, error_m=self.report.error_m)
        return replace(self, sources=(seen, *self.sources[1:]))

    def stands_still(self, live: Live) -> bool:
        """Whether nobody further is told: custody came to be disputed of what one person issued."""
        return self.disputed and live.people_max is not None

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


def learnt(before: Knowledge, fact: News, by: str = "") -> Knowledge:
    """Return what is known after a fact that an account said; without one nobody moves a place."""
    match fact:
        case CaseRaised():
            seen = Source(fact.last_seen_cell, fact.last_seen_at, fact.error_m)
            disputed = fact.custody is Custody.DISPUTED
            return Knowledge(fact.category, fact.age_band, fact.mode, (seen,), disputed=disputed)
        case FactsAdded() | ProposalAccepted():
            return replace(
                before,
                category=fact.category or before.category,
                mode=fact.mode or before.mode,
                disputed=_disputed(before, fact.custody),
            )
        case LastSeenCorrected():
            return _corrected(before, fact, by)
        case VehicleIdentified():
            return replace(before, mode=Mode.VEHICLE)
        case SightingAccepted():
            return _seen(before, (fact,))
        case CaseJoined():
            return replace(_seen(before, fact.sources), disputed=_disputed(before, fact.custody))
        case CaseLeft():
            return _forgets(before, fact.forgotten)
        case PersonAdded():
            return _of(before, (*_persons(before), (fact.person, fact.age_band)), before.found)
        case PersonFound():
            return _of(before, _persons(before), (*before.found, fact.person))
        case PersonMissed():
            still = tuple(one for one in before.found if one != fact.person)
            return _of(before, _persons(before), still)


def source_of(one: SightingAccepted | JoinedSource) -> Source:
    """Return an accepted sighting as a policy knows it."""
    return Source(one.cell, one.seen_at, one.accuracy_m, one.mode, one.credibility_ppm)


def _forgets(before: Knowledge, forgotten: Iterable[JoinedSource]) -> Knowledge:
    """Return what is known without what was known only of somebody else."""
    gone = {source_of(one) for one in forgotten}
    kept = (one for one in before.sources[1:] if one not in gone)
    return replace(before, sources=(*before.sources[:1], *kept))


def _persons(before: Knowledge) -> tuple[tuple[int, AgeBand], ...]:
    return before.persons or ((1, before.age_band),)


def _of(
    before: Knowledge, persons: tuple[tuple[int, AgeBand], ...], found: tuple[int, ...]
) -> Knowledge:
    """Return the same of these persons; they go as those who are missing do."""
    bands = {band for number, band in persons if number not in found}
    band = together(bands or {band for _, band in persons})
    return replace(before, age_band=band, persons=persons, found=found)


def _disputed(before: Knowledge, custody: Custody | None) -> bool:
    return before.disputed if custody is None else custody is Custody.DISPUTED


def _corrected(before: Knowledge, fact: LastSeenCorrected, by: str) -> Knowledge:
    """Return what is known of the place last seen; who says only another time moves no place."""
    now = Source(fact.cell, fact.seen_at, fact.error_m)
    was = before.sources[0] if before.sources else now
    same = (was.cell, was.error_m) == (now.cell, now.error_m)
    return replace(
        before,
        sources=(now, *before.sources[1:]),
        report=before.report or was,
        moved_by=before.moved_by if same else by,
    )


def _seen(before: Knowledge, accepted: Iterable[SightingAccepted | JoinedSource]) -> Knowledge:
    found = dict.fromkeys(before.sources[1:])
    for one in accepted:
        seen = source_of(one)
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
            knowledge = learnt(knowledge, one.fact, one.by.id)
    return knowledge


def policy_for(live: Live) -> Policy:
    """Return the alert's policy, or the default when this build does not have it.

    Whoever issued the alert wants people told; the fact that tells them names what was followed.
    """
    return policies.ALL.get(live.policy) or policies.policy_of(policies.DEFAULT)
