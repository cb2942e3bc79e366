"""Askings: rounds as the policy says, never more than may be, and who is asked in vain hears it."""

import itertools
from datetime import timedelta

import pytest

from homeward.facts.answer import AnswerGiven
from homeward.facts.asking import (
    AskingChanged,
    AskingClosed,
    AskingOpened,
    RoundOrdered,
    RoundsFilled,
    RoundsOver,
)
from homeward.facts.callout import CalloutOrdered, ChunksCut
from homeward.facts.case import AlertCancelled, CaseResolved
from homeward.words import Answer, Audience, CancelReason, Outcome, Purpose, Severity, derived_id

ASKING = derived_id("homeward.test", "asking")
OPEN = 20
"""Minute at which it is opened."""


def opened(house, quota=10, by=90, **more):
    say = house.say
    base = {"case": say.case, "at": say.after(OPEN), "asking": ASKING, "alert": 1, "version": 1}
    base |= {"quota": quota, "needed_by": say.after(OPEN + by), "people_max": 5_000}
    return AskingOpened(**{**base, "within_km": 30, **more})


def cut(house, minute, people, left, lane=0, lanes=1, **more):
    """What a lane says of the newest round, or of an alert."""
    rounds = house.facts(RoundOrdered)
    base = {"case": house.say.case, "at": house.say.after(minute), "order": ASKING, "lane": lane}
    base |= {"alert": 1, "version": 1, "wave": rounds[-1].round if rounds else 0, "chunks": 1}
    base |= {"audience": Audience.ASKED, "purpose": Purpose.ASK, "people": people}
    base |= {"already_told": 0, "suppressed": 0, "unreachable": 0, "digest": "0" * 64}
    return ChunksCut(**{**base, "left": left, "lanes": lanes, **more})


def told(house, people, lane=0, minute=16):
    more = {"purpose": Purpose.ALERT, "audience": Audience.AREA, "wave": 0}
    return cut(house, minute, people, None, lane, None, **more)


def says(house, who, minute, answer=Answer.COMING, minutes=15):
    at, known = house.say.after(minute), minutes if answer is Answer.COMING else None
    case = house.say.case
    return AnswerGiven(case=case, at=at, recipient=who, answer=answer, minutes=known)


@pytest.fixture
def asked(live):
    """Ten are wanted of many who were told."""
    live.hear(told(live, 50_000))
    live.hear(opened(live))
    return live


def people(house):
    return [one.people for one in house.facts(RoundOrdered)]


def orders(house, purpose):
    return [one for one in house.facts(CalloutOrdered) if one.purpose is purpose]


def test_a_round_becomes_an_order_to_ask_so_many_of_those_told(asked):
    [order] = orders(asked, Purpose.ASK)
    [first] = asked.facts(RoundOrdered)
    assert order.people_max == first.people == 40
    assert (order.audience, order.watch, order.wave) == (Audience.ASKED, ASKING, first.round)
    assert (order.severity, order.reach_km_max, order.cells) == (Severity.MODERATE, 30, None)
    assert order.expires_at == asked.say.after(OPEN + 90)
    assert order.texts_of == asked.say.draft


def test_who_stays_silent_brings_further_rounds_two_minutes_apart(asked):
    for minute in range(OPEN, OPEN + 8, 2):
        newest = people(asked)[-1]
        asked.hear(cut(asked, minute, newest, 50_000 - sum(people(asked))))
        asked.until(asked.say.after(minute + 2.1))
    at = [one.at for one in asked.facts(RoundOrdered)]
    assert len(at) == 5
    assert min(b - a for a, b in itertools.pairwise(at)) >= timedelta(minutes=2)
    # As many again as were asked before at most, until all who are left would hardly do.
    assert people(asked)[:4] == [40, 40, 80, 160]
    assert sum(people(asked)) <= 5_000


