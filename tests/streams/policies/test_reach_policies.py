from datetime import UTC, datetime, timedelta

import h3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeward import policies
from homeward.geography import cells as cs
from homeward.geography.hubbook import Hub
from homeward.geography.sphere import centre_deg, distance_m
from homeward.policies import figures, motion
from homeward.policies.known import Known, Source, anchors, earliest_arrival_s
from homeward.policies.surface import KM2
from homeward.words import AgeBand, Category, Mode

LINQUAN = (33.0416, 115.2576)
NOON = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)
FIELD, CIRCLES = policies.policy_of("field"), policies.policy_of("circles")
GROWING = [FIELD, CIRCLES]


def source(lat=LINQUAN[0], lon=LINQUAN[1], minutes=0, **more):
    return Source(h3.latlng_to_cell(lat, lon, 9), after(minutes), 100, **more)


def after(minutes):
    return NOON + timedelta(minutes=minutes)


def known(*sources, category=Category.STRANGER_ABDUCTION, mode=Mode.VEHICLE, km=500, **more):
    age = more.get("age", AgeBand.TODDLER)
    return Known(category, age, mode, sources or (source(),), km)


def km2(area):
    return KM2[cs.resolutions(area.cells).astype(int)].sum()


def radius_km(policy, what, minutes):
    return policy.area(what, after(minutes)).radius_m / 1000


def test_figures_are_whole():
    assert set(figures.SHARES) == set(Category)
    assert set(figures.WALKS) == set(AgeBand)
    for shares in (*figures.SHARES.values(), *figures.SHARES_SEEN.values()):
        assert sum(shares) == pytest.approx(1)


@pytest.mark.parametrize(
    ("minutes", "km"), [(0, 100), (60, 100), (61, 200), (150, 300), (181, 500)]
)
def test_circles_are_tuanyuans(minutes, km):
    assert radius_km(CIRCLES, known(), minutes) == pytest.approx(km, abs=0.01)


def test_a_vehicles_field_is_far_smaller_than_the_circle_after_minutes_and_grows():
    found = [radius_km(FIELD, known(), minutes) for minutes in (5, 15, 30, 60, 120, 180)]
    assert found[0] < 10
    assert found == sorted(found)
    assert found[3] < 100 < found[4] < 200 < found[5] + 50 < 300


def test_a_small_child_on_foot_stays_near():
    lost = known(category=Category.LOST_CHILD, mode=Mode.UNKNOWN)
    assert radius_km(FIELD, lost, 10) < 1.5
    assert radius_km(FIELD, lost, 180) < 6


@pytest.mark.parametrize("policy", policies.ALL.values(), ids=policies.ALL)
@given(
    minutes=st.integers(0, 600),
    more=st.integers(0, 300),
    category=st.sampled_from(Category),
    mode=st.sampled_from(Mode),
    age=st.sampled_from(AgeBand),
    km=st.sampled_from([1, 30, 400]),
)
def test_an_area_only_grows_and_never_beyond_what_was_approved(
    policy, minutes, more, category, mode, age, km
):
    what = known(category=category, mode=mode, age=age, km=km)
    early, late = (policy.area(what, after(when)) for when in (minutes, minutes + more))
    assert early.radius_m <= late.radius_m <= km * 1000 + 1
    new = cs.subtract(early.cells, late.cells)
    focus = centre_deg(what.sources[0].cell)
    assert all(  # a rim cell's padding may stick out where the resolution changes
        distance_m(*focus, *centre_deg(f"{cell:x}")) > late.radius_m for cell in new.tolist()
    )


@pytest.mark.parametrize("policy", GROWING, ids=["field", "circles"])
def test_looks_come_later_and_end_when_nothing_grows(policy):
    at, looks = NOON, []
    while (following := policy.next_look(known(km=100), at)) is not None:
        assert following > at
        looks.append(following)
        at = following
        assert len(looks) < 40
    assert policy.area(known(km=100), at).radius_m == 100_001


def test_waves_come_every_few_minutes_first_and_half_hourly_at_last():
    assert FIELD.next_look(known(), NOON) == after(3)
    assert FIELD.next_look(known(), after(60)) == after(66)
    slow = known(category=Category.LOST_CHILD, mode=Mode.FOOT, km=5000)
    assert FIELD.next_look(slow, after(1000)) in {after(1030), None}


