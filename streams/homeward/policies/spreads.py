"""How far people have come so long after they were seen: a spread of distances by way of moving.

Who moves goes min(end, speed x (time - wait)); end, speed and wait are lognormal (`figures`). The
three are taken at nine quantiles each, and the 729 distances are blurred. So a spread only widens
with time, and the same question always gets the same answer.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from homeward.geography.sphere import Floats
from homeward.policies import figures
from homeward.policies.figures import Walk, Way

_Z: Final[Floats] = np.array([-1.8, -1.2, -0.75, -0.35, 0.0, 0.35, 0.75, 1.2, 1.8])
_GAPS: Final[Floats] = np.gradient(_Z)
_WEIGHTS: Final[Floats] = np.exp(-(_Z**2) / 2) * _GAPS / (np.exp(-(_Z**2) / 2) * _GAPS).sum()
"""Of a standard normal's nodes."""
_CUBE: Final[Floats] = (
    _WEIGHTS[:, None, None] * _WEIGHTS[None, :, None] * _WEIGHTS[None, None, :]
).ravel()
_LOG_KM: Final[Floats] = np.arange(math.log(0.05), math.log(5_000), 0.1)
"""Distances at which a spread is kept: 50 m to 5,000 km in steps of a tenth."""
_STEP: Final = 0.1
_KERNEL: Final[Floats] = np.exp(-(np.arange(-1.0, 1.01, _STEP) ** 2) / 2 / figures.SPREAD**2)
_STAYED_KM: Final = 0.2
"""Who has not set out yet is taken to be so near."""
_MINUTES: Final = 60.0
KEPT: Final = 4_096


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """Of the distances at one moment."""

    beyond: Floats
    """The chance to be farther than each kept distance; it falls."""
    per_km2: Floats
    """The density at each kept distance when every direction is alike; it never rises."""

    def beyond_at(self, km: Floats) -> Floats:
        """Return the chance to be farther away than each distance."""
        found: Floats = np.interp(np.log(np.maximum(km, 1e-3)), _LOG_KM, self.beyond, left=1.0)
        return found

    def per_km2_at(self, km: Floats) -> Floats:
        """Return the chance per km2 at each distance."""
        log_km = np.log(np.maximum(km, 1e-3))
        found: Floats = np.exp(np.interp(log_km, _LOG_KM, np.log(self.per_km2 + 1e-30)))
        return found


def walking(walk: Walk) -> Way:
    """Return how people like that walk: the median and 95 % of their statistics."""
    wide = math.log(walk.km_95 / walk.km_50) / 1.645
    return Way(
        km=walk.km_50,
        km_spread=max(wide, figures.WALK_SPREAD_MIN),
        kmh=walk.speed_kmh * figures.WALK_PACE,
        kmh_spread=figures.WALK_PACE_SPREAD,
        wait_min=0.0,
        wait_spread=0.0,
        lean=figures.WALK_LEAN,
    )


def spread_of(way: Way, gone_s: float, *, under_way: bool = False) -> Spread:
    """Return the spread so long after the person was seen; ``under_way``: they waited no more."""
    return _spread(way, round(gone_s / 30.0), under_way)


@lru_cache(maxsize=KEPT)
def _spread(way: Way, gone_half_min: int, under_way: bool) -> Spread:  # noqa: FBT001 -- a cache's key
    gone_min = gone_half_min / 2
    ends = way.km * np.exp(way.km_spread * _Z)
    speeds = way.kmh * np.exp(way.kmh_spread * _Z) / _MINUTES
    waits = np.zeros_like(_Z) if under_way else way.wait_min * np.exp(way.wait_spread * _Z)
    moved = np.maximum(gone_min - waits, 0.0)
    km = np.minimum(ends[:, None, None], speeds[None, :, None] * moved[None, None, :]).ravel()
    place = (np.log(np.maximum(km, _STAYED_KM)) - _LOG_KM[0]) / _STEP
    low = np.floor(place).astype(np.intp)
    part = place - low
    size = len(_LOG_KM)
    sharp = np.bincount(low, _CUBE * (1 - part), size) + np.bincount(low + 1, _CUBE * part, size)
    blurred: Floats = np.convolve(sharp, _KERNEL, mode="same")
    mass: Floats = blurred / blurred.sum()
    beyond = np.clip(1 - np.cumsum(mass), 0.0, 1.0)
    ring_km2 = 2 * math.pi * np.exp(2 * _LOG_KM) * _STEP
    per_km2 = np.maximum.accumulate((mass / ring_km2)[::-1])[::-1]  # nobody is less likely nearer
    return Spread(beyond, per_km2)


def radius_km(spreads: Sequence[tuple[float, Spread]], chance: float) -> float:
    """Return the distance that somebody is beyond with a chance, of ways with their shares."""
    whole = sum(share for share, _ in spreads)
    beyond = np.zeros(len(_LOG_KM))
    for share, one in spreads:
        beyond += share / whole * one.beyond
    return float(np.exp(np.interp(chance, beyond[::-1], _LOG_KM[::-1])))
