"""When people who go one way, and so far, have come: quantiles of a wait and the way's time.

The spreads' own figures, seen from a place: `spreads` says how far people are at a time, this at
what time they are so far. The blur of every distance counts as a blur of the speed.
"""

import math
from functools import lru_cache
from statistics import NormalDist
from typing import Final

import numpy as np

from homeward.geography.sphere import Floats
from homeward.policies import figures
from homeward.policies.figures import Way

_NODES: Final = 128
_Z: Final[Floats] = np.array(
    [NormalDist().inv_cdf((node + 0.5) / _NODES) for node in range(_NODES)], np.float64
)
"""Of a standard normal: alike likely."""
_LOG_KM: Final[Floats] = np.arange(math.log(0.05), math.log(25_000), 0.25)
"""Distances at which a quantile is kept: between two it is a hundredth off at the most."""
_MINUTE_S: Final = 60.0
KEPT: Final = 64


def come_s(way: Way, away_m: Floats, share: float, *, under_way: bool = False) -> Floats:
    """Return the seconds after which that share has come, of those who go that way and so far.

    Counted from the moment the person was seen; ``under_way``: they waited no more. One entry a
    distance in metres.
    """
    log_km = np.log(np.maximum(away_m, 1.0) / 1_000)
    times_s = _times_s(way, share, under_way=under_way)
    found: Floats = np.exp(np.interp(log_km, _LOG_KM, times_s))
    return found


def end_m(way: Way) -> float:
    """Return how far 95 % of those go at the most who go that way."""
    return way.km * math.exp(way.km_spread * NormalDist().inv_cdf(0.95)) * 1_000


@lru_cache(maxsize=KEPT)
def _times_s(way: Way, share: float, *, under_way: bool) -> Floats:
    """Return the logarithms of the times at the kept distances."""
    blurred = math.hypot(way.kmh_spread, figures.SPREAD)
    hours = np.exp(_LOG_KM) / way.kmh
    if under_way or way.wait_min == 0:
        slow = math.exp(blurred * NormalDist().inv_cdf(share))
        return np.asarray(np.log(hours * slow * 3_600), np.float64)
    waits_s = way.wait_min * _MINUTE_S * np.exp(way.wait_spread * _Z)
    ways_s = 3_600 * np.exp(blurred * _Z)
    each = (waits_s[:, None] + hours[:, None, None] * ways_s).reshape(len(hours), -1)
    return np.asarray(np.log(np.quantile(each, share, axis=1)), np.float64)
