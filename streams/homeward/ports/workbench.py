"""Where consumers of the log keep state and position: one compare-and-set is both."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from homeward.fanout.chunk import Chunk
from homeward.fanout.days import DayChange, DayRow, ShardDay
from homeward.record.envelope import Entry, Row


@dataclass(frozen=True, slots=True)
class Wake:
    """A consumer wants to hear `WakeDue` for a key at a moment of the case clock."""

    processor: str
    key: str
    due: datetime
    asked_by: str
    """Id of the fact whose reaction asked; the WakeDue's id is derived from it."""


KEEP_WAKE: Final = "keep"
"""A turn that leaves the wake of its key as it is."""


@dataclass(frozen=True, slots=True)
class Position:
    """How far a consumer is with a key, and what it knows."""

    heard: int = 0
    """key_version of the last fact heard."""
    revision: int = 0
    """Counts commits of this row; 0: there is no row."""
    state: bytes | None = None
    out_version: int = 0
    out_chain: bytes | None = None
    """End of the output stream (no one else writes to it); None: nothing said yet."""
    wake_at: datetime | None = None
    """The wake that the last commit left in this row; it stays when the waker has said it."""
    parked: bool = False


@dataclass(frozen=True, slots=True)
class KeyTurn:
    """What one key's turn wants to make true, all or nothing."""

    key: str
    expected_revision: int
    heard: int
    state: bytes
    entries: tuple[Entry, ...]
    out_version: int
    out_chain: bytes | None
    wake: Wake | str | None = KEEP_WAKE
    chunks: tuple[Chunk, ...] = ()
    live: bool = False
    """The key is of use to who watches something else than the log (`Workbench.live`)."""
    days: tuple[DayChange, ...] = ()
    """The days of those who are told, as they are then. One of a later turn of the same commit that
    counts on the same day expects the revision that the earlier one leaves."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A chunk that is leased by the commit that makes it."""

    chunk: str
    lease_s: float


@dataclass(frozen=True, slots=True)
class Parked:
    """A fact that a consumer cannot take: its key waits for a hand, the others go on."""

    processor: str
    key: str
    key_version: int
    error: str
    """The exception's class and where it was raised; never its text (it may name a person)."""


class Workbench(Protocol):
    """State rows, wakes and outputs of consumers, committed together."""

    async def load(self, processor: str, keys: Collection[str]) -> Mapping[str, Position]:
        """Return the position of each key; `Position()` for one never heard of."""
        ...

    async def commit_turn(self, processor: str, turns: Sequence[KeyTurn]) -> frozenset[str]:
        """Commit each key's turn and return the keys that were refused.

        A key whose row's revision, or one of whose days' revisions, is not the expected one writes
        nothing at all. For the others state, position, days, wake,
        ledger chunks (ids known already are skipped) and entries commit in one transaction; days,
        then keys are locked in sorted order and ``log_head`` last, so a wide alert never holds up a
        raise. Raises LogUnavailable.
        """
        ...

    async def commit_cascade(
        self,
        turns: Sequence[tuple[str, KeyTurn]],
        entries: Sequence[Entry],
        first: int,
        taken: Taken | None = None,
    ) -> bool:
        """Commit turns of several processors over one key as if one after another, or nothing.

        ``entries`` are those of all turns in the order in which they were said, for the turns have
        heard them so: the first must become key_version ``first`` of the key. False, and nothing
        is written, when it would not, or when a row's revision is not the expected one. Processors
        come in the same order in every process. ``taken`` is one of the turns' chunks: it is leased
        for the first time in the same commit, as `Ledger.lease` would have; where it cannot be
        (known already, or its alert is over) nothing is written either. Else as `commit_turn`.
        Raises LogUnavailable.
        """
        ...

    async def days(
        self, shards: range, since: int, known: Mapping[ShardDay, int]
    ) -> Sequence[DayRow]:
        """Return the days of shards from a date on, but for those known at their revision.

        Raises LogUnavailable.
        """
        ...

    async def forget_days(self, before: int) -> int:
        """Forget days before a date; return how many rows that were."""
        ...

    async def live(self, processor: str) -> Mapping[str, int]:
        """Return the keys that their last turn left live, each with its row's revision."""
        ...

    async def unheard(
        self,
        processor: str,
        kinds: Collection[str],
        low: int,
        upto: int,
        limit: int = 500,
        keys: Collection[str] | None = None,
    ) -> Sequence[Row]:
        """Return facts of these kinds, low <= log_index < upto, that a consumer has not heard.

        As the store knows it now, whatever another process heard; in order, only of ``keys``
        (None: of all), and without those of parked keys. Raises LogUnavailable.
        """
        ...

    async def start(self, processor: str) -> tuple[int, int]:
        """Return (birth, low) of a consumer, making it at the first call.

        ``birth`` is the log's size when the consumer first started (0 in a fresh world): earlier
        facts are folded without saying anything. Facts with log_index < ``low`` are heard.
        """
        ...

    async def raise_low(self, processor: str, low: int) -> None:
        """Move ``low`` up; it never falls."""
        ...

    async def park(self, parked: Parked) -> None:
        """Set a key aside for a consumer (idempotent)."""
        ...

    async def unpark(self, processor: str, key: str) -> bool:
        """Let a key be heard again from its position; False when it was not parked."""
        ...

    async def parked(self) -> Sequence[Parked]:
        """Return every key that waits for a hand."""
        ...

    async def due(self, moment: datetime, limit: int = 100) -> Sequence[Wake]:
        """Return wakes with due <= moment, earliest first."""
        ...

    async def next_due(self) -> datetime | None:
        """Return the earliest due of all wakes."""
        ...

    async def drop_wake(self, wake: Wake) -> None:
        """Forget a wake that was said, unless another one replaced it meanwhile."""
        ...


__all__ = ["KEEP_WAKE", "Chunk", "KeyTurn", "Parked", "Position", "Taken", "Wake", "Workbench"]
