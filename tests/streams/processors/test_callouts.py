import json

from homeward import processors
from homeward.facts import case as facts
from homeward.facts.callout import CalloutOrdered
from homeward.facts.hub import WatchOrdered, WatchReleased
from homeward.facts.reach import ReachWidened
from homeward.facts.watch import WatchStoodDown
from homeward.geography.hubbook import Duty, Hub
from homeward.words import Audience, CancelReason, Outcome, Purpose, Role, Severity


def orders(house, purpose):
    return [one for one in house.facts(CalloutOrdered) if one.purpose is purpose]


def test_each_wave_is_ordered_with_its_very_cells(live):
    live.until(live.say.after(60))
    waves = live.facts(ReachWidened)
    told = orders(live, Purpose.ALERT)
    assert [(one.wave, one.cells, one.cell_count) for one in told] == [
        (one.wave, one.cells, one.cell_count) for one in waves
    ]
    assert {one.audience for one in told} == {Audience.AREA}
    assert {one.severity for one in told} == {Severity.EXTREME}
    assert told[0].focus == live.say.cell()
    assert told[0].expires_at == live.say.after(15 + 720)


def test_each_watch_is_told_to_its_hub(live):
    watches, told = live.facts(WatchOrdered), orders(live, Purpose.WATCH)
    assert [(one.watch, one.hub, one.window_from, one.window_to) for one in told] == [
        (one.watch, one.hub, one.window_from, one.window_to) for one in watches
    ]
    assert {(one.audience, one.contact) for one in told} == {(Audience.HUB, 0)}


def test_a_silent_hub_goes_through_its_contacts_to_the_desk(live):
    live.until(live.say.after(30))
    north = [one for one in orders(live, Purpose.WATCH) if one.hub == "north"]
    assert [(one.audience, one.contact) for one in north] == [
        (Audience.HUB, 0),
        (Audience.HUB, 1),
        (Audience.HUB, 2),
        (Audience.DESK, 0),  # a contact of its own
    ]
    assert len({one.watch for one in north}) == 1
    assert [one.at for one in north] == [live.say.after(minute) for minute in (15, 18, 21, 24)]


def test_a_hub_that_lies_behind_is_stood_down_with_every_contact_that_was_asked(live):
    live.until(live.say.after(19))
    live.hear(live.say.accepted(40, 33.5, 115.3))
    stood_down = orders(live, Purpose.STAND_DOWN)
    assert {(one.hub, one.contact) for one in stood_down} == {
        ("near", 0),
        ("near", 1),
        ("south", 0),
    }
    assert {one.expires_at for one in stood_down} == {None}


def test_at_the_end_the_close_out_tells_hubs_and_everybody(live):
    live.hear(
        facts.CaseResolved(case=live.say.case, at=live.say.after(30), outcome=Outcome.FOUND_SAFE)
    )
    live.hear(facts.CaseClosedOut(case=live.say.case, at=live.say.after(31), alert=1, version=1))
    assert orders(live, Purpose.STAND_DOWN) == []
    (close,) = orders(live, Purpose.CLOSE_OUT)
    said = next(one for one in live.log if one.kind == "case.closed-out/1")
    assert (close.audience, close.texts_of, close.expires_at) == (Audience.TOLD, said.id, None)


def test_a_cancel_is_told_in_the_words_composed_before(live):
    live.hear(
        facts.AlertCancelled(
            case=live.say.case,
            at=live.say.after(30),
            alert=1,
            version=1,
            reason=CancelReason.FALSE,
            draft=live.say.draft,
        )
    )
    (cancel,) = orders(live, Purpose.CANCEL)
    assert (cancel.audience, cancel.texts_of) == (Audience.TOLD, live.say.draft)


def test_a_parents_report_is_told_to_the_duty_desk_at_once(house):
    house.hear(house.say.raised())
    (told,) = orders(house, Purpose.CLOCK)
    assert (told.audience, told.level, told.alert) == (Audience.DESK, 0, 0)
    assert told.texts_of == house.log[0].id
    house.until(house.say.after(60))
    assert [one.level for one in orders(house, Purpose.CLOCK)] == [0, 1, 2, 3]
    assert {one.texts_of for one in orders(house, Purpose.CLOCK)} == {house.log[0].id}


def test_an_officers_case_waits_for_nobody(house):
    house.hear(house.say.raised(by=Role.OFFICER))
    assert house.facts(CalloutOrdered) == []


def test_closing_a_case_that_never_had_an_alert_tells_nobody(house):
    house.hear(house.say.raised(by=Role.OFFICER))
    house.hear(facts.CaseClosedOut(case=house.say.case, at=house.say.after(20)))
    assert house.facts(CalloutOrdered) == []


def manned(*shifts, hours=""):
    """At the place of "south", which lies behind once the person is seen in the north."""
    return Hub.at("south", "rail", 32.4, 115.2, len(shifts), Duty("Asia/Shanghai", hours, shifts))


