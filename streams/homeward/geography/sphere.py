"""Points, distances and the bounding balls of cells on a sphere.

A ball here is a spherical cap: a unit vector and a radius in metres along the surface. Unit vectors
know no antimeridian and no pole, so nothing that is computed with them needs to.
"""

import math
from functools import lru_cache
from typing import Final, NamedTuple, TypeAlias

import h3.api.basic_int as h3
import numpy as np
from numpy.typing import ArrayLike, NDArray

EARTH_RADIUS_M: Final = 6_371_007.180918475
"""Of the sphere with the Earth's surface; H3 measures with the same."""

SPHERE_ERROR: Final = 0.0056
"""Sphere and WGS-84 ellipsoid differ by up to so much of a distance, whichever way it runs."""

BALL_PADDING: Final = 1.07
"""A cell's descendants stray outside it, by up to 6.5 % of its circumradius (measured four to six
levels down, pentagons included; two levels down it is 5.3 %). With this padding a ball holds all of
them, so a place that was coarsened through the hierarchy is never lost."""

BALLS_KEPT: Final = 1 << 17
"""Measured balls kept in memory, about 20 MB: one alert's cells, and the places of a roster of
100,000, are measured once."""

Floats: TypeAlias = NDArray[np.float64]


class Ball(NamedTuple):
    """Everything within ``radius_m`` of a point, along the surface."""

    x: float
    y: float
    z: float
    radius_m: float


def inflated(radius_m: float) -> float:
    """Return the radius that misses nobody, whichever of sphere and ellipsoid they trust."""
    return radius_m * (1 + SPHERE_ERROR)


def units(lat_deg: ArrayLike, lon_deg: ArrayLike) -> Floats:
    """Return unit vectors, one row a point."""
    lat = np.radians(np.asarray(lat_deg, dtype=np.float64))
    lon = np.radians(np.asarray(lon_deg, dtype=np.float64))
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)


def unit_of(lat_deg: float, lon_deg: float) -> Floats:
    """Return the unit vector of one point."""
    found: Floats = units(lat_deg, lon_deg)
    return found


def degrees_of(points: Floats) -> tuple[Floats, Floats]:
    """Return latitudes and longitudes of vectors (... x 3) of any length, exact near poles too."""
    x, y, z = np.moveaxis(points, -1, 0)
    return np.degrees(np.arctan2(z, np.hypot(x, y))), np.degrees(np.arctan2(y, x))


def compass(lat_deg: float, lon_deg: float) -> tuple[Floats, Floats]:
    """Return unit vectors east and north of a point; at a pole, those of its meridian."""
    lon = math.radians(lon_deg)
    east = np.array([-math.sin(lon), math.cos(lon), 0.0])
    return east, np.cross(unit_of(lat_deg, lon_deg), east)


def distances_m(many: Floats, one: Floats) -> Floats:
    """Return great-circle distances from each row to one point, exact for near ones too.

    As numpy broadcasts: ``one`` may be a point for each row, or ``many`` (n x 1 x 3) and ``one``
    (k x 3) make n x k.
    """
    chord = np.sqrt(((many - one) ** 2).sum(axis=-1))
    arcs: Floats = 2 * EARTH_RADIUS_M * np.arcsin(np.minimum(chord / 2, 1.0))
    return arcs


def distance_m(lat_deg: float, lon_deg: float, to_lat_deg: float, to_lon_deg: float) -> float:
    """Return the great-circle distance of two points."""
    return float(distances_m(unit_of(lat_deg, lon_deg), unit_of(to_lat_deg, to_lon_deg)))


FEW: Final = 1_000


@lru_cache(maxsize=BALLS_KEPT)
def ball_of(cell: int) -> Ball:
    """Return the ball that holds a cell and everything below it in the hierarchy."""
    lat, lon = (math.radians(one) for one in h3.cell_to_latlng(cell))
    x, y, z = math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)
    farthest = 0.0
    for corner_lat_deg, corner_lon_deg in h3.cell_to_boundary(cell):
        lat, lon = math.radians(corner_lat_deg), math.radians(corner_lon_deg)
        flat = math.cos(lat)
        chord = math.dist((x, y, z), (flat * math.cos(lon), flat * math.sin(lon), math.sin(lat)))
        farthest = max(farthest, chord)
    return Ball(x, y, z, 2 * EARTH_RADIUS_M * math.asin(farthest / 2) * BALL_PADDING)


def balls_of(cells: NDArray[np.uint64]) -> tuple[Floats, Floats]:
    """Return the unit vectors (n x 3) and radii in m (n) of cells' balls."""
    if len(cells) <= FEW:  # each at once: sorting them takes longer than asking twice
        found = np.array([ball_of(cell) for cell in cells.tolist()], np.float64).reshape(-1, 4)
        return found[:, :3], found[:, 3]
    seen, place = np.unique(cells, return_inverse=True)
    table = np.array([ball_of(cell) for cell in seen.tolist()], dtype=np.float64).reshape(-1, 4)
    rows = table[place.reshape(-1)]
    return rows[:, :3], rows[:, 3]


def centres_of(cells: NDArray[np.uint64]) -> Floats:
    """Return cells' centres as unit vectors (n x 3), where their balls are not asked for."""
    flat = [degree for cell in cells.tolist() for degree in h3.cell_to_latlng(cell)]
    return units(*np.array(flat, np.float64).reshape(-1, 2).T)


def centre_deg(cell: str) -> tuple[float, float]:
    """Return the latitude and longitude of a cell's centre; the cell as facts write it."""
    lat_deg, lon_deg = h3.cell_to_latlng(h3.str_to_int(cell))
    return float(lat_deg), float(lon_deg)
