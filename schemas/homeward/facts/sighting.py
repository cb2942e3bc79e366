"""What happens to one sighting; stream ``sighting-<sighting>``, written by the desk alone."""

from typing import Annotated, Literal

from pydantic import Field

from homeward.facts.case import HUB_BOOK
from homeward.messages import Blob, Fact, Personal
from homeward.words import CaseId, Cell, Id, Instant, Metres, Mode, Place, Ppm, ReasonCode, Role


class SightingReported(Fact):
    """Someone says they saw the child; a human judges it before it moves anything."""

    kind: Literal["sighting.reported/1"] = "sighting.reported/1"
    case: CaseId
    sighting: Id
    cell: Cell
    seen_at: Instant
    accuracy_m: Metres
    claimed_mode: Mode
    source: Role
    place: Annotated[Place | None, Personal("witness")] = None
    note: Annotated[str | None, Field(max_length=4_000), Personal("witness")] = None
    contact: Annotated[str | None, Field(max_length=200), Personal("witness")] = None


class SightingAccepted(Fact):
    """A coordinator holds the sighting for credible: it is a second source of the search."""

    kind: Literal["sighting.accepted/1"] = "sighting.accepted/1"
    case: CaseId
    sighting: Id
    cell: Cell
    seen_at: Instant
    accuracy_m: Metres
    mode: Mode
    credibility_ppm: Ppm
    hubs: Annotated[bytes | None, Blob(HUB_BOOK)] = None


class SightingRejected(Fact):
    """A coordinator holds the sighting for another person, a mistake or an invention."""

    kind: Literal["sighting.rejected/1"] = "sighting.rejected/1"
    case: CaseId
    sighting: Id
    reason: ReasonCode


class SightingMerged(Fact):
    """A person says that this sighting is one and the same as another: it is decided with it."""

    kind: Literal["sighting.merged/1"] = "sighting.merged/1"
    case: CaseId
    sighting: Id
    into: Id


class SightingParted(Fact):
    """A person says that it is one of its own after all, and it is judged by itself again."""

    kind: Literal["sighting.parted/1"] = "sighting.parted/1"
    case: CaseId
    sighting: Id


class SightingReleased(Fact):
    """A coordinator lets the reporter of the case know where and when the person was seen."""

    kind: Literal["sighting.released/1"] = "sighting.released/1"
    case: CaseId
    sighting: Id


class SightingWithheld(Fact):
    """A released sighting is shown to the reporter no longer; what they have read, they know."""

    kind: Literal["sighting.withheld/1"] = "sighting.withheld/1"
    case: CaseId
    sighting: Id
