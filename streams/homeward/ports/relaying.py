"""How far the log has been published to a broker."""

from typing import Protocol


class Published(Protocol):
    """Kept in the log's own store. Two writers do no harm: the higher one counts."""

    async def size(self) -> int | None:
        """Return how many facts a broker has acknowledged; None: nobody has ever begun.

        Raises LogUnavailable.
        """
        ...

    async def raise_to(self, size: int) -> None:
        """Write down that all facts with log_index < ``size`` are acknowledged; it never falls.

        Raises LogUnavailable.
        """
        ...

    async def begin_at(self, size: int) -> None:
        """Write down a size that counts even when it is lower. Raises LogUnavailable."""
        ...


__all__ = ["Published"]
