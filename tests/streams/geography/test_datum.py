import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeward.geography.datum import (
    bd09_to_wgs84,
    cell_of,
    gcj02_to_wgs84,
    in_china,
    place_from,
    wgs84_to_bd09,
    wgs84_to_gcj02,
)
from homeward.geography.sphere import distance_m
from homeward.words import Datum

LINQUAN = (33.0416, 115.2576)
inside = st.tuples(st.floats(0.83, 55.82), st.floats(72.01, 137.83))
anywhere = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


@given(inside)
def test_there_and_back_again_is_the_same_place(place):
    for there, back in ((wgs84_to_gcj02, gcj02_to_wgs84), (wgs84_to_bd09, bd09_to_wgs84)):
        assert distance_m(*place, *back(*there(*place))) < 0.001


@given(anywhere)
def test_outside_china_nothing_is_changed(place):
    near_lat = min(max(place[0], 0.83), 55.82)
    near_lon = min(max(place[1], 72.01), 137.83)
    if max(abs(place[0] - near_lat), abs(place[1] - near_lon)) > 0.05:
        assert gcj02_to_wgs84(*place) == bd09_to_wgs84(*place) == place
        assert wgs84_to_gcj02(*place) == wgs84_to_bd09(*place) == place


def test_a_phone_in_linquan_is_off_by_half_a_kilometre():
    assert 265 < distance_m(*LINQUAN, *wgs84_to_gcj02(*LINQUAN)) < 700


@pytest.mark.parametrize(
    ("wgs84", "gcj02"),
    [  # Tiananmen and the Oriental Pearl, as published converters give them
        ((39.90734, 116.39089), (39.908744, 116.397133)),
        ((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),
    ],
)
def test_published_pairs_agree(wgs84, gcj02):
    assert distance_m(*wgs84_to_gcj02(*wgs84), *gcj02) < 1


def test_a_place_keeps_what_was_given():
    given_at = wgs84_to_gcj02(*LINQUAN)
    place = place_from(*given_at, Datum.GCJ02, accuracy_m=25)
    assert (place.lat_e7, place.lon_e7) == (330416000, 1152576000)
    assert place.given_lat_e7 == round(given_at[0] * 1e7)
    assert (place.datum, place.accuracy_m) == (Datum.GCJ02, 25)
    assert cell_of(place, 7) == cell_of(place_from(*LINQUAN, Datum.WGS84), 7)


@pytest.mark.parametrize(
    "place", [(90.1, 0), (0, 180.1), (math.nan, 0), (0, math.nan), (math.inf, 0)]
)
def test_what_is_no_place_is_refused(place):
    for datum in Datum:
        with pytest.raises(ValueError, match="latitude"):
            place_from(*place, datum)


def test_china_is_a_rectangle():
    assert in_china(*LINQUAN)
    assert not in_china(48.85, 2.35)
