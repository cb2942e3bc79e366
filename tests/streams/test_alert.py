"""Who drafts, approves and issues an alert, and how far one may go alone."""

from datetime import timedelta

import pytest
from tests.streams.alerting import DRAFT, LIVE, SUPERVISOR, approve, draft, issue, small

from homeward.case import fold, waiting
from homeward.case.alerts import decide_alert
from homeward.facts import case as facts
from homeward.facts.emergency import EmergencyUsed
from homeward.refusals import AloneTooOften, CaseOver
from homeward.requests import case as requests
from homeward.testing import samples
from homeward.testing.given import (
    COORDINATOR,
    OFFICER,
    OTHER_OFFICER,
    given,
    id_of,
    recorded,
)
from homeward.testing.samples import DRAFTED, RAISED, TAKEN_UP, VERIFIED, approved, at, issued
from homeward.words import CancelReason, Worded, Wording


def test_an_unverified_case_gets_no_alert():
    for history in ((RAISED,), (RAISED, TAKEN_UP)):
        given(*history).when(draft()).then_refused("case-not-verified")
        given(*history, DRAFTED).when(issue(of=id_of(len(history)))).then_refused(
            "case-not-verified"
        )


def test_a_draft_names_its_version():
    given(RAISED, VERIFIED).when(draft()).then(DRAFTED)
    (again,) = given(*LIVE).when(draft(at=at(59))).facts()
    assert isinstance(again, facts.AlertDrafted)
    assert (again.alert, again.version) == (1, 2)


def test_a_draft_must_be_whole():
    history = given(RAISED, VERIFIED)
    history.when(draft(retraction=samples.TEXTS[:1])).then_refused("texts-incomplete")
    history.when(draft(texts=samples.TEXTS[1:], retraction=samples.TEXTS[1:])).then_refused(
        "texts-incomplete"
    )
    history.when(draft(policy="moon")).then_refused("policy-unknown")
    history.when(draft(expires_at=at(27))).then_refused("expiry-impossible")
    history.when(draft(expires_at=at(8 * 24 * 60))).then_refused("expiry-impossible")


@pytest.mark.parametrize(
    ("lasts", "whole"),
    [
        (timedelta(minutes=5), True),
        (timedelta(minutes=5, microseconds=-1), False),
        (timedelta(days=7), True),
        (timedelta(days=7, microseconds=1), False),
    ],
    ids=str,
)
def test_an_alert_lasts_five_minutes_at_least_and_a_week_at_most(lasts, whole):
    asked = given(RAISED, VERIFIED).when(draft(expires_at=at(27) + lasts))
    if whole:
        asked.then_kinds("case.alert-drafted/1")
    else:
        asked.then_refused("expiry-impossible")


def test_a_draft_carries_the_words_for_those_who_may_hear_more():
    hub = (Worded(wording=Wording.HUB, texts=samples.TEXTS),)
    vetted = (Worded(wording=Wording.VETTED, texts=samples.TEXTS),)
    asked = draft(worded=hub, worded_suspect=vetted)
    (said,) = given(RAISED, VERIFIED).when(asked).facts()
    assert (said.worded, said.worded_suspect) == (hub, vetted)


def test_nobody_approves_what_they_drafted():
    history = given(RAISED, VERIFIED, (OFFICER, DRAFTED))
    history.when(approve(by=OFFICER)).then_refused("approver-is-drafter")
    history.when(approve(by=OTHER_OFFICER)).then(approved(DRAFT))
    history.when(approve(by=SUPERVISOR)).then(approved(DRAFT))
    history.when(approve(by=COORDINATOR)).then_refused("role-not-allowed")


@pytest.mark.parametrize(
    ("read", "shown"), [(None, samples.DIGEST), (samples.DIGEST, None), (samples.DIGEST, "0" * 64)]
)
def test_what_was_not_read_is_not_approved(read, shown):
    asked = approve().model_copy(update={"digest": read, "shown": shown})
    given(RAISED, VERIFIED, DRAFTED).when(asked).then_refused("draft-differs")


def test_an_approval_says_what_was_read():
    read = {"digest": samples.DIGEST, "shown": samples.DIGEST}
    (said,) = given(RAISED, VERIFIED, DRAFTED).when(approve().model_copy(update=read)).facts()
    assert said.digest == samples.DIGEST


def test_an_approval_holds_for_ten_minutes():
    history = given(*LIVE[:4])
    history.when(issue(when=37)).then_kinds("case.alert-issued/1")
    (late,) = history.when(issue(when=38)).facts()
    assert late.people_max == 5_000  # one person's word again
    history.when(approve(when=37)).then_nothing()
    history.when(approve(when=38)).then_kinds("case.alert-approved/1")