def issue(house, hub, minutes=15, version=1):
    if version == 1:
        house.hear(house.say.raised(by=Role.OFFICER))
    house.hear(house.say.issued(minutes=minutes, version=version, hubs=[hub]))


def test_whoever_is_on_duty_is_told_first_then_the_others_then_the_desk(house):
    issue(house, manned("Su 22:00-06:00", "Sa 08:00-20:00", "Su 06:00-22:00"))
    house.until(house.say.after(60))
    assert [(one.audience, one.contact) for one in orders(house, Purpose.WATCH)] == [
        (Audience.HUB, 2),
        (Audience.HUB, 0),
        (Audience.HUB, 1),
        (Audience.DESK, 0),
    ]


def test_a_closed_hub_is_told_and_the_desk_at_the_same_moment(house):
    issue(house, manned("", hours="Mo-Fr 06:00-22:00"))
    told = orders(house, Purpose.WATCH)
    assert [(one.audience, one.contact, one.at) for one in told] == [
        (Audience.HUB, 0, house.say.after(15)),
        (Audience.DESK, 0, house.say.after(15)),
    ]
    house.until(house.say.after(60))
    assert orders(house, Purpose.WATCH) == told


def test_all_who_were_asked_are_stood_down_also_those_before_an_update(house):
    hub = manned("Su 22:00-06:00", "Su 06:00-22:00", "Su 22:00-06:00")
    issue(house, hub)
    house.until(house.say.after(19))  # contacts 1 and 0 were asked
    issue(house, hub, minutes=20, version=2)
    house.hear(house.say.accepted(40, 33.5, 115.3))
    assert [one.contact for one in orders(house, Purpose.STAND_DOWN)] == [1, 0]


def test_that_a_hub_cannot_watch_is_told_to_the_desk_at_once(house):
    issue(house, manned("", ""))
    watch = house.facts(WatchOrdered)[0].watch
    for minutes, reason in ((16, "cannot-watch"), (17, "not-here")):
        house.hear(
            WatchStoodDown(
                case=house.say.case,
                at=house.say.after(minutes),
                watch=watch,
                hub="south",
                reason=reason,
            )
        )
    house.until(house.say.after(60))
    told = orders(house, Purpose.WATCH)
    assert [(one.audience, one.at) for one in told] == [
        (Audience.HUB, house.say.after(15)),
        (Audience.DESK, house.say.after(16)),
    ]


def move(house, minutes=40):
    """The hub in the north, of three contacts, is to look out later."""
    house.hear(house.say.accepted(minutes, 32.7, 115.2))
    [order] = [one for one in house.facts(WatchOrdered) if one.hub == "north" and one.moved]
    return order


def to_north(house):
    return [one for one in orders(house, Purpose.WATCH) if one.hub == "north"]


def plain(house):
    house.hear(house.say.raised(by=Role.OFFICER))
    house.hear(house.say.issued(policy="circles"))


def test_a_moved_window_is_told_to_everybody_who_was_asked_and_each_once(house):
    plain(house)
    house.until(house.say.after(19))  # contacts 0 and 1
    before = len(to_north(house))
    order = move(house, minutes=20)
    told = to_north(house)[before:]
    assert [(one.audience, one.contact, one.moved) for one in told] == [
        (Audience.HUB, 0, 1),
        (Audience.HUB, 1, 1),
    ]
    assert {(one.window_from, one.window_to) for one in told} == {
        (order.window_from, order.window_to)
    }
    house.until(house.say.after(100))
    assert [(one.audience, one.contact, one.moved) for one in to_north(house)[before + 2 :]] == [
        (Audience.HUB, 2, 1),
        (Audience.DESK, 0, 1),
    ]


def test_a_desk_that_had_the_watch_is_told_its_new_window_in_the_same_tick(house):
    plain(house)
    house.until(house.say.after(30))
    move(house)
    now = [one for one in to_north(house) if one.at == house.say.after(40)]
    assert [(one.audience, one.contact, one.moved) for one in now] == [
        *((Audience.HUB, contact, 1) for contact in range(3)),
        (Audience.DESK, 0, 1),
    ]


def test_what_is_over_is_one_message_however_often_a_window_was_moved(house):
    plain(house)
    move(house)
    watch = next(one.watch for one in to_north(house))
    released = WatchReleased(
        case=house.say.case, at=house.say.after(41), watch=watch, hub="north", alert=1, version=1,
        reason="not-ahead",
    )  # fmt: skip
    house.hear(released)
    assert {one.moved for one in orders(house, Purpose.STAND_DOWN)} == {None}


def test_a_state_of_the_build_before_is_read(house):
    plain(house)
    callouts = next(one for one in processors.ALL if one.name == "callouts")
    raw = json.loads(callouts.dump(house.states["callouts"]))
    for asked in raw["asked"]:
        del asked["moved"], asked["knows"]
    house.states["callouts"] = callouts.load(json.dumps(raw).encode())
    move(house)
    assert [one.moved for one in to_north(house)][-1] == 1
