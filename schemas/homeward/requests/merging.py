"""What officers ask of two cases of one person."""

from homeward.requests import Request
from homeward.words import CaseId, Count, PersonNumber, RecipientId


class MergeCase(Request):
    """Let a case go on in another one of the same person.

    All but ``into`` is what the desk finds at the moment of deciding.
    """

    into: CaseId
    """The case that goes on: what was named, or what that one goes on in."""
    goes_on_in: CaseId | None = None
    """Where the case itself goes on already; None: nowhere else."""
    status: str | None = None
    """Of the case that goes on; None: there is none."""
    over: bool = False
    held: bool = False
    """It waits for a supervisor."""
    verified: bool = False
    live: bool = False
    """Its alert is."""
    alone_by: str | None = None
    """Whose one word that stands on; None: it is not live, or two have approved it."""
    cases: Count = 0
    """How many go on in it already."""
    persons: PersonNumber = 1
    """How many are missing in it."""
    hubs: tuple[RecipientId, ...] = ()
    """Hubs that watch for both."""


class PartCase(Request):
    """Say that a case was not about the same person as the one that it went on in.

    What stands here is what the desk finds at the moment of deciding.
    """

    status: str | None = None
    """Of that other case; None: it is merged into none."""
    goes_on_in: CaseId | None = None
    """Where that other one goes on by now; None: nowhere else."""
