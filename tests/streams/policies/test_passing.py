"""When people who go one way have come: figures by hand, for ways that are simple enough."""

import math

import numpy as np
import pytest

from homeward.policies.figures import SPREAD, Way
from homeward.policies.passing import come_s, end_m

Z_95 = 1.6448536269514722
"""Of a standard normal 95 % lie below it."""
PLAIN = Way(10.0, 0.5, 40.0, 0.3, wait_min=0.0, wait_spread=0.0, lean=0.0)


def come(way, km, share=0.5, *, under_way=False):
    return float(come_s(way, np.array([km * 1_000.0]), share, under_way=under_way)[0])


def test_how_far_most_go():
    assert end_m(PLAIN) == pytest.approx(10_000 * math.exp(0.5 * Z_95), rel=1e-9)


@pytest.mark.parametrize("km", [0.2, 7, 300])
@pytest.mark.parametrize("under_way", [False, True])
def test_who_waits_for_nothing_comes_half_of_them_by_their_usual_speed(km, under_way):
    assert come(PLAIN, km, under_way=under_way) == pytest.approx(km / 40 * 3_600, rel=1e-9)


def test_most_of_them_come_by_the_slow_end_of_the_speeds_and_of_the_blur():
    slow = math.exp(math.hypot(0.3, SPREAD) * Z_95)
    assert come(PLAIN, 40, 0.95) == pytest.approx(3_600 * slow, rel=1e-9)


def test_a_wait_comes_on_top_and_whoever_is_under_way_has_had_it():
    short, long = (PLAIN._replace(wait_min=minutes) for minutes in (1e-6, 30.0))
    assert come(short, 40) == pytest.approx(3_600, rel=1e-4)
    assert come(long, 40) == pytest.approx(3_600 + 30 * 60, rel=0.01)
    assert come(long, 40, under_way=True) == pytest.approx(3_600, rel=1e-9)
    assert come(PLAIN._replace(wait_min=1.0), 0.2) == pytest.approx(60 + 18, rel=0.02)


def test_long_waits_make_the_last_ones_later_and_the_middle_no_later():
    even, odd = (
        PLAIN._replace(wait_min=600.0, wait_spread=wide, kmh_spread=0.0) for wide in (0.0, 1.0)
    )
    assert come(odd, 0.2) == pytest.approx(come(even, 0.2), rel=0.01)
    assert come(odd, 0.2, 0.95) == pytest.approx(600 * 60 * math.exp(Z_95), rel=0.02)
