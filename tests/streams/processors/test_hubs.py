import json
from dataclasses import replace
from datetime import timedelta

import pytest

from homeward import processors
from homeward.facts.case import AlertCancelled, CaseResolved
from homeward.facts.hub import HubUnreachable, WatchOrdered, WatchReleased
from homeward.facts.watch import WatchStoodDown
from homeward.geography.hubbook import Duty, Hub
from homeward.policies import policy_of
from homeward.policies.known import Source
from homeward.processors.hubs import HELD_WITHIN, ORDERS_MAX
from homeward.words import CancelReason, Mode, Outcome


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
    say, hubs = house.say, house.say.hubs_around()
    house.hear(say.raised())
    house.hear(say.issued(hubs=hubs, policy=policy))
    house.until(say.after(700))
    arrivals = policy_of(policy).arrivals(say.known(), hubs, say.after(15))
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


def manned(name, hours="", shifts=(), contacts=2, lat=33.06, zone="Asia/Shanghai"):
    return Hub.at(name, "rail", lat, 115.28, contacts, Duty(zone, hours, shifts))


def test_an_order_says_whose_turn_it_is_and_that_nobody_may_be_there(house):
    """It is Sunday, 10:15 in China, as the alert is issued."""
    hubs = [
        manned("day", shifts=("Su 22:00-06:00", "Su 06:00-22:00")),
        manned("night", shifts=("22:00-06:00", "22:00-06:00")),
        manned("shut", hours="Mo-Fr 06:00-22:00", lat=33.05),
        manned("berlin", shifts=("Su 03:00-04:00", "Su 10:00-11:00"), zone="Europe/Berlin"),
        Hub.at("plain", "rail", 33.06, 115.28, 2),
    ]
    house.hear(house.say.raised())
    house.hear(house.say.issued(hubs=hubs))
    assert {one.hub: (one.ask, one.unattended) for one in ordered(house)} == {
        "day": ((1, 0), None),
        "night": ((0, 1), "off-duty"),
        "shut": ((0, 1), "closed"),
        "berlin": ((0, 1), None),
        "plain": (None, None),
    }


def moved(house, hub):
    """Return (watch, how often it was moved, window) of each order of a hub, as they were said."""
    return [
        (one.watch, one.moved, (one.window_from, one.window_to))
        for one in ordered(house)
        if one.hub == hub
    ]


@pytest.fixture
def plain(house):
    """Under the plainest policy, so that it is plain to see what moves: 100 km/h, all ahead."""
    house.hear(house.say.raised())
    house.hear(house.say.issued(policy="circles"))
    return house


def window(house, hub, minutes, source):
    """Return the policy's own window of a hub."""
    known, at = house.say.known(), house.say.after(minutes)
    known = replace(known, sources=(*known.sources, source))
    one = next(one for one in house.say.hubs if one.id == hub)
    found = policy_of("circles").arrivals(known, [one], at)
    begin_s, end_s = max(0.0, float(found.earliest_s[0])), float(found.latest_s[0])
    return at + timedelta(seconds=int(begin_s)), at + timedelta(seconds=int(end_s) + 1)


def test_after_news_a_hub_ahead_has_the_window_that_holds_now_under_the_same_watch(plain):
    plain.hear(plain.say.accepted(40, 32.7, 115.2))  # they went south: the north comes later
    first, second = moved(plain, "north")
    assert (first[0], first[1], second[1]) == (second[0], None, 1)
    assert second[2][1] > first[2][1] + HELD_WITHIN
    seen = Source(plain.say.cell(32.7, 115.2), plain.say.after(35), 200, Mode.VEHICLE, 800_000)
    assert second[2] == window(plain, "north", 40, seen)


def test_a_second_move_counts_on(plain):
    plain.hear(plain.say.accepted(40, 32.7, 115.2))
    plain.hear(plain.say.accepted(70, 32.4, 115.2))
    assert [one[1] for one in moved(plain, "north")] == [None, 1, 2]
    assert len({one[0] for one in moved(plain, "north")}) == 1


def test_news_that_moves_a_window_by_less_orders_nothing(plain):
    plain.hear(plain.say.accepted(17, 33.042, 115.26, seen=2))
    assert {hub: len(moved(plain, hub)) for hub in ("near", "north", "south")} == {
        "near": 1,
        "north": 1,
        "south": 1,
    }


def test_without_news_no_window_is_moved(plain):
    plain.hear(plain.say.accepted(40, 32.7, 115.2))
    before = moved(plain, "north"), moved(plain, "near")
    plain.until(plain.say.after(400))
    assert (moved(plain, "north"), moved(plain, "near")) == before


