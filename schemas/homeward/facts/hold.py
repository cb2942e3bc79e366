"""That nothing of a case goes out until a supervisor has looked at it; stream ``hold-<case>``.

A stream of its own: the version of the case's stands in every receipt, and would tell on it.
"""

from typing import Annotated, Literal

from homeward.messages import Fact, Personal
from homeward.words import CaseId, Note


class HoldPlaced(Fact):
    """Somebody in the report may be protected from whoever made it; it never says why."""

    kind: Literal["hold.placed/1"] = "hold.placed/1"
    case: CaseId


class HoldLifted(Fact):
    """A supervisor has looked at it: the case goes on like any other."""

    kind: Literal["hold.lifted/1"] = "hold.lifted/1"
    case: CaseId
    reason: Annotated[Note | None, Personal("child")] = None
