"""What a recipient answers; stream ``answer-<case>.<recipient>``, written by the desk."""

from typing import Annotated, Literal

from pydantic import Field

from homeward.messages import Fact
from homeward.words import Answer, CaseId, RecipientId


class AnswerGiven(Fact):
    """A volunteer says whether they help; the newest counts."""

    kind: Literal["answer.given/1"] = "answer.given/1"
    case: CaseId
    recipient: RecipientId
    answer: Answer
    minutes: Annotated[int, Field(ge=0, le=1_440)] | None = None
