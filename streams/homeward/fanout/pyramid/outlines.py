"""A ring of great-circle arcs made ready: signed distances without looking at every side.

`geography.rings` says what is meant. Sides stand in groups of neighbours within a cap, so a point
is measured against those within its reach. Its side is told on a flat map that shows great circles
as straight lines (gnomonic), cut into slabs between the corners' heights. Only what lies well
within a hemisphere has such a map; a wider ring is left to the rule.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from homeward.fanout.pyramid.ranges import Indices, spread
from homeward.geography.sphere import EARTH_RADIUS_M, Floats, distances_m

FLAT_DOT_MIN: Final = 0.1
"""Cosine from the middle: 84 degrees. Beyond it a flat map stretches without end."""
GROUP: Final = 8
"""Sides of a group."""
_CORNERS_MIN: Final = 3
POINTS_AT_ONCE: Final = 4_096
_ROUNDING: Final = 1e-14


@dataclass(frozen=True, slots=True)
class Slabs:
    """Sides on the flat map, by the heights at which a line to the east may cross them."""

    plane: Floats
    """2 x 3: the axes of the map."""
    heights: Floats
    """Of corners, ascending, each once: a slab is between two."""
    firsts: Indices
    """Of each slab: where its sides begin in ``sides``; one more entry."""
    sides: Floats
    """n x 4: start x, start y, end x, end y."""

    @classmethod
    def of(cls, corners: Floats, middle: Floats) -> "Slabs":
        """Return the slabs of a ring around its middle."""
        across = np.eye(3)[int(np.argmin(np.abs(middle)))]
        east = np.cross(middle, across)
        east /= np.sqrt(east @ east)
        plane = np.stack([east, np.cross(middle, east)])
        flat = corners @ plane.T / (corners @ middle)[:, None]
        sides = np.concatenate([flat, np.roll(flat, -1, axis=0)], axis=1)
        heights = np.unique(flat[:, 1])
        lows = np.searchsorted(heights, np.minimum(sides[:, 1], sides[:, 3]))
        highs = np.searchsorted(heights, np.maximum(sides[:, 1], sides[:, 3]))
        slab, owner = spread(lows, highs), np.arange(len(sides)).repeat(highs - lows)
        order = np.argsort(slab, kind="stable")
        firsts = np.searchsorted(slab[order], np.arange(len(heights) + 1))
        return cls(plane, heights, firsts, sides[owner[order]])

    def turned_around(self, points: Floats, middle: Floats) -> NDArray[np.bool_]:
        """Return whether the ring turns around each point: sides upwards less downwards."""
        ahead = points @ middle
        x, y = (points @ self.plane.T / np.where(ahead > 0, ahead, np.inf)[:, None]).T
        slab = self.heights.searchsorted(y, side="right") - 1
        slab[(slab < 0) | (ahead <= 0)] = len(self.heights) - 1  # above the last: no sides
        starts, ends = self.firsts.take(slab), self.firsts.take(slab + 1)
        owner = np.arange(len(points)).repeat(ends - starts)
        sides = self.sides.take(spread(starts, ends), axis=0)
        start_x, start_y, end_x, end_y = sides.T
        x, y = x.take(owner), y.take(owner)
        left = (end_x - start_x) * (y - start_y) - (x - start_x) * (end_y - start_y)
        upward = end_y > start_y
        turn = (upward & (left > 0)).astype(np.float64) - (~upward & (left < 0))
        around: NDArray[np.bool_] = np.bincount(owner, turn, len(points)) != 0
        return around


@dataclass(frozen=True, slots=True)
class Outline:
    """Corners and sides of a ring."""

    middle: Floats
    radius_m: float
    """No corner, and so no side, lies farther from the middle; infinite for a ring that has no map
    or no sides."""
    groups: Floats
    """g x (GROUP * 4) x 3: corners, normals, and both ends' planes of a group's sides."""
    caps: Floats
    """g x 3: middles of the groups."""
    caps_m: Floats
    """Within so far of it lie a group's sides."""
    slabs: Slabs | None

    @classmethod
    def of(cls, ring: Floats) -> "Outline":
        """Return a ring made ready; closed or not."""
        corners = ring[:-1] if len(ring) > 1 and np.array_equal(ring[0], ring[-1]) else ring
        apart = (corners != np.roll(corners, 1, axis=0)).any(axis=1)
        corners = corners[apart] if apart.any() else corners[:1]  # a corner twice is a corner
        middle = corners.sum(axis=0)
        size = float(np.sqrt(middle @ middle))
        middle = middle / size if size else corners[0]
        few = len(corners) < _CORNERS_MIN
        wide = few or not size or bool((corners @ middle).min() < FLAT_DOT_MIN)
        many = -(-len(corners) // GROUP) * GROUP
        starts = np.arange(many).reshape(-1, GROUP) % len(corners)
        begin, end = corners[starts], corners[(starts + 1) % len(corners)]
        normal = np.cross(begin, end)
        length = np.sqrt((normal**2).sum(axis=-1, keepdims=True))
        normal /= np.where(length > 0, length, 1)
        first, last = np.cross(normal, begin), np.cross(end, normal)
        groups = np.concatenate([begin, normal, first, last], axis=1)
        caps = begin.sum(axis=1) + end[:, -1]
        caps /= np.sqrt((caps**2).sum(axis=1))[:, None]
        both = np.concatenate([begin, end], axis=1)
        caps_m = np.array(
            [distances_m(one, cap).max() for one, cap in zip(both, caps, strict=True)]
        )
        return cls(
            middle=middle,
            radius_m=np.inf if wide else float(distances_m(corners, middle).max()),
            groups=groups,
            caps=caps,
            caps_m=caps_m,
            slabs=None if wide else Slabs.of(corners, middle),
        )

    def gaps_m(self, points: Floats, reach_m: Floats) -> Floats:
        """Return each point's distance from the ring, negative inside it.

        What is more than its reach may be any such number. Not when the radius is infinite.
        """
        parts = [
            self._gaps_m(points[at : at + POINTS_AT_ONCE], reach_m[at : at + POINTS_AT_ONCE])
            for at in range(0, len(points), POINTS_AT_ONCE)
        ]
        return np.concatenate(parts) if parts else np.empty(0)

    def _gaps_m(self, points: Floats, reach_m: Floats) -> Floats:
        assert self.slabs is not None, "a wide ring"
        chord = 2 - 2 * (points @ self.caps.T)
        # A chord is shorter than its arc, so whoever is within reach is among these.
        within = (self.caps_m + reach_m[:, None]) / EARTH_RADIUS_M
        point, group = (chord <= within**2 + _ROUNDING).nonzero()
        found = reach_m + 1.0
        if len(point):
            dots = np.einsum("ij,ikj->ik", points.take(point, axis=0), self.groups.take(group, 0))
            corner, beside, first, last = dots.reshape(len(point), 4, GROUP).transpose(1, 0, 2)
            half = np.sqrt(np.maximum(2 - 2 * corner.max(axis=1), 0)) / 2
            foot = np.where(np.minimum(first, last) >= 0, np.abs(beside), np.inf).min(axis=1)
            arc = 2 * np.arcsin(np.minimum(half, 1))
            footed = foot < np.inf
            arc[footed] = np.minimum(arc[footed], np.arcsin(np.minimum(foot[footed], 1)))
            starts = np.concatenate([[True], point[1:] != point[:-1]]).nonzero()[0]
            found[point[starts]] = np.minimum.reduceat(arc, starts) * EARTH_RADIUS_M
        inside = self.slabs.turned_around(points, self.middle)
        gaps_m: Floats = np.where(inside, -found, found)
        return gaps_m
