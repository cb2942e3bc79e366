"""Polygons as people and files give them, and the cells that cover them so that nobody is missed.

The sides of a GeoJSON polygon are straight in longitude and latitude (RFC 7946); those of our other
areas are great-circle arcs. A long side is taken both ways, and what lies under either is covered.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from homeward.geography.cells import NOWHERE, Cells, children, compacted, holds_any
from homeward.geography.covering import RES_KEPT_MIN, WORLD, corners_of, nearest_below
from homeward.geography.rings import CORNERS_MIN, rim_distances_m, ring_distances_m
from homeward.geography.sphere import Floats, balls_of, distances_m, units
from homeward.words import RES_PUBLIC_MAX

Corner: TypeAlias = tuple[float, float]
"""Latitude and longitude in degrees."""

CORNERS_KEPT: Final = 250
"""A shape with more is simplified outwards first (DOMAIN "Standards"): measuring takes cells times
corners."""
CELLS_AIMED_AT: Final = 2_000
"""Before compaction; a finer level is taken while it stays below. 300 to 2,000 cells
overhang an area by a few percent, as a disk's do."""
_SIMPLIFY_FROM_M: Final = 20.0
_SIMPLIFY_FROM: Final = 0.001
"""Of the largest part's radius: a fortieth of what the cells overhang."""
_STEP_DEG: Final = 0.15
_BENT_M: Final = 10.0
"""Sides so long bend away from their arcs by up to 7 m; every shape is grown by this."""


class Outlined(Protocol):
    """Something with an outline that points lie inside or outside of."""

    def gaps_m(self, points: Floats, radii_m: Floats) -> Floats:
        """Return how far each point is outside, negative inside; infinite beyond its radius."""
        ...


@dataclass(frozen=True)
class Round:
    """Everything between two distances of a point."""

    middle: Floats
    outer_m: float
    inner_m: float = 0.0

    def gaps_m(self, points: Floats, radii_m: Floats) -> Floats:
        """Return how far each point is outside, negative inside."""
        del radii_m
        away_m = distances_m(points, self.middle)
        beyond_m = away_m - self.outer_m
        return np.maximum(beyond_m, self.inner_m - away_m) if self.inner_m else beyond_m


@dataclass(frozen=True)
class Part:
    """One ring of unit vectors and its holes; not closed."""

    ring: Floats
    holes: tuple[Floats, ...] = ()

    @cached_property
    def middle(self) -> Floats:
        """Return the middle of the ball around the ring."""
        middle: Floats = self.ring.mean(axis=0)
        size = float(np.linalg.norm(middle))
        return middle / size if size else self.ring[0]

    @cached_property
    def radius_m(self) -> float:
        """Return the radius of the ball around the ring."""
        return float(distances_m(self.ring, self.middle).max())

    @property
    def corners(self) -> int:
        """Return how many corners it has."""
        return len(self.ring) + sum(map(len, self.holes))

    def depths_m(self, points: Floats) -> Floats:
        """Return how far points are outside; negative: how deep inside. At least that."""
        found = _signed_m(points, self.ring)
        for hole in self.holes:
            found = np.maximum(found, -_signed_m(points, hole))
        return found


@dataclass(frozen=True)
class Shape:
    """Everything in any part, and within ``grown_m`` of one; and some disks."""

    parts: tuple[Part, ...]
    grown_m: float = _BENT_M
    dots: tuple[Part, ...] = ()
    """Parts so small that the ball around them stands for each."""

    def gaps_m(self, points: Floats, radii_m: Floats) -> Floats:
        """Return how far each point is outside, negative inside; infinite beyond its radius."""
        found = np.full(len(points), np.inf)
        for part in self.parts:
            near = distances_m(points, part.middle) <= part.radius_m + self.grown_m + radii_m
            rows = np.flatnonzero(near)
            if len(rows):
                found[rows] = np.minimum(found[rows], part.depths_m(points[rows]) - self.grown_m)
        for dot in self.dots:
            away_m = distances_m(points, dot.middle) - dot.radius_m - _BENT_M
            found = np.where(away_m <= radii_m, np.minimum(found, away_m), found)
        return found


def shape_of(polygons: Iterable[Sequence[Sequence[Corner]]]) -> Shape:
    """Return polygons, each its outer ring and then its holes, simplified outwards where needed.

    Rings may be closed or not, each with three different corners at least and spanning less than a
    hemisphere. Raises ValueError for another.
    """
    parts: list[Part] = []
    for polygon in polygons:
        bent = [units(*zip(*_opened(ring), strict=True)) for ring in polygon]
        parts.append(Part(bent[0], tuple(bent[1:])))
        straight = [_with_steps(_opened(ring)) for ring in polygon]
        if any(len(one) > len(other) for one, other in zip(straight, bent, strict=True)):
            parts.append(Part(straight[0], tuple(straight[1:])))
    return simplified(parts)


def _opened(ring: Sequence[Corner]) -> list[Corner]:
    corners = [one for one, after in zip(ring, [*ring[1:], None], strict=True) if one != after]
    if len(corners) > 1 and corners[0] == corners[-1]:
        corners.pop()
    if len(set(corners)) < CORNERS_MIN:
        msg = "a ring has three different corners at least"
        raise ValueError(msg)
    return corners


