"""Where the person can be by now; stream ``reach-<case>``, written by the reach processor."""

from typing import Annotated, Literal

from pydantic import Field

from homeward.messages import Blob, Fact
from homeward.words import CaseId, Cell, Count, Id, Instant, Metres, ReasonCode, Seconds, Severity

CELL_SET = "application/vnd.homeward.cells"
"""Media type of a set of cells: sorted big-endian unsigned 64-bit H3 ids, mixed resolutions."""


class ReachWidened(Fact):
    """These cells became reachable since the last wave; only the new ones are named."""

    kind: Literal["reach.widened/1"] = "reach.widened/1"
    case: CaseId
    alert: Annotated[int, Field(ge=1)]
    version: Annotated[int, Field(ge=1)]
    wave: Annotated[int, Field(ge=0)]
    policy: ReasonCode
    severity: Severity
    elapsed_s: Seconds
    """Since the person was last seen, on the case clock."""
    radius_m: Metres
    """Of the outer bound around the focus."""
    focus: Cell
    """The newest credible place: nearest first is measured from here."""
    reach_km_max: Annotated[int, Field(ge=1)]
    texts_of: Id
    """The draft whose sealed texts are to be sent."""
    expires_at: Instant
    cell_count: Count
    cells: Annotated[bytes | None, Blob(CELL_SET)] = None
    policy_version: Annotated[int, Field(ge=1)] | None = None
    """Of the policy; None: recorded before versions were."""
    people_max: Count | None = None
    """So many people may be told on one officer's word; None: two have approved it."""
    same_since: Annotated[int, Field(ge=1)] | None = None
    """Whom a version from this one on told is not told again; None: all are told."""
