"""That a report which nobody verified may reach a few people near it; stream ``case-<case>``."""

from typing import Annotated, Literal

from pydantic import Field

from homeward.facts.reach import CELL_SET
from homeward.messages import Blob, Fact
from homeward.words import (
    PERSONS_MAX,
    AgeBand,
    CaseId,
    Category,
    Cell,
    Count,
    HubOnDuty,
    Instant,
    Metres,
    Sex,
    Value,
)


class Companion(Value):
    """Somebody who is missing together with the first."""

    age_band: AgeBand
    sex: Sex


class RingZeroAsked(Fact):
    """Whoever looks into a report lets vetted volunteers and hubs on duty near it hear of it.

    What they read is made of this fact's own fields, so that nothing is in it that somebody typed.
    """

    kind: Literal["case.ring-zero-asked/1"] = "case.ring-zero-asked/1"
    case: CaseId
    category: Category
    age_band: AgeBand
    sex: Sex
    others: Annotated[tuple[Companion, ...], Field(max_length=PERSONS_MAX - 1)] | None = None
    """Whoever is missing together with them; None: nobody."""
    last_seen_at: Instant
    focus: Cell
    radius_m: Metres
    people_max: Count
    """So many volunteers hear of it, over all lanes, the nearest first."""
    expires_at: Instant
    hubs: Annotated[tuple[HubOnDuty, ...], Field(max_length=20)] = ()
    cell_count: Count
    cells: Annotated[bytes | None, Blob(CELL_SET)] = None
