"""Balls by formula against balls measured one by one."""

import h3.api.basic_int as h3
import numpy as np
import pytest

from homeward.geography.hexes import HAIR_M, quick_balls
from homeward.geography.sphere import EARTH_RADIUS_M, balls_of


def cells_of(res):
    """All around the world, along the edges of the icosahedron, and where it has its corners."""
    draw = np.random.default_rng(res)
    lat = np.degrees(np.arcsin(draw.uniform(-1, 1, 3_000)))
    places = list(zip(lat.tolist(), draw.uniform(-180, 180, 3_000).tolist(), strict=True))
    tips = [h3.cell_to_latlng(cell) for cell in h3.get_pentagons(0)]
    for one in tips:
        for other in tips[:5]:
            at = draw.random()
            places.append(tuple(at * a + (1 - at) * b for a, b in zip(one, other, strict=True)))
    around = [cell for one in h3.get_pentagons(res) for cell in h3.grid_disk(one, 2)]
    return np.array([*(h3.latlng_to_cell(*place, res) for place in places), *around], np.uint64)


@pytest.mark.parametrize("res", range(16))
def test_a_quick_ball_is_the_ball_to_a_hair(res):
    cells = cells_of(res)
    points, radii_m = quick_balls(cells)
    exact, exact_m = balls_of(cells)
    assert np.abs(points - exact).max() * EARTH_RADIUS_M < HAIR_M
    assert np.abs(radii_m - exact_m).max() < HAIR_M


def test_no_cells_have_no_balls():
    points, radii_m = quick_balls(np.empty(0, np.uint64))
    assert points.shape == (0, 3)
    assert radii_m.shape == (0,)