def test_enough_ends_the_rounds_and_spares_those_who_come_or_said_no(asked):
    asked.hear(cut(asked, OPEN, 40, 49_960))
    asked.hear(says(asked, "no", OPEN + 1, Answer.CANNOT))
    number = 0
    while not asked.facts(RoundsFilled):
        asked.hear(says(asked, f"v{number:02}", OPEN + 1))
        number += 1
    assert 10 < number < 16
    [filled] = asked.facts(RoundsFilled)
    assert filled.spared.decode().split() == ["no", *(f"v{one:02}" for one in range(number))]
    [over] = orders(asked, Purpose.ASK_OVER)
    assert (over.spared, over.watch, over.expires_at) == (filled.spared, ASKING, None)
    before = len(people(asked))
    asked.until(asked.say.after(OPEN + 14))
    assert len(people(asked)) == before


def test_who_drops_out_opens_a_place_again(asked):
    asked.hear(cut(asked, OPEN, 40, 49_960))
    for number in range(15):
        asked.hear(says(asked, f"v{number:02}", OPEN + 1))
    before = len(people(asked))
    for number in range(6):
        asked.hear(says(asked, f"v{number:02}", OPEN + 4, Answer.CANNOT))
    assert len(people(asked)) > before
    for number in range(20, 45):
        asked.hear(says(asked, f"v{number:02}", OPEN + 5))
    first, *_, last = asked.facts(RoundsFilled)
    assert last.at > first.at


def changed(house, quota, minute, asking=ASKING):
    return AskingChanged(
        case=house.say.case, at=house.say.after(minute), asking=asking, quota=quota
    )


def comes(asked, many, minute=OPEN + 1):
    asked.hear(cut(asked, OPEN, 40, 49_960))
    for number in range(many):
        asked.hear(says(asked, f"v{number:02}", minute))


def test_a_desk_that_wants_more_has_more_asked_and_who_comes_keeps_their_place(asked):
    comes(asked, 14)
    assert asked.facts(RoundsFilled)
    before = len(people(asked))
    asked.hear(changed(asked, 30, OPEN + 5, derived_id("homeward.test", "another")))
    assert len(people(asked)) == before
    asked.hear(changed(asked, 30, OPEN + 5))
    assert len(people(asked)) == before + 1
    for number in range(20, 50):
        asked.hear(says(asked, f"v{number:02}", OPEN + 6))
    last = asked.facts(RoundsFilled)[-1]
    assert {f"v{one:02}" for one in range(14)} <= set(last.spared.decode().split())


def test_a_desk_that_wants_fewer_has_nobody_more_asked(asked):
    comes(asked, 6)
    assert not asked.facts(RoundsFilled)
    before = len(people(asked))
    asked.hear(changed(asked, 2, OPEN + 1.5))
    [filled] = asked.facts(RoundsFilled)
    assert len(filled.spared.decode().split()) < 6, "the surplus is sent home"
    asked.until(asked.say.after(OPEN + 14))
    assert len(people(asked)) == before


def test_who_is_a_surplus_hears_it_once(asked):
    asked.hear(cut(asked, OPEN, 40, 49_960))
    for number in range(30):
        asked.hear(says(asked, f"v{number:02}", OPEN + 1))
    spared = [set(one.spared.decode().split()) for one in asked.facts(RoundsFilled)]
    assert len(spared[0]) < 16  # later ones name those who were sent home before as well
    assert len(spared) == 30 - len(spared[0]) + 1


