"""Who is on duty at a desk, from one shift to the next.

Stream ``duty-<desk>``, one of each organisation: its name says nothing of it.
"""

from typing import Annotated, Final, Literal

from pydantic import Field

from homeward.messages import Fact, Personal
from homeward.words import CaseId, Id, Note

CASES_MAX: Final = 500
"""Open cases that a hand-over names, the oldest first: more are on the queue."""


class HandedOver(Fact):
    """Whoever was on duty signed over to the next; they stay on duty until somebody takes over."""

    kind: Literal["duty.handed-over/1"] = "duty.handed-over/1"
    cases: Annotated[tuple[CaseId, ...], Field(max_length=CASES_MAX)]
    """Open at that moment."""
    note: Annotated[Note | None, Personal("officer")] = None


class TakenOver(Fact):
    """Somebody is on duty from now on."""

    kind: Literal["duty.taken-over/1"] = "duty.taken-over/1"
    handed: Id | None = None
    """The hand-over that is accepted; None: nobody was on duty, or left without signing over."""
