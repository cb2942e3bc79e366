"""The default policy's disks, looks and parts, in figures."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import h3
import numpy as np
import pytest

from homeward.geography.cells import resolutions, subtract
from homeward.geography.hubbook import Hub
from homeward.geography.sphere import ball_of, inflated
from homeward.policies import figures, motion, policy_of
from homeward.policies.arriving import arrivals_of
from homeward.policies.hypotheses import hypotheses
from homeward.policies.known import Known, Source
from homeward.policies.laying import laid_out
from homeward.policies.spreads import radius_km, spread_of, walking
from homeward.policies.surface import KM2
from homeward.words import AgeBand, Category, Mode

NOON = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)
LAT, LON = 33.0416, 115.2576
FIELD = policy_of("field")


def at(minute):
    return NOON + timedelta(minutes=minute)


def seen(north_km=0.0, minute=0.0, ppm=1_000_000, error_m=500, mode=Mode.UNKNOWN):
    cell = h3.latlng_to_cell(LAT + north_km / 111.2, LON, 9)
    return Source(cell, at(minute), error_m, mode, ppm)


def known(*later, km=500, category=Category.STRANGER_ABDUCTION, age=AgeBand.CHILD):
    return Known(category, age, Mode.UNKNOWN, (seen(), *later), km)


@pytest.mark.parametrize(
    ("minute", "pause_s"),
    [(0, 180), (29, 180), (31, 186), (60, 360), (299, 1_794), (301, 1_800), (600, 1_800)],
)
def test_the_next_look_is_when_a_tenth_more_time_has_passed(minute, pause_s):
    assert FIELD.next_look(known(), at(minute)) == at(minute) + timedelta(seconds=pause_s)


def test_the_pause_is_counted_from_the_newest_credible_place():
    both = known(seen(5, 60))
    assert FIELD.next_look(both, at(120)) == at(120) + timedelta(seconds=360)


def test_no_look_once_all_within_the_bound_is_covered_unless_a_sighting_waits():
    small = known(km=2)
    assert FIELD.next_look(small, at(0)) == at(3)
    assert FIELD.next_look(small, at(90)) is None
    waiting = replace(small, sources=(*small.sources, seen(1, 95)))
    assert FIELD.next_look(waiting, at(90)) == at(90) + timedelta(seconds=540)
    assert FIELD.next_look(waiting, at(100)) is None
    vague = replace(small, sources=(*small.sources, seen(1, 95, error_m=5_000)))
    assert FIELD.next_look(vague, at(94)) is not None
    assert FIELD.next_look(vague, at(95)) is None


def alone_m(what, until_s, chance):
    """Return the radius around the place last seen beyond which they are with a chance."""
    how, walk = motion.shares(what.category, Mode.UNKNOWN), figures.WALKS[what.age_band]
    ways = ((how.foot, walking(walk)), (how.local, figures.LOCAL), (how.road, figures.ROAD))
    moved_km = radius_km([(share, spread_of(way, until_s)) for share, way in ways], chance)
    fastest_m = motion.driven_max_m(until_s, under_way=False)
    start = what.sources[0]
    return inflated(
        min(moved_km * 1_000, fastest_m) + start.error_m + ball_of(int(start.cell, 16)).radius_m
    )


@pytest.mark.parametrize("category", Category)
@pytest.mark.parametrize("minute", [0, 2, 20, 100, 400])
def test_a_tenth_is_left_outside_at_the_next_look(minute, category):
    what = known(category=category, km=2_000)
    until_s = minute * 60 + min(max(minute * 6, 180), 1_800)
    found = FIELD.area(what, at(minute))
    assert found.radius_m == int(alone_m(what, until_s, 1 - figures.CONTAINMENT)) + 1
    assert found.focus == what.sources[0].cell


def test_the_middle_is_the_newest_credible_place_and_not_a_newer_rumours():
    believed, rumour = seen(10, 60, 900_000), seen(30, 70, 300_000)
    assert FIELD.area(known(believed, rumour), at(80)).focus == believed.cell


def test_nobody_is_looked_for_beyond_the_bound():
    assert FIELD.area(known(km=30), at(400)).radius_m == 30_001


def test_who_was_seen_driving_does_not_set_out_first():
    def radius_m(mode):
        return FIELD.area(known(seen(0, 1, mode=mode), km=2_000), at(10)).radius_m

    assert radius_m(Mode.VEHICLE) > 1.5 * radius_m(Mode.UNKNOWN)


def test_a_runner_is_not_held_to_a_cars_way_out_of_town():
    what = known(seen(0, 1, mode=Mode.FOOT), category=Category.LOST_CHILD, age=AgeBand.YOUTH)
    slow = replace(what, age_band=AgeBand.TODDLER)
    assert FIELD.area(what, at(60)).radius_m > FIELD.area(slow, at(60)).radius_m


@pytest.mark.parametrize(("ppm", "told"), [(300_000, True), (600_000, True), (800_000, False)])
def test_a_place_that_fits_into_what_is_left_outside_has_no_disk(ppm, told):
    what = known(*(seen(200, 80 + n, ppm) for n in range(3)), km=2_000)
    lat = [h3.cell_to_latlng(f"{cell:x}")[0] for cell in FIELD.area(what, at(100)).cells.tolist()]
    assert max(lat) > LAT + 200 / 111.2
    assert (min(lat) < LAT + 0.2) is told


def test_a_lighter_place_is_looked_for_less_far():
    def north_km(ppm):
        what = known(seen(400, 120, ppm), km=2_000)
        cells = FIELD.area(what, at(600)).cells.tolist()
        return max(h3.cell_to_latlng(f"{cell:x}")[0] for cell in cells)

    assert north_km(250_000) < north_km(500_000) < north_km(800_000)


def km2(cells):
    return KM2[resolutions(cells).astype(int)].sum()


def test_halves_and_three_quarters_hear_first():
    what = known(km=2_000)
    area = FIELD.area(what, at(60))
    first, second, rest = FIELD.parts(what, at(60), area)
    whole = np.concatenate([first, second, rest])
    assert not len(subtract(whole, area.cells))
    assert not len(subtract(area.cells, whole))
    assert km2(whole) == pytest.approx(km2(area.cells), rel=1e-4), "they share no cell"
    radii_km = [
        max(
            h3.great_circle_distance(h3.cell_to_latlng(f"{cell:x}"), (LAT, LON))
            for cell in part.tolist()
        )
        for part in (first, second)
    ]
    for found, share in zip(radii_km, figures.FIRST, strict=True):
        expected = alone_m(what, 66 * 60, 1 - share) / 1_000
        assert found == pytest.approx(expected, rel=0.15)


def test_a_small_area_is_told_at_once():
    what = known(km=2_000)
    area = FIELD.area(what, at(60))
    for radius_m, parts in ((4_999, 1), (5_000, 3)):
        assert len(FIELD.parts(what, at(60), replace(area, radius_m=radius_m))) == parts


def test_hubs_lie_ahead_of_the_heaviest_places_alone():
    hubs = [Hub.at(str(km), "service_area", LAT + km / 111.2, LON, 1) for km in (30, 150, 230)]
    what = known(seen(200, 100, 800_000), km=2_000)
    told = hypotheses(what, at(110))
    found = FIELD.arrivals(what, hubs, at(110))
    newest = arrivals_of(what, told[:1], hubs, at(110))
    assert found.earliest_s.tolist() == newest.earliest_s.tolist()
    assert found.ahead.tolist() == newest.ahead.tolist()
    alone = FIELD.arrivals(replace(what, last_seen_km_max=40), hubs, at(110))
    assert alone.ahead.tolist() == [bool(newest.ahead[0]), False, False]


def test_the_surface_is_that_of_all_places_at_that_moment():
    what = known(seen(60, 70, 600_000), km=300)
    for minute in (75, 200):
        found, expected = FIELD.surface(what, at(minute)), laid_out(what, at(minute))
        assert np.array_equal(found.cells, expected.cells)
        assert np.array_equal(found.share(), expected.share())
        assert found.share().sum() > 0.5
