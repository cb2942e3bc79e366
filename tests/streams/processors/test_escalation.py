import pytest

from homeward.facts import case as facts
from homeward.facts.hub import WatchOrdered
from homeward.facts.watch import ClockLapsed, WatchAcknowledged, WatchLapsed, WatchStoodDown

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
    assert house.wakes["escalation"] is None


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


def test_who_stood_down_or_was_released_does_not_lapse(live):
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
    live.until(live.say.after(60))
    assert live.facts(WatchLapsed) == []


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
