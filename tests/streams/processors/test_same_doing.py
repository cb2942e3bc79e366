"""What processors make of an update that changes nothing of what people are to do."""

import pytest

from homeward.facts.callout import CalloutOrdered
from homeward.facts.hub import WatchOrdered, WatchReleased
from homeward.facts.reach import ReachWidened
from homeward.words import Audience


def update(house, since=1, minutes=20, version=2, **more):
    fact = house.say.issued(minutes=minutes, version=version, **more)
    return house.hear(fact.model_copy(update={"same_since": since}))


def of(house, kind, version):
    return [one for one in house.facts(kind) if one.version == version]


@pytest.mark.parametrize("wanted", [1, None])
def test_waves_and_orders_say_whether_those_told_hear_it_again(live, wanted):
    update(live, wanted)
    assert {one.same_since for one in of(live, ReachWidened, 2)} == {wanted}
    areas = [one for one in of(live, CalloutOrdered, 2) if one.audience is Audience.AREA]
    assert {one.same_since for one in areas} == {wanted}
    assert {one.same_since for one in of(live, CalloutOrdered, 1)} == {None}


def test_a_later_version_that_changes_something_is_told_to_all(live):
    update(live)
    update(live, None, minutes=25, version=3)
    assert {one.same_since for one in of(live, ReachWidened, 3)} == {None}


def test_a_hub_that_watches_is_ordered_anew_only_by_a_change(live):
    watching = {one.hub for one in live.facts(WatchOrdered)}
    assert watching
    update(live)
    assert of(live, WatchOrdered, 2) == []
    assert live.facts(WatchReleased) == []
    update(live, None, minutes=25, version=3)
    assert {one.hub for one in of(live, WatchOrdered, 3)} >= watching


def test_a_window_that_news_moved_is_told_under_it(live):
    update(live)
    live.hear(live.say.accepted(90, 33.3, 115.27, mode=live.say.raised().mode))
    moved = [one for one in of(live, WatchOrdered, 2) if one.moved]
    assert moved


def test_a_hub_beyond_what_was_reached_is_ordered_under_it(house):
    house.hear(house.say.raised())
    house.hear(house.say.issued(km=30))
    update(house, km=500)
    assert {one.hub for one in of(house, WatchOrdered, 2)} == {"north", "south"}
    house.hear(house.say.issued(minutes=30, version=3, km=30).model_copy(update={"same_since": 1}))
    assert {one.hub for one in house.facts(WatchReleased)} == {"north", "south"}
