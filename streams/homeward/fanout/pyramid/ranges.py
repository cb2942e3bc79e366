"""Ranges of numbers, many at once."""

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64]


def spread(starts: Indices, ends: Indices) -> Indices:
    """Return all numbers of all ranges, one range after another."""
    counts = ends - starts
    after = counts.cumsum()
    if not len(after):
        return np.empty(0, np.int64)
    found: Indices = np.arange(after[-1]) + (starts - after + counts).repeat(counts)
    return found
