from homeward.facts import case as facts
from homeward.facts.callout import CalloutOrdered
from homeward.facts.hub import WatchOrdered
from homeward.facts.reach import ReachWidened
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
