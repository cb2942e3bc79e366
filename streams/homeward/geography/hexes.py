"""The balls of millions of cells at once: `sphere.balls_of` to a hair, ten times as fast.

H3 draws each cell as a regular hexagon on a face of an icosahedron, projected from the Earth's
centre (gnomonic). So its corners follow from its centre, its resolution and its face. Cells that
may touch another face, the twelve pentagons among them, are measured one by one.
"""

from collections.abc import Callable
from functools import cache
from itertools import chain, combinations
from typing import Final

import h3.api.basic_int as h3
import numpy as np

from homeward.geography.cells import Cells, resolutions
from homeward.geography.sphere import BALL_PADDING, EARTH_RADIUS_M, Floats, balls_of, units

HAIR_M: Final = 0.001
"""Ball and quick ball differ by less, in centre and radius (measured: by a hundredth of it)."""
CELLS_AT_ONCE: Final = 1 << 13
"""Their columns stay in a core's cache."""
_SPACING: Final = 0.38196601125010500
"""Between neighbours of resolution 0 on a face at distance 1 (H3's RES0_U_GNOMONIC)."""
_SLANT_RAD: Final = 0.333473172251832115336
"""By which odd resolutions are turned (H3's M_AP7_ROT_RADS)."""
_TURNS_RAD: Final = np.radians(np.arange(30, 390, 60))
_NEIGHBOURS_DOT: Final = 0.4
"""Vertices of an icosahedron that share an edge have a cosine of 0.447, others less than 0."""
_SIZES: Final = _SPACING / np.sqrt(3) / np.sqrt(7.0) ** np.arange(16)
"""From a hexagon's centre to its corner, by resolution; more than its angle on the sphere."""


def quick_balls(cells: Cells) -> tuple[Floats, Floats]:
    """Return the unit vectors (n x 3) and radii in m (n) of cells' balls."""
    seen, place = np.unique(cells, return_inverse=True)
    points, radii_m = np.empty((len(seen), 3)), np.empty(len(seen))
    for start in range(0, len(seen), CELLS_AT_ONCE):
        part = slice(start, start + CELLS_AT_ONCE)
        points[part], radii_m[part] = _measured(seen[part])
    return points[place], radii_m[place]


def _measured(cells: Cells) -> tuple[Floats, Floats]:
    centres = chain.from_iterable(map(h3.cell_to_latlng, cells.tolist()))
    degrees = np.fromiter(centres, np.float64, 2 * len(cells)).reshape(-1, 2)
    points = units(degrees[:, 0], degrees[:, 1])
    faces, ahead, aside = _faces()
    dots = points @ faces.T
    face = np.argmax(dots, axis=1)
    height = dots[np.arange(len(cells)), face]
    dots[np.arange(len(cells)), face] = -1
    res = resolutions(cells).astype(np.int64)
    size = _SIZES.take(res)
    alone = (height - dots.max(axis=1) < size).nonzero()[0]
    east, north = (points * ahead[face]).sum(axis=1), (points * aside[face]).sum(axis=1)
    # A corner is point / height + size * (cos, sin) in the plane of the face, and the sine of its
    # angle from the point comes out without a difference of alike numbers.
    odd = res % 2 == 1
    farthest = np.zeros(len(cells))
    for turn in _TURNS_RAD:
        cos, sin = np.where(odd, *_both(np.cos, turn)), np.where(odd, *_both(np.sin, turn))
        along = size * (cos * east + sin * north)
        farthest = np.maximum(
            farthest, (size**2 - along**2) / (1 / height**2 + 2 * along / height + size**2)
        )
    radii_m = EARTH_RADIUS_M * np.arcsin(np.sqrt(farthest)) * BALL_PADDING
    points[alone], radii_m[alone] = balls_of(cells[alone])
    return points, radii_m


def _both(wave: Callable[[float], float], turn_rad: float) -> tuple[float, float]:
    """Return it at odd and at even resolutions."""
    return wave(turn_rad + _SLANT_RAD), wave(turn_rad)


@cache
def _faces() -> tuple[Floats, Floats, Floats]:
    """Return the centres of the 20 faces, and on each the way to a vertex and across it."""
    degrees = np.array([h3.cell_to_latlng(cell) for cell in sorted(h3.get_pentagons(0))])
    tips = units(degrees[:, 0], degrees[:, 1])
    near = tips @ tips.T > _NEIGHBOURS_DOT
    threes = [
        [one, two, three]
        for one, two, three in combinations(range(len(tips)), 3)
        if near[one, two] and near[two, three] and near[one, three]
    ]
    centres = tips[threes].sum(axis=1)
    centres /= np.sqrt((centres**2).sum(axis=1))[:, None]
    tip = tips[[one for one, *_ in threes]]
    ahead = tip - (tip * centres).sum(axis=1)[:, None] * centres
    ahead /= np.sqrt((ahead**2).sum(axis=1))[:, None]
    return centres, ahead, np.cross(centres, ahead)
