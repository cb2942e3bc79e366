"""What a hub or an officer asks of a watch."""

from homeward.requests import Request
from homeward.words import ReasonCode


class AcknowledgeWatch(Request):
    """Say that somebody is watching."""


class StandDown(Request):
    """End the watch."""

    reason: ReasonCode
