"""How far rows are from a focus: good to centimetres, and exact where a centimetre decides.

It decides at the edges of bands. A person's limit is a number of whole kilometres, and who sleeps
is woken within some: both are edges of bands, too.
"""

from typing import Final

import numpy as np

from homeward.fanout.nearness import bands
from homeward.fanout.pyramid.ranges import Indices
from homeward.fanout.pyramid.rows import Rows
from homeward.fanout.pyramid.shapes import arcs_m
from homeward.geography.sphere import Floats, balls_of, distances_m

_MARGIN_M: Final = 0.02
_RADIUS_MARGIN: Final = 2e-7
_FAR_M: Final = 15_000_000.0
"""Beyond it chords hardly grow, and everybody is measured exactly."""


def near_m(rows: Rows, at: Indices, focus: Floats) -> Floats:
    """Return how far the balls of some rows are from a unit vector, at least 0."""
    radii_m = rows.radii_m.take(at).astype(np.float64)
    found = arcs_m(rows.points(at), focus)
    found -= radii_m
    np.maximum(found, 0.0, out=found)
    margin_m = _MARGIN_M + _RADIUS_MARGIN * radii_m.max(initial=0)
    unsure = bands(np.maximum(found - margin_m, 0.0)) != bands(found + margin_m)
    unsure |= found > _FAR_M
    some = unsure.nonzero()[0]
    if len(some):
        points, exact_m = balls_of(rows.cells(at.take(some)))
        found[some] = np.maximum(distances_m(points, focus) - exact_m, 0.0)
    return found


def least(values: Floats, counts: Indices) -> Floats:
    """Return the least of each person's values; 0 for who has none."""
    if len(values) == len(counts) and counts.all():
        return values
    found = np.zeros(len(counts))
    some = counts > 0
    starts = (counts.cumsum() - counts)[some]
    if len(starts):
        found[some] = np.minimum.reduceat(values, starts)
    return found
