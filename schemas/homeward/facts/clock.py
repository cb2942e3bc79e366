"""That a moment has come which a processor asked for; stream ``clock-<case>``, by the waker."""

from typing import Annotated, Literal

from pydantic import Field

from homeward.messages import Fact
from homeward.words import CaseId, Id, Instant


class WakeDue(Fact):
    """The case clock reached the moment: the processor named is to look again."""

    kind: Literal["clock.wake-due/1"] = "clock.wake-due/1"
    case: CaseId
    processor: Annotated[str, Field(pattern=r"^[a-z]+(\.[0-9]+)?$")]
    asked_by: Id
    due: Instant
