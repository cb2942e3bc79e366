from datetime import UTC, datetime, timedelta

import h3
import numpy as np
import pytest

from homeward.geography.hubbook import Hub
from homeward.geography.sphere import balls_of, centre_deg, distance_m, distances_m, unit_of
from homeward.policies import policy_of
from homeward.policies.circles import arrivals_by_circle, ring_km
from homeward.policies.known import Known, Source
from homeward.words import AgeBand, Category, Mode

NOON = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)
CIRCLES = policy_of("circles")
PLACE = (33.0416, 115.2576)
HUBS = (Hub.at("near", "bus", 33.2, 115.4, 1), Hub.at("far", "rail", 35.2, 117.2, 1))


def after(seconds):
    return NOON + timedelta(seconds=seconds)


def source(seconds=0, error_m=100, **more):
    return Source(h3.latlng_to_cell(*PLACE, 9), after(seconds), error_m, **more)


def known(*sources, km=500):
    kind = (Category.STRANGER_ABDUCTION, AgeBand.CHILD, Mode.VEHICLE)
    return Known(*kind, sources or (source(),), km)


def away_m(hub, one):
    return distance_m(*centre_deg(one.cell), hub.lat_deg, hub.lon_deg)


@pytest.mark.parametrize(
    ("gone_s", "km"),
    [
        (-1, 100),
        (0, 100),
        (3_600, 100),
        (3_601, 200),
        (7_200, 200),
        (7_201, 300),
        (10_800, 300),
        (10_801, 500),
        (99_999, 500),
    ],
)
def test_a_ring_lasts_to_the_full_hour(gone_s, km):
    assert ring_km(gone_s) == km


@pytest.mark.parametrize(
    ("gone_s", "km", "next_s"),
    [
        (0, 500, 3_601),
        (3_599, 500, 3_601),
        (3_600, 500, 7_201),
        (3_601, 500, 7_201),
        (10_799, 500, 10_801),
        (10_800, 500, None),
        (0, 101, 3_601),
        (0, 100, None),
        (0, 99, None),
        (3_601, 200, None),
        (3_601, 201, 7_201),
    ],
)
def test_the_next_look_is_when_a_ring_is_over_while_rings_grow(gone_s, km, next_s):
    expected = None if next_s is None else after(next_s)
    assert CIRCLES.next_look(known(km=km), after(gone_s)) == expected


def test_the_next_look_is_counted_from_the_newest_credible_place():
    both = known(source(), source(1_800))
    assert CIRCLES.next_look(both, after(3_700)) == after(1_800 + 3_601)


def test_one_speed_reaches_a_hub_and_thrice_its_time_and_an_hour_it_lies_ahead():
    one, hub = source(error_m=2_000), HUBS[0]
    way_s = (away_m(hub, one) - 2_000) / 100_000 * 3_600
    at = after(300)
    found = CIRCLES.arrivals(known(one), HUBS, at)
    assert found.earliest_s[0] == pytest.approx(way_s - 300, rel=1e-6)
    assert found.latest_s[0] == pytest.approx(3 * way_s + 3_600 - 300, rel=1e-6)
    assert found.modes == (Mode.UNKNOWN, Mode.UNKNOWN)
    assert found.ahead.tolist() == [True, True]
    over_s = 3 * way_s + 3_600
    for seconds, ahead in ((over_s - 2, True), (over_s + 2, False)):
        assert CIRCLES.arrivals(known(one), HUBS, after(seconds)).ahead[0] == ahead


def test_a_hub_within_the_error_is_reached_at_once():
    found = CIRCLES.arrivals(known(source(error_m=900_000)), HUBS, NOON)
    assert found.earliest_s.tolist() == [0, 0]


@pytest.mark.parametrize(("within_km", "ahead"), [(10, [0, 0]), (50, [1, 0]), (400, [1, 1])])
def test_a_hub_beyond_the_bound_is_not_ahead(within_km, ahead):
    found = arrivals_by_circle(known(), HUBS, NOON, within_km)
    assert found.ahead.tolist() == ahead
    if within_km < 500:
        assert CIRCLES.arrivals(known(km=within_km), HUBS, NOON).ahead.tolist() == ahead


def test_no_hub_beyond_the_last_ring_is_ahead():
    beyond = (Hub.at("beyond", "rail", 38.5, 115.2576, 1),)  # 607 km
    assert CIRCLES.arrivals(known(km=2_000), beyond, NOON).ahead.tolist() == [False]
    within = (Hub.at("within", "rail", 37.0, 115.2576, 1),)  # 440 km
    assert CIRCLES.arrivals(known(km=2_000), within, NOON).ahead.tolist() == [True]


def test_all_of_an_area_is_alike_and_told_in_one():
    area = CIRCLES.area(known(km=40), NOON)
    assert area.radius_m == 40_001
    [part] = CIRCLES.parts(known(km=40), NOON, area)
    assert np.array_equal(part, area.cells)
    surface = CIRCLES.surface(known(km=40), NOON)
    assert np.array_equal(np.sort(surface.cells), area.cells)


def test_the_surface_is_reached_at_the_circles_speed():
    one = source(error_m=1_000)
    surface = CIRCLES.surface(known(one, km=40), after(600))
    points, radii_m = balls_of(surface.cells)
    away_m = distances_m(points, unit_of(*centre_deg(one.cell))) - radii_m - 1_000
    expected = np.maximum(away_m, 0) / 100_000 * 3_600 - 600
    assert surface.earliest_s.tolist() == pytest.approx(expected.tolist())
    assert expected.min() == -600
