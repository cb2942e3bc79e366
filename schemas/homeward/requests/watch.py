"""What a hub or an officer asks of a watch."""

from homeward.requests import Request
from homeward.words import ReasonCode


class AcknowledgeWatch(Request):
    """Say that somebody is watching."""

    moved: int | None = None
    """How often the window had been moved that was read; None: the one that was ordered last."""


class StandDown(Request):
    """End the watch."""

    reason: ReasonCode
