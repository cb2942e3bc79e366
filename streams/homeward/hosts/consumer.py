"""What a host drives: a processor, or a fan-out lane, behind one shape."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from homeward.fanout.days import DayChange
from homeward.messages import Fact, Recorded
from homeward.ports import Chunk, Workbench
from homeward.processor import Processor
from homeward.words import Instant

Opaque: TypeAlias = Any
"""A consumer's state: hosts carry it and never look inside."""


@dataclass(frozen=True, slots=True)
class Reacted:
    """A reaction as the host commits it: a lane's also holds rows of the ledger."""

    state: Opaque
    says: Sequence[Fact] = ()
    wake_at: Instant | None = None
    chunks: tuple[Chunk, ...] = ()
    live: bool = False
    """Whether the key is of use to who watches something else than the log."""


class Consumer(Protocol):
    """Hears the facts of a key in order and reacts; its state is opaque to the host."""

    @property
    def name(self) -> str:
        """Names its state rows and its metric label."""
        ...

    @property
    def hears(self) -> frozenset[str]:
        """The kinds it reacts to."""
        ...

    def afresh(self, workbench: Workbench) -> "Consumer":
        """Return the consumer for one commit: what it reads for several keys holds for all."""
        ...

    def counted(self) -> tuple[DayChange, ...]:
        """Return what the turns made since the last call count on people's days."""
        ...

    def stream(self, key: str) -> str:
        """Return the stream that this consumer alone writes for a key."""
        ...

    def begin(self) -> Opaque:
        """Return the state of a key nothing was heard of."""
        ...

    def load(self, raw: bytes) -> Opaque:
        """Return the state that was dumped."""
        ...

    def dump(self, state: Opaque) -> bytes:
        """Return the state as bytes."""
        ...

    async def react(self, state: Opaque, heard: Recorded) -> Reacted:
        """React to one fact. May read through ports, writes nothing.

        Raises LogUnavailable when a port is away (tried again); anything else parks the key.
        """
        ...


@dataclass(frozen=True, slots=True)
class Pure:
    """A processor as a consumer."""

    processor: Processor[Any]

    @property
    def name(self) -> str:
        """The processor's name."""
        return self.processor.name

    @property
    def hears(self) -> frozenset[str]:
        """The kinds it reacts to."""
        return self.processor.hears

    def afresh(self, _: Workbench) -> "Pure":
        """Return itself: it reads nothing."""
        return self

    def counted(self) -> tuple[DayChange, ...]:
        """Return nothing: processors tell nobody."""
        return ()

    def stream(self, key: str) -> str:
        """Return ``<name>-<case>``."""
        return f"{self.processor.name}-{key}"

    def begin(self) -> Opaque:
        """Return the processor's first state."""
        return self.processor.begin()

    def load(self, raw: bytes) -> Opaque:
        """Return the processor's state from bytes."""
        return self.processor.load(raw)

    def dump(self, state: Opaque) -> bytes:
        """Return the processor's state as bytes."""
        return self.processor.dump(state)

    async def react(self, state: Opaque, heard: Recorded) -> Reacted:
        """Step the processor."""
        reaction = self.processor.step(state, heard)
        return Reacted(reaction.state, reaction.says, reaction.wake_at)
