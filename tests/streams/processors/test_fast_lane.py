"""What processors make of an alert on one officer's word, and of its widening."""

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
