"""Who does what only one has to do: by the database's time, and never for correctness."""

from collections.abc import Mapping
from typing import Final, Protocol

LANE: Final = "lane."
"""``lane.<number>``: who keeps a lane's index warm and looks out for latecomers."""
SWEEP: Final = "sweep"
"""Who sweeps what was not rung for. One lease for all consumers: who sweeps follows at once what
its own turns say, and that is heard by others."""
RELAY: Final = "relay"
WAKER: Final = "waker"
CARE: Final = "care"
"""Who forgets what is old and sets the figures of the whole world."""


class Leases(Protocol):
    """Keeps processes from doing the same twice at once. Two holders do no harm."""

    async def take(self, name: str, holder: str, for_s: float, *, force: bool = False) -> bool:
        """Take a lease or prolong it; True: it is the holder's for ``for_s`` seconds.

        Another holder's is taken only when it has run out, with ``force``, or when it ends later
        than anybody may have asked for: the database's clock was set back. Raises LogUnavailable.
        """
        ...

    async def let_go(self, name: str, holder: str) -> None:
        """Give a lease back, when it is the holder's. Raises LogUnavailable."""
        ...

    async def held(self) -> Mapping[str, str]:
        """Return lease -> holder of those that have not run out. Raises LogUnavailable."""
        ...


__all__ = ["CARE", "LANE", "RELAY", "SWEEP", "WAKER", "Leases"]
