"""Heading off: what hubs are asked to watch; stream ``hubs-<case>``, by the hubs processor."""

from typing import Annotated, Literal

from pydantic import Field

from homeward.messages import Fact
from homeward.words import CaseId, Count, Id, Instant, Mode, ReasonCode, RecipientId, Seconds


class WatchOrdered(Fact):
    """A hub that the person can still reach is asked to watch, before they can be there."""

    kind: Literal["hubs.watch-ordered/1"] = "hubs.watch-ordered/1"
    case: CaseId
    watch: Id
    hub: RecipientId
    hub_kind: ReasonCode
    alert: Annotated[int, Field(ge=1)]
    version: Annotated[int, Field(ge=1)]
    rank: Count
    """Place in the order, 0 is the soonest arrival."""
    eta_s: Seconds
    """From this order to the earliest arrival."""
    window_from: Instant
    window_to: Instant
    mode: Mode
    contacts: Count
    """How many contacts the hub has, one after another; none: it is unreachable."""
    acknowledge_by: Instant
    texts_of: Id
    ask: tuple[Count, ...] | None = None
    """The contacts in the order in which they are asked, whoever is on duty first; None: as they
    stand."""
    unattended: ReasonCode | None = None
    """Why silence is to be expected, so that the police desk is told at once: ``closed`` for as
    long as the person may come, or all contacts ``off-duty``."""
    moved: Count | None = None
    """How often news moved the window of this watch so far; None: never. An order that is moved
    once more than the one before must be acknowledged again."""


class HubUnreachable(Fact):
    """A hub lies ahead and nobody there can be told: listed and alarmed, never counted as told."""

    kind: Literal["hubs.unreachable/1"] = "hubs.unreachable/1"
    case: CaseId
    hub: RecipientId
    hub_kind: ReasonCode
    alert: Annotated[int, Field(ge=1)]
    version: Annotated[int, Field(ge=1)]
    eta_s: Seconds


class WatchReleased(Fact):
    """The hub need not watch any more: the person can no longer come there, or it is over."""

    kind: Literal["hubs.watch-released/1"] = "hubs.watch-released/1"
    case: CaseId
    watch: Id
    hub: RecipientId
    alert: Annotated[int, Field(ge=1)]
    version: Annotated[int, Field(ge=1)]
    reason: ReasonCode
