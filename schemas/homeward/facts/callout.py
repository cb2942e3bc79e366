"""Orders to tell people, and what a fan-out lane made of them.

``callouts-<case>`` is written by the callouts processor, ``fanout-<case>.<lane>`` by the lane.
"""

from typing import Annotated, Final, Literal

from pydantic import Field

from homeward.facts.reach import CELL_SET
from homeward.messages import Blob, Fact
from homeward.words import (
    Audience,
    CaseId,
    Cell,
    Count,
    Digest,
    Id,
    Instant,
    Purpose,
    RecipientId,
    Severity,
    Tier,
    Value,
)

PEOPLE: Final = "application/vnd.homeward.recipients"
"""Media type of a set of recipients: sorted ids, one a line. Facts of what they answered have them
in clear, too."""


class ToldOf(Value):
    """An alert of a case that went on in another one."""

    case: CaseId
    alert: Annotated[int, Field(ge=0)]
    """0: it had none; a few may have been told of the unverified report."""


class CalloutOrdered(Fact):
    """Tell these people this; each fan-out lane turns it into chunks of recipients."""

    kind: Literal["callouts.ordered/1"] = "callouts.ordered/1"
    case: CaseId
    audience: Audience
    purpose: Purpose
    alert: Annotated[int, Field(ge=0)] = 0
    """0 for what belongs to no alert (a waiting report)."""
    version: Annotated[int, Field(ge=0)] = 0
    wave: Annotated[int, Field(ge=0)] = 0
    severity: Severity = Severity.SEVERE
    focus: Cell | None = None
    reach_km_max: Annotated[int, Field(ge=0)] = 0
    hub: RecipientId | None = None
    watch: Id | None = None
    contact: Count = 0
    level: Annotated[int, Field(ge=0, le=3)] = 0
    window_from: Instant | None = None
    window_to: Instant | None = None
    moved: Count | None = None
    """How often the window was moved before it was as it is here; None: never."""
    people_max: Count | None = None
    """So many people hear of an alert on one officer's word, over all lanes and waves, beside those
    whom an earlier version told; None: two have approved it."""
    same_since: Annotated[int, Field(ge=1)] | None = None
    """Whom a version from this one on told is not told again, and what has not left of it leaves
    still; None: all are told, and nothing older leaves."""
    tier: Tier | None = None
    """Of volunteers only these; None: all."""
    texts_of: Id
    """The fact whose sealed words are to be sent."""
    expires_at: Instant | None = None
    joined: tuple[ToldOf, ...] | None = None
    """Whoever was told of these is told it, too: their cases went on in this one; None: of none."""
    overridden: bool | None = None
    """Two people decided that it reaches those, too, who sleep or whose day is spent; None: no."""
    shares: tuple[Count, ...] | None = None
    """Of an ask: so many people of `people_max` in each lane; None: an even share each."""
    spared: Annotated[bytes | None, Blob(PEOPLE)] = None
    """Who is left out of an ask, or of its end."""
    cell_count: Count = 0
    cells: Annotated[bytes | None, Blob(CELL_SET)] = None


class PassedOver(Value):
    """How many were passed over, each by the first reason that holds, in this order."""

    paused: Count = 0
    severity: Count = 0
    """They want to hear of nothing so mild."""
    distance: Count = 0
    """They want to hear of nothing so far away."""
    quiet: Count = 0
    budget: Count = 0
    """They were told of as many alerts that day as they want to be."""
    alone: Count = 0
    """Beyond as many as one officer's word may tell."""


class ChunksCut(Fact):
    """A lane has found the recipients of an order and written them to the ledger."""

    kind: Literal["fanout.chunks-cut/1"] = "fanout.chunks-cut/1"
    case: CaseId
    order: Id
    lane: Count
    alert: Annotated[int, Field(ge=0)]
    version: Annotated[int, Field(ge=0)]
    wave: Annotated[int, Field(ge=0)]
    audience: Audience
    purpose: Purpose
    chunks: Count
    people: Count
    already_told: Count
    suppressed: Count
    """Inside the area but not told: asleep, out of their limit, paused, with a day that is spent,
    or more than one officer's word may tell."""
    unreachable: Count
    """Inside the area with no channel at all: never counted as told."""
    passed_over: PassedOver | None = None
    """Why the suppressed are; None: recorded before it was counted."""
    left: Count | None = None
    """Of an ask: so many more could be asked now; None: no ask."""
    lanes: Count | None = None
    """Of an ask: how many lanes there are, each of which says what it found; None: no ask."""
    digest: Digest
    """SHA-256 over the chunks' serialised recipient bitmaps, in order."""
