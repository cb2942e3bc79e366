"""What rang whom: which facts came by the bell, and which were found by a sweep."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class By(StrEnum):
    """How a fact came to a consumer."""

    BELL = "bell"
    SWEEP = "sweep"
    CASCADE = "cascade"


@dataclass(frozen=True, slots=True)
class Swept:
    """Facts of a key that a sweep found unheard and let a consumer hear."""

    consumer: str
    key: str
    after: int
    upto: int
    """after < key_version <= upto."""
    at: datetime


@dataclass(frozen=True, slots=True)
class HeardBy:
    """How many facts a consumer heard one way, in all processes."""

    consumer: str
    by: By
    facts: int
    newest_at: datetime


class Hearing(Protocol):
    """Kept for the operator; no promise rests on it."""

    async def note(
        self, heard: Mapping[tuple[str, By], int], swept: Collection[Swept] = ()
    ) -> None:
        """Add to the counts by (consumer, by), and keep the newest swept. Raises LogUnavailable."""
        ...

    async def counts(self) -> Sequence[HeardBy]:
        """Return all counts. Raises LogUnavailable."""
        ...

    async def swept(self, limit: int = 100) -> Sequence[Swept]:
        """Return what was swept, newest first. Raises LogUnavailable."""
        ...


__all__ = ["By", "HeardBy", "Hearing", "Swept"]
