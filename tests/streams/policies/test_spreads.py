"""A spread is what many travellers drawn one by one come to, at the edges too."""

import math

import numpy as np
import pytest

from homeward.policies.figures import WALKS, AgeBand, Walk, Way
from homeward.policies.spreads import radius_km, spread_of, walking

WAY = Way(40.0, 0.6, 50.0, 0.3, 30.0, 0.8, 0.5)
DAYS_S = 30 * 86_400.0
ENDS_BLURRED = math.hypot(0.6, 0.2)  # the ends' own spread, and a fifth


def quantile_km(way, gone_s, chance, **more):
    return radius_km([(1.0, spread_of(way, gone_s, **more))], chance)


@pytest.mark.parametrize(
    ("chance", "z"), [(0.5, 0.0), (0.16, 0.994), (0.84, -0.994), (0.1, 1.2816)]
)
def test_in_the_end_they_are_where_they_wanted_to_go(chance, z):
    found = quantile_km(WAY, DAYS_S, chance)
    assert found == pytest.approx(40 * math.exp(ENDS_BLURRED * z), rel=0.1)


def test_before_they_are_there_they_are_as_far_as_speed_and_wait_let_them():
    far = WAY._replace(km=3_000.0)
    assert quantile_km(far, 3 * 3_600, 0.5, under_way=True) == pytest.approx(150, rel=0.08)
    assert 100 < quantile_km(far, 3 * 3_600, 0.5) < 125, "some wait long"
    sure = far._replace(kmh_spread=0.0, wait_spread=0.0)
    assert quantile_km(sure, 3 * 3_600, 0.5) == pytest.approx(125, rel=0.08)
    assert quantile_km(sure, 3 * 3_600, 0.1) == pytest.approx(125 * math.exp(0.2 * 1.28), rel=0.08)
    assert quantile_km(sure, 10 * 60, 0.5) == pytest.approx(0.2, rel=0.1), "nobody has set out"


def test_half_a_minute_is_all_the_same_and_more_is_not():
    assert spread_of(WAY, 3_600) is spread_of(WAY, 3_610)
    assert quantile_km(WAY, 3_600, 0.5) < quantile_km(WAY, 3_640, 0.5)


def test_a_spread_falls_from_one_to_nothing_and_its_density_never_rises():
    one = spread_of(WAY, 2 * 3_600)
    km = np.array([0.0, 0.01, 1, 5, 20, 40, 80, 200, 1_000, 9_000])
    beyond = one.beyond_at(km)
    assert beyond[:2].tolist() == [1, 1]
    assert beyond[-1] == pytest.approx(0, abs=1e-9)
    assert (np.diff(beyond) <= 0).all()
    dense = one.per_km2_at(km)
    assert (np.diff(dense) <= 0).all()
    assert dense[0] == dense[1] > 0


def test_density_over_the_rings_farther_out_is_who_is_farther_out():
    one = spread_of(WAY, DAYS_S)
    for from_km in (40, 60, 100):
        edges_km = np.exp(np.linspace(math.log(from_km), math.log(4_000), 4_000))
        middles_km = np.sqrt(edges_km[1:] * edges_km[:-1])
        rings_km2 = math.pi * (edges_km[1:] ** 2 - edges_km[:-1] ** 2)
        found = float((one.per_km2_at(middles_km) * rings_km2).sum())
        assert found == pytest.approx(float(one.beyond_at(np.array([from_km]))[0]), rel=0.25)


def test_ways_are_mixed_by_their_shares():
    near, far = spread_of(WAY, DAYS_S), spread_of(WAY._replace(km=400.0), DAYS_S)
    for chance, shares in ((0.3, (0.5, 0.5)), (0.7, (0.5, 0.5)), (0.7, (1, 1)), (0.8, (0.2, 0.6))):
        km = np.array([radius_km([(shares[0], near), (shares[1], far)], chance)])
        whole = sum(shares)
        beyond = shares[0] / whole * near.beyond_at(km) + shares[1] / whole * far.beyond_at(km)
        assert float(beyond[0]) == pytest.approx(chance, abs=1e-6)


def test_walkers_go_as_far_and_as_fast_as_their_statistics_say():
    way = walking(Walk(1.0, 2.0, 3.0, 8.0, 5.0))
    assert way.km == 2
    assert way.km * math.exp(1.645 * way.km_spread) == pytest.approx(8)
    assert (way.kmh, way.kmh_spread, way.wait_min, way.wait_spread, way.lean) == (
        2.5,
        0.4,
        0,
        0,
        0.5,
    )
    assert walking(Walk(1.0, 2.0, 2.1, 2.2, 5.0)).km_spread == 0.3, "never narrower"
    toddler = walking(WALKS[AgeBand.TODDLER])
    dense = spread_of(toddler, DAYS_S).per_km2_at(np.array([0.3, 0.6, 0.9, 1.2]))
    assert (dense[:-1] > 1.5 * dense[1:]).all(), "near is likelier, within the first kilometre too"
    assert quantile_km(toddler, DAYS_S, 0.5) == pytest.approx(0.5, rel=0.25)
