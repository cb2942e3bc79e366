import json
from datetime import timedelta

import pytest

from homeward import processors
from homeward.facts import case as facts
from homeward.facts.hub import WatchOrdered, WatchReleased
from homeward.facts.watch import (
    ClockLapsed,
    ReportLapsed,
    WatchAcknowledged,
    WatchLapsed,
    WatchStoodDown,
)
from homeward.geography.hubbook import Duty, Hub
from homeward.policies.lapsing import LAPSES_AFTER
from homeward.words import Outcome, Role

ANSWERS = {
    "taken up": lambda say, at: facts.CaseTakenUp(case=say.case, at=at, unit="u"),
    "verified": lambda say, at: facts.CaseVerified(case=say.case, at=at, unit="u"),
    "rejected": lambda say, at: facts.CaseRejected(case=say.case, at=at, reason="unfounded"),
    "withdrawn": lambda say, at: facts.CaseWithdrawn(case=say.case, at=at),
}


def watch_of(house, hub):
    return next(one for one in house.facts(WatchOrdered) if one.hub == hub)


def acknowledged(house, hub, minutes):
    watch = watch_of(house, hub).watch
    return WatchAcknowledged(case=house.say.case, at=house.say.after(minutes), watch=watch, hub=hub)


def test_an_unanswered_report_goes_up_every_ten_minutes(house):
    house.hear(house.say.raised(minutes=10))
    house.until(house.say.after(120))
    assert [(one.level, one.waiting_s) for one in house.facts(ClockLapsed)] == [
        (1, 600),
        (2, 1200),
        (3, 1800),
    ]
    assert house.wakes["escalation"] == house.say.after(10) + LAPSES_AFTER


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_an_answer_stops_the_clock(house, answer):
    house.hear(house.say.raised(minutes=10))
    house.until(house.say.after(20))
    house.hear(answer(house.say, house.say.after(21)))
    house.until(house.say.after(120))
    assert [one.level for one in house.facts(ClockLapsed)] == [1]


def test_a_late_wake_tells_every_level_that_is_due(house):
    house.hear(house.say.raised(minutes=10))
    house.hear(house.say.wake("escalation", house.say.after(31)))
    assert [one.level for one in house.facts(ClockLapsed)] == [1, 2]
    assert house.wakes["escalation"] == house.say.after(40)


def test_a_silent_hub_lapses_contact_by_contact_then_to_the_desk(live):
    live.until(live.say.after(60))
    lapses = {
        hub: [(one.contact, one.to_desk) for one in live.facts(WatchLapsed) if one.hub == hub]
        for hub in ("near", "north", "south")
    }
    assert lapses == {
        "near": [(1, False), (2, True)],
        "north": [(1, False), (2, False), (3, True)],
        "south": [(1, True)],
    }


def test_each_contact_gets_its_time_even_after_a_late_wake(live):
    live.hear(live.say.wake("escalation", live.say.after(29)))
    north = [one for one in live.facts(WatchLapsed) if one.hub == "north"]
    assert [(one.contact, one.next_at) for one in north] == [(1, live.say.after(32))]


def test_who_acknowledged_does_not_lapse(live):
    live.hear(acknowledged(live, "north", 16))
    live.until(live.say.after(60))
    assert "north" not in {one.hub for one in live.facts(WatchLapsed)}


def test_who_acknowledged_need_not_again_under_an_update(live):
    live.hear(acknowledged(live, "north", 16))
    live.hear(live.say.issued(minutes=17, version=2))
    live.until(live.say.after(60))
    assert "north" not in {one.hub for one in live.facts(WatchLapsed)}
    assert [one.version for one in live.facts(WatchLapsed) if one.hub == "near"] == [2, 2]


def test_who_stood_down_or_was_released_does_not_lapse(house):
    live = house
    live.hear(live.say.raised(last_seen_at=live.say.after(-60)))
    live.hear(live.say.issued())
    north = watch_of(live, "north")
    live.hear(
        WatchStoodDown(
            case=live.say.case,
            at=live.say.after(16),
            watch=north.watch,
            hub="north",
            reason="closed",
        )
    )
    live.hear(live.say.accepted(17, 33.5, 115.3, seen=16))
    assert "south" in {one.hub for one in live.facts(WatchReleased)}
    live.until(live.say.after(17.9))
    assert live.facts(WatchLapsed) == []
    live.until(live.say.after(60))
    assert not {"north", "south"} & {one.hub for one in live.facts(WatchLapsed)}


def test_the_end_of_an_alert_ends_all_clocks(live):
    live.hear(
        facts.AlertCancelled(
            case=live.say.case,
            at=live.say.after(16),
            alert=1,
            version=1,
            reason="false",
            draft=live.say.draft,
        )
    )
    assert live.wakes["escalation"] is None


def test_the_one_wake_is_the_earliest_of_all(live):
    assert live.wakes["escalation"] == live.say.after(18)
    live.until(live.say.after(18))
    assert live.wakes["escalation"] == live.say.after(21)


def test_where_silence_is_to_be_expected_the_desk_is_told_at_once_and_only_once(house):
    shut = Hub.at("shut", "rail", 33.06, 115.28, 2, Duty("Asia/Shanghai", "Mo-Fr 06:00-22:00"))
    night = Hub.at("night", "rail", 33.05, 115.28, 1, Duty("Asia/Shanghai", "", ("22:00-06:00",)))
    house.hear(house.say.raised(by=Role.OFFICER))
    house.hear(house.say.issued(hubs=[shut, night]))
    at_once = house.facts(WatchLapsed)
    assert {(one.hub, one.to_desk, one.reason, one.next_at) for one in at_once} == {
        ("shut", True, "closed", None),
        ("night", True, "off-duty", None),
    }
    assert {one.at for one in at_once} == {house.say.after(15)}
    house.until(house.say.after(60))  # the contacts are asked all the same
    later = house.facts(WatchLapsed)[2:]
    assert [(one.hub, one.contact, one.to_desk, one.reason) for one in later] == [
        ("shut", 1, False, None)
    ]


