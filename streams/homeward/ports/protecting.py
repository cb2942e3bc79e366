"""The list of protected persons, as digests that say nothing of anybody."""

from collections.abc import Sequence
from typing import Protocol


class Protected(Protocol):
    """Keyed digests of whoever is protected. All calls raise LogUnavailable."""

    async def add(self, load: str, digests: Sequence[bytes]) -> None:
        """Keep digests as of one loading of the list; those that are known are of it from now."""
        ...

    async def finish(self, load: str) -> None:
        """Forget every digest that was not of this loading: the list was loaded as a whole."""
        ...

    async def knows(self, digests: Sequence[bytes]) -> bool:
        """Return whether any of these is kept."""
        ...

    async def count(self) -> int:
        """Return how many digests are kept."""
        ...


__all__ = ["Protected"]
