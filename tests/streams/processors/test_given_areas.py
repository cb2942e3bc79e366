"""A given area through the processors: one wave, nothing grows, and every hub ahead is ordered."""

import pytest

from homeward.facts.hub import WatchOrdered
from homeward.facts.reach import ReachWidened
from homeward.geography import cells as cs
from homeward.geography.covering import cover_disk
from homeward.policies import policy_of

AREA = cs.compacted(cover_disk(33.1, 115.3, 15_000, 7))
NEXT = cs.compacted(cover_disk(33.3, 115.3, 15_000, 7))
GIVEN = pytest.mark.parametrize("policy", ["district", "polygon"])


def waves(house):
    return house.facts(ReachWidened)


def issued(say, area=AREA, **more):
    fact = say.issued(**more)
    return fact.model_copy(update={"given": None if area is None else cs.to_bytes(area)})


def same(one, other):
    return not len(cs.subtract(one, other)) and not len(cs.subtract(other, one))


@GIVEN
def test_the_first_wave_is_the_area_and_no_other_follows(house, policy):
    house.hear(house.say.raised())
    house.hear(issued(house.say, policy=policy))
    house.until(house.say.after(600))
    house.hear(house.say.accepted(601, 34.6, 115.9))
    told = cs.union(cs.NOWHERE, cs.from_bytes(b"".join(one.cells for one in waves(house))))
    assert same(told, AREA)
    assert {one.at for one in waves(house)} == {house.say.after(15)}
    assert {(one.policy, one.policy_version) for one in waves(house)} == {(policy, 1)}
    assert house.wakes["reach"] is None


@GIVEN
def test_an_update_brings_the_area_of_its_own_draft(house, policy):
    house.hear(house.say.raised())
    house.hear(issued(house.say, policy=policy))
    before = len(waves(house))
    house.hear(issued(house.say, NEXT, policy=policy, minutes=60, version=2))
    told = cs.from_bytes(b"".join(one.cells for one in waves(house)[before:]))
    assert same(told, NEXT)


def test_an_update_under_a_policy_that_grows_forgets_the_area(house):
    house.hear(house.say.raised())
    house.hear(issued(house.say, policy="polygon"))
    house.hear(issued(house.say, None, policy="field", minutes=60, version=2))
    assert waves(house)[-1].policy == "field"
    assert house.states["reach"].live.given == b""


def test_who_asks_no_policy_keeps_no_area(house):
    house.hear(house.say.raised())
    house.hear(issued(house.say, policy="polygon"))
    assert house.states["reach"].live.given == cs.to_bytes(AREA)
    assert house.states["callouts"].live.given == b""


@GIVEN
@pytest.mark.parametrize("area", [AREA, None], ids=["given", "none"])
def test_every_hub_ahead_is_ordered_before_the_earliest_arrival(house, policy, area):
    say, hubs = house.say, house.say.hubs_around()
    house.hear(say.raised())
    house.hear(issued(say, area, hubs=hubs, policy=policy))
    house.until(say.after(700))
    known = say.known(given=cs.NOWHERE if area is None else area)
    arrivals = policy_of(policy).arrivals(known, hubs, say.after(15))
    at = {one.hub: one.at for one in house.facts(WatchOrdered)}
    assert arrivals.ahead.sum() > 50
    for hub, ahead, eta_s in zip(hubs, arrivals.ahead, arrivals.earliest_s.tolist(), strict=True):
        if ahead:
            assert (at[hub.id] - say.after(15)).total_seconds() <= max(0, eta_s), hub.id


def test_a_replay_of_a_case_without_an_area_tells_its_stand_in(house):
    house.hear(house.say.raised())
    house.hear(issued(house.say, None, policy="district"))
    assert waves(house)[0].radius_m == pytest.approx(11_816, abs=5)
