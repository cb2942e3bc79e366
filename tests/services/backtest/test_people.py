import math

import h3
import numpy as np
import pytest

from homeward.backtest.people import County, People
from homeward.geography.cells import children
from homeward.geography.sphere import distance_m

TOWN = County(900_000, 0.6, 2_500.0, 33.0, 115.0, 33.1, 115.05)
NEXT = County(200_000, 0.2, 1_800.0, 33.3, 115.5, 33.3, 115.5)


@pytest.fixture(scope="module")
def two():
    return People.of([TOWN, NEXT])


def area(place, res, steps):
    return np.array([int(one, 16) for one in h3.grid_disk(h3.latlng_to_cell(*place, res), steps)])


def test_each_county_keeps_its_people(two):
    assert two.total == pytest.approx(1_100_000)
    assert two.within(area((33.0, 115.0), 4, 8).astype(np.uint64)).sum() == pytest.approx(1_100_000)


def test_coarse_cells_hold_what_their_children_hold(two):
    for place in ((33.1, 115.05), (33.0, 114.8), (33.27, 115.2)):
        coarse = area(place, 6, 0).astype(np.uint64)
        held = two.within(coarse).sum()
        fine = children(coarse)
        for _ in range(3):
            assert two.within(fine).sum() == pytest.approx(held, rel=0.02, abs=20)
            fine = children(fine)


def test_people_lie_where_they_are_said_to_live(two):
    """Against people drawn one by one from the rule as it is written, not from its code."""
    draw, drawn = np.random.default_rng(5), []
    for one in (TOWN, NEXT):
        urban = round(one.people * one.urban_share / 10)
        km = max(math.sqrt(urban * 10 / 6_000 / math.pi), 1.5) / 1.5
        drawn += _places(draw.normal(0, km, (urban, 2)), one.seat_lat_deg, one.seat_lon_deg)
        rural = round(one.people / 10) - urban
        radius, angle = np.sqrt(draw.uniform(0, 1, rural)), draw.uniform(0, 2 * math.pi, rural)
        away = radius * math.sqrt(one.area_km2 / math.pi)
        spots = np.stack([away * np.cos(angle), away * np.sin(angle)], axis=1)
        drawn += _places(spots, one.lat_deg, one.lon_deg)
    for res, place, steps in (
        (5, (33.1, 115.05), 0),
        (6, (33.1, 115.05), 1),
        (7, (33.3, 115.5), 1),
    ):
        cells = h3.grid_disk(h3.latlng_to_cell(*place, res), steps)
        inside = set(cells)
        counted = 10 * sum(h3.latlng_to_cell(*one, res) in inside for one in drawn)
        held = two.within(np.array([int(one, 16) for one in cells], np.uint64)).sum()
        assert held == pytest.approx(counted, rel=0.06)


def test_a_town_has_six_thousand_a_km2_in_its_middle(two):
    middle = area((33.1, 115.05), 9, 0).astype(np.uint64)
    km2 = h3.cell_area(h3.int_to_str(int(middle[0])), "km^2")
    assert 6_000 <= two.within(middle)[0] / km2 <= 7_500


def test_there_are_no_steps(two):
    """Neighbouring fine cells differ by little, across the bounds of coarser cells, too."""
    cells = area((33.1, 115.05), 9, 12).astype(np.uint64)
    held = dict(zip(cells.tolist(), two.within(cells).tolist(), strict=True))
    for one, people in held.items():
        for other in h3.grid_disk(h3.int_to_str(one), 1):
            near = held.get(int(other, 16))
            assert near is None or abs(near - people) <= 0.15 * people + 1


def test_nobody_lives_in_the_sea(two):
    assert two.within(area((20.0, 150.0), 5, 2).astype(np.uint64)).sum() == 0


def test_a_county_without_a_town_is_a_disc():
    people = People.of([County(100_000, 0.0, 1_000.0, 33.0, 115.0, 33.0, 115.0)])
    cells = area((33.0, 115.0), 7, 3).astype(np.uint64)
    per_km2 = people.within(cells) / h3.average_hexagon_area(7, "km^2")
    assert per_km2.max() / per_km2.min() < 1.01
    edge_km = math.sqrt(1_000 / math.pi)
    away = [distance_m(33, 115, *h3.cell_to_latlng(h3.int_to_str(int(one)))) for one in cells]
    assert max(away) / 1_000 < edge_km


def _places(km, lat, lon):
    flat = math.cos(math.radians(lat)) * 111.2
    return [(lat + north / 111.2, lon + east / flat) for north, east in km.tolist()]
