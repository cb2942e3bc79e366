"""The log: append, read, wait for more."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from homeward.record.envelope import Entry, Row


class LogUnavailable(Exception):
    """The store does not answer now; nothing was acknowledged. Try again."""


@dataclass(frozen=True, slots=True)
class Idempotency:
    """What a request leaves behind so that the same request gets the same answer."""

    key: str
    """Derived id of [actor, Idempotency-Key]."""
    request_hash: bytes
    """HMAC of the canonical request; the same key with another one is refused (422)."""
    references: str
    """JSON the answer is made from again: ids and versions, nothing personal."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One decision: all of its entries are appended, or none."""

    entries: tuple[Entry, ...]
    idempotency: Idempotency | None = None


@dataclass(frozen=True, slots=True)
class Appended:
    """The unit is durable."""

    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """The unit was there already (same idempotency key, or same id of its first entry)."""

    request_hash: bytes | None
    references: str | None


@dataclass(frozen=True, slots=True)
class Conflict:
    """Somebody else wrote to one of the unit's streams first; nothing of the unit was kept."""

    stream: str


Outcome: TypeAlias = Appended | Known | Conflict


class Book(Protocol):
    """The log as consumers read it."""

    async def size(self) -> int:
        """Return the number of facts: log_index runs from 0 to size - 1 without a hole."""
        ...

    async def rows(
        self,
        after: int,
        upto: int,
        *,
        kinds: Collection[str] | None = None,
        limit: int = 1_000,
    ) -> list[Row]:
        """Return rows with after < log_index <= upto (after = -1: from the start), in order."""
        ...

    async def at(self, indexes: Collection[int]) -> list[Row]:
        """Return the rows with these ``log_index``, in order; those beyond the end are missing."""
        ...

    async def key_rows(
        self,
        key: str,
        after: int = 0,
        upto: int | None = None,
        *,
        kinds: Collection[str] | None = None,
    ) -> list[Row]:
        """Return rows of one ordering key with after < key_version <= upto, in order."""
        ...

    async def blobs(self, digests: Collection[str]) -> Mapping[str, bytes]:
        """Return blobs by the hex SHA-256 of their content; unknown ones are missing."""
        ...


class Log(Book, Protocol):
    """Append-only, dense, ordered. After `append` returns, an Appended unit survives any crash."""

    origin: str
    """Set at the first migration and never changed."""

    async def append(self, units: Sequence[Unit]) -> list[Outcome]:
        """Append what wins and return one outcome a unit, in order.

        In this order: a unit whose idempotency key or first id is known (also within the same
        group) is `Known`; a unit whose entries do not continue their streams is a `Conflict` and so
        is what follows it in the same stream; the rest gets consecutive ``log_index`` and, within
        each ordering key, consecutive ``key_version`` from 1. ``recorded_at`` never falls.
        Ciphertexts and blobs are stored in the same transaction. Raises LogUnavailable.
        """
        ...

    async def stream_rows(self, stream: str) -> list[Row]:
        """Return all rows of a stream, in order."""
        ...

    async def stream_head(self, stream: str) -> tuple[int, bytes]:
        """Return (version, chain hash) of a stream's end; (0, chain_start) for a new one."""
        ...

    async def by_id(self, fact_id: str) -> Row | None:
        """Return the fact with that id."""
        ...

    async def newest(self, kind: str, *, before: int | None = None, limit: int = 50) -> list[Row]:
        """Return facts of a kind, newest first, with log_index < before."""
        ...

    async def case_with_prefix(self, prefix: str) -> str | None:
        """Return the case whose id starts so; None when there is none, or more than one."""
        ...

    async def ciphertexts(self, fact_ids: Collection[str]) -> Mapping[tuple[str, str], bytes]:
        """Return sealed values by (fact id, field); erased ones are missing."""
        ...

    async def answered(self, key: str) -> Known | None:
        """Return what is kept under an idempotency key (for 7 days)."""
        ...


class Feed(Protocol):
    """Rings when the log has grown."""

    async def beyond(self, size: int, timeout_s: float) -> bool:
        """Return True once the log may hold more than ``size`` facts, False after the timeout.

        May wake for nothing; never misses growth for longer than its poll (1 s). Does not raise
        when the store is away: it waits and returns False.
        """
        ...


__all__ = [
    "Appended",
    "Book",
    "Conflict",
    "Feed",
    "Idempotency",
    "Known",
    "Log",
    "LogUnavailable",
    "Outcome",
    "Row",
    "Unit",
]
