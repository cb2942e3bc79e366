"""Middles of cells, kept: the same coarse cells lie around every case."""

from functools import lru_cache
from typing import Final

import h3.api.basic_int as h3
import numpy as np

from homeward.geography.cells import Cells
from homeward.geography.sphere import Floats, units

KEPT: Final = 1 << 17
"""About 30 MB; a country has some ten thousand coarse cells, a case some thousand fine ones."""

_middle = lru_cache(maxsize=KEPT)(h3.cell_to_latlng)


def centres(cells: Cells) -> Floats:
    """Return the same as `centres_of`, and keep them: for cells that are asked for again."""
    flat = [degree for one in cells.tolist() for degree in _middle(one)]
    return units(*np.array(flat, np.float64).reshape(-1, 2).T)
