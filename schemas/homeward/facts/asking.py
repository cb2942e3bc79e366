"""Asking helpers to come, a few at a time: what a desk opens, and what follows from it.

``asking-<asking>`` is written by the desk, ``rounds-<case>`` by the rounds processor.
"""

from typing import Annotated, Literal

from pydantic import Field

from homeward.facts.callout import PEOPLE
from homeward.messages import Blob, Fact
from homeward.words import CaseId, Count, Id, Instant, ReasonCode


class AskingOpened(Fact):
    """A desk asks for so many helpers by a moment; who comes is found in rounds."""

    kind: Literal["asking.opened/1"] = "asking.opened/1"
    case: CaseId
    asking: Id
    alert: Annotated[int, Field(ge=1)]
    version: Annotated[int, Field(ge=1)]
    """That was live."""
    quota: Annotated[int, Field(ge=1)]
    needed_by: Instant
    people_max: Annotated[int, Field(ge=1)]
    """So many may be asked in all."""
    within_km: Annotated[int, Field(ge=1)]
    """Of the newest credible place."""


class AskingChanged(Fact):
    """A desk asks for more helpers, or for fewer: whoever comes keeps their place."""

    kind: Literal["asking.changed/1"] = "asking.changed/1"
    case: CaseId
    asking: Id
    quota: Annotated[int, Field(ge=1)]


class AskingClosed(Fact):
    """A desk asks nobody any more; whoever has not answered need not come."""

    kind: Literal["asking.closed/1"] = "asking.closed/1"
    case: CaseId
    asking: Id


class RoundOrdered(Fact):
    """So many people more are to be asked, the nearest who were not asked yet."""

    kind: Literal["rounds.ordered/1"] = "rounds.ordered/1"
    case: CaseId
    asking: Id
    alert: Annotated[int, Field(ge=1)]
    version: Annotated[int, Field(ge=1)]
    round: Count
    """Counts on over the askings of a case."""
    people: Annotated[int, Field(ge=1)]
    shares: tuple[Count, ...] | None = None
    """Of each lane; None: as many in each, as nearly as can be."""
    within_km: Annotated[int, Field(ge=1)]
    texts_of: Id
    needed_by: Instant
    spared: Annotated[bytes | None, Blob(PEOPLE)] = None
    """Who had said before the asking was opened that they come."""


class RoundsFilled(Fact):
    """So many promised that the places are filled; whoever else was asked need not come."""

    kind: Literal["rounds.filled/1"] = "rounds.filled/1"
    case: CaseId
    asking: Id
    alert: Annotated[int, Field(ge=1)]
    version: Annotated[int, Field(ge=1)]
    asked: Count
    """At most so many were asked."""
    coming: Count
    texts_of: Id
    spared: Annotated[bytes | None, Blob(PEOPLE)] = None
    """Who hears nothing of it: they come, or have said that they do not."""


class RoundsOver(Fact):
    """Nobody is asked any more."""

    kind: Literal["rounds.over/1"] = "rounds.over/1"
    case: CaseId
    asking: Id
    alert: Annotated[int, Field(ge=1)]
    version: Annotated[int, Field(ge=1)]
    reason: ReasonCode
    """``time``: the moment has come by which they were needed; ``closed`` by a desk; ``cancelled``
    and ``resolved`` when the search itself is over."""
    asked: Count
    """At most so many were asked."""
    texts_of: Id
    spared: Annotated[bytes | None, Blob(PEOPLE)] = None
    """Who hears nothing of it: they do not come, or come to a search that goes on."""
