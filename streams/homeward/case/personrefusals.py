"""What is refused of the persons in a case."""

from homeward.refusals import Refused


class NoSuchPerson(Refused):
    """There is no person of that number in the case."""

    code = "person-not-found"
    status = 404
    mend = "Read the case: it numbers its persons from 1."


class LastPerson(Refused):
    """Nobody else is missing in the case: with this person it is over."""

    code = "last-person"
    mend = "Resolve the case, with what became of this person."


class AddedLate(Refused):
    """The report is verified, so whoever made it adds nobody to it any more."""

    code = "person-added-late"
    mend = "Tell the officer who has the case; they can add whoever else is missing."


class PersonsTooMany(Refused):
    """There are as many persons in the case as one search can describe."""

    code = "persons-too-many"
    mend = "Raise another case for whoever else is missing, and say so in a note."


class SurvivorFewer(Refused):
    """More persons are missing in it than in the case in which it would go on."""

    code = "survivor-fewer"
    mend = "Merge the other way round; or add to the other one whoever it lacks, then merge."


class OutcomeUnfit(Refused):
    """Only an adult or a runaway is closed as one who wants no contact."""

    code = "outcome-unfit"
    status = 422
    mend = "Close it with another outcome: for a child whoever cares for it decides."
