"""An alarm without a second person: who is told, and that it is told again until it is reviewed."""

from datetime import timedelta

import pytest

from homeward.facts import case as facts
from homeward.facts.callout import CalloutOrdered
from homeward.facts.emergency import EmergencyReviewed, EmergencyUsed
from homeward.fanout.message_id import message_id
from homeward.words import Audience, CancelReason, Purpose, Verdict

DAY = 24 * 60


def use(house, minutes=1, version=1):
    say = house.say
    house.hear(
        EmergencyUsed(
            case=say.case,
            at=say.after(minutes),
            draft=say.draft,
            alert=1,
            version=version,
            digest="0" * 64,
            own_draft=False,
            review_by=say.after(minutes) + timedelta(minutes=DAY),
        )
    )
    return next(one.id for one in reversed(house.log) if one.kind == "case.emergency-used/1")


def review(house, review_, minutes=30):
    house.hear(
        EmergencyReviewed(
            case=house.say.case,
            at=house.say.after(minutes),
            review=review_,
            verdict=Verdict.UNJUSTIFIED,
        )
    )


def orders(house):
    return [
        one.fact
        for one in house.log
        if isinstance(one.fact, CalloutOrdered) and one.fact.purpose is Purpose.REVIEW
    ]


def test_each_police_desk_is_told_at_once(live):
    review_ = use(live)
    found = orders(live)
    assert [one.level for one in found] == [0, 1, 2]
    assert {(one.audience, one.texts_of, one.alert) for one in found} == {
        (Audience.DESK, review_, 0)
    }


def test_what_nobody_reviews_is_told_once_more_as_a_message_of_its_own(live):
    use(live)
    live.until(live.say.after(DAY))
    assert len(orders(live)) == 3, "not yet"
    live.until(live.say.after(3 * DAY))
    first, again = orders(live)[0], orders(live)[3:]
    assert [one.level for one in again] == [0, 1, 2], "once more, and no more"
    assert name(first) != name(again[0])


def name(order):
    return message_id(
        "homeward.test",
        case=order.case,
        alert=order.alert,
        version=order.version,
        purpose=order.purpose,
        recipient="desk-1",
        moved=order.moved or 0,
    )


def test_what_was_reviewed_is_not_told_again(live):
    review(live, use(live))
    live.until(live.say.after(3 * DAY))
    assert len(orders(live)) == 3


@pytest.mark.parametrize("minutes", [5, 10])
def test_the_end_of_the_alert_ends_no_review(live, minutes):
    use(live)
    say = live.say
    live.hear(
        facts.AlertCancelled(
            case=say.case,
            at=say.after(minutes),
            alert=1,
            version=1,
            reason=CancelReason.FALSE,
            draft=say.draft,
        )
    )
    live.until(say.after(2 * DAY))
    assert len(orders(live)) == 6


def test_two_in_one_case_are_two_messages_with_a_reminder_each(live):
    kept = use(live)
    use(live, minutes=30, version=2)
    review(live, kept, minutes=60)
    live.until(live.say.after(2 * DAY))
    assert len({name(one) for one in orders(live)}) == 3
    assert len(orders(live)) == 9
