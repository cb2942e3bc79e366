"""What processors make of an alert on one officer's word, and of its widening."""

from dataclasses import replace

import h3
import pytest

from homeward.facts.callout import CalloutOrdered
from homeward.facts.case import AlertWidened
from homeward.facts.hub import WatchOrdered, WatchReleased
from homeward.facts.reach import ReachWidened
from homeward.geography import cells as cs
from homeward.policies import policy_of
from homeward.words import Audience

PEOPLE = 5_000


@pytest.fixture
def fast(house):
    """Issued on one officer's word at minute 15, and drafted for 500 km."""
    house.hear(house.say.raised())
    house.hear(house.say.issued(km=30).model_copy(update={"people_max": PEOPLE}))
    return house


def widened(house, minutes=20, km=500, **more):
    say = house.say
    fact = {"case": say.case, "at": say.after(minutes), "draft": say.draft, "reach_km_max": km}
    return house.hear(AlertWidened(**{**fact, "alert": 1, "version": 1, **more}))


def told(house):
    area = cs.NOWHERE
    for wave in house.facts(ReachWidened):
        area = cs.union(area, cs.from_bytes(wave.cells or b""))
    return area


def test_each_wave_and_order_says_how_many_may_hear_of_it(fast):
    fast.until(fast.say.after(18))
    waves = fast.facts(ReachWidened)
    assert {(one.people_max, one.reach_km_max) for one in waves} == {(PEOPLE, 30)}
    orders = [one for one in fast.facts(CalloutOrdered) if one.audience is Audience.AREA]
    assert {one.people_max for one in orders} == {PEOPLE}
    others = [one for one in fast.facts(CalloutOrdered) if one.audience is not Audience.AREA]
    assert {one.people_max for one in others} <= {None}


def test_widened_the_same_version_goes_on_to_the_whole_bound(fast):
    before = len(fast.facts(ReachWidened))
    widened(fast)
    waves = fast.facts(ReachWidened)
    assert {one.version for one in waves} == {1}
    assert [one.wave for one in waves] == list(range(len(waves)))
    assert {(one.people_max, one.reach_km_max) for one in waves[before:]} == {(None, 500)}
    area = policy_of("field").area(fast.say.known(), fast.say.after(20))
    assert not len(cs.subtract(area.cells, told(fast)))
    orders = [one for one in fast.facts(CalloutOrdered) if one.audience is Audience.AREA]
    assert [one.people_max for one in orders] == [one.people_max for one in waves]


def test_a_wave_follows_a_widening_that_reaches_no_new_cell(fast):
    """Or the lanes would not look again at whom they passed over."""
    before = len(fast.facts(ReachWidened))
    widened(fast, minutes=15, km=30)
    [wave] = fast.facts(ReachWidened)[before:]
    assert (wave.cell_count, wave.cells, wave.people_max) == (0, None, None)
    order = fast.facts(CalloutOrdered)[-1]
    assert (order.wave, order.cell_count, order.people_max) == (wave.wave, 0, None)


def test_far_hubs_are_ordered_with_the_widening_and_near_ones_once(fast):
    near = {one.hub for one in fast.facts(WatchOrdered)}
    assert near == {"near"}
    widened(fast)
    assert [one.hub for one in fast.facts(WatchOrdered)] == ["near", "north", "south"]
    assert fast.facts(WatchReleased) == []


@pytest.mark.parametrize("other", [{"version": 2}, {"alert": 2}])
def test_the_widening_of_another_version_changes_nothing(fast, other):
    before = len(fast.log)
    widened(fast, **other)
    assert len(fast.log) == before + 1


def test_twice_is_once(fast):
    widened(fast)
    before = len(fast.log)
    widened(fast)
    assert len(fast.log) == before + 1


def test_what_two_approved_beforehand_is_not_widened(live):
    before = len(live.log)
    widened(live, minutes=15)
    assert len(live.log) == before + 1


ALONE = {"people_max": PEOPLE, "last_seen_km_max": 30, "hubs_max": 3}


@pytest.fixture
def alone(house):
    """Issued on one officer's word, with hubs all around, nine of them within 30 km."""
    house.hear(house.say.raised())
    issued = house.say.issued(km=30, hubs=house.say.hubs_around())
    house.hear(issued.model_copy(update=ALONE))
    return house


def km_away(house, lat_deg, lon_deg):
    here = h3.cell_to_latlng(house.say.cell())
    return h3.great_circle_distance(here, (lat_deg, lon_deg), unit="km")


def far_away(house, minutes=40, by_deg=0.6):
    lat_deg, lon_deg = h3.cell_to_latlng(house.say.cell())
    return house.hear(house.say.accepted(minutes, lat_deg + by_deg, lon_deg, ppm=900_000))


def test_a_far_sighting_takes_one_officers_word_no_farther(alone):
    far_away(alone)
    alone.until(alone.say.after(90))
    away = [km_away(alone, *h3.cell_to_latlng(h3.int_to_str(one))) for one in told(alone).tolist()]
    assert max(away) <= 30 + 6
    places = {hub.id: (hub.lat_deg, hub.lon_deg) for hub in alone.say.hubs_around()}
    assert all(km_away(alone, *places[one.hub]) <= 30 for one in alone.facts(WatchOrdered))


def test_widened_it_follows_the_sighting(alone):
    far_away(alone)
    widened(alone, minutes=41)
    away = [km_away(alone, *h3.cell_to_latlng(h3.int_to_str(one))) for one in told(alone).tolist()]
    assert max(away) > 60
    assert len({one.hub for one in alone.facts(WatchOrdered)}) > ALONE["hubs_max"]


def test_before_there_was_such_a_bound_it_lay_around_each_sighting(fast):
    """A history that was recorded so replays so."""
    far_away(fast)
    away = [km_away(fast, *h3.cell_to_latlng(h3.int_to_str(one))) for one in told(fast).tolist()]
    assert max(away) > 60


def test_one_officers_word_asks_so_many_hubs_the_soonest(alone):
    alone.until(alone.say.after(100))
    orders = alone.facts(WatchOrdered)
    assert len({one.hub for one in orders}) == ALONE["hubs_max"]
    at = alone.say.after(15)
    arrivals = policy_of("field").arrivals(
        replace(alone.say.known(), reach_km_max=30), alone.say.hubs_around(), at
    )
    ahead = sorted(arrivals.earliest_s[arrivals.ahead])
    assert len(ahead) > ALONE["hubs_max"]
    assert [one.eta_s for one in orders] == [max(0, int(one)) for one in ahead[:3]]


def test_released_hubs_make_no_room_for_others(alone):
    """Or sightings here and there would alarm one after another."""
    for minutes, by_deg in ((30, 0.15), (50, -0.15), (70, 0.2)):
        far_away(alone, minutes, by_deg)
    assert alone.facts(WatchReleased)
    assert len({one.hub for one in alone.facts(WatchOrdered)}) == ALONE["hubs_max"]


def test_an_update_that_reaches_nobody_any_more_is_told_all_the_same(alone):
    say = alone.say
    alone.hear(say.accepted(40, 36.0, 115.26, ppm=1_000_000))
    before = len(alone.facts(ReachWidened))
    update = say.issued(minutes=50, version=2, km=30, policy="circles")
    alone.hear(update.model_copy(update=ALONE))
    [wave] = alone.facts(ReachWidened)[before:]
    assert (wave.version, wave.wave, wave.cell_count) == (2, 0, 0)
    orders = [one for one in alone.facts(CalloutOrdered) if one.audience is Audience.AREA]
    assert orders[-1].version == 2
