"""Reopening, extending, and what becomes of the file of a case."""

from datetime import timedelta

import pytest
from tests.streams.lives import (
    ASKED,
    ASKED_FOR,
    ASKS,
    CONFIRMED,
    DRAFT,
    HISTORIES,
    LAPSE,
    LATER,
    OFF,
    OUT,
    S,
)

from homeward.case import fold
from homeward.case.mergerefusals import CaseIsMerged
from homeward.facts import case as facts
from homeward.refusals import CaseOver
from homeward.requests import case as cases
from homeward.testing import samples
from homeward.testing.given import (
    COORDINATOR,
    OFFICER,
    OTHER_OFFICER,
    SUPERVISOR,
    given,
    id_of,
    recorded,
)
from homeward.testing.samples import CASE, DRAFTED, RAISED, VERIFIED, at
from homeward.words import Custody, case_code

# --- reopening ----------------------------------------------------------------------------------


REOPENED = facts.CaseReopened(case=CASE, at=at(110), reason="other-child")
CANCELLED = HISTORIES[S.CANCELLED]


@pytest.mark.parametrize("status", [S.CANCELLED, S.RESOLVED, S.CLOSED_OUT, S.DE_PUBLISHED])
def test_a_reopened_case_goes_on_with_the_next_version_of_its_alert(status):
    history = (*HISTORIES[status], REOPENED)
    case = fold(recorded(*history))
    assert (case.status, case.draft, case.alert.number) == (S.VERIFIED, None, 1)
    draft = _request(cases.DraftAlert)
    (drafted,) = given(*history).when(draft).facts()
    assert (drafted.alert, drafted.version) == (1, 2)
    out = given(*history, drafted).when(
        cases.IssueAlert(at=at(61), by=OFFICER, draft=id_of(len(history)))
    )
    out.then_kinds("case.alert-updated/1")


def test_what_was_drafted_before_it_was_closed_is_void():
    history = given(*CANCELLED, REOPENED)
    history.when(_request(cases.IssueAlert)).then_refused("draft-outdated")
    history.when(_request(cases.ApproveAlert)).then_refused("draft-outdated")


def _request(of):
    return ASKED_FOR[of][0]


def test_those_who_were_told_that_it_is_over_are_not_told_again_before_a_new_version():
    told, believing = given(*CANCELLED, REOPENED), given(*HISTORIES[S.RESOLVED], REOPENED)
    told.when(_request(cases.CancelAlert)).then_refused("alert-not-live")
    believing.when(_request(cases.CancelAlert)).then_kinds("case.alert-cancelled/1")
    for history, alert in ((told, None), (believing, 1)):
        (resolved,) = history.when(_request(cases.ResolveCase)).facts()
        assert (resolved.alert, resolved.version) == (alert, alert)


def test_what_nobody_ever_verified_is_raised_anew():
    resolved = samples.OTHERS[4]
    reopen = _request(cases.Reopen)
    given(RAISED, resolved).when(reopen).then_refused("case-over")
    given(*CANCELLED, REOPENED).when(reopen).then_nothing()


# --- extending ----------------------------------------------------------------------------------


def extend(hours, by=OFFICER, minutes=60):
    return cases.ExtendAlert(at=at(minutes), by=by, expires_at=at(hours * 60))


ALONE = (
    RAISED,
    VERIFIED,
    DRAFTED.model_copy(update={"expires_at": at(5 * 60)}),
    samples.issued(DRAFT).model_copy(
        update={"expires_at": at(5 * 60), "people_max": 5_000, "reach_km_max": 30}
    ),
)
"""Issued on one word 29 minutes after noon."""


def test_one_word_carries_for_a_day_and_farther_takes_two():
    history = given(*ALONE)
    day = cases.ExtendAlert(at=at(60), by=OFFICER, expires_at=at(29 + 24 * 60))
    history.when(day).then_kinds("case.alert-extended/1")
    more = day.model_copy(update={"expires_at": at(30 + 24 * 60)})
    history.when(more).then_kinds("case.extension-asked/1")


def test_what_two_approved_lives_longer_only_when_two_say_so():
    history = given(*OUT)
    history.when(extend(25)).then_kinds("case.extension-asked/1")
    (said,) = history.when(extend(25)).facts()
    asked = (*OUT, (OFFICER, said))
    agree = cases.ApproveExtension(
        at=at(70), by=OTHER_OFFICER, asked=id_of(len(OUT)), expires_at=at(25 * 60)
    )
    given(*asked).when(agree).then_kinds("case.alert-extended/1")
    given(*asked).when(agree.model_copy(update={"by": OFFICER})).then_refused("approver-is-drafter")
    other = agree.model_copy(update={"expires_at": at(26 * 60)})
    given(*asked).when(other).then_refused("extension-differs")
    given(*asked).when(agree.model_copy(update={"by": COORDINATOR})).then_refused(
        "role-not-allowed"
    )
    (longer,) = given(*asked).when(agree).facts()
    case = fold(recorded(*asked, (OTHER_OFFICER, longer)))
    assert (case.alert.expires_at, case.alert.version, case.extension) == (at(25 * 60), 1, None)
    assert case.live(at(24 * 60 + 30))


