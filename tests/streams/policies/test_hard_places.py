"""The field where mapping is hard, judged by distances on the sphere and by nothing of its own."""

import math
import random

import h3
import numpy as np
import pytest
from tests.streams.policies.ways import off, someone

from homeward import policies
from homeward.geography import cells as cs
from homeward.testing.hardplaces import HARD

POLICIES = ["field", "circles"]
ONE_DISK = {name: place for name, place in HARD.items() if len(place.known.sources) == 1}
TUANYUAN = ((60, 100), (120, 200), (180, 300))
RINGS_KM = (0.0, 0.5, 2, 5, 10, 20, 40, 80, 110)


def km_between(one, other):
    """Haversine, by hand."""
    (lat, lon), (to_lat, to_lon) = (map(math.radians, place) for place in (one, other))
    half = math.sin((to_lat - lat) / 2) ** 2
    half += math.cos(lat) * math.cos(to_lat) * math.sin((to_lon - lon) / 2) ** 2
    return 2 * 6_371.007 * math.asin(math.sqrt(half))


def inside(area, place):
    point = np.array([h3.str_to_int(h3.latlng_to_cell(*place, 9))], np.uint64)
    return bool(cs.meets(area, point)[0])


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("place", ONE_DISK.values(), ids=ONE_DISK)
def test_nobody_round_about_the_newest_place_is_left_out(place, policy):
    area = policies.policy_of(policy).area(place.known, place.at)
    middle = h3.cell_to_latlng(area.focus)
    wide_km = _wide_km(policy, place)
    for bearing in range(0, 360, 15):
        for km in RINGS_KM:
            spot = off(middle, km, math.radians(bearing))
            assert km_between(middle, spot) == pytest.approx(km, abs=0.01)
            if km < wide_km:
                assert inside(area.cells, spot), (km, bearing)
            if km > area.radius_m / 1_000 * 1.35 + 2:
                assert not inside(area.cells, spot), (km, bearing)


def _wide_km(policy, place):
    """Return the least radius by what the policy promises, not by what it answers."""
    reach_km = place.known.reach_km_max
    if policy == "circles":
        return min(next((km for end, km in TUANYUAN if place.minutes <= end), 500), reach_km)
    draw, middle = random.Random(11), h3.cell_to_latlng(place.known.sources[0].cell)
    found = [km_between(middle, someone(draw, place.known, place.at)) for _ in range(2_000)]
    return min(sorted(found)[int(len(found) * 0.85)], reach_km)


@pytest.mark.parametrize("place", HARD.values(), ids=HARD)
def test_a_surface_is_a_distribution_over_cells_that_lie_apart(place):
    surface = policies.policy_of("field").surface(place.known, place.at)
    share = surface.share()
    assert (share >= 0).all()
    assert 0.5 < share.sum() <= 1 + 1e-9
    assert len(cs.outermost(surface.cells)) == len(surface.cells)
    assert (share[surface.earliest_s > 0] == 0).all()
    assert sorted(surface.order().tolist()) == list(range(len(surface.cells)))
    held = surface.holding(0.9)
    assert share[held].sum() >= 0.9 * share.sum()
    assert share[held[:-1]].sum() < 0.9 * share.sum()


@pytest.mark.parametrize("place", HARD.values(), ids=HARD)
def test_the_parts_of_an_area_are_the_area(place):
    field = policies.policy_of("field")
    area = field.area(place.known, place.at)
    told = cs.NOWHERE
    for part in field.parts(place.known, place.at, area):
        assert not cs.meets(told, part).any()
        told = cs.union(told, part)
    assert not len(cs.subtract(told, area.cells))
    assert not len(cs.subtract(area.cells, told))


def test_east_and_west_of_the_antimeridian_are_alike():
    place = HARD["antimeridian"]
    cells = policies.policy_of("field").area(place.known, place.at).cells
    sides = [h3.cell_to_latlng(h3.int_to_str(int(one)))[1] for one in cells]
    assert any(lon > 179 for lon in sides)
    assert any(lon < -179 for lon in sides)
    assert all(abs(lon) > 175 for lon in sides)


def test_who_is_within_the_error_of_the_place_last_seen_is_told():
    place = HARD["error"]
    cells = policies.policy_of("field").area(place.known, place.at).cells
    middle = h3.cell_to_latlng(place.known.sources[0].cell)
    assert all(
        inside(cells, off(middle, 4.99, math.radians(bearing))) for bearing in range(0, 360, 5)
    )


def test_a_late_report_is_told_as_wide_as_an_early_one_has_become():
    place = HARD["late"]
    field = policies.policy_of("field")
    area = field.area(place.known, place.at)
    assert area.radius_m > 150_000
    parts = field.parts(place.known, place.at, area)
    assert len(parts) == 3
    middle = h3.cell_to_latlng(place.known.sources[0].cell)
    assert inside(parts[0], middle)


def test_neither_of_two_sightings_closes_the_area_where_the_other_points():
    place = HARD["two-sightings"]
    cells = policies.policy_of("field").area(place.known, place.at).cells
    share = policies.policy_of("field").surface(place.known, place.at)
    for source in place.known.sources:
        assert inside(cells, h3.cell_to_latlng(source.cell))
    _, one, other = place.known.sources
    there = [_share_near(share, h3.cell_to_latlng(source.cell)) for source in (one, other)]
    assert min(there) > 0.05


def _share_near(surface, middle, km=15.0):
    near = [
        km_between(middle, h3.cell_to_latlng(h3.int_to_str(int(cell)))) < km
        for cell in surface.cells
    ]
    return surface.share()[np.array(near)].sum()
