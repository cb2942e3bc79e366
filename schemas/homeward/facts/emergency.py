"""That one supervisor alarmed without a second person, and what another one says of it.

Stream ``case-<case>``; that a review is overdue is said by the escalation processor.
"""

from typing import Annotated, Literal

from pydantic import Field

from homeward.messages import Fact, Personal
from homeward.words import CaseId, Digest, Id, Instant, Note, Seconds, Verdict


class EmergencyUsed(Fact):
    """A supervisor lets a draft go to its whole bound though nobody else approved it.

    Its id is that of the review which it opens; the alert itself is said in the same unit.
    """

    kind: Literal["case.emergency-used/1"] = "case.emergency-used/1"
    case: CaseId
    draft: Id
    alert: Annotated[int, Field(ge=1)]
    version: Annotated[int, Field(ge=1)]
    digest: Digest
    """SHA-256 of the draft's envelope, as who used it named it."""
    own_draft: bool
    """They had drafted it themselves: one person said the words and sent them."""
    review_by: Instant
    reason: Annotated[Note | None, Personal("child")] = None


class EmergencyReviewed(Fact):
    """Another supervisor has looked at it: the review is done."""

    kind: Literal["case.emergency-reviewed/1"] = "case.emergency-reviewed/1"
    case: CaseId
    review: Id
    verdict: Verdict
    note: Annotated[Note | None, Personal("child")] = None


class ReviewOverdue(Fact):
    """Nobody reviewed it in time: the desks are told once more."""

    kind: Literal["escalation.review-overdue/1"] = "escalation.review-overdue/1"
    case: CaseId
    review: Id
    alert: Annotated[int, Field(ge=1)]
    version: Annotated[int, Field(ge=1)]
    waiting_s: Seconds
