"""Drill and live are two worlds: a channel belongs to one and refuses the other's messages."""

from collections.abc import Iterable

from homeward.ports import Outgoing


class WrongWorld(Exception):
    """A message of one world was handed to a channel of the other; nothing was sent (I-24)."""


class SameWorld:
    """What every channel inherits: its world, and the refusal of the other one."""

    drill: bool

    def check_world(self, batch: Iterable[Outgoing]) -> None:
        """Raise WrongWorld unless every message is of this channel's world."""
        if any(one.drill is not self.drill for one in batch):
            raise WrongWorld(type(self).__name__)
