"""Several persons who went missing together: one case, one alert, and each is found by themselves.

Two sisters taken in one van move together, so two cases would tell everybody twice and share no
sighting. Who is added is known from then on; what is out goes on in its own words, and the next
version names everybody who is missing by then. What they look like is sealed under a key each.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from homeward.case.personrefusals import (
    AddedLate,
    LastPerson,
    NoSuchPerson,
    OutcomeUnfit,
    PersonsTooMany,
)
from homeward.case.rules import OFFICERS, only
from homeward.facts.persons import PersonAdded, PersonFound, PersonMissed
from homeward.policies.figures import together
from homeward.refusals import CaseOver, NotForRole, NotYourReport, OtherOutcome
from homeward.requests.persons import AddPerson, FindPerson, MissPerson
from homeward.words import PERSONS_MAX, AgeBand, Category, Description, Outcome, Role, Sex

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from typing import TypeAlias

    from homeward.case.state import Case
    from homeward.facts.case import CaseRaised
    from homeward.messages import Fact, Recorded

    About: TypeAlias = AddPerson | FindPerson | MissPerson


GROWN: Final = frozenset({AgeBand.ADULT, AgeBand.OLD, AgeBand.UNKNOWN})
"""Who decides whether they are found. Of whom no age is known, whoever met them knows it."""


@dataclass(frozen=True, slots=True)
class Person:
    """One of those whom a case is about, in what stands in clear."""

    number: int
    age_band: AgeBand
    sex: Sex
    by: str = ""
    """Who said that they are missing, too; empty: who raised the case."""
    at: datetime | None = None
    outcome: Outcome | None = None
    """None: missing, or what became of all who were missing when the case was resolved."""


def first_of(raised: CaseRaised) -> tuple[Person, ...]:
    """Return the person of whom a case was raised."""
    return (Person(1, raised.age_band, raised.sex),)


def missing(case: Case) -> tuple[Person, ...]:
    """Return those who were not found by themselves."""
    return tuple(one for one in case.persons if one.outcome is None)


def bands_of(case: Case) -> tuple[AgeBand, ...]:
    """Return the age bands of those who are missing."""
    return tuple(one.age_band for one in missing(case))


def band_of(case: Case) -> AgeBand:
    """Return the band that reaches as far as each of those who are missing."""
    return together(set(bands_of(case)))


def check_outcome(case: Case, outcome: Outcome, bands: Iterable[AgeBand]) -> None:
    """Refuse that a child who did not run away is closed as one who wants no contact.

    Raises OutcomeUnfit.
    """
    if outcome is Outcome.LOCATED_NO_CONTACT and not decides_alone(case, bands):
        raise OutcomeUnfit


def decides_alone(case: Case, bands: Iterable[AgeBand]) -> bool:
    """Whether those of these ages say themselves whether they want contact."""
    return case.category is Category.RUNAWAY or set(bands) <= GROWN


def names_found(case: Case, persons: Iterable[int]) -> bool:
    """Whether words about these persons name somebody who was found since."""
    return bool(set(persons) - {one.number for one in missing(case)})


def added(
    case: str, at: datetime, known: int, others: Sequence[Description]
) -> tuple[PersonAdded, ...]:
    """Return that others are missing, too, beside so many who are known."""
    return tuple(
        PersonAdded(
            case=case,
            at=at,
            person=number,
            age_band=AgeBand.of(one.age_years),
            sex=one.sex,
            description=one,
        )
        for number, one in enumerate(others, known + 1)
    )


def same(case: Case, others: Sequence[Description]) -> bool:
    """Whether a case was raised with these others, by what stands in clear."""
    raised = case.raised
    assert raised is not None
    known = [
        (one.age_band, one.sex)
        for one in case.persons[1:]
        if (one.by, one.at) == (case.reporter, raised.at)
    ]
    return known == [(AgeBand.of(one.age_years), one.sex) for one in others]


def decide_person(case: Case, request: About) -> tuple[Fact, ...]:
    """Return what a request about one of several makes true. Raises a Refused."""
    match request:
        case AddPerson():
            return _add(case, request)
        case FindPerson():
            return _find(case, request)
        case MissPerson():
            return _miss(case, request)


def _add(case: Case, request: AddPerson) -> tuple[Fact, ...]:
    """Whoever reported adds to their own report while it is one; later an officer does."""
    known = len(case.persons)
    if request.by.role not in OFFICERS:
        if request.by.id != case.reporter:
            raise NotYourReport if request.by.role is Role.REPORTER else NotForRole
        if not case.status.over and not case.unverified:
            raise AddedLate
    [fact] = added(case.id, request.at, min(known, PERSONS_MAX - 1), [request.description])
    if request.known > known:
        raise NoSuchPerson(str(request.known))
    said = (request.by.id, request.at, fact.age_band, fact.sex)
    since = case.persons[request.known :]
    if any((one.by, one.at, one.age_band, one.sex) == said for one in since):
        return ()
    if case.status.over:
        raise CaseOver(case.status.value)
    if known >= PERSONS_MAX:
        raise PersonsTooMany(str(PERSONS_MAX))
    return (fact,)


def _person(case: Case, number: int) -> Person:
    found = next((one for one in case.persons if one.number == number), None)
    if found is None:
        raise NoSuchPerson(str(number))
    return found


def _find(case: Case, request: FindPerson) -> tuple[Fact, ...]:
    only(OFFICERS, request)
    person = _person(case, request.person)
    if person.outcome is request.outcome:
        return ()
    if case.status.over:
        raise CaseOver(case.status.value)
    if person.outcome is not None:
        raise OtherOutcome(person.outcome.value)
    if len(missing(case)) == 1:
        raise LastPerson
    check_outcome(case, request.outcome, (person.age_band,))
    return (
        PersonFound(
            case=case.id,
            at=request.at,
            person=person.number,
            outcome=request.outcome,
            helped_by=request.helped_by,
        ),
    )


def _miss(case: Case, request: MissPerson) -> tuple[Fact, ...]:
    only(OFFICERS, request)
    person = _person(case, request.person)
    if person.outcome is None:
        return ()
    if case.status.over:
        raise CaseOver(case.status.value)
    return (PersonMissed(case=case.id, at=request.at, person=person.number),)


def person_changes(case: Case, heard: Recorded) -> dict[str, Any]:
    """Return the field of a case that a fact about one of several changes."""
    match heard.fact:
        case PersonAdded() as fact:
            one = Person(fact.person, fact.age_band, fact.sex, heard.by.id, fact.at)
            return {"persons": (*case.persons, one)}
        case PersonFound() as fact:
            return _became(case, fact.person, fact.outcome)
        case PersonMissed() as fact:
            return _became(case, fact.person, None)
        case _:
            return {}


def _became(case: Case, number: int, outcome: Outcome | None) -> dict[str, Any]:
    return {
        "persons": tuple(
            replace(one, outcome=outcome) if one.number == number else one for one in case.persons
        )
    }
