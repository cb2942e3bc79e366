"""Where recipients say they are, on its way to the roster."""

from collections.abc import Sequence
from typing import Protocol

from homeward.ports.roster import Move


class PositionLine(Protocol):
    """Takes moves from whoever asked; a `Roster` is one that keeps them at once."""

    async def move(self, moves: Sequence[Move]) -> Sequence[bool]:
        """Take moves; say for each whether there is such a recipient, as far as is known.

        When it returns they are durable and will be in the roster, each by its newest word only.
        Raises LogUnavailable when they can be kept nowhere, ValueError for what is no cell.
        """
        ...


__all__ = ["PositionLine"]
