import math
import random

import numpy as np
import pytest
import shapely

from homeward.geography import sphere
from homeward.geography.rings import ring_distances_m


def ring(*corners):
    return sphere.units(*zip(*corners, strict=True))


SQUARE = ring((32, 114), (32, 116), (34, 116), (34, 114))


def test_a_small_ring_measures_as_on_a_flat_map():
    corners = [(33.00, 115.00), (33.01, 115.03), (33.03, 115.01), (33.015, 115.012)]
    flat_lon = math.cos(math.radians(33.015))
    metres = math.radians(1) * sphere.EARTH_RADIUS_M
    flat = shapely.Polygon([(lon * flat_lon * metres, lat * metres) for lat, lon in corners])
    chance = random.Random(1)
    asked = [(chance.uniform(32.97, 33.06), chance.uniform(114.97, 115.06)) for _ in range(300)]
    found = ring_distances_m(sphere.units(*zip(*asked, strict=True)), ring(*corners))
    for (lat, lon), away_m in zip(asked, found.tolist(), strict=True):
        on_map = shapely.Point(lon * flat_lon * metres, lat * metres)
        assert away_m == pytest.approx(flat.distance(on_map), rel=0.002, abs=1.5)


@pytest.mark.parametrize("middle", [(33, 115), (0, 180), (-17, -179.9), (89.5, 10), (-90, 0)])
def test_a_ring_around_a_place_holds_it_and_not_what_lies_opposite(middle):
    at = sphere.unit_of(*middle)
    sideways = np.cross(at, [0.3, 0.5, 0.81])
    sideways /= np.linalg.norm(sideways)
    upwards = np.cross(at, sideways)
    turns = np.linspace(0, 2 * np.pi, 12, endpoint=False)[:, None]
    corners = at + 0.02 * (np.cos(turns) * sideways + np.sin(turns) * upwards)
    corners /= np.linalg.norm(corners, axis=1)[:, None]
    asked = np.stack([at, -at, corners[0], (at + sideways) / np.sqrt(2)])
    inside, opposite, corner, far = ring_distances_m(asked, corners).tolist()
    assert inside == 0
    assert corner < 0.1
    assert opposite > 19_000_000
    assert far > 4_000_000


def test_closed_or_not_and_either_way_round_is_the_same():
    asked = sphere.units([33, 33, 40], [115, 117, 115])
    expected = ring_distances_m(asked, SQUARE)
    assert expected[0] == 0
    assert np.allclose(expected, ring_distances_m(asked, np.vstack([SQUARE, SQUARE[:1]])))
    assert np.allclose(expected, ring_distances_m(asked, SQUARE[::-1]))


def test_nobody_asked_gets_no_distance():
    assert ring_distances_m(np.empty((0, 3)), SQUARE).shape == (0,)
