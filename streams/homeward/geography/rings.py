"""Closed rings of great-circle arcs: how far a point is from what they enclose.

Exact on the sphere, without projection. A CAP polygon says only "straight lines"; an arc and the
same line on a flat map lie under 130 m apart on a side of 100 km at 35 degrees.
"""

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from homeward.geography.sphere import EARTH_RADIUS_M, Floats

CORNERS_MIN: Final = 3
"""Different ones, of anything with an inside."""
POINTS_AT_ONCE: Final = 4_096
"""Rows in one step; with a ring of 1,000 corners a step needs about 200 MB."""
_HALF_TURN: Final = np.pi
_Row = TypeVar("_Row", Floats, NDArray[np.bool_])


def ring_distances_m(points: Floats, ring: Floats) -> Floats:
    """Return each point's distance from the area inside a ring; 0 within it.

    ``ring`` holds the corners' unit vectors, closed or not. The inside is the smaller side, so a
    ring spans less than a hemisphere.
    """
    return _in_steps(_distances, points, _open(ring))


def holed_distances_m(points: Floats, ring: Floats, holes: Sequence[Floats]) -> Floats:
    """Return each point's distance from the area inside a ring and in none of its holes.

    A hole's edge belongs to the area. Within a hole the distance is that from its edge, so holes
    lie within the ring and apart from each other; where they do not, the answer is too small.
    """
    found = ring_distances_m(points, ring)
    for hole in holes:
        corners = _open(hole)
        deep = np.flatnonzero(_in_steps(_within, points, corners))
        found[deep] = np.maximum(found[deep], _in_steps(_rim_m, points[deep], corners))
    return found


def rim_distances_m(points: Floats, ring: Floats) -> Floats:
    """Return each point's distance from the ring itself, from within and from outside."""
    return _in_steps(_rim_m, points, _open(ring))


def _open(ring: Floats) -> Floats:
    return ring[:-1] if np.array_equal(ring[0], ring[-1]) else ring


def _in_steps(measure: Callable[[Floats, Floats], _Row], points: Floats, corners: Floats) -> _Row:
    starts = range(0, max(1, len(points)), POINTS_AT_ONCE)
    parts = [measure(points[start : start + POINTS_AT_ONCE], corners) for start in starts]
    whole: _Row = np.concatenate(parts)
    return whole


def _distances(points: Floats, corners: Floats) -> Floats:
    return np.where(_within(points, corners), 0.0, _rim_m(points, corners))


def _within(points: Floats, corners: Floats) -> NDArray[np.bool_]:
    """Whether the corners, seen from the point, turn once around it."""
    middle = corners.sum(axis=0)
    away = corners[None, :, :] - points[:, None, :]
    flat = away - (away * points[:, None, :]).sum(-1)[..., None] * points[:, None, :]
    after = np.roll(flat, -1, axis=1)
    turn = np.arctan2(
        (np.cross(flat, after) * points[:, None, :]).sum(-1), (flat * after).sum(-1)
    ).sum(axis=1)
    # Seen from the far side of the Earth the corners turn too.
    found: NDArray[np.bool_] = (np.abs(turn) > _HALF_TURN) & (points @ middle > 0)
    return found


def _rim_m(points: Floats, corners: Floats) -> Floats:
    """Return distances from the arcs: to their foot when it lies on the arc, else to a corner."""
    chord = np.sqrt(((points[:, None, :] - corners[None, :, :]) ** 2).sum(-1))
    nearest = (2 * np.arcsin(np.minimum(chord / 2, 1))).min(axis=1)
    after = np.roll(corners, -1, axis=0)
    normal = np.cross(corners, after)
    size = np.sqrt((normal**2).sum(-1))
    real = size > 0
    corners, after, normal = corners[real], after[real], normal[real] / size[real, None]
    beside = points @ normal.T
    past_start = points @ np.cross(normal, corners).T >= 0
    before_end = points @ np.cross(after, normal).T >= 0
    foot = np.where(past_start & before_end, np.arcsin(np.clip(np.abs(beside), 0, 1)), np.inf)
    arcs: Floats = np.minimum(nearest, foot.min(axis=1, initial=np.inf)) * EARTH_RADIUS_M
    return arcs
