"""A ring of great-circle arcs made ready: signed distances by matrix products.

`geography.rings` says what is meant. Here a point's side is told on a flat map that shows great
circles as straight lines (gnomonic), which only what lies well within a hemisphere has. A wider
ring is left to the rule.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from homeward.geography.sphere import EARTH_RADIUS_M, Floats, distances_m

FLAT_DOT_MIN: Final = 0.1
"""Cosine from the middle: 84 degrees. Beyond it a flat map stretches without end."""
CELLS_AT_ONCE: Final = 1 << 20
"""Points times corners in one step."""


@dataclass(frozen=True, slots=True)
class Outline:
    """Corners and sides of a ring."""

    ring: Floats
    middle: Floats
    radius_m: float
    """No corner, and so no side, lies farther from the middle; infinite for a wide ring."""
    sides: Floats
    """3 x (4 * k): of each side its corner, its normal, and both ends' planes."""
    plane: Floats
    """2 x 3: the axes of the flat map."""
    flat: Floats
    """k x 2: the corners on it."""

    @classmethod
    def of(cls, ring: Floats) -> "Outline":
        """Return a ring made ready; closed or not."""
        found = ring[:-1] if len(ring) > 1 and np.array_equal(ring[0], ring[-1]) else ring
        middle = found.sum(axis=0)
        size = float(np.sqrt(middle @ middle))
        middle = middle / size if size else found[0]
        after = np.roll(found, -1, axis=0)
        normal = np.cross(found, after)
        length = np.sqrt((normal**2).sum(axis=1))
        real = length > 0
        normal = normal[real] / length[real, None]
        begins, ends = np.cross(normal, found[real]), np.cross(after[real], normal)
        across = np.eye(3)[int(np.argmin(np.abs(middle)))]
        one = np.cross(middle, across)
        one /= np.sqrt(one @ one)
        plane = np.stack([one, np.cross(middle, one)])
        ahead = found @ middle
        wide = bool(ahead.min() < FLAT_DOT_MIN) or not size
        flat = np.zeros((len(found), 2)) if wide else found @ plane.T / ahead[:, None]
        radius_m = np.inf if wide else float(distances_m(found, middle).max())
        sides = np.concatenate([found, normal, begins, ends]).T
        return cls(found, middle, radius_m, np.ascontiguousarray(sides), plane, flat)

    def gaps_m(self, points: Floats) -> Floats:
        """Return each point's distance from the ring, negative inside it."""
        step = max(1, CELLS_AT_ONCE // len(self.ring))
        parts = [self._gaps_m(points[at : at + step]) for at in range(0, len(points), step)]
        return np.concatenate(parts) if parts else np.empty(0)

    def _gaps_m(self, points: Floats) -> Floats:
        many = len(self.ring)
        real = (self.sides.shape[1] - many) // 3
        rim = points @ self.sides[:, :many]
        nearest = np.sqrt(np.maximum(2 - 2 * rim.max(axis=1), 0)) / 2
        found = 2 * np.arcsin(np.minimum(nearest, 1))
        if real:
            beside, begins, ends = np.split(points @ self.sides[:, many:], 3, axis=1)
            np.abs(beside, out=beside)
            beside[np.minimum(begins, ends) < 0] = 1.0
            found = np.minimum(found, np.arcsin(np.minimum(beside.min(axis=1), 1)))
        found *= EARTH_RADIUS_M
        gaps_m: Floats = np.where(self._within(points), -found, found)
        return gaps_m

    def _within(self, points: Floats) -> NDArray[np.bool_]:
        """Whether the ring turns around each point: sides upwards beside it less downwards."""
        ahead = points @ self.middle
        front = np.flatnonzero(ahead > 0)
        flat = points[front] @ self.plane.T / ahead[front, None]
        x, y = flat[:, :1], flat[:, 1:]
        start_x, start_y = self.flat.T
        end_x, end_y = np.roll(self.flat, -1, axis=0).T
        starts_above, ends_above = start_y > y, end_y > y
        crossing = starts_above != ends_above
        side = (end_x - start_x) * (y - start_y) - (x - start_x) * (end_y - start_y)
        turns = (crossing & ends_above & (side > 0)).sum(axis=1)
        turns -= (crossing & starts_above & (side < 0)).sum(axis=1)
        found = np.zeros(len(points), np.bool_)
        found[front] = turns != 0
        return found