@pytest.mark.parametrize("policy", GROWING, ids=["field", "circles"])
def test_a_credible_sighting_moves_the_area(policy):
    seen = source(33.5, 115.6, 50, credibility_ppm=900_000)
    before, now = known(km=500), known(source(), seen, km=500)
    area = policy.area(now, after(60))
    assert area.focus == seen.cell
    assert len(cs.subtract(policy.area(before, after(60)).cells, area.cells))  # some fall out
    assert km2(area) <= km2(policy.area(before, after(60))) * 1.05  # circles: the same, by cells


def test_a_weak_sighting_adds_and_an_old_one_changes_nothing():
    weak = source(33.9, 116.0, 50, credibility_ppm=300_000)
    now = known(source(), weak)
    assert FIELD.area(now, after(60)).focus == source().cell
    assert [one.cell for one in anchors(now, after(60))] == [source().cell, weak.cell]
    late_told = known(source(), source(33.4, 115.5, 50), source(33.2, 115.3, 20))
    assert anchors(late_told, after(60)) == (late_told.sources[1],)


def test_a_sighting_dated_ahead_waits_for_its_moment():
    early = known(source(), source(33.9, 116.0, 90))
    assert anchors(early, after(60)) == (early.sources[0],)
    assert anchors(early, after(90))[0] == early.sources[1]


HUBS = (
    Hub.at("near", "bus", 33.05, 115.27, 1),
    Hub.at("north", "service_area", 33.6, 115.3, 1),
    Hub.at("far", "rail", 35.2, 117.2, 1),
    Hub.at("south", "service_area", 32.5, 115.2, 1),
)


def test_hubs_are_reached_the_sooner_the_nearer_and_windows_are_windows():
    found = FIELD.arrivals(known(), HUBS, after(10))
    assert found.ahead.all()
    assert list(found.earliest_s.argsort()) == [0, 3, 1, 2]
    assert (found.latest_s > found.earliest_s).all()
    assert found.earliest_s[0] < 0  # they can be there already, and still be there
    assert earliest_arrival_s(FIELD, known(), HUBS[1], after(10)) == found.earliest_s[1]


def test_a_hub_that_was_passed_long_ago_is_not_ahead():
    found = FIELD.arrivals(known(), HUBS, after(600))
    assert not found.ahead[0]


def test_a_hub_beyond_what_was_approved_is_not_ahead():
    assert FIELD.arrivals(known(km=100), HUBS, after(10)).ahead.tolist() == [
        True,
        True,
        False,
        True,
    ]


def test_after_a_sighting_in_the_north_the_south_lies_behind():
    moved = known(source(), source(33.5, 115.3, 40, mode=Mode.VEHICLE))
    found = FIELD.arrivals(moved, HUBS, after(45))
    assert found.ahead.tolist() == [False, True, True, False]
    assert found.earliest_s[1] < 180


def test_trains_bring_far_stations_nearer():
    stations = (Hub.at("a", "rail", 33.06, 115.3, 1), Hub.at("b", "rail", 36.6, 117.0, 1))
    by_train = known(category=Category.RUNAWAY, mode=Mode.RAIL, age=AgeBand.TEEN, km=1000)
    found = FIELD.arrivals(by_train, stations, NOON)
    assert found.modes == (Mode.VEHICLE, Mode.RAIL)


def test_a_vehicle_cannot_be_faster_than_its_earliest_arrival():
    for minutes in (3, 20, 90, 400):
        away_m = motion.driven_max_m(minutes * 60, under_way=False)
        assert motion.drive_s(away_m, under_way=False) == pytest.approx(minutes * 60)


def test_an_unknown_policy_is_refused():
    with pytest.raises(policies.NoSuchPolicy):
        policies.policy_of("guess")


@pytest.mark.parametrize("policy", policies.ALL.values(), ids=policies.ALL)
def test_no_hubs_no_arrivals(policy):
    found = policy.arrivals(known(), (), NOON)
    assert len(found.earliest_s) == len(found.modes) == len(found.ahead) == 0
