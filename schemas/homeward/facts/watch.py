"""What people and clocks say to a watch or a waiting report.

``watch-<watch>`` is written by the desk, ``escalation-<case>`` by the escalation processor.
"""

from typing import Annotated, Literal

from pydantic import Field

from homeward.messages import Fact
from homeward.words import CaseId, Count, Id, Instant, ReasonCode, RecipientId


class WatchAcknowledged(Fact):
    """The hub has read the order and somebody is watching."""

    kind: Literal["watch.acknowledged/1"] = "watch.acknowledged/1"
    case: CaseId
    watch: Id
    hub: RecipientId


class WatchStoodDown(Fact):
    """The hub, or an officer, ended the watch."""

    kind: Literal["watch.stood-down/1"] = "watch.stood-down/1"
    case: CaseId
    watch: Id
    hub: RecipientId
    reason: ReasonCode


class WatchLapsed(Fact):
    """Nobody acknowledged in time, or nobody will: the next contact or the police desk is asked."""

    kind: Literal["escalation.watch-lapsed/1"] = "escalation.watch-lapsed/1"
    case: CaseId
    watch: Id
    hub: RecipientId
    alert: Annotated[int, Field(ge=1)]
    version: Annotated[int, Field(ge=1)]
    contact: Count
    """Whose turn it is, counted from 0 in the order of the watch; equal to the number of contacts:
    the desk's."""
    to_desk: bool
    texts_of: Id
    next_at: Instant | None = None
    """When the next contact's time is over."""
    reason: ReasonCode | None = None
    """Why nobody was waited for: ``closed`` or ``off-duty``, as the order said, or ``moved``: the
    desk knew another window; None: silence."""


class ClockLapsed(Fact):
    """A parent's report is still unanswered: the next level is told."""

    kind: Literal["escalation.clock-lapsed/1"] = "escalation.clock-lapsed/1"
    case: CaseId
    level: Annotated[int, Field(ge=1, le=3)]
    """0 duty desk (told at once), 1 county, 2 province, 3 NGO desk."""
    waiting_s: Count


class ReportLapsed(Fact):
    """Nobody verified or rejected the report in time: it is over, unless it is verified yet."""

    kind: Literal["escalation.report-lapsed/1"] = "escalation.report-lapsed/1"
    case: CaseId
    waiting_s: Count
    """Since somebody last said something new of it."""
