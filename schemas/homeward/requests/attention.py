"""What officers ask about those whom an alert lets sleep."""

from homeward.requests import Request
from homeward.words import Digest, Id, Note


class OverrideAttention(Request):
    """Let the live version reach those, too, who sleep or whose day is spent."""

    draft: Id
    digest: Digest
    """Of what was read, as who asks names it."""
    shown: Digest | None = None
    """Of the draft, as the desk finds it in the log."""
    reason: Note


class ApproveOverride(Request):
    """Agree to what another person asked."""

    draft: Id
