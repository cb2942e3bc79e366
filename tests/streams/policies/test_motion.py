"""How far and how soon at the most: what bounds earliest arrivals."""

import math

import numpy as np
import pytest

from homeward.policies import figures, motion
from homeward.policies.figures import Walk
from homeward.words import Category, Mode

KMH = 1_000 / 3_600


def test_what_was_seen_counts_for_half_and_the_category_for_the_other():
    for category in Category:
        usual = figures.SHARES[category]
        assert motion.shares(category, Mode.UNKNOWN) == usual
        for mode, seen in figures.SHARES_SEEN.items():
            half = [(one + other) / 2 for one, other in zip(usual, seen, strict=True)]
            assert motion.shares(category, mode) == pytest.approx(half)


def test_a_drive_is_a_quarter_of_an_hour_of_town_and_then_motorway():
    town_m = figures.TOWN_S * figures.TOWN_KMH * KMH
    for gone_s, road_m in (
        (0, 0),
        (450, town_m / 2),
        (900, town_m),
        (4_500, town_m + 120_000),
    ):
        away_m = motion.driven_max_m(gone_s, under_way=False)
        assert away_m == pytest.approx(road_m / figures.DETOUR)
        assert float(motion.drive_s(away_m, under_way=False)) == pytest.approx(gone_s)
    away_m = motion.driven_max_m(3_600, under_way=True)
    assert away_m == pytest.approx(120_000 / figures.DETOUR)
    assert float(motion.drive_s(away_m, under_way=True)) == pytest.approx(3_600)


def test_ways_are_counted_for_many_at_once():
    away_m = np.array([0, 5_000, 200_000])
    for under_way in (False, True):
        for rule in (motion.drive_s, motion.ride_s):
            each = [float(rule(one, under_way=under_way)) for one in away_m]
            assert rule(away_m, under_way=under_way).tolist() == pytest.approx(each)


def test_times_are_exact_however_roughly_a_way_was_kept():
    rough_m = np.array([123_456.7], np.float32)
    exact_m = rough_m.astype(np.float64)
    walk = Walk(1.0, 200.0, 300.0, 600.0, 5.0)
    assert motion.walk_s(rough_m, walk).tolist() == motion.walk_s(exact_m, walk).tolist()
    for rule in (motion.drive_s, motion.ride_s):
        found, exact = (rule(one, under_way=False).tolist() for one in (rough_m, exact_m))
        assert found == exact


def test_a_train_is_boarded_unless_they_are_in_it():
    away_m = 250_000 / figures.RAIL_DETOUR
    assert float(motion.ride_s(away_m, under_way=True)) == pytest.approx(3_600)
    assert float(motion.ride_s(away_m, under_way=False)) == pytest.approx(3_600 + 900)


def test_nobody_walks_beyond_twice_what_nearly_all_walk():
    walk = Walk(1.0, 2.0, 3.0, 6.0, 5.0)
    assert motion.walk_max_m(walk) == 12_000
    assert motion.walk_s([0, 5_000, 12_000, 12_001], walk).tolist() == pytest.approx(
        [0, 3_600, 12 / 5 * 3_600, math.inf]
    )
