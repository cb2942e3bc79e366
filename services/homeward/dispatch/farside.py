"""What is known of a far side: whether it answers, and until when it asked to be left alone."""

from dataclasses import dataclass, field
from typing import Final

FAR_SIDES_MAX: Final = 10_000
"""Addresses are strangers' choice: so many are remembered, then all are new again."""


@dataclass(slots=True, eq=False)
class FarSide:
    """One endpoint of a channel; the empty name is a channel that has but one."""

    name: str
    quick: bool = False
    """It answered its last batch within a second; a new one has to show that it does."""
    batches: int = 0
    """Under way."""
    until: float = 0.0
    """It is left alone until then (monotonic)."""
    barren: bool = True
    """It has accepted nothing since it was last left alone: waiting for it is a try."""

    def pause_s(self, now: float) -> float:
        """Return how long it is still left alone."""
        return max(0.0, self.until - now)

    def pause(self, now: float, for_s: float) -> None:
        """Leave it alone, at least for so long."""
        if self.until <= now:
            self.barren = True
        self.until = max(self.until, now + for_s)


@dataclass(slots=True)
class FarSides:
    """The far sides of one channel, whichever line leads to them."""

    known: dict[str, FarSide] = field(default_factory=dict)

    def of(self, name: str) -> FarSide:
        """Return what is known of a far side."""
        found = self.known.get(name)
        if found is None:
            if len(self.known) >= FAR_SIDES_MAX:
                self.known = {name: one for name, one in self.known.items() if one.batches}
            found = self.known[name] = FarSide(name)
        return found
