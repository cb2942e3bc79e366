"""Where a person can be, cell by cell: how likely, how soon, and in which order to tell.

A surface is a value: the same question always gets the same one. Its cells lie apart from each
other, fine near the places the search goes out from and coarse far away.
"""

from dataclasses import dataclass, field
from typing import Final

import h3.api.basic_int as h3
import numpy as np
from numpy.typing import NDArray

from homeward.geography.cells import RES_MAX, Cells, compacted, resolutions
from homeward.geography.sphere import Floats

KM2: Final[Floats] = np.array([h3.average_hexagon_area(res, "km^2") for res in range(RES_MAX + 1)])
"""Mean area of a cell by its resolution, km2 (H3); single cells differ by up to a half."""

SETTLED_MIN: Final = 20.0
"""People per km2 that the emptiest land counts as having: roads run there, too (~)."""
EMPTY_LAND: Final = 0.5
"""People per km2 that telling an empty cell is taken to cost: else it would be told for nothing."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One way of moving: how its share lies over the cells, and how it leans to where people are.

    ``lean`` 0: alike over open land. 1: as people lie, so that each person is as likely a host.
    """

    share: Floats
    lean: float = 0.0


@dataclass(frozen=True, slots=True)
class Surface:
    """Probability and earliest arrival by cell; what is missing to 1 lies beyond the cells."""

    cells: Cells
    layers: tuple[Layer, ...]
    earliest_s: Floats
    """Seconds from the moment asked about; 0 or less: can be there by now."""
    km2: Floats = field(init=False)

    def __post_init__(self) -> None:
        """Measure the cells."""
        object.__setattr__(self, "km2", KM2[resolutions(self.cells).astype(np.int64)])

    def share(self, people: Floats | None = None) -> Floats:
        """Return how likely the person is in each cell; ``people`` in each, where that is known.

        A layer keeps its whole share: what leans to people only lies elsewhere.
        """
        total = np.zeros(len(self.cells))
        for layer in self.layers:
            if people is None or layer.lean == 0:
                total += layer.share
                continue
            drawn = layer.share * (people / self.km2 + SETTLED_MIN) ** layer.lean
            whole = drawn.sum()
            total += drawn * (layer.share.sum() / whole) if whole > 0 else layer.share
        return total

    def order(self, people: Floats | None = None) -> NDArray[np.intp]:
        """Return the rows, first where telling helps most: share a km2, or a person if known."""
        cost = self.km2 if people is None else people + EMPTY_LAND * self.km2
        return np.argsort(-(self.share(people) / cost), kind="stable")

    def spend(self, people: Floats, budget: float) -> NDArray[np.intp]:
        """Return the rows from the top of the order whose people fit a budget, the last one whole.

        It is the one that fills the budget: so no budget is left while somebody likely is not told.
        """
        order = self.order(people)
        before = np.cumsum(people[order]) - people[order]
        rows: NDArray[np.intp] = order[before < budget]
        return rows

    def holding(self, containment: float) -> NDArray[np.intp]:
        """Return the fewest rows by area that hold the person with that chance, likeliest first."""
        share = self.share()
        order = self.order()
        before = np.cumsum(share[order]) - share[order]
        rows: NDArray[np.intp] = order[(before < containment * share.sum()) & (share[order] > 0)]
        return rows

    def chosen(self, rows: NDArray[np.intp]) -> Cells:
        """Return the cells of rows, compacted."""
        return compacted(self.cells[rows])


def even_surface(cells: Cells, away_m: Floats, earliest_s: Floats) -> Surface:
    """Return a rule's area as a surface: alike everywhere in it, and told from the middle out.

    ``away_m`` is each cell's distance from the focus: so little falls off with it that the shares
    stay alike (a thousandth over the whole), and the order is nearest first.
    """
    km2 = KM2[resolutions(cells).astype(np.int64)]
    fall = 1 - 0.001 * away_m / max(float(away_m.max(initial=0)), 1.0)
    share = km2 * fall
    whole = share.sum()
    return Surface(cells, (Layer(share / whole if whole else share),), earliest_s)