@pytest.mark.parametrize(
    ("hours", "minutes", "code"),
    [
        (3, 60, "extension-impossible"),
        (24 * 8, 60, "extension-impossible"),
        (9, 4 * 60 + 59 + 1, "alert-not-live"),
    ],
)
def test_an_extension_lies_between_the_expiry_and_a_week_from_now(hours, minutes, code):
    given(*ALONE).when(extend(hours, minutes=minutes)).then_refused(code)


def test_what_two_approved_is_asked_for_within_the_first_day_too():
    within = cases.ExtendAlert(at=at(60), by=OFFICER, expires_at=at(24 * 60 + 20))
    given(*OUT).when(within).then_kinds("case.extension-asked/1")


def test_where_custody_is_disputed_one_word_does_not_carry():
    disputed = (RAISED.model_copy(update={"custody": Custody.DISPUTED}), *ALONE[1:])
    given(*disputed).when(extend(9)).then_kinds("case.extension-asked/1")
    given(*ALONE).when(extend(9)).then_kinds("case.alert-extended/1")


def test_a_week_from_now_is_the_longest():
    week = cases.ExtendAlert(at=at(60), by=OFFICER, expires_at=at(60) + timedelta(days=7))
    given(*ALONE).when(week).then_kinds("case.extension-asked/1")
    over = week.model_copy(update={"expires_at": week.expires_at + timedelta(seconds=1)})
    given(*ALONE).when(over).then_refused("extension-impossible")


def test_once_it_is_over_nothing_is_extended():
    with pytest.raises(CaseOver) as refused:
        given(*CANCELLED).when(extend(9)).facts()
    assert refused.value.detail == "cancelled"


def test_in_its_last_minute_an_alert_cannot_be_extended():
    last = extend(9).model_copy(update={"at": at(5 * 60) - timedelta(seconds=59)})
    given(*ALONE).when(last).then_refused("extension-impossible")
    in_time = last.model_copy(update={"at": at(5 * 60) - timedelta(seconds=60)})
    given(*ALONE).when(in_time).then_kinds("case.alert-extended/1")


# --- the file -------------------------------------------------------------------------------------


def test_every_partner_confirms_before_it_is_sealed():
    seal = _request(cases.Seal)
    given(*CONFIRMED).when(seal).then_kinds("case.sealed/1")
    more = _request(cases.DePublish)
    (again,) = given(*CONFIRMED).when(more).facts()
    assert again.partners == ("press",)
    given(*CONFIRMED, again).when(seal).then_refused("partners-missing")
    known = more.model_copy(update={"partners": ("radio",)})
    given(*OFF).when(known).then_nothing()
    stranger = _request(cases.ConfirmPartner).model_copy(update={"partner": "press"})
    given(*OFF).when(stranger).then_refused("partner-not-found")


def test_who_asked_does_not_agree_to_it():
    own = cases.Expunge(at=LATER, by=SUPERVISOR, asked=ASKED)
    given(*ASKS).when(own).then_refused("approver-is-drafter")
    other = own.model_copy(update={"by": OFFICER, "asked": id_of(0)})
    given(*ASKS).when(other).then_refused("asking-not-found")
    asks = _request(cases.AskExpunge)
    given(*ASKS).when(asks.model_copy(update={"reason": "old"})).then_nothing()
    given(*ASKS).when(asks).then_kinds("case.expunge-asked/1")
    given(*ASKS).when(asks.model_copy(update={"by": OFFICER})).then_refused("role-not-allowed")


def test_a_lapse_that_comes_between_an_officers_reading_and_their_word_changes_nothing():
    assert fold(recorded(RAISED, VERIFIED, LAPSE)).status is S.VERIFIED
    late = fold(recorded(RAISED, LAPSE, VERIFIED))
    assert (late.status, late.ended, late.version) == (S.VERIFIED, None, 2)


def test_what_went_on_in_another_case_is_not_opened_again_also_once_it_is_taken_down():
    off = facts.CaseDePublished(case=CASE, at=at(100))
    with pytest.raises(CaseIsMerged) as refused:
        given(*HISTORIES[S.MERGED], off).when(_request(cases.Reopen)).facts()
    assert refused.value.detail == case_code(samples.OTHER_CASE)


def test_what_was_never_published_is_not_taken_down_and_says_how_it_ended():
    with pytest.raises(CaseOver) as refused:
        given(*HISTORIES[S.LAPSED]).when(_request(cases.DePublish)).facts()
    assert refused.value.detail == "lapsed"


def test_who_took_a_dispute_away_does_not_extend_on_their_word():
    disputed = RAISED.model_copy(update={"custody": Custody.DISPUTED})
    settled = (OFFICER, facts.FactsAdded(case=CASE, at=at(35), custody=Custody.NONE))
    history = given(disputed, *ALONE[1:], settled)
    history.when(extend(9)).then_kinds("case.extension-asked/1")
    history.when(extend(9, by=OTHER_OFFICER)).then_kinds("case.alert-extended/1")
