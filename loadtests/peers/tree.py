"""scipy's cKDTree over unit vectors, in this process: the best that a general index does."""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree  # type: ignore[import-untyped]  # scipy has no types

from homeward.geography.sphere import EARTH_RADIUS_M, unit_of, units
from loadtests.crowd import Crowd


def tree(crowd: Crowd) -> Callable[[float, float, float], NDArray[np.uint32]]:
    """Return a function of latitude, longitude and metres to the ordinals within."""
    found, ordinals = cKDTree(units(crowd.lat_deg, crowd.lon_deg)), crowd.columns.ordinals

    def within(lat: float, lon: float, within_m: float) -> NDArray[np.uint32]:
        chord = 2 * math.sin(within_m / EARTH_RADIUS_M / 2)
        near = found.query_ball_point(unit_of(lat, lon), chord, return_sorted=False)
        rows: NDArray[np.uint32] = ordinals[near]
        return rows

    return within