def _with_steps(corners: Sequence[Corner]) -> Floats:
    """Return the ring with corners along its long sides, straight in longitude and latitude."""
    lat, lon = (np.array(one, np.float64) for one in zip(*corners, strict=True))
    way_lat = np.roll(lat, -1) - lat
    way_lon = (np.roll(lon, -1) - lon + 180) % 360 - 180
    steps = np.maximum(1, np.ceil(np.maximum(abs(way_lat), abs(way_lon)) / _STEP_DEG)).astype(int)
    at = np.repeat(np.arange(len(lat)), steps)
    part = (np.arange(len(at)) - np.repeat(np.cumsum(steps) - steps, steps)) / steps[at]
    return units(lat[at] + part * way_lat[at], lon[at] + part * way_lon[at])


def simplified(parts: Sequence[Part]) -> Shape:
    """Return a shape of few corners that holds all of the parts.

    Corners within a tolerance of the line that skips them are dropped, and the shape is grown by
    the tolerance. That misses nothing: a point that falls out lies on the way of some point of the
    outline to the nearest one of its new line, and so is no further from it than the tolerance.
    """
    shape = Shape(tuple(parts))
    widest_m = max((one.radius_m for one in parts), default=0.0)
    tolerance_m = max(_SIMPLIFY_FROM_M, _SIMPLIFY_FROM * widest_m)
    while _too_detailed(shape):
        large = [one for one in parts if one.radius_m > 2 * tolerance_m]
        dots = tuple(one for one in parts if one.radius_m <= 2 * tolerance_m)
        shape = Shape(
            tuple(_fewer(one, tolerance_m) for one in large), tolerance_m * 1.01 + _BENT_M, dots
        )
        tolerance_m *= 2
    return shape


def _too_detailed(shape: Shape) -> bool:
    corners = sum(one.corners for one in shape.parts)
    return corners > CORNERS_KEPT and any(one.corners > CORNERS_MIN for one in shape.parts)


def _fewer(part: Part, tolerance_m: float) -> Part:
    """Return a part with fewer corners; a ring of two is a line, and held because it is grown."""
    holes = (_thinned(hole, tolerance_m) for hole in part.holes)
    return Part(
        _thinned(part.ring, tolerance_m),
        tuple(hole for hole in holes if len(hole) >= CORNERS_MIN),  # without it: only more is held
    )


def _thinned(ring: Floats, tolerance_m: float) -> Floats:
    """Return the corners that Douglas and Peucker's rule keeps of a closed ring."""
    far = int(distances_m(ring, ring[0]).argmax())
    line = np.concatenate([ring, ring[:1]])
    kept = np.zeros(len(line), np.bool_)
    kept[[0, far]] = True
    waiting = [(0, far), (far, len(ring))]
    while waiting:
        start, end = waiting.pop()
        if end - start <= 1:  # nothing lies between
            continue
        away_m = _from_side_m(line[start + 1 : end], line[start], line[end])
        worst = int(away_m.argmax())
        if away_m[worst] > tolerance_m:
            middle = start + 1 + worst
            kept[middle] = True
            waiting += [(start, middle), (middle, end)]
    return line[:-1][kept[:-1]]


def _from_side_m(points: Floats, start: Floats, end: Floats) -> Floats:
    """Return how far points are from the arc between two others."""
    way = end - start
    size = float(way @ way)
    along = np.clip((points - start) @ way / size, 0, 1) if size else np.zeros(len(points))
    foot = start + along[:, None] * way
    foot /= np.linalg.norm(foot, axis=1, keepdims=True)
    return distances_m(points, foot)


def cover(shape: Outlined, finest_res: int = RES_PUBLIC_MAX) -> Cells:
    """Return compacted cells that hold every place of a shape, as `cover_disk` does for a disk.

    A level is refined while the next would stay below `CELLS_AIMED_AT`; so the cover exceeds the
    shape by a finest cell and misses nothing: whoever stands in it meets the set by their cell of
    any resolution from RES_KEPT_MIN on. A shape without inside has no cells.
    """
    kept: list[Cells] = [NOWHERE]
    crossed: list[Cells] = []
    look, many = WORLD, 0
    for res in range(finest_res + 1):
        points, radii_m = balls_of(look)
        gaps_m = shape.gaps_m(points, radii_m)
        inside = gaps_m + radii_m <= 0
        rim = look[(gaps_m <= radii_m) & ~inside]
        kept.append(look[inside])
        many += int(inside.sum())
        if res == finest_res or many + 3 * len(rim) > CELLS_AIMED_AT:
            kept.append(rim)
            break
        if res >= RES_KEPT_MIN:
            crossed.append(rim)
        look = children(rim)
    found = np.concatenate(kept)
    margin = [_margin(rim, found, res) for rim in crossed]
    return compacted(np.concatenate([found, *margin]))


def _margin(rim: Cells, found: Cells, finest_res: int) -> Cells:
    """Return a finest cell for each coarse one that meets the cover but lies above none of it.

    As in `covering`: children do not fill their parent, and whoever is kept by the coarse cell may
    stand in the strip that a neighbour's children fill.
    """
    lost = rim[~holds_any(rim, found)]
    points, radii_m = balls_of(found)
    made: list[Cells] = [NOWHERE]
    for cell in lost.tolist():
        away_m = ring_distances_m(points, corners_of(cell))
        if not (away_m <= radii_m).any():
            continue
        near = points[(away_m - radii_m).argmin()]
        made.append(nearest_below(cell, near, finest_res))
    return np.concatenate(made)


def _signed_m(points: Floats, ring: Floats) -> Floats:
    outside_m = ring_distances_m(points, ring)
    within: NDArray[np.bool_] = outside_m == 0
    outside_m[within] = -rim_distances_m(points[within], ring)
    return outside_m
