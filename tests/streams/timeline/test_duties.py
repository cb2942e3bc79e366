"""The board of open cases is a fold: heard piece by piece or at once, it says the same."""

from datetime import timedelta

from hypothesis import given as forall
from hypothesis import strategies as st

from homeward.facts.case import (
    CaseClosedOut,
    CaseRejected,
    CaseReopened,
    CaseResolved,
    ExtensionAsked,
)
from homeward.facts.watch import ClockLapsed, ReportLapsed
from homeward.testing.given import id_of, recorded
from homeward.testing.rare import rare
from homeward.testing.samples import (
    ACCEPTED,
    CASE,
    DRAFT,
    DRAFTED,
    FACTS_ADDED,
    NOON,
    ORDERED,
    RAISED,
    SEEN,
    TAKEN_UP,
    VERIFIED,
    approved,
    at,
    issued,
)
from homeward.timeline.duties import DutyBoard, Waits
from homeward.words import Outcome

RARE = rare(CASE, DRAFT, DRAFT, at)
LONG = NOON + timedelta(hours=1)


def board(*facts):
    found = DutyBoard()
    for heard in recorded(*facts):
        found.hear(heard)
    return found


def waits(*facts, at=LONG):
    [line] = board(*facts).lines(at)
    return {one.what: one for one in line.waits}


def test_a_report_waits_since_it_was_made_and_shows_its_level():
    [line] = board(RAISED, ClockLapsed(case=CASE, at=LONG, level=2, waiting_s=1)).lines(LONG)
    assert [one.what for one in line.waits] == [Waits.REPORT]
    assert (line.urgent, line.since, line.level) == (True, RAISED.at, 2)


def test_taken_up_it_waits_to_be_verified_and_is_not_urgent():
    [line] = board(RAISED, TAKEN_UP).lines(LONG)
    assert [one.what for one in line.waits] == [Waits.VERIFY]
    assert (line.urgent, line.since) == (False, RAISED.at)


def test_a_verified_case_waits_for_a_draft_and_a_wide_draft_for_a_second_person():
    assert set(waits(RAISED, VERIFIED)) == {Waits.DRAFT}
    found = waits(RAISED, VERIFIED, DRAFTED, at=DRAFTED.at)
    assert set(found) == {Waits.APPROVAL}
    assert found[Waits.APPROVAL].since == DRAFTED.at


def test_an_approval_runs_out_to_the_second():
    heard = recorded(RAISED, VERIFIED, DRAFTED)
    yes = approved().model_copy(update={"draft": heard[2].id})
    until = yes.at + timedelta(minutes=10)
    found = waits(RAISED, VERIFIED, DRAFTED, yes, at=until - timedelta(seconds=1))
    assert found[Waits.ISSUE].until == until
    assert set(waits(RAISED, VERIFIED, DRAFTED, yes, at=until)) == {Waits.APPROVAL}


def test_sightings_are_urgent_once_an_alert_is_out():
    assert not waits(RAISED, VERIFIED, SEEN)[Waits.SIGHTINGS].urgent
    out = waits(RAISED, VERIFIED, DRAFTED, issued(), SEEN)
    assert out[Waits.SIGHTINGS].urgent
    assert Waits.SIGHTINGS not in waits(RAISED, VERIFIED, DRAFTED, issued(), SEEN, ACCEPTED)


def test_a_watch_waits_from_the_moment_it_should_have_been_acknowledged():
    due = ORDERED.acknowledge_by
    facts = (RAISED, VERIFIED, DRAFTED, issued(), ORDERED)
    assert Waits.WATCH not in waits(*facts, at=due - timedelta(seconds=1))
    assert waits(*facts, at=due)[Waits.WATCH].since == due


def test_what_is_over_leaves_the_board_and_what_is_resolved_waits_for_its_close_out():
    assert board(RAISED, CaseRejected(case=CASE, at=LONG, reason="hoax")).open == {}
    over = CaseResolved(case=CASE, at=LONG, outcome=Outcome.FOUND_SAFE)
    assert board(RAISED, VERIFIED, over).open == {}, "nobody was told, so nobody need be"
    assert set(waits(RAISED, VERIFIED, DRAFTED, issued(), SEEN, over)) == {Waits.CLOSE_OUT}


@forall(st.lists(st.integers(0, 7), max_size=20))
def test_what_was_heard_is_passed_over(again):
    heard = recorded(RAISED, TAKEN_UP, FACTS_ADDED, VERIFIED, DRAFTED, issued(), SEEN, ORDERED)
    once, often = DutyBoard(), DutyBoard()
    for one in heard:
        once.hear(one)
        often.hear(one)
        for index in again:
            if index <= one.log_index:
                often.hear(heard[index])
    assert often.lines(LONG) == once.lines(LONG)


def test_a_lapsed_report_waits_no_more_until_it_is_verified_yet():
    lapse = ReportLapsed(case=CASE, at=LONG, waiting_s=1)
    assert board(RAISED, lapse).lines(LONG) == []
    assert set(waits(RAISED, lapse, VERIFIED)) == {Waits.DRAFT}


def test_a_case_that_was_opened_again_comes_back_to_the_queue():
    closed = CaseResolved(case=CASE, at=LONG, outcome=Outcome.FOUND_SAFE)
    reopened = CaseReopened(case=CASE, at=LONG + timedelta(hours=1), reason="other-child")
    found = waits(RAISED, VERIFIED, closed, reopened)
    assert found[Waits.DRAFT].since == reopened.at


def test_an_extension_waits_for_a_second_person():
    asked = ExtensionAsked(
        case=CASE, at=LONG, alert=1, version=1, expires_at=NOON + timedelta(days=2)
    )
    out = (RAISED, VERIFIED, DRAFTED, approved(), issued(), asked)
    found = waits(*out)[Waits.APPROVAL]
    assert (found.since, found.urgent) == (LONG, True)


def test_an_alarm_without_a_second_person_waits_for_its_review_also_when_it_is_over():
    used, done = RARE[0], RARE[1].model_copy(update={"review": id_of(3)})
    begun = (RAISED, VERIFIED, DRAFTED, used, issued(id_of(2)))
    over = CaseResolved(case=CASE, at=LONG, outcome=Outcome.FOUND_SAFE)
    closed = CaseClosedOut(case=CASE, at=LONG, alert=1, version=1)
    [waiting] = [one for one in board(*begun).lines(LONG)[0].waits if one.what is Waits.REVIEW]
    assert (waiting.since, waiting.urgent) == (used.at, False)
    later = used.review_by
    [line] = board(*begun, over, closed).lines(later)
    assert [(one.what, one.urgent) for one in line.waits] == [(Waits.REVIEW, True)]
    assert board(*begun, over, closed, done).lines(later) == []
