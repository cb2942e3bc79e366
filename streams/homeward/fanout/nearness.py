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
    order = (bands(near_m) << _ORDINAL_BITS) | ordinals.astype(np.int64)
    order.sort()
    return order.astype(np.uint32)  # its low bits: the ordinal
