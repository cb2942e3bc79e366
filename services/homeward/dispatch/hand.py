"""The chunks that a sender holds for one kind of message, measured in people."""

import asyncio
from dataclasses import dataclass, field

from homeward.dispatch.handover import Handover
from homeward.dispatch.knobs import Knobs
from homeward.dispatch.outfit import Outfit


@dataclass(slots=True)
class Hand:
    """What is over is held in one of its own."""

    outfit: Outfit
    knobs: Knobs
    urgent: bool = field(kw_only=True)
    holds: dict[asyncio.Task[None], Handover] = field(default_factory=dict)

    @property
    def waiting(self) -> int:
        """People who only wait for full channels: they take nobody's room."""
        return sum(one.waiting for one in self.holds.values())

    @property
    def room(self) -> int:
        """For how many people more chunks may be taken now."""
        held, waiting = sum(one.people for one in self.holds.values()), self.waiting
        most = self.knobs.in_hand_max + min(waiting, self.knobs.waiting_max)
        return most - held
