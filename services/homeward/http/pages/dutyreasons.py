"""A reason that somebody types: long enough that whoever reads it later can judge by it."""

from collections.abc import Mapping
from typing import Final

from homeward.refusals import Refused
from homeward.requests.emergency import REASON_MAX, REASON_MIN

LEAST: Final = REASON_MIN
MOST: Final = REASON_MAX


class ReasonTooShort(Refused):
    """The reason says too little for whoever reads it later to judge by it."""

    code = "reason-too-short"
    status = 422
    mend = "Write a whole sentence, of 20 characters at least."


def reason_of(said: Mapping[str, str]) -> str:
    """Return the reason that a form says. Raises ReasonTooShort."""
    reason = said.get("reason", "")
    if len(reason) < LEAST:
        raise ReasonTooShort(str(LEAST))
    return reason