@pytest.mark.parametrize("lanes", [1, 2, 4])
def test_a_lane_that_is_silent_counts_as_having_asked_its_share(live, lanes):
    live.hear(told(live, 5_000))
    live.hear(opened(live, quota=500, people_max=2_100))
    first = people(live)[-1]
    assert first == 2_100
    for lane in range(1, lanes):
        live.hear(cut(live, OPEN, 0, 0, lane, lanes))
    live.until(live.say.after(OPEN + 2.1))
    # What the silent lane may have asked, and the next round, are never more than may be.
    assert people(live)[1:] == ([2_100 - first // lanes] if lanes > 1 else [])


def test_lanes_that_find_few_leave_the_rest_to_those_that_have_some(live):
    live.hear(told(live, 400))
    live.hear(opened(live, people_max=200))
    live.hear(cut(live, OPEN, 3, 0, 0, 2))
    live.hear(cut(live, OPEN, 20, 377, 1, 2))
    live.until(live.say.after(OPEN + 2.1))
    assert live.facts(RoundOrdered)[-1].shares == (0, people(live)[-1])


def test_everybody_was_asked_only_once_each_lane_has_said_so(live):
    live.hear(opened(live))
    live.hear(cut(live, OPEN, 2, 0, 0, 2))
    live.until(live.say.after(OPEN + 2.1))
    assert len(people(live)) == 2  # the other lane may have somebody
    live.hear(cut(live, OPEN + 2, 0, 0, 0, 2))
    live.hear(cut(live, OPEN + 2, 1, 0, 1, 2))
    live.until(live.say.after(OPEN + 40))
    assert len(people(live)) == 2
    live.hear(told(live, 5, 1, OPEN + 41))
    live.until(live.say.after(OPEN + 55))  # whoever is told by now can be asked
    assert people(live)[-1] == 5


def test_who_sleeps_is_looked_at_again(live):
    live.hear(opened(live))
    live.hear(cut(live, OPEN, 0, 0, suppressed=300))
    live.until(live.say.after(OPEN + 9))
    assert len(people(live)) == 1
    live.until(live.say.after(OPEN + 10.1))
    assert len(people(live)) == 2


def test_who_said_before_that_they_come_takes_a_place_and_is_not_asked(live):
    live.hear(told(live, 50_000))
    for number in range(10, 22):
        live.hear(says(live, f"v{number}", OPEN - 1, minutes=20))
    live.hear(says(live, "no", OPEN - 1, Answer.CANNOT))
    live.hear(opened(live))
    [order] = orders(live, Purpose.ASK)
    assert order.spared.decode().split() == [f"v{number}" for number in range(10, 22)]
    assert order.people_max < 40


ENDS = {
    "closed": lambda say, at: AskingClosed(case=say.case, at=at, asking=ASKING),
    "cancelled": lambda say, at: AlertCancelled(
        case=say.case, at=at, alert=1, version=1, draft=say.draft, reason=CancelReason.FALSE
    ),
    "resolved": lambda say, at: CaseResolved(case=say.case, at=at, outcome=Outcome.FOUND_SAFE),
}


@pytest.mark.parametrize("reason", ENDS)
def test_every_end_tells_those_who_were_asked(asked, reason):
    asked.hear(cut(asked, OPEN, 40, 49_960))
    asked.hear(says(asked, "no", OPEN + 1, Answer.CANNOT))
    asked.hear(says(asked, "on", OPEN + 1, Answer.ON_MY_WAY))
    asked.hear(ENDS[reason](asked.say, asked.say.after(OPEN + 1)))
    [over] = asked.facts(RoundsOver)
    assert over.reason == reason
    # A search that goes on still wants whoever is on the way; one that is over wants nobody.
    spared = ["no", "on"] if reason == "closed" else ["no"]
    assert over.spared.decode().split() == spared
    assert [one.spared for one in orders(asked, Purpose.ASK_OVER)] == [over.spared]
    before = len(people(asked))
    asked.until(asked.say.after(OPEN + 100))
    assert len(people(asked)) == before
    assert len(asked.facts(RoundsOver)) == 1


def test_the_moment_named_ends_it(asked):
    asked.hear(cut(asked, OPEN, 40, 0))
    asked.until(asked.say.after(OPEN + 90))
    [over] = asked.facts(RoundsOver)
    assert (over.reason, over.at) == ("time", asked.say.after(OPEN + 90))


def test_a_new_version_goes_on_with_the_asking(asked):
    asked.hear(cut(asked, OPEN, 40, 49_960))
    asked.hear(asked.say.issued(OPEN + 1, version=2))
    asked.until(asked.say.after(OPEN + 2.1))
    assert [one.version for one in asked.facts(RoundOrdered)] == [1, 2]


def test_an_asking_on_an_alert_that_is_over_asks_nobody(live):
    live.hear(ENDS["cancelled"](live.say, live.say.after(OPEN)))
    live.hear(opened(live))
    assert not people(live)


def test_nobody_was_asked_so_nobody_need_hear_that_it_is_over(live):
    live.hear(told(live, 1_000))
    for number in range(14):
        live.hear(says(live, f"v{number:02}", OPEN - 1, minutes=20))
    live.hear(opened(live))
    assert live.facts(RoundsFilled)
    assert not orders(live, Purpose.ASK_OVER)