def test_the_same_news_twice_moves_a_window_once(plain):
    for _ in range(2):
        plain.hear(plain.say.accepted(40, 32.7, 115.2))
    assert [one[1] for one in moved(plain, "north")] == [None, 1]


def test_an_update_moves_a_window_that_does_not_hold_and_no_other(plain):
    plain.hear(plain.say.issued(minutes=20, version=2, policy="circles"))
    assert [one[1] for one in moved(plain, "north")] == [None, None]
    plain.hear(plain.say.issued(minutes=25, version=3, policy="field"))
    assert [one[1] for one in moved(plain, "north")] == [None, None, 1]


def test_a_window_beyond_the_horizon_is_ordered_once_it_is_due(plain):
    plain.hear(plain.say.accepted(40, 31.4, 115.2))  # 250 km away
    assert len(moved(plain, "north")) == 1
    assert "north" not in {one.hub for one in plain.facts(WatchReleased)}
    plain.until(plain.say.after(600))
    first, second = moved(plain, "north")
    assert (second[0], second[1]) == (first[0], 1)
    assert second[2][0] > first[2][0] + HELD_WITHIN
    again = [one for one in ordered(plain) if one.hub == "north"][-1]
    assert 7000 <= again.eta_s <= 7200


def stand_down(house, hub, minutes, reason):
    """End the newest watch of a hub."""
    watch = moved(house, hub)[-1][0]
    return WatchStoodDown(
        case=house.say.case, at=house.say.after(minutes), watch=watch, hub=hub, reason=reason
    )


def test_who_watched_in_vain_is_asked_again_when_they_may_come_later(plain):
    plain.hear(stand_down(plain, "north", 39, "not-here"))
    plain.until(plain.say.after(39.5))
    assert len(moved(plain, "north")) == 1
    plain.hear(plain.say.accepted(40, 32.7, 115.2))
    first, second = moved(plain, "north")
    assert first[0] != second[0]
    assert (second[1], second[2][1] > first[2][1] + HELD_WITHIN) == (None, True)
    plain.hear(stand_down(plain, "north", 41, "not-here"))
    plain.hear(plain.say.accepted(42, 32.7, 115.2, seen=36))
    assert len(moved(plain, "north")) == 2  # the same window: it has watched that


@pytest.mark.parametrize("reason", ["cannot-watch", "closed"])
def test_who_cannot_watch_is_not_asked_again(plain, reason):
    plain.hear(stand_down(plain, "north", 39, reason))
    plain.hear(plain.say.accepted(40, 32.7, 115.2))
    plain.until(plain.say.after(300))
    assert len(moved(plain, "north")) == 1


def test_a_late_word_about_an_older_watch_changes_nothing(plain):
    old = stand_down(plain, "north", 39, "not-here")
    plain.hear(old)
    plain.hear(plain.say.accepted(40, 32.7, 115.2))
    before = plain.states["hubs"]
    plain.hear(old)
    assert plain.states["hubs"] == before


def test_moved_orders_follow_a_second_later_when_there_are_too_many(house):
    hubs = [Hub.at(f"h{n:04}", "bus", 33.3 + n / 10_000, 115.3, 1) for n in range(ORDERS_MAX + 30)]
    house.hear(house.say.raised())
    house.hear(house.say.issued(hubs=hubs, policy="circles"))
    house.until(house.say.after(16))
    for minutes, count in ((40, ORDERS_MAX), (41, ORDERS_MAX + 30)):
        if minutes == 40:
            house.hear(house.say.accepted(minutes, 32.7, 115.2))
        house.until(house.say.after(minutes))
        assert [one.moved for one in ordered(house)].count(1) == count
    etas = [one.eta_s for one in ordered(house) if one.moved][:ORDERS_MAX]
    assert etas == sorted(etas)


def test_a_watch_of_the_build_before_is_ordered_anew_with_the_next_news(plain):
    """It kept no window: rather once too often than a desk that looks out at the wrong time."""
    hubs = next(one for one in processors.ALL if one.name == "hubs")
    raw = json.loads(hubs.dump(plain.states["hubs"]))
    for watch in raw["watches"]:
        for name in ("window", "moved", "ended_for", "anew"):
            del watch[name]
    plain.states["hubs"] = hubs.load(json.dumps(raw).encode())
    plain.hear(plain.say.accepted(17, 33.042, 115.26, seen=2))
    assert [one[1] for one in moved(plain, "north")] == [None, 1]


def test_a_state_of_the_build_before_is_read(live):
    hubs = next(one for one in processors.ALL if one.name == "hubs")
    raw = json.loads(hubs.dump(live.states["hubs"]))
    for hub in raw["book"]:
        del hub["duty"]
    assert hubs.load(json.dumps(raw).encode()) == live.states["hubs"]
