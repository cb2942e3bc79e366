"""What supervisors ask of a case that is on hold."""

from typing import Annotated

from pydantic import Field

from homeward.requests import Request


class LiftHold(Request):
    """Let a case go on like any other."""

    reason: Annotated[str, Field(min_length=20, max_length=500)]
