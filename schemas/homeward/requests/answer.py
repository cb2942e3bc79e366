"""What a told volunteer answers."""

from typing import Annotated

from pydantic import Field

from homeward.requests import Request
from homeward.words import Answer, CaseId, RecipientId


class GiveAnswer(Request):
    """Say whether one helps."""

    case: CaseId
    recipient: RecipientId
    answer: Answer
    minutes: Annotated[int, Field(ge=0, le=1_440)] | None = None
