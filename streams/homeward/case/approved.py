"""Whether a second person stands behind the words of a draft that is out."""

from collections.abc import Iterable
from typing import Final

from homeward.facts import case as facts
from homeward.facts.emergency import EmergencyUsed
from homeward.messages import Recorded

SAY_SO: Final = frozenset(
    str(one.model_fields["kind"].default)
    for one in (facts.AlertApproved, facts.AlertIssued, facts.AlertUpdated, EmergencyUsed)
)
"""The kinds that decide it."""


def is_approved(recorded: Iterable[Recorded], draft: str) -> bool:
    """Return whether what is out on that draft is what a second person read, from a case's facts.

    An approval before it goes out counts only if it went out on it, as a whole: one that ran out
    does not. An emergency is one person's word, however wide it goes; whoever approves the draft
    after it lets its words be whole.
    """
    before = out = False
    for one in recorded:
        match one.fact:
            case facts.AlertApproved(draft=of) if of == draft:
                if out:
                    return True
                before = True
            case EmergencyUsed(draft=of) if of == draft:
                before = False
            case facts.AlertIssued() | facts.AlertUpdated() as said if said.draft == draft:
                out = True
                if before and said.people_max is None:
                    return True
            case _:
                pass
    return False
