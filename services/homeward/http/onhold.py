"""What is shown of a case on hold: that it is; to its reporter nothing, not even that."""

from typing import Annotated, Any

from pydantic import Field

from homeward.http.answers import Answered
from homeward.http.doors import Door
from homeward.words import case_code


class HoldOut(Answered):
    """All that is shown of a case on hold."""

    case: str
    code: str
    status: Annotated[str, Field(description="hold")]


def hold_json(door: Door) -> dict[str, Any]:
    """Return all that is shown of a case on hold."""
    return HoldOut(case=door.case, code=case_code(door.case), status="hold").model_dump()
