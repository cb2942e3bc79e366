"""How likely a person moves how, and how long they need for a way at the least."""

import numpy as np
from numpy.typing import ArrayLike

from homeward.geography.sphere import Floats
from homeward.policies import figures
from homeward.policies.figures import Shares, Walk
from homeward.words import Category, Mode

_M_S: float = 1_000 / 3_600
_TOWN_M = figures.TOWN_S * figures.TOWN_KMH * _M_S


def shares(category: Category, mode: Mode) -> Shares:
    """Return how likely the person moves how, from the category and from what was seen."""
    usual, seen = figures.SHARES[category], figures.SHARES_SEEN.get(mode)
    if seen is None:
        return usual
    return Shares(*((one + other) / 2 for one, other in zip(usual, seen, strict=True)))


def driven_max_m(elapsed_s: float, *, under_way: bool) -> float:
    """Return how far a vehicle is at the most: at the speed limit, without a stop."""
    town_s = 0.0 if under_way else min(elapsed_s, figures.TOWN_S)
    road_m = (town_s * figures.TOWN_KMH + (elapsed_s - town_s) * figures.MOTORWAY_KMH) * _M_S
    return road_m / figures.DETOUR


def drive_s(away_m: ArrayLike, *, under_way: bool) -> Floats:
    """Return how long a vehicle needs at the least; ``under_way``: no way out of town first."""
    road_m = np.asarray(away_m, np.float64) * figures.DETOUR
    town_m = np.zeros_like(road_m) if under_way else np.minimum(road_m, _TOWN_M)
    found: Floats = town_m / (figures.TOWN_KMH * _M_S)
    return found + (road_m - town_m) / (figures.MOTORWAY_KMH * _M_S)


def ride_s(away_m: ArrayLike, *, under_way: bool) -> Floats:
    """Return how long a train needs at the least, wherever it stops; ``under_way``: boarded."""
    rail_m = np.asarray(away_m, np.float64) * figures.RAIL_DETOUR
    found: Floats = rail_m / (figures.RAIL_KMH * _M_S)
    return found if under_way else found + figures.BOARDING_S


def walk_max_m(walk: Walk) -> float:
    """Return the farthest that anybody like that is taken to walk."""
    return walk.km_95 * 1_000 * figures.WALK_END


def walk_s(away_m: ArrayLike, walk: Walk) -> Floats:
    """Return how long the way takes on foot at the least; infinite beyond all walks."""
    away = np.asarray(away_m, np.float64)
    return np.where(away <= walk_max_m(walk), away / (walk.speed_kmh * _M_S), np.inf)
