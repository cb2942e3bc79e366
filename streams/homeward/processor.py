"""What a processor is: a pure value that hears facts and reacts.

It never waits, reads no clock, asks no database and never learns which host runs it. Time reaches
it only as `WakeDue`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from homeward.messages import Fact, Recorded
from homeward.words import Instant

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Reaction(Generic[S]):
    """What follows from one fact: the new state, what is said, and when to be woken."""

    state: S
    says: Sequence[Fact] = ()
    wake_at: Instant | None = None
    """The one moment this key now waits for; None: none. It replaces the one asked for before."""


class Processor(Protocol[S]):
    """Keyed by the ordering key: only there is order promised."""

    name: str
    """Names its state rows, its output stream (``<name>-<case>``) and its metric label."""
    hears: frozenset[str]
    """Kinds it reacts to; the others cost it nothing."""

    def begin(self) -> S:
        """Return the state of a key nothing was heard of."""
        ...

    def step(self, state: S, heard: Recorded) -> Reaction[S]:
        """React to one fact; the same state and fact always give the same reaction."""
        ...

    def dump(self, state: S) -> bytes:
        """Return the state as bytes that `load` understands."""
        ...

    def load(self, raw: bytes) -> S:
        """Return the state that was dumped."""
        ...
