"""How far a person can have come in a time, and how long they need for a way."""

import numpy as np
from numpy.typing import ArrayLike

from homeward.geography.sphere import Floats
from homeward.policies import figures
from homeward.policies.figures import Shares, Walk
from homeward.words import Category, Mode

_M_S: float = 1_000 / 3_600
_TOWN_M = figures.TOWN_S * figures.TOWN_KMH * _M_S
_HALVINGS = 40


def shares(category: Category, mode: Mode) -> Shares:
    """Return how likely the person moves how, from the category and from what was seen."""
    usual, seen = figures.SHARES[category], figures.SHARES_SEEN.get(mode)
    if seen is None:
        return usual
    return Shares(*((one + other) / 2 for one, other in zip(usual, seen, strict=True)))


def driven_m(elapsed_s: float, *, under_way: bool) -> float:
    """Return how far a vehicle is at the most; ``under_way``: it needs no way out of town first."""
    town_s = 0.0 if under_way else min(elapsed_s, figures.TOWN_S)
    fast_s = elapsed_s - town_s
    road_m = (town_s * figures.TOWN_KMH + fast_s * figures.SUSTAINED_KMH) * _M_S
    return road_m / figures.DETOUR


def drive_s(away_m: ArrayLike, *, under_way: bool) -> Floats:
    """Return how long a vehicle needs at the least: at the speed limit, without a stop."""
    road_m = np.asarray(away_m, np.float64) * figures.DETOUR
    town_m = np.zeros_like(road_m) if under_way else np.minimum(road_m, _TOWN_M)
    found: Floats = town_m / (figures.TOWN_KMH * _M_S)
    return found + (road_m - town_m) / (figures.MOTORWAY_KMH * _M_S)


def walk_max_m(walk: Walk) -> float:
    """Return the farthest that anybody like that is taken to walk."""
    return walk.km_95 * 1_000 * figures.WALK_END


def walk_s(away_m: ArrayLike, walk: Walk) -> Floats:
    """Return how long the way takes on foot at the least; infinite beyond all walks."""
    away = np.asarray(away_m, np.float64)
    return np.where(away <= walk_max_m(walk), away / (walk.speed_kmh * _M_S), np.inf)


def walked_share(radius_m: float, elapsed_s: float, walk: Walk) -> float:
    """Return how likely somebody on foot is within the radius."""
    if radius_m >= walk.speed_kmh * _M_S * elapsed_s:
        return 1.0
    marks = (0.0, walk.km_25, walk.km_50, walk.km_75, walk.km_95, walk.km_95 * figures.WALK_END)
    return float(np.interp(radius_m / 1_000, marks, (0.0, 0.25, 0.50, 0.75, 0.95, 1.0)))


def contained_radius_m(how: Shares, walk: Walk, elapsed_s: float, *, under_way: bool) -> float:
    """Return the radius that holds the person with the policy's containment.

    On foot they are spread as lost persons were found, in a vehicle along the way it can have come,
    denser near its start. Who is on a train is looked for at the hubs ahead, not over land.
    """
    roaming = how.foot + how.vehicle
    foot, vehicle = how.foot / roaming, how.vehicle / roaming
    farthest = driven_m(elapsed_s, under_way=under_way)

    def inside(radius_m: float) -> float:
        driven = min(1.0, radius_m / farthest) ** figures.DRIVE_EXPONENT if farthest else 1.0
        return foot * walked_share(radius_m, elapsed_s, walk) + vehicle * driven

    low, high = 0.0, max(farthest, walk_max_m(walk))
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if inside(middle) >= figures.CONTAINMENT else (middle, high)
    return high
