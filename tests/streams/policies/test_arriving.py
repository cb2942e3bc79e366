"""Arrivals at hubs: never before any traveller can be there, and until nearly all are through."""

import random
from datetime import UTC, datetime, timedelta

import h3
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.streams.policies.ways import late_s, off

from homeward.geography.hubbook import Hub
from homeward.geography.sphere import distance_m
from homeward.policies import figures, passing, policy_of
from homeward.policies.known import Known, Source
from homeward.policies.spreads import spread_of, walking
from homeward.words import AgeBand, Category, Mode

NOON = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)
HERE = (33.0416, 115.2576)
FIELD = policy_of("field")
DWELL_S = figures.DWELL_S
WAYS = {
    "local": figures.LOCAL,
    "road": figures.ROAD,
    "a child's walk": walking(figures.WALKS[AgeBand.CHILD]),
    **{next(iter(sorted(one.kinds))): one.way for one in figures.PUBLIC},
}


def hub(km, kind="service_area", turn=0.0, name=None):
    return Hub.at(name or f"{kind}-{km}", kind, *off(HERE, km, turn), 1)


def seen(place=HERE, minute=0, mode=Mode.UNKNOWN):
    cell = h3.latlng_to_cell(*place, 9)
    return Source(cell, NOON + timedelta(minutes=minute), 100, mode)


def known(*later, category=Category.STRANGER_ABDUCTION, mode=Mode.UNKNOWN, km=1_500):
    return Known(category, AgeBand.CHILD, mode, (seen(), *later), km)


def at(minute):
    return NOON + timedelta(minutes=minute)


def arrivals(hubs, minute=0, what=None):
    return FIELD.arrivals(what or known(), hubs, at(minute))


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("km", [0.3, 7, 42, 180, 900])
@pytest.mark.parametrize("share", [figures.SHOWN, figures.THROUGH])
@pytest.mark.parametrize("under_way", [False, True], ids=["from rest", "under way"])
def test_so_many_travellers_drawn_one_by_one_have_come(way, km, share, under_way):
    by_s = passing.come_s(way, np.array([km * 1_000.0]), share, under_way=under_way)[0]
    draw, many = random.Random(11), 8_000
    come = sum(late_s(draw, way, km, under_way=under_way) <= by_s for _ in range(many))
    assert come / many == pytest.approx(share, abs=0.012)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_spread_and_its_arrivals_say_the_same(way):
    endless = way._replace(km=2_000.0, km_spread=0.01)
    for km in (20.0, 100.0, 400.0):
        when_s = passing.come_s(endless, np.array([km * 1_000]), figures.SHOWN)[0]
        beyond = spread_of(endless, float(when_s)).beyond_at(np.array([km]))[0]
        assert beyond == pytest.approx(figures.SHOWN, abs=0.06)  # nine nodes are steps


HUBS = [
    hub(km, kind, turn)
    for turn, kind in enumerate(
        ("service_area", "rail", "road_terminal", "road-terminal", "airport", "port", "ferry")
    )
    for km in (0.5, 4, 15, 40, 90, 150, 240, 400, 700, 1_200)
]
FASTEST_KMH = {"rail": 250 / 1.15, "airport": 900 / 1.05}
"""As the crow flies; all else: the motorway's limit."""


@given(
    minute=st.integers(0, 900),
    category=st.sampled_from(Category),
    mode=st.sampled_from(Mode),
    km=st.sampled_from([100, 500, 5_000]),
    later=st.booleans(),
)
def test_whoever_is_asked_about_nobody_comes_before_the_bound_and_windows_end_ahead(
    minute, category, mode, km, later
):
    moved = [seen(off(HERE, 30, 1.0), 45, mode)] if later else []
    what = known(*moved, category=category, mode=mode, km=km)
    found = arrivals(HUBS, minute, what)
    assert not np.isnan(found.earliest_s).any()
    now_s = minute * 60
    for place, one in enumerate(HUBS):
        if not later:
            away_m = distance_m(*HERE, one.lat_deg, one.lon_deg) - 500  # error and cell
            bound_m_s = max(120 / 1.3, FASTEST_KMH.get(one.kind, 0)) / 3.6
            assert found.earliest_s[place] + now_s >= away_m / bound_m_s - 1
        if found.ahead[place]:
            assert np.isfinite(found.earliest_s[place])
            assert found.latest_s[place] >= 0
            assert found.latest_s[place] >= found.earliest_s[place] + DWELL_S - 1


