"""What desks ask about helpers."""

from typing import Annotated

from pydantic import Field

from homeward.requests import Request
from homeward.words import CaseId, Id


class OpenAsking(Request):
    """Ask for so many helpers."""

    case: CaseId
    asking: Id
    quota: Annotated[int, Field(ge=1, le=500)]
    by_min: Annotated[int, Field(ge=5, le=720)]
    within_km: Annotated[int, Field(ge=1, le=100)]


class ChangeAsking(Request):
    """Ask for more helpers, or for fewer."""

    case: CaseId
    asking: Id
    quota: Annotated[int, Field(ge=1, le=500)]


class CloseAsking(Request):
    """Ask nobody any more."""

    case: CaseId
    asking: Id
