"""Which processes of a world run: for the operator, and for who may work only while none does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Process:
    """One process as it signed in; all time is the store's."""

    id: str
    """``<role>-<host>-<pid>-<8 hex>``: a process that starts again has another one."""
    role: str
    host: str
    pid: int
    started_at: datetime
    seen_at: datetime


class Processes(Protocol):
    """Who signed in and was seen since. No promise rests on it."""

    async def sign_in(self, id: str, role: str, host: str, pid: int) -> None:  # noqa: A002 -- its name
        """Note that a process runs; what was not seen for a day is forgotten.

        Raises LogUnavailable.
        """
        ...

    async def seen(self, id: str) -> bool:  # noqa: A002 -- its name
        """Note that it still runs; False: it is not signed in (any more). Raises LogUnavailable."""
        ...

    async def sign_out(self, id: str) -> None:  # noqa: A002 -- its name
        """Forget it: it ends. Raises LogUnavailable."""
        ...

    async def signed_in(self, within_s: float = 10.0) -> Sequence[Process]:
        """Return who was seen within so many seconds, by role and start. Raises LogUnavailable.

        Who was seen later than that from now was seen before the clock was set back: not counted.
        """
        ...


__all__ = ["Process", "Processes"]
