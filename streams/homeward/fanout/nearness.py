"""Nearest first, in bands of 100 m: as fine as anybody walks, and one sort of integers.

Within a band people stand by ordinal, so every index gives the same order. A band as wide as a
tenth of its distance was tried: a later wave is a narrow ring far out, and all of it was one band.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from homeward.geography.sphere import Floats

BAND_M: Final = 100.0
_ORDINAL_BITS: Final = 32

Ordinals = NDArray[np.uint32]


def bands(near_m: Floats) -> NDArray[np.int64]:
    """Return the band of each distance (at least 0): the lower, the nearer."""
    return (near_m * (1 / BAND_M)).astype(np.int64)


def nearest_first(ordinals: Ordinals, near_m: Floats) -> Ordinals:
    """Return the ordinals by band, and by number within one."""
    keys = in_order(ordinals, bands(near_m))
    keys.sort()
    return ordinals_in(keys)


def in_order(ordinals: Ordinals, band: NDArray[np.integer]) -> NDArray[np.int64]:
    """Return people's places among all: the lower, the earlier."""
    keys = band.astype(np.int64)
    keys <<= _ORDINAL_BITS
    keys |= ordinals
    return keys


def ordinals_in(keys: NDArray[np.int64]) -> Ordinals:
    """Return whose places these are."""
    return keys.astype(np.uint32)  # their low bits