def test_only_the_newest_draft_is_approved_or_issued():
    history = given(RAISED, VERIFIED, DRAFTED, small())
    history.when(approve()).then_refused("draft-outdated")
    history.when(issue()).then_refused("draft-outdated")
    history.when(issue(of=id_of(77))).then_refused("draft-not-found")
    history.when(issue(of=id_of(3))).then_kinds("case.alert-issued/1")


FAST = {"reach_km_max": 30, "people_max": 5_000, "last_seen_km_max": 30, "hubs_max": 100}


def alone(of=DRAFT, **changed):
    return issued(of).model_copy(update={**FAST, **changed})


def widened(**changed):
    return samples.WIDENED.model_copy(update={"at": at(31), "draft": DRAFT, **changed})


def test_one_word_goes_out_at_once_and_no_farther_than_the_fast_lane():
    given(RAISED, VERIFIED, DRAFTED).when(issue()).then(alone())
    given(*LIVE[:4]).when(issue()).then(issued(DRAFT))
    given(*LIVE).when(issue()).then_nothing()


@pytest.mark.parametrize(("reach_km_max", "reaches"), [(1, 1), (30, 30), (31, 30), (5_000, 30)])
def test_one_word_reaches_thirty_kilometres_at_most(reach_km_max, reaches):
    (said,) = given(RAISED, VERIFIED, small(reach_km_max)).when(issue()).facts()
    assert (said.reach_km_max, said.people_max) == (reaches, 5_000)


def test_two_are_bound_by_what_they_approved_alone():
    (said,) = given(RAISED, VERIFIED, small(10), approved(DRAFT)).when(issue()).facts()
    assert (said.reach_km_max, said.people_max) == (10, None)


def test_the_approval_of_another_draft_does_not_count():
    history = (RAISED, VERIFIED, DRAFTED, approved(DRAFT), DRAFTED)
    given(*history).when(issue(of=id_of(4))).then(alone(id_of(4)))


def test_a_late_approval_of_an_older_draft_approves_nothing_newer():
    """Written by two at once, before either saw the other: the fold must not mix them up."""
    history = (RAISED, VERIFIED, DRAFTED, DRAFTED, approved(DRAFT))
    given(*history).when(issue(of=id_of(3))).then(alone(id_of(3)))


def test_a_second_person_widens_what_is_out():
    history = (RAISED, VERIFIED, DRAFTED, alone())
    late = approve(when=31).model_copy(update={"hubs": samples.HUB_BOOK})
    said = approved(DRAFT).model_copy(update={"at": at(31)})
    given(*history).when(late).then(said, widened())
    given(*history).when(approve(by=OFFICER, when=31)).then_refused("approver-is-drafter")
    given(*history, said, widened()).when(approve(by=SUPERVISOR, when=50)).then_nothing()
    given(*history).when(approve(when=24 * 60)).then_refused("draft-expired")
    given(*history, cancelled()).when(approve(when=62)).then_refused("case-over")
    case = fold(recorded(*history, said, widened()))
    assert (case.alert.reach_km_max, case.alert.people_max, case.alert.version) == (100, None, 1)


def cancelled():
    return samples.OTHERS[3].model_copy(update={"draft": DRAFT})


def test_a_newer_draft_does_not_keep_what_is_out_from_being_approved():
    history = (RAISED, VERIFIED, DRAFTED, alone(), small().model_copy(update={"version": 2}))
    given(*history).when(approve(when=31)).then_kinds(
        "case.alert-approved/1", "case.alert-widened/1"
    )
    given(*history).when(approve(of=id_of(4), when=31)).then_kinds("case.alert-approved/1")


def test_an_approval_that_came_too_late_is_given_again_and_widens():
    history = (RAISED, VERIFIED, DRAFTED, approved(DRAFT))
    (said,) = given(*history).when(issue(when=38)).facts()
    assert (said.reach_km_max, said.people_max) == (30, 5_000)
    given(*history, said).when(approve(when=39)).then_kinds(
        "case.alert-approved/1", "case.alert-widened/1"
    )


