"""Facts of a report are corrected, by whom it is right; streams ``case-<case>``, by the desk alone.

What a reporter or an organisation says of a verified case is proposed: it is recorded, and moves
nothing until an officer accepts it. What is accepted stands in the fact that accepts it, so whoever
follows the case needs no memory of what was only proposed.
"""

from typing import Annotated, Literal

from homeward.facts.case import HUB_BOOK
from homeward.messages import Blob, Fact, Personal
from homeward.words import (
    CaseId,
    Category,
    Cell,
    Custody,
    Id,
    Instant,
    Line,
    Metres,
    Mode,
    Note,
    Place,
)


class FactsProposed(Fact):
    """Somebody says what would change the search, or take a guard away; an officer decides."""

    kind: Literal["case.facts-proposed/1"] = "case.facts-proposed/1"
    case: CaseId
    category: Category | None = None
    mode: Mode | None = None
    custody: Custody | None = None
    protection_order: bool | None = None
    seen_at: Instant | None = None
    """Of a vehicle that the person was taken in; None: none is proposed."""
    vehicle: Annotated[Line | None, Personal("child")] = None
    licence_plate: Annotated[Line | None, Personal("witness")] = None
    note: Annotated[Note | None, Personal("guardian")] = None


class ProposalAccepted(Fact):
    """An officer holds what was proposed for true; from here on it moves the search."""

    kind: Literal["case.proposal-accepted/1"] = "case.proposal-accepted/1"
    case: CaseId
    proposal: Id
    category: Category | None = None
    mode: Mode | None = None
    custody: Custody | None = None
    protection_order: bool | None = None


class ProposalRefused(Fact):
    """An officer does not go by what was proposed; it stays in the record."""

    kind: Literal["case.proposal-refused/1"] = "case.proposal-refused/1"
    case: CaseId
    proposal: Id


class LastSeenCorrected(Fact):
    """The person was last seen elsewhere, or at another time, than the report says."""

    kind: Literal["case.last-seen-corrected/1"] = "case.last-seen-corrected/1"
    case: CaseId
    cell: Cell
    seen_at: Instant
    error_m: Metres
    place: Annotated[Place | None, Personal("child")] = None
    """None: the place was right, and only the time is another."""
    place_text: Annotated[Line | None, Personal("child")] = None
    hubs: Annotated[bytes | None, Blob(HUB_BOOK)] = None
    """Around the new place."""
