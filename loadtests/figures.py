"""Figures: two things timed in turn, and how often one goes into the other."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Size:
    """How much a bench measures; a quick run says less, and less surely."""

    quick: bool

    def of(self, whole: int, quick: int) -> int:
        """Return the number for this run."""
        return quick if self.quick else whole


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. The ratio is ours / bare, the median of the rounds' own ratios."""

    name: str
    """Names its bar in budgets.toml."""
    what: str
    unit: str
    ours: float
    bare: float
    ratio: float
    spread: tuple[float, float]
    """The least and the greatest ratio of a round: how far to trust the middle one."""
    rounds: int

    @classmethod
    def of_rounds(
        cls, name: str, what: str, unit: str, rounds: Sequence[tuple[float, float]]
    ) -> Self:
        """Return the figure of rounds in which (ours, bare) were measured one after the other.

        Ratios are taken within a round: what the machine's other users do changes slowly, so both
        sides of a round suffer alike.
        """
        ratios = [ours / bare for ours, bare in rounds]
        return cls(
            name=name,
            what=what,
            unit=unit,
            ours=statistics.median(ours for ours, _ in rounds),
            bare=statistics.median(bare for _, bare in rounds),
            ratio=statistics.median(ratios),
            spread=(min(ratios), max(ratios)),
            rounds=len(rounds),
        )


@dataclass(frozen=True, slots=True)
class Measured:
    """What one bench found, and what it stood on."""

    figures: Sequence[Figure]
    ground: str
    """One clause: server, flush, and whatever else the figures depend on."""


def percentile(taken: Sequence[float], share: float) -> float:
    """Return the value that this share of the values does not exceed (nearest rank)."""
    ordered = sorted(taken)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
