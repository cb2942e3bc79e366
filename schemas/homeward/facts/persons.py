"""Several persons who went missing together are one case; stream ``case-<case>``, by the desk."""

from typing import Annotated, Literal

from pydantic import Field

from homeward.messages import Fact, Personal
from homeward.words import (
    PERSONS_MAX,
    AgeBand,
    CaseId,
    Description,
    Id,
    Outcome,
    PersonNumber,
    Sex,
)


class PersonAdded(Fact):
    """Another person is missing together with the one of whom the case was raised."""

    kind: Literal["case.person-added/1"] = "case.person-added/1"
    case: CaseId
    person: Annotated[int, Field(ge=2, le=PERSONS_MAX)]
    """Their number in the case; the first is the one of whom it was raised."""
    age_band: AgeBand
    sex: Sex
    description: Annotated[Description | None, Personal("child", numbered="person")] = None


class PersonFound(Fact):
    """One of them was found; the case goes on for the others."""

    kind: Literal["case.person-found/1"] = "case.person-found/1"
    case: CaseId
    person: PersonNumber
    outcome: Outcome
    helped_by: tuple[Id, ...] = ()
    """Ids of the facts that led there."""


class PersonMissed(Fact):
    """It was somebody else who was found: this person is missing still."""

    kind: Literal["case.person-missed/1"] = "case.person-missed/1"
    case: CaseId
    person: PersonNumber
