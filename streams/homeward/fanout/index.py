"""What fan-out asks of an index of recipients, and what it is told."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from homeward.fanout.areas import Area
from homeward.fanout.columns import LaneChanges
from homeward.fanout.days import Days
from homeward.words import RecipientKind, Severity, Tier

Ordinals = NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Query:
    """Whom an order is for."""

    area: Area
    kinds: frozenset[RecipientKind]
    at: datetime
    """On the case clock: decides who sleeps."""
    severity: Severity = Severity.SEVERE
    focus: str | None = None
    """The cell that nearness is measured from; without one everybody is near."""
    level: int | None = None
    """Only desks of this level."""
    tier: Tier | None = None
    """Only people of this tier."""
    told: BitMap = field(default_factory=BitMap)
    """Whoever was told this already."""
    again: BitMap = field(default_factory=BitMap)
    """Whoever was inside before and was passed over: inside whatever the area."""
    known: BitMap = field(default_factory=BitMap)
    """Who heard of this alert by another version: it is none of their day's any more."""
    days: Days = field(default_factory=Days)
    """Of how many alerts people were told on each of their days."""
    overridden: bool = False
    """Two people decided that it reaches those, too, who sleep or whose day is spent."""
    only: BitMap | None = None
    """Looks at these people alone (their place or their wishes changed); None: at everybody."""


class PassedOver(NamedTuple):
    """How many people were passed over, by the first reason that holds, in this order."""

    paused: int = 0
    severity: int = 0
    """They want to hear of nothing so mild."""
    distance: int = 0
    """They want to hear of nothing so far away."""
    quiet: int = 0
    budget: int = 0
    """Their day is spent."""
    alone: int = 0
    """Beyond as many as one officer's word may tell."""


@dataclass(frozen=True, slots=True)
class Matched:
    """Everybody inside, once each, by what becomes of them; the four parts share nobody."""

    ordinals: Ordinals
    """To be told, nearest first (`nearness`: in bands, by ordinal within one)."""
    already: Ordinals
    unreachable: Ordinals
    """No contact at all: never counted as told."""
    suppressed: Ordinals
    """Paused, out of their own limits, asleep, or with a day that is spent."""
    wakes_at: datetime | None = None
    """When the first of those has slept, or the first of those days is over."""
    passed_over: PassedOver = field(default_factory=PassedOver)
    """Why the suppressed are."""
    dates: tuple[tuple[int, BitMap], ...] = ()
    """Who of those told is one to be told of so many a day, by the date that it is for them."""

    @property
    def inside(self) -> int:
        """How many people are inside."""
        parts = (self.ordinals, self.already, self.unreachable, self.suppressed)
        return sum(len(part) for part in parts)


class RecipientIndex(Protocol):
    """Finds a lane's recipients, exactly as the rule (`eligible`) says: none less, none more."""

    @property
    def revision(self) -> int:
        """The newest roster change it knows."""
        ...

    def __len__(self) -> int:
        """Return how many people it knows."""
        ...

    def match(self, query: Query) -> Matched:
        """Return everybody inside."""
        ...

    def apply(self, changes: LaneChanges) -> None:
        """Take changes in: from here on `match` answers by them, and `revision` is theirs.

        Applying changes twice, or some that are known in part, changes nothing more.
        """
        ...

    def merging(self) -> Callable[[], Callable[[], None]] | None:
        """Return the work of taking the changes so far into the index; None: not worth it yet.

        Two steps. The first may run in a thread while `match` and `apply` go on: it touches only
        what nobody changes. What it returns is called where `match` is called, and swaps the
        merged index in; changes applied meanwhile stand beside it still.
        """
        ...
