"""Whether a policy or a circle, judged over the same cases, is better beyond chance.

Cases that both hold, or neither, say nothing about which is better. Of those that only one holds,
each would be a toss of a coin if both were as good: so many heads or more is a binomial's tail
(McNemar's test in its exact form, which is the sign test; two-sided). One comparison in twenty is
taken for a difference where there is none, and a table makes some dozens of them.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import comb
from typing import Any, Final

CHANCE: Final = 0.05
"""From this on a difference may be chance: the customary bound."""
LEVEL: Final = "level"
CIRCLE: Final = "circle"


@dataclass(frozen=True, slots=True)
class Paired:
    """A policy and a circle over the same cases."""

    only_policy: int
    """Cases that only the policy holds ..."""
    only_circle: int
    chance: float
    """That a coin would part them so unevenly, or more."""

    def better(self, policy: str) -> str:
        """Return which is better beyond chance: the policy by its name, `CIRCLE`, or `LEVEL`."""
        if self.chance >= CHANCE:
            return LEVEL
        return policy if self.only_policy > self.only_circle else CIRCLE

    def shown(self, policy: str) -> dict[str, Any]:
        """Return it as JSON values, with the word."""
        return asdict(self) | {"better": self.better(policy)}


def paired(policy: Sequence[bool], circle: Sequence[bool]) -> Paired:
    """Compare by whether each holds each case. Raises ValueError when one has fewer cases."""
    both = list(zip(policy, circle, strict=True))
    only_policy = sum(one and not other for one, other in both)
    only_circle = sum(other and not one for one, other in both)
    return Paired(only_policy, only_circle, chance_of(only_policy, only_circle))


def chance_of(heads: int, tails: int) -> float:
    """Return the chance that a coin falls so unevenly, or more, to either side."""
    tosses = heads + tails
    tail = sum(comb(tosses, count) for count in range(min(heads, tails) + 1))
    # Whole numbers to the last step: 2 to the power of some thousand tosses is no float.
    return min(1.0, 2 * tail / (1 << tosses))
