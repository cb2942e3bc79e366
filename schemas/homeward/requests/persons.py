"""What is asked of the persons in a case, where several are missing together."""

from homeward.requests import Request
from homeward.words import Description, Id, Outcome, PersonNumber


class AddPerson(Request):
    """Say that somebody else is missing together with those known."""

    description: Description
    known: PersonNumber = 1
    """So many persons the case had when somebody asked: twins may be added in one moment."""


class FindPerson(Request):
    """Say that one of several was found."""

    person: PersonNumber
    outcome: Outcome
    helped_by: tuple[Id, ...] = ()


class MissPerson(Request):
    """Say that it was somebody else who was found."""

    person: PersonNumber
