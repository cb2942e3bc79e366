"""What speaks for a sighting and against it, in figures."""

import math
from dataclasses import replace

import pytest

from homeward.geography.sphere import EARTH_RADIUS_M
from homeward.policies.crediting import (
    Seen,
    Weight,
    away_km,
    between_kmh,
    can_be,
    conflicts,
    needed_kmh,
    ppm_of,
    weights,
)

KM = math.degrees(1_000 / EARTH_RADIUS_M)


def seen(north_km=0.0, minute=60.0, error_m=0, account="", **more):
    return Seen(33 + north_km * KM, 115.0, minute, error_m, account=account, **more)


FIRST = seen(minute=0)


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ((39.9, 116.4), (31.2, 121.5)),
        ((-33.9, 151.2), (47.4, 8.5)),
        ((10.0, 179.0), (-10.0, -179.0)),
        ((60.0, 10.0), (60.0, 11.0)),
        ((0.0, 0.0), (0.0, 180.0)),
    ],
)
def test_away_is_along_the_great_circle_both_ways(here, there):
    one, other = (Seen(*place, 0, 0) for place in (here, there))
    (lat, lon), (to_lat, to_lon) = ([math.radians(d) for d in place] for place in (here, there))
    cosine = math.sin(lat) * math.sin(to_lat) + math.cos(lat) * math.cos(to_lat) * math.cos(
        to_lon - lon
    )
    expected = EARTH_RADIUS_M / 1_000 * math.acos(max(-1.0, cosine))
    assert away_km(one, other) == pytest.approx(expected, rel=1e-9)
    assert away_km(other, one) == pytest.approx(expected, rel=1e-9)


def test_the_speed_needed_leaves_out_both_errors_and_gives_five_minutes():
    first = replace(FIRST, error_m=1_500)
    assert needed_kmh(first, seen(102, 55, error_m=500)) == pytest.approx(100)
    assert needed_kmh(first, seen(12, 55, error_m=500)) == pytest.approx(10)
    assert needed_kmh(first, seen(2, 55, error_m=1_000)) == 0
    assert needed_kmh(FIRST, seen(1, -90)) == pytest.approx(12), "before: as if it were then"
    assert needed_kmh(FIRST, seen(1, 0.5)) == pytest.approx(1 / 5.5 * 60)


def test_the_speed_between_two_is_alike_both_ways():
    one, other = seen(10, 100, error_m=1_500), seen(112, 155, error_m=500)
    assert between_kmh(one, other) == between_kmh(other, one) == pytest.approx(100)
    assert between_kmh(one, seen(11, 155, error_m=500)) == 0
    assert between_kmh(one, seen(13, 155, error_m=500)) == pytest.approx(1)


@pytest.mark.parametrize(
    ("one", "can"),
    [
        (seen(minute=-5), True),
        (seen(minute=-5.1), False),
        (seen(minute=4), True),
        (seen(minute=65, told_minute=60), True),
        (seen(minute=65.1, told_minute=60), False),
        (seen(119, 60), True),
        (seen(120, 60), False),
        (seen(120, 60, limit_kmh=250), True),
        (seen(120, 60, error_m=2_000), True),
    ],
)
def test_who_can_have_been_there(one, can):
    assert can_be(FIRST, one) is can


def test_as_fast_as_allowed_is_not_too_fast():
    one = seen(100)
    assert can_be(FIRST, replace(one, limit_kmh=needed_kmh(FIRST, one)))
    other = seen(0, 70)
    limit = between_kmh(one, other)
    one, other = replace(one, limit_kmh=limit), replace(other, limit_kmh=limit)
    assert not conflicts(one, other)


def test_two_conflict_when_neither_way_of_moving_leads_from_one_to_the_other():
    slow, fast = seen(0, 60), seen(100, 60, limit_kmh=1_300)
    assert not conflicts(slow, fast)
    assert not conflicts(fast, slow)
    assert conflicts(slow, replace(fast, limit_kmh=1_100))


@pytest.mark.parametrize(
    ("one", "found"),
    [
        (seen(40), []),
        (seen(2.9), [("near-last-seen", 0.5)]),
        (seen(3.1), []),
        (seen(64.9), []),
        (seen(65.1), [("fast", -0.6)]),
        (seen(40, error_m=1_000), []),
        (seen(40, error_m=1_001), [("place-vague", -0.3)]),
        (seen(1, -60, error_m=1_001), [("near-last-seen", 0.5), ("place-vague", -0.3)]),
    ],
)
def test_what_one_sighting_says_of_itself(one, found):
    assert weights(FIRST, one, ()) == tuple(Weight(*each) for each in found)


def test_others_count_by_account_and_two_at_most():
    one = seen(40, 60, account="own")
    with_it = [seen(40, 61, account=name) for name in ("own", "a", "a", "b", "c")]
    against = [seen(-90, 61, account=name) for name in ("d", "d", "e", "f")]
    for many, odds in ((1, None), (2, 1.3), (3, 1.3), (4, 2.6), (5, 2.6)):
        expected = (Weight("others-agree", odds),) if odds else ()
        assert weights(FIRST, one, with_it[:many]) == expected
    for many, odds in ((1, -1.0), (2, -1.0), (3, -2.0), (4, -2.0)):
        assert weights(FIRST, one, against[:many]) == (Weight("others-conflict", odds),)


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        (seen(40, 60), seen(60, 76, account="b"), True),
        (seen(40, 60), seen(60, 74, account="b"), False),  # an hour's drive in half of it
        (seen(60, 76), seen(40, 60, account="b"), True),
        (seen(40, 60), seen(79, 160, account="b"), True),  # not half of the way out
        (seen(79, 160), seen(40, 60, account="b"), True),
        (seen(38, 60), seen(79, 160, account="b"), False),
        (seen(2.4, 60), seen(-2.4, 90, account="b"), True),
        (seen(2.6, 60), seen(-2.6, 90, account="b"), False),
    ],
)
def test_two_agree_when_an_easy_drive_along_the_way_leads_from_one_to_the_other(one, other, agree):
    reasons = {weight.reason for weight in weights(FIRST, one, [other])}
    assert ("others-agree" in reasons) is agree


def test_reasons_add_up_to_odds():
    assert ppm_of([]) == 425_557
    assert ppm_of([Weight("a", 0.3)]) == 500_000
    assert ppm_of([Weight("a", 1.3), Weight("b", -1.0)]) == 500_000
    assert ppm_of([Weight("a", 0.3 + math.log(3))]) == 750_000
