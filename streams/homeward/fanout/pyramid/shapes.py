"""Areas made ready for a walk: how far a point is from being inside, and surely how far.

A *gap* is at most a point's distance from the area when it is positive, and no less than minus its
distance from the rest of the world when it is negative: a ball meets the area when its gap is at
most its radius. Gaps are rounded; whoever is within the margin is decided by the rule itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from homeward.fanout.areas import Disk, Polygon, Polygons, Ring
from homeward.fanout.eligible import corners
from homeward.fanout.pyramid.outlines import Outline
from homeward.geography.sphere import EARTH_RADIUS_M, Floats, unit_of

Drawn: TypeAlias = Disk | Ring | Polygon | Polygons
POINT_MARGIN_M: Final = 0.02
"""Points are within 3 mm."""
OUTLINE_MARGIN_M: Final = 0.3
"""Distances from corners are cosines, good to 0.15 m at the corner itself."""
SHAPES_KEPT: Final = 4_096
"""About the areas that are live at once."""


class Shape(Protocol):
    """An area, ready."""

    @property
    def margin_m(self) -> float:
        """Gaps are right within this."""
        ...

    def gaps_m(self, points: Floats, reach_m: Floats | float) -> Floats:
        """Return the gaps of points; what is more than its reach may be any such number."""
        ...


@dataclass(frozen=True, slots=True)
class Band:
    """Between two distances of a point: a disk when the lower is minus infinity."""

    middle: Floats
    inner_m: float
    outer_m: float
    margin_m: float

    def gaps_m(self, points: Floats, reach_m: Floats | float) -> Floats:
        """Return the gaps of points."""
        away_m = arcs_m(points, self.middle)
        if self.inner_m == -np.inf:
            return away_m - self.outer_m
        return np.maximum(away_m - self.outer_m, self.inner_m - away_m)


@dataclass(frozen=True, slots=True)
class Outlined:
    """What outlines enclose: inside is who is inside any part."""

    parts: tuple[tuple[Outline, tuple[Outline, ...]], ...]
    margin_m: float = OUTLINE_MARGIN_M

    def gaps_m(self, points: Floats, reach_m: Floats | float) -> Floats:
        """Return the gaps of points."""
        points = points / np.sqrt(np.einsum("ij,ij->i", points, points))[:, None]
        reach_m = np.broadcast_to(np.asarray(reach_m, np.float64), len(points))
        found = np.full(len(points), np.inf)
        for outer, holes in self.parts:
            beyond_m = arcs_m(points, outer.middle) - outer.radius_m - OUTLINE_MARGIN_M
            near = np.flatnonzero(beyond_m <= reach_m)
            some, within_m = points[near], np.maximum(reach_m[near], 0) + OUTLINE_MARGIN_M
            gaps = outer.gaps_m(some, within_m)
            for hole in holes:
                gaps = np.maximum(gaps, -hole.gaps_m(some, within_m))
            beyond_m[near] = gaps
            found = np.minimum(found, beyond_m)
        return found


@dataclass(frozen=True, slots=True)
class Unsure:
    """An area that nothing is known of: the rule decides about everybody."""

    margin_m: float = np.inf

    def gaps_m(self, points: Floats, reach_m: Floats | float) -> Floats:
        """Return no gaps, within a margin without end."""
        return np.zeros(len(points))


def arcs_m(points: Floats, one: Floats) -> Floats:
    """Return great-circle distances; as `sphere.distances_m`, in fewer steps."""
    off = points - one
    half = np.sqrt(np.einsum("ij,ij->i", off, off))
    half *= 0.5
    np.minimum(half, 1.0, out=half)
    np.arcsin(half, out=half)
    half *= 2 * EARTH_RADIUS_M
    arcs: Floats = half
    return arcs


@lru_cache(maxsize=SHAPES_KEPT)
def shape_of(area: Drawn) -> Shape:
    """Return an area made ready."""
    match area:
        case Disk():
            middle = unit_of(area.lat_deg, area.lon_deg)
            return Band(middle, -np.inf, area.radius_m, _margin_m(area.radius_m))
        case Ring():
            middle = unit_of(area.lat_deg, area.lon_deg)
            margin_m = _margin_m(max(area.inner_m, area.outer_m))
            return Band(middle, area.inner_m, area.outer_m, margin_m)
        case Polygon():
            return _outlined((area,))
        case Polygons():
            return _outlined(area.parts)


def _outlined(polygons: Sequence[Polygon]) -> Shape:
    parts = tuple(map(_part, polygons))
    rings = [ring for outer, holes in parts for ring in (outer, *holes)]
    wide = any(ring.radius_m == np.inf for ring in rings)
    return Unsure() if wide else Outlined(parts)


def _part(area: Polygon) -> tuple[Outline, tuple[Outline, ...]]:
    return Outline.of(corners(area.corners)), tuple(Outline.of(corners(h)) for h in area.holes)


def _margin_m(away_m: float) -> float:
    """Return the margin at a distance: on the far side of the Earth a chord hardly grows."""
    flat = np.cos(min(abs(away_m) / (2 * EARTH_RADIUS_M), np.pi / 2))
    return float(POINT_MARGIN_M / max(flat, 1e-5))


def doubtful(gaps_m: Floats, radii_m: Floats, margin_m: float) -> NDArray[np.bool_]:
    """Return whose gap is too near their radius to tell."""
    found: NDArray[np.bool_] = np.abs(gaps_m - radii_m) <= margin_m + 2e-7 * radii_m
    return found
