"""Bars: what a figure must reach. They stand in budgets.toml, each with its reason."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from loadtests.figures import Figure

BUDGETS: Final = Path(__file__).with_name("budgets.toml")


@dataclass(frozen=True, slots=True)
class Budget:
    """The bar of one figure. A `wanted` bar is reported and not judged; the text says why."""

    bar: str = ""
    """The bar's number in PERFORMANCE: P2, P10 ..."""
    at_least: float | None = None
    at_most: float | None = None
    wanted: str = ""
    full: str = ""
    """Why a quick run reports the bar and does not judge it."""
    shown: str = ""
    """Why the figure has no bar of its own."""

    def __post_init__(self) -> None:
        """Refuse an entry that judges nothing and does not say why."""
        bars = sum(one is not None for one in (self.at_least, self.at_most))
        if bars + bool(self.shown) != 1 or (self.shown and (self.wanted or self.full)):
            raise ValueError("a budget has one of at_least, at_most and shown")

    def reached(self, figure: Figure) -> bool:
        """Return whether the figure reaches the bar."""
        low = self.at_least is None or figure.ratio >= self.at_least
        return low and (self.at_most is None or figure.ratio <= self.at_most)

    def verdict(self, figure: Figure, *, quick: bool = False) -> str:
        """Return ``ok``, ``MISSED``, or what is said of a figure that is not judged."""
        if self.shown:
            return "shown"
        if self.reached(figure):
            return "ok"
        if quick and self.full:
            return "full"
        return "wanted" if self.wanted else "MISSED"

    def text(self) -> str:
        """Return the bar as the table shows it."""
        if self.shown:
            return "-"
        sign, value = (">=", self.at_least) if self.at_most is None else ("<=", self.at_most)
        return f"{sign} {value:g} {self.bar}"


def budgets() -> Mapping[str, Budget]:
    """Return the budget of each figure. Raises ValueError or TypeError."""
    return {name: Budget(**said) for name, said in tomllib.loads(BUDGETS.read_text()).items()}
