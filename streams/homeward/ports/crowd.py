"""How many people an area holds, without a word on who or where they are."""

from dataclasses import dataclass
from typing import Protocol

from homeward.fanout.index import Query


@dataclass(frozen=True, slots=True)
class Counted:
    """What an order to an area would come to now."""

    told: int
    """Would be told."""
    suppressed: int
    """Are paused, out of their own limits, or asleep."""
    unreachable: int
    """Have no contact."""
    already: int = 0
    """Among the query's ``told``."""


class Crowd(Protocol):
    """Counts recipients by the same index and the same rule that tells them."""

    async def count(self, query: Query) -> Counted:
        """Return how many people a query finds, with every roster change committed before.

        Exact: whoever shows it to somebody puts it into spans. Raises LogUnavailable.
        """
        ...


__all__ = ["Counted", "Crowd"]
