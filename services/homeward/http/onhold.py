"""What is shown of a case on hold: that it is; to its reporter, that somebody looks into it."""

from dataclasses import replace
from typing import Annotated, Any

from pydantic import Field

from homeward.case import Status
from homeward.http.answers import Answered
from homeward.http.doors import Door
from homeward.timeline import CaseView
from homeward.words import case_code


class HoldOut(Answered):
    """All that is shown of a case on hold."""

    case: str
    code: str
    status: Annotated[str, Field(description="hold")]


def hold_json(door: Door) -> dict[str, Any]:
    """Return all that is shown of a case on hold."""
    return HoldOut(case=door.case, code=case_code(door.case), status="hold").model_dump()


def in_hand(view: CaseView) -> CaseView:
    """Return a report on hold as its reporter sees it: like one that somebody looks into.

    Whoever must not learn of the hold learns nothing from what is missing.
    """
    if view.status not in {Status.PROVISIONAL, Status.VERIFYING}:
        return view
    return replace(view, status=Status.VERIFYING, waiting=False, clock_level=0)
