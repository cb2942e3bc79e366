import itertools

import pytest

from homeward.facts.case import AlertCancelled, CaseResolved
from homeward.facts.hub import HubUnreachable, WatchOrdered, WatchReleased
from homeward.facts.watch import WatchStoodDown
from homeward.geography.hubbook import Hub
from homeward.policies import policy_of
from homeward.policies.known import Known, Source
from homeward.processors.hubs import ORDERS_MAX
from homeward.words import AgeBand, CancelReason, Category, Mode, Outcome


def ordered(house):
    return house.facts(WatchOrdered)


def test_hubs_within_the_horizon_are_ordered_at_once_soonest_first(live):
    assert [one.hub for one in ordered(live)] == ["near", "north", "south"]
    assert [one.rank for one in ordered(live)] == [0, 1, 2]
    etas = [one.eta_s for one in ordered(live)]
    assert etas == sorted(etas)


def test_an_order_says_from_when_until_when_and_who_answers_by_when(live):
    near, north, _ = ordered(live)
    assert (near.eta_s, near.window_from) == (0, live.say.after(15))  # they may be there by now
    assert north.window_from > live.say.after(15)
    assert all(one.window_to > one.window_from for one in ordered(live))
    assert north.acknowledge_by == live.say.after(18)
    assert (north.hub_kind, north.contacts, north.mode) == ("service-area", 3, Mode.VEHICLE)
    assert len({one.watch for one in ordered(live)}) == 3


def test_a_hub_without_a_contact_is_unreachable_and_named_once(live):
    live.until(live.say.after(120))
    assert [one.hub for one in live.facts(HubUnreachable)] == ["dumb"]
    assert "dumb" not in {one.hub for one in ordered(live)}


@pytest.mark.parametrize("policy", ["field", "circles"])
def test_every_hub_ahead_is_ordered_before_the_earliest_arrival(house, policy):
    ring = itertools.product(range(12), (0.05, 0.2, 0.6, 1.1, 2.0, 3.5))
    hubs = [
        Hub.at(f"h{turn}-{far}", "bus", 33.04 + far * (turn - 6) / 6, 115.26 + far, 1)
        for turn, far in ring
    ]
    say = house.say
    house.hear(say.raised())
    house.hear(say.issued(hubs=hubs, policy=policy))
    house.until(say.after(700))
    known = Known(
        Category.STRANGER_ABDUCTION,
        AgeBand.TODDLER,
        Mode.VEHICLE,
        (Source(say.cell(), say.after(0), 100),),
        500,
    )
    arrivals = policy_of(policy).arrivals(known, hubs, say.after(15))
    at = {one.hub: one.at for one in ordered(house)}
    within = [hub for hub, on in zip(hubs, arrivals.ahead, strict=True) if on]
    assert len(within) > 50
    for hub, eta_s in zip(hubs, arrivals.earliest_s.tolist(), strict=True):
        if hub in within:
            late_s = (at[hub.id] - say.after(15)).total_seconds() - max(0, eta_s)
            assert late_s <= 0, hub.id
    assert len(at) == len(ordered(house))  # each once


def test_a_far_hub_is_ordered_once_it_lies_within_the_horizon(live):
    live.until(live.say.after(300))
    far = next(one for one in ordered(live) if one.hub == "far")
    assert live.say.after(15) < far.at
    assert 7000 <= far.eta_s <= 7200


def test_after_a_sighting_what_lies_behind_is_released_and_what_lies_ahead_is_ordered(live):
    more = (*live.say.hubs, Hub.at("norther", "bus", 35.0, 115.4, 1))
    live.hear(live.say.accepted(40, 33.5, 115.3, hubs=more))
    released = live.facts(WatchReleased)
    assert {(one.hub, one.reason) for one in released} == {
        ("near", "not-ahead"),
        ("south", "not-ahead"),
    }
    assert "norther" in {one.hub for one in ordered(live)}
    assert [one.hub for one in ordered(live)].count("north") == 1


def test_a_released_hub_that_lies_ahead_again_gets_a_new_watch(live):
    live.hear(live.say.accepted(40, 33.5, 115.3))
    live.hear(live.say.accepted(80, 32.6, 115.2))
    south = [one for one in ordered(live) if one.hub == "south"]
    assert len({one.watch for one in south}) == len(south) == 2


def test_a_weak_sighting_releases_nobody(live):
    live.hear(live.say.accepted(40, 33.5, 115.3, ppm=300_000))
    assert live.facts(WatchReleased) == []


def test_an_update_orders_again_under_the_same_watch(live):
    first = {one.hub: one.watch for one in ordered(live)}
    live.hear(live.say.issued(minutes=20, version=2))
    again = [one for one in ordered(live) if one.version == 2]
    assert {one.hub: one.watch for one in again} == first


@pytest.mark.parametrize("end", ["cancelled", "resolved"])
def test_when_it_is_over_every_hub_is_released_once(live, end):
    say, watches = live.say, {one.watch for one in ordered(live)}
    over = {
        "cancelled": AlertCancelled(
            case=say.case, at=say.after(30), alert=1, version=1,
            reason=CancelReason.HOAX, draft=say.draft,
        ),
        "resolved": CaseResolved(case=say.case, at=say.after(30), outcome=Outcome.RETURNED),
    }[end]  # fmt: skip
    live.hear(over)
    live.hear(over)
    released = live.facts(WatchReleased)
    assert {one.watch for one in released} == watches
    assert len(released) == len(watches)
    assert {one.reason for one in released} == {"over"}
    assert live.wakes["hubs"] is None


def test_when_the_alert_expires_hubs_are_released(house):
    house.hear(house.say.raised())
    house.hear(house.say.issued(hours=1))
    house.until(house.say.after(80))
    assert {one.reason for one in house.facts(WatchReleased)} == {"expired"}


def test_a_hub_that_stood_down_is_neither_released_nor_asked_again(live):
    north = next(one for one in ordered(live) if one.hub == "north")
    live.hear(
        WatchStoodDown(
            case=live.say.case,
            at=live.say.after(20),
            watch=north.watch,
            hub="north",
            reason="closed",
        )
    )
    live.hear(live.say.issued(minutes=25, version=2))
    live.hear(CaseResolved(case=live.say.case, at=live.say.after(30), outcome=Outcome.RETURNED))
    assert [one.hub for one in ordered(live)].count("north") == 1
    assert "north" not in {one.hub for one in live.facts(WatchReleased)}


def test_more_hubs_than_one_fact_may_order_follow_a_second_later(house):
    hubs = [Hub.at(f"h{n:04}", "bus", 33.2 + n / 10_000, 115.3, 1) for n in range(ORDERS_MAX + 30)]
    house.hear(house.say.raised())
    house.hear(house.say.issued(hubs=hubs))
    assert len(ordered(house)) == ORDERS_MAX
    house.until(house.say.after(16))
    assert len(ordered(house)) == ORDERS_MAX + 30
    assert (ordered(house)[-1].at - ordered(house)[0].at).total_seconds() == 1


def test_a_wake_that_is_early_changes_nothing(live):
    before = live.states["hubs"]
    live.hear(live.say.wake("hubs", live.say.after(15.5)))
    assert live.states["hubs"] == before
