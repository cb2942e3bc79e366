"""What a broker delivers: a bell, not a book. It may come late, twice, out of order or never."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import NamedTuple, TypeAlias


class Place(NamedTuple):
    """A partition of a topic."""

    topic: str
    partition: int


class Rung(NamedTuple):
    """One record as it was delivered."""

    place: Place
    offset: int
    key: bytes | None
    value: bytes
    headers: Mapping[str, bytes]


Hear: TypeAlias = Callable[[Sequence[Rung]], Awaitable[None]]
"""Hears what was delivered, in order; when it returns, what it was given is acknowledged.

Raises LogUnavailable: nothing half done is left, and the same is given again after a pause.
"""
Assigned: TypeAlias = Callable[[frozenset[Place]], None]
"""Told the partitions that this process now has; must not block and must not raise."""

__all__ = ["Assigned", "Hear", "Place", "Rung"]
