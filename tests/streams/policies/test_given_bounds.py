"""A given area under its bound, cell by cell."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import h3
import numpy as np
import pytest

from homeward.geography.cells import NOWHERE
from homeward.geography.hubbook import Hub
from homeward.geography.sphere import ball_of, centre_deg, distance_m
from homeward.policies import policy_of
from homeward.policies.bounding import hubs_within
from homeward.policies.given import allowed_m, farthest_m, given_area, km_needed
from homeward.policies.known import Known, Source
from homeward.words import AgeBand, Category, Mode

NOON = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)
LAT, LON = 33.0416, 115.2576
POLYGON = policy_of("polygon")


def cell(north_km, res=7):
    return h3.str_to_int(h3.latlng_to_cell(LAT + north_km / 111.2, LON, res))


def seen(north_km=0.0, minute=0.0, ppm=1_000_000, error_m=200):
    place = h3.latlng_to_cell(LAT + north_km / 111.2, LON, 9)
    return Source(place, NOON + timedelta(minutes=minute), error_m, Mode.UNKNOWN, ppm)


def known(*sources, area=NOWHERE, km=100):
    kind = (Category.RUNAWAY, AgeBand.TEEN, Mode.UNKNOWN)
    return Known(*kind, sources or (seen(),), km, given=np.array(area, np.uint64))


def ends_m(one, source):
    ball = ball_of(int(one))
    return distance_m(*centre_deg(f"{int(one):x}"), *centre_deg(source.cell)) + ball.radius_m


ROW = [cell(km) for km in (0, 20, 40, 60, 80, 100, 120)]


@pytest.mark.parametrize("km", [5, 37, 60, 100])
@pytest.mark.parametrize("sources", [(seen(),), (seen(), seen(50, 60))], ids=["one", "two"])
def test_cells_within_some_places_bound_are_told(km, sources):
    found = given_area(known(*sources, area=ROW, km=km), NOON + timedelta(hours=2), 1_000)
    fit = [
        one
        for one in ROW
        if any(ends_m(one, of) <= km * 1_100 + 3_000 + of.error_m for of in sources)
    ]
    assert found.cells.tolist() == sorted(fit)
    newest = sources[-1]
    assert found.focus == newest.cell
    assert found.radius_m == int(max((ends_m(one, newest) for one in fit), default=0)) + 1


def test_a_bound_is_a_tenth_and_three_kilometres_and_the_error_more_for_cells():
    assert allowed_m(seen(error_m=200), 100) == pytest.approx(113_200)


@pytest.mark.parametrize("north_km", [0, 3, 20, 47, 100])
def test_the_bound_that_is_needed_allows_the_cells_and_a_smaller_one_does_not(north_km):
    cells, source = np.array([cell(north_km), cell(1)], np.uint64), seen()
    needed = km_needed(cells, source)
    assert farthest_m(cells, source) == pytest.approx(max(ends_m(one, source) for one in cells))
    assert farthest_m(cells, source) <= allowed_m(source, needed)
    assert needed == 1 or farthest_m(cells, source) > allowed_m(source, needed - 1)
    if north_km == 0:
        assert needed == 1


def test_without_an_area_a_disk_stands_in_and_the_search_is_counted_from_the_newest_place():
    one = given_area(known(km=100), NOON, 7_000.0)
    assert (one.radius_m, one.focus) == (7_001, seen().cell)
    assert given_area(known(km=5), NOON, 7_000.0).radius_m == 5_001
    assert POLYGON.area(known(km=5), NOON).radius_m == 5_001
    both = (seen(), seen(20, 60))
    moved = given_area(known(*both), NOON + timedelta(minutes=61), 7_000.0)
    away_m = distance_m(*centre_deg(both[0].cell), *centre_deg(both[1].cell))
    assert (moved.radius_m, moved.focus) == (7_001 + int(away_m), both[1].cell)
    assert np.array_equal(moved.cells, one.cells)


def test_one_officers_word_leaves_of_an_area_what_lies_near():
    found = POLYGON.area(replace(known(area=ROW), last_seen_km_max=30), NOON)
    fit = [one for one in ROW if ends_m(one, seen()) <= 30 * 1_100 + 3_000]
    assert found.cells.tolist() == sorted(fit)
    assert found.focus == seen().cell
    assert found.radius_m == int(max(ends_m(one, seen()) for one in fit)) + 1
    newest = seen(20, 60)
    both = replace(known(seen(), newest, area=ROW), last_seen_km_max=30)
    moved = POLYGON.area(both, NOON + timedelta(hours=2))
    assert moved.cells.tolist() == sorted(fit)
    assert moved.focus == newest.cell
    assert moved.radius_m == int(max(ends_m(one, newest) for one in fit)) + 1


def test_hubs_are_near_the_place_last_seen_on_one_officers_word():
    lat, lon = centre_deg(seen().cell)
    hubs = [Hub.at(f"{km}", "rail", lat + km / 111.195, lon, 1) for km in (0, 29.98, 30.01, 50)]
    what = replace(known(seen(), seen(50, 60)), last_seen_km_max=30)
    assert hubs_within(what, hubs).tolist() == [True, True, False, False]
    assert hubs_within(known(), hubs).all()


def test_hubs_are_headed_off_at_the_circles_speed_as_far_as_the_bound():
    hubs = [Hub.at(str(km), "rail", LAT + km / 111.2, LON, 1) for km in (30, 90, 130)]
    found = POLYGON.arrivals(known(area=ROW, km=100), hubs, NOON)
    assert found.ahead.tolist() == [True, True, False]
    assert found.earliest_s.tolist() == pytest.approx(
        [(km - 0.2) * 36 for km in (30, 90, 130)], rel=0.02
    )


def test_neither_time_nor_a_look_makes_it_grow():
    what = known(area=ROW)
    assert POLYGON.next_look(what, NOON) is None
    early, late = (POLYGON.area(what, NOON + timedelta(hours=hours)) for hours in (0, 50))
    assert np.array_equal(early.cells, late.cells)
    assert np.array_equal(POLYGON.parts(what, NOON, early)[0], early.cells)
