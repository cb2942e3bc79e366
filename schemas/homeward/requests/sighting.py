"""What people ask of a sighting."""

from typing import Annotated

from pydantic import Field

from homeward.requests import Request
from homeward.words import CaseId, Cell, Id, Instant, Metres, Mode, Place, Ppm, ReasonCode


class ReportSighting(Request):
    """Say that one saw the person."""

    case: CaseId
    sighting: Id
    cell: Cell
    seen_at: Instant
    accuracy_m: Metres
    claimed_mode: Mode
    place: Place
    note: Annotated[str, Field(max_length=4_000)] | None = None
    contact: Annotated[str, Field(max_length=200)] | None = None
    missing_since: Instant | None = None
    """As whoever says it may know, of the case by which they came; None: as the case does."""


class AcceptSighting(Request):
    """Hold the sighting for credible."""

    credibility_ppm: Ppm = 800_000
    mode: Mode | None = None
    hubs: bytes | None = None


class RejectSighting(Request):
    """Hold the sighting for wrong."""

    reason: ReasonCode


class MergeSighting(Request):
    """Hold the sighting for one and the same as another of the case."""

    into: Id


class PartSighting(Request):
    """Take back that it is one and the same as another."""


class ReleaseSighting(Request):
    """Let the reporter of the case know place and time of the sighting."""


class WithholdSighting(Request):
    """Show the sighting to the reporter no longer."""
