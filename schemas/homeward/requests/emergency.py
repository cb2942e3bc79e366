"""What supervisors ask when there is no time for a second person."""

from typing import Annotated

from pydantic import Field

from homeward.requests import Request
from homeward.words import Count, Digest, Id, Note, Verdict

REASON_MIN, REASON_MAX = 20, 500
"""Characters: a sentence, so that whoever reviews it has something to judge."""


class UseEmergency(Request):
    """Let a draft go to its whole bound without a second person."""

    draft: Id
    reason: Annotated[str, Field(min_length=REASON_MIN, max_length=REASON_MAX)]
    digest: Digest
    """Of what was read, as who asks names it."""
    shown: Digest | None = None
    """Of the draft, as the desk finds it in the log."""
    hubs: bytes | None = None
    given: bytes | None = None
    """The draft's area, where it has one."""
    used_before: Count = 0
    """How often who asks did so lately, in any case."""


class ReviewEmergency(Request):
    """Say whether it was justified."""

    review: Id
    verdict: Verdict
    note: Note | None = None