def test_six_hours_late_road_hubs_far_off_lie_ahead_and_near_ones_do_not():
    hubs = [hub(km) for km in (5, 100, 170, 200, 250, 400)]
    found = arrivals(hubs, 360)
    assert found.ahead.tolist() == [False, False, True, True, True, True]
    assert (found.latest_s[found.ahead] >= 0).all()
    assert found.earliest_s[2] < 0  # the fastest were there hours ago


def test_a_hub_lies_ahead_until_nineteen_of_twenty_are_through():
    [through_s] = passing.come_s(figures.ROAD, np.array([200_000.0]), figures.THROUGH)
    for minute, ahead in ((-2, True), (2, False)):
        when = minute + (through_s + DWELL_S) / 60
        assert arrivals([hub(200)], when).ahead.tolist() == [ahead]


def test_the_window_ends_with_four_of_five_and_once_that_is_past_with_nineteen_of_twenty():
    ends = [arrivals([hub(200)], minute).latest_s[0] + minute * 60 for minute in (30, 200, 320)]
    four, most = (
        passing.come_s(figures.ROAD, np.array([200_000.0]), share)[0] + DWELL_S
        for share in (figures.SHOWN, figures.THROUGH)
    )
    assert ends == pytest.approx([four, four, most], rel=0.02)


def airports(*far_km):
    return [hub(20, "airport"), *(hub(km, "airport", 1.0) for km in far_km)]


def test_planes_are_sooner_than_cars_from_200_km_on_and_at_airports_only():
    kilometres = (100, 150, 200, 300, 600, 1_200)
    by_air = arrivals(airports(*kilometres)).earliest_s[1:]
    by_road = arrivals([hub(km, turn=1.0) for km in kilometres]).earliest_s
    assert (by_air < by_road - 1).tolist() == [False, False, True, True, True, True]
    mixed = [*airports(600), hub(600, turn=1.0), hub(600, "road_terminal", 1.0)]
    found = arrivals(mixed)
    assert found.modes == (Mode.VEHICLE, Mode.UNKNOWN, Mode.VEHICLE, Mode.VEHICLE)
    assert (found.earliest_s[2:] > found.earliest_s[1] * 2).all()


def test_without_a_second_airport_or_for_who_walks_nobody_flies():
    lonely = arrivals([hub(600, "airport")])
    assert lonely.modes == (Mode.VEHICLE,)
    lost = known(category=Category.LOST_CHILD, mode=Mode.FOOT)
    assert arrivals(airports(600), what=lost).modes[1] is Mode.VEHICLE


def test_a_coach_is_never_sooner_than_a_car_and_through_later():
    stops = [hub(3, "road_terminal", 2.0), hub(150, "road-terminal")]
    coach, car = arrivals(stops), arrivals([hub(150)])
    assert coach.earliest_s[1] == pytest.approx(car.earliest_s[0])
    assert coach.latest_s[1] > car.latest_s[0] + 30 * 60


def test_a_hub_that_nobody_comes_to_is_not_ahead():
    walker = known(category=Category.LOST_CHILD, mode=Mode.FOOT, km=5_000)
    far = [hub(4_900), Hub.at("other-side", "rail", -33.0, -64.7, 1)]
    assert arrivals(far, 0, walker).ahead.tolist() == [True, False]
    none = arrivals(HUBS, 60 * 24 * 7)  # after a week
    assert not none.ahead.any()


def test_each_kind_is_served_by_one_public_way():
    kinds = [kind for one in figures.PUBLIC for kind in one.kinds]
    assert len(kinds) == len(set(kinds))
    assert all(one.kmh_max > one.way.kmh * one.detour for one in figures.PUBLIC)