def test_an_acknowledgement_ends_it_also_where_nobody_was_expected(house):
    shut = Hub.at("shut", "rail", 33.06, 115.28, 2, Duty("Asia/Shanghai", "Mo-Fr 06:00-22:00"))
    house.hear(house.say.raised(by=Role.OFFICER))
    house.hear(house.say.issued(hubs=[shut]))
    house.hear(acknowledged(house, "shut", 16))
    house.hear(house.say.issued(minutes=17, version=2, hubs=[shut]))
    house.until(house.say.after(60))
    assert [one.version for one in house.facts(WatchLapsed)] == [1]


def acknowledge(house, hub, minutes):
    house.hear(acknowledged(house, hub, minutes))


def lapses(house, hub):
    return [
        (int((one.at - house.say.after(0)).total_seconds() / 60), one.contact, one.to_desk)
        for one in house.facts(WatchLapsed)
        if one.hub == hub
    ]


@pytest.fixture
def plain(house):
    house.hear(house.say.raised(by=Role.OFFICER))
    house.hear(house.say.issued(policy="circles"))
    return house


def move(house, minutes):
    """They were seen in the south: the hub in the north, of three contacts, looks out later."""
    house.hear(house.say.accepted(minutes, 32.7 - minutes / 100, 115.2))
    assert house.facts(WatchOrdered)[-1].moved


def test_who_acknowledged_must_again_once_the_window_was_moved(plain):
    acknowledge(plain, "north", 16)
    move(plain, 40)
    plain.until(plain.say.after(100))
    assert lapses(plain, "north") == [(43, 1, False), (46, 2, False), (49, 3, True)]
    assert {one.reason for one in plain.facts(WatchLapsed) if one.hub == "north"} == {None}


def test_an_acknowledgement_of_the_moved_window_ends_the_clock(plain):
    acknowledge(plain, "north", 16)
    move(plain, 40)
    acknowledge(plain, "north", 41)
    plain.until(plain.say.after(100))
    assert lapses(plain, "north") == []


def test_after_a_move_silence_goes_on_with_whom_nobody_asked_yet(plain):
    plain.until(plain.say.after(19))  # contacts 0 and 1 were asked
    move(plain, 20)
    plain.until(plain.say.after(100))
    assert lapses(plain, "north") == [(18, 1, False), (23, 2, False), (26, 3, True)]


def test_a_desk_that_had_the_watch_is_told_the_new_window_at_once_and_the_hub_is_asked(plain):
    plain.until(plain.say.after(30))
    before = lapses(plain, "north")
    assert before[-1] == (24, 3, True)
    move(plain, 40)
    told = [one for one in plain.facts(WatchLapsed) if one.hub == "north"][len(before) :]
    assert [(one.at, one.to_desk, one.reason) for one in told] == [
        (plain.say.after(40), True, "moved")
    ]
    plain.until(plain.say.after(100))
    assert len(lapses(plain, "north")) == len(before) + 1  # nobody is left to ask


def test_a_state_of_the_build_before_is_read(plain):
    acknowledge(plain, "north", 16)
    escalation = next(one for one in processors.ALL if one.name == "escalation")
    raw = json.loads(escalation.dump(plain.states["escalation"]))
    del raw["asked"]
    plain.states["escalation"] = escalation.load(json.dumps(raw).encode())
    move(plain, 40)
    plain.until(plain.say.after(100))
    assert lapses(plain, "north") == [(43, 1, False), (46, 2, False), (49, 3, True)]


def lapsed(house):
    return [(one.at, one.waiting_s) for one in house.facts(ReportLapsed)]


@pytest.mark.parametrize("by", [Role.REPORTER, Role.OFFICER])
def test_a_report_that_nobody_verifies_lapses_three_days_after_the_last_word(house, by):
    house.hear(house.say.raised(minutes=10, by=by))
    day = timedelta(days=1)
    more = facts.FactsAdded(case=house.say.case, at=house.say.after(10) + 2 * day)
    house.until(more.at)
    house.hear(more)
    house.hear(facts.CaseTakenUp(case=house.say.case, at=more.at + day, unit="county"))
    end = more.at + day + LAPSES_AFTER
    house.until(end - timedelta(seconds=1))
    assert lapsed(house) == []
    house.until(end + 10 * day)
    assert lapsed(house) == [(end, LAPSES_AFTER.total_seconds())]
    assert house.wakes["escalation"] is None


@pytest.mark.parametrize("said", ["verified", "rejected", "withdrawn", "resolved"])
def test_a_report_that_somebody_decided_about_never_lapses(house, said):
    case, at = house.say.case, house.say.after(20)
    house.hear(house.say.raised(minutes=10))
    decided = {
        "verified": facts.CaseVerified(case=case, at=at, unit="county"),
        "rejected": facts.CaseRejected(case=case, at=at, reason="hoax"),
        "withdrawn": facts.CaseWithdrawn(case=case, at=at),
        "resolved": facts.CaseResolved(case=case, at=at, outcome=Outcome.FOUND_SAFE),
    }
    house.hear(decided[said])
    house.hear(facts.FactsAdded(case=case, at=house.say.after(30)))
    house.until(house.say.after(10) + 3 * LAPSES_AFTER)
    assert lapsed(house) == []