def test_an_update_alone_never_takes_back_what_two_approved():
    def second(km):
        return small(km).model_copy(update={"version": 2, "at": at(58)})

    given(*LIVE, second(300)).when(issue(of=id_of(5), when=60)).then_refused("approval-missing")
    given(*LIVE, second(30)).when(issue(of=id_of(5), when=60)).then_kinds("case.alert-updated/1")
    fast = (RAISED, VERIFIED, DRAFTED, alone(), second(300))
    (said,) = given(*fast).when(issue(of=id_of(4), when=60)).facts()
    assert (said.version, said.reach_km_max, said.people_max) == (2, 30, 5_000)
    over = 24 * 60  # expired: nobody watches any more, so nothing is taken back
    later = second(300).model_copy(update={"expires_at": at(48 * 60)})
    given(*LIVE, later).when(issue(of=id_of(5), when=over)).then_kinds("case.alert-updated/1")


def test_a_draft_that_has_expired_goes_nowhere():
    when = 24 * 60
    given(RAISED, VERIFIED, DRAFTED).when(approve(when=when)).then_refused("draft-expired")
    given(*LIVE[:4]).when(issue(when=when)).then_refused("draft-expired")


def test_the_next_version_is_an_update_of_the_same_alert():
    second = small().model_copy(update={"version": 2, "at": at(58)})
    (said,) = given(*LIVE, second).when(issue(of=id_of(5), when=60)).facts()
    assert isinstance(said, facts.AlertUpdated)
    assert (said.alert, said.version, said.reach_km_max) == (1, 2, 30)


def test_an_alert_is_live_until_it_expires():
    case = fold(recorded(*LIVE))
    assert case.live(at(24 * 60) - timedelta(microseconds=1))
    assert not case.live(at(24 * 60))
    assert not fold(recorded(*LIVE, samples.OTHERS[4])).live(at(100))


def test_the_fourth_alone_waits_for_a_second_person():
    many = issue().model_copy(update={"alone_before": 3})
    given(RAISED, VERIFIED, DRAFTED).when(many).then_refused("alone-too-often")
    given(*LIVE[:4]).when(many).then(issued(DRAFT))
    few = many.model_copy(update={"alone_before": 2})
    given(RAISED, VERIFIED, DRAFTED).when(few).then(alone())


def test_the_refusal_says_how_many_one_may_send_alone():
    many = issue().model_copy(update={"alone_before": 3})
    with pytest.raises(AloneTooOften) as refused:
        given(RAISED, VERIFIED, DRAFTED).when(many).facts()
    assert refused.value.detail == "3"


def test_what_waits_for_a_second_person_is_no_more_once_they_agreed():
    fast = (RAISED, VERIFIED, DRAFTED, alone())
    agreed = (*fast, approved(DRAFT), widened())

    def waits(*history, of=DRAFT):
        found = waiting(fold(recorded(*history)), of)
        return found and found.id

    assert waits(RAISED, VERIFIED, DRAFTED) == DRAFT
    assert waits(RAISED, VERIFIED, DRAFTED, of=id_of(77)) is None
    assert waits(*fast) == DRAFT, "one person's word is out"
    assert waits(*agreed) is None
    newer = small().model_copy(update={"version": 2})
    assert waits(*agreed, newer, of=id_of(6)) == id_of(6), "another draft than what is out"
    assert waits(*fast, newer, of=id_of(4)) == id_of(4)
    assert waits(*fast, cancelled()) is None


def test_a_cancelled_alert_is_cancelled_once_and_says_so_to_whom_means_something_else():
    def cancel(reason):
        return requests.CancelAlert(at=at(61), by=OFFICER, reason=reason)

    history = given(*LIVE)
    history.when(cancel(CancelReason.UNFOUNDED)).then(cancelled())
    again = given(*LIVE, cancelled())
    again.when(cancel(CancelReason.UNFOUNDED)).then_nothing()
    with pytest.raises(CaseOver) as refused:
        again.when(cancel(CancelReason.HOAX)).facts()
    assert refused.value.detail == "cancelled"


def test_what_is_no_request_about_an_alert_is_a_mistake_of_ours():
    asked = requests.TakeUp(at=at(61), by=OFFICER, unit="county desk")
    with pytest.raises(TypeError, match="TakeUp"):
        decide_alert(fold(recorded(*LIVE)), asked)


def test_what_went_out_in_an_emergency_is_approved_and_gets_no_wider():
    known = {"draft": DRAFT, "alert": 1, "version": 1, "own_draft": False}
    said = {"digest": samples.DIGEST, "reason": "nobody else", "review_by": at(24 * 60)}
    used = EmergencyUsed(case=samples.CASE, at=at(29), **known, **said)
    history = given(RAISED, VERIFIED, DRAFTED, (SUPERVISOR, used), issued(DRAFT))
    history.when(approve(when=31)).then_kinds("case.alert-approved/1")
