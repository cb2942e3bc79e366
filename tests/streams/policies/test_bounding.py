"""On one officer's word nobody is reached far from the place last seen, whatever was sighted."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import h3
import numpy as np
import pytest

from homeward.geography.hubbook import Hub
from homeward.policies import ALL, TAKE_GIVEN
from homeward.policies.known import Known, Source
from homeward.words import AgeBand, Category, Mode

T0 = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
PLACE = (33.04, 115.25)
KM_MAX = 30
FITS_KM = 36  # and what cells overhang


def cell(lat=PLACE[0], lon=PLACE[1]):
    return h3.latlng_to_cell(lat, lon, 9)


def asked(*later, km=KM_MAX, error_m=100, **more):
    first = Source(cell(), T0, error_m)
    base = Known(Category.STRANGER_ABDUCTION, AgeBand.TODDLER, Mode.VEHICLE, (first, *later), km)
    return replace(base, **more)


def seen(minutes, lat, lon, ppm=900_000, error_m=200):
    return Source(cell(lat, lon), T0 + timedelta(minutes=minutes), error_m, Mode.VEHICLE, ppm)


def at(minutes):
    return T0 + timedelta(minutes=minutes)


def ends_km(cells):
    """How far the corners of cells lie from the place last seen."""
    return [
        h3.great_circle_distance(h3.cell_to_latlng(cell()), corner, unit="km")
        for one in cells.tolist()
        for corner in h3.cell_to_boundary(h3.int_to_str(one))
    ]


def drawn(*places):
    texts = sorted(h3.latlng_to_cell(lat, lon, 7) for lat, lon in places)
    return np.unique(np.array([h3.str_to_int(one) for one in texts], np.uint64))


GIVEN = drawn(PLACE, (33.2, 115.3), (33.5, 115.3), (34.0, 115.9))


def question(name, *later, **more):
    return asked(*later, **({"given": GIVEN} if name in TAKE_GIVEN else {}), **more)


CHAIN = [seen(20, 33.2, 115.3), seen(40, 33.45, 115.4), seen(60, 33.8, 115.5)]


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("many", [0, 1, 2, 3])
def test_a_road_of_sightings_takes_one_officers_word_nowhere(name, many):
    policy = ALL[name]
    known = question(name, *CHAIN[:many], error_m=900_000, last_seen_km_max=KM_MAX)
    found = policy.area(known, at(70))
    assert max(ends_km(found.cells), default=0) <= FITS_KM
    for part in policy.parts(known, at(70), found):
        assert max(ends_km(part), default=0) <= FITS_KM


@pytest.mark.parametrize("name", ALL)
def test_two_may_follow_the_same_road(name):
    """Or the test above would hold because nothing is ever that far."""
    found = ALL[name].area(question(name, *CHAIN), at(70))
    assert max(ends_km(found.cells)) > FITS_KM


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("km", [1, 7, 30])
@pytest.mark.parametrize("minutes", [0, 5, 20, 600])
def test_around_the_place_last_seen_nothing_is_lost(name, km, minutes):
    area = [
        ALL[name].area(question(name, km=km, last_seen_km_max=most), at(minutes))
        for most in (None, KM_MAX)
    ]
    np.testing.assert_array_equal(area[0].cells, area[1].cells)
    assert area[0].radius_m == area[1].radius_m


@pytest.mark.parametrize("name", ALL)
def test_a_sighting_nearby_moves_the_search_as_it_does_for_two(name):
    near = seen(20, 33.1, 115.3)
    area = [
        ALL[name].area(question(name, near, km=10, last_seen_km_max=most), at(30))
        for most in (None, KM_MAX)
    ]
    np.testing.assert_array_equal(area[0].cells, area[1].cells)


@pytest.mark.parametrize("name", ALL)
def test_where_the_person_is_likely_to_be_stays_what_sightings_say(name):
    if name in TAKE_GIVEN:
        return  # theirs is the area itself
    if name == "field":
        one, two = (
            ALL[name].surface(question(name, *CHAIN, last_seen_km_max=most), at(70))
            for most in (None, KM_MAX)
        )
        np.testing.assert_array_equal(one.cells, two.cells)
        np.testing.assert_array_equal(one.earliest_s, two.earliest_s)


@pytest.mark.parametrize("name", ALL)
def test_hubs_lie_near_the_place_last_seen(name):
    hubs = [
        Hub.at(f"{north}-{east}", "coach", 33.04 + north / 9, 115.25 + east / 9, 1)
        for north in range(-9, 10)
        for east in range(-9, 10)
    ]
    known = question(name, *CHAIN, km=30, last_seen_km_max=KM_MAX)
    ahead = ALL[name].arrivals(known, hubs, at(61)).ahead
    away = [
        h3.great_circle_distance(h3.cell_to_latlng(cell()), (one.lat_deg, one.lon_deg), unit="km")
        for one in hubs
    ]
    two = ALL[name].arrivals(replace(known, last_seen_km_max=None), hubs, at(61)).ahead
    assert two.any()
    near = np.array(away) <= KM_MAX
    np.testing.assert_array_equal(ahead, two & near)
    assert (two & ~near).any()
