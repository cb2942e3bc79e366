from datetime import timedelta

import pytest
from tests.streams.alerting import DRAFT, LIVE, SUPERVISOR, approve, draft, issue
from tests.streams.lives import LAPSE

from homeward.case import Status, fold
from homeward.facts import case as facts
from homeward.messages import Actor
from homeward.refusals import CaseOver
from homeward.requests.case import (
    AddFacts,
    ApproveAlert,
    CancelAlert,
    CloseOut,
    IdentifyVehicle,
    RaiseCase,
    Reject,
    ResolveCase,
    TakeUp,
    Verify,
    Withdraw,
)
from homeward.testing import samples
from homeward.testing.given import (
    OFFICER,
    REPORTER,
    VOLUNTEER,
    given,
    id_of,
    recorded,
)
from homeward.testing.samples import CASE, DRAFTED, RAISED, TAKEN_UP, VERIFIED, at
from homeward.words import AgeBand, CancelReason, Category, Custody, Mode, Outcome, Role

WITHDRAWN, REJECTED, _, CANCELLED, RESOLVED, CLOSED_OUT = samples.OTHERS[:6]


def raise_case(**changed):
    known = (name for name in RaiseCase.model_fields if hasattr(RAISED, name))
    fields = {name: getattr(RAISED, name) for name in known}
    return RaiseCase(**{**fields, "by": REPORTER, **changed})


def cancel(by=OFFICER, when=61, reason=CancelReason.UNFOUNDED):
    return CancelAlert(at=at(when), by=by, reason=reason)


def resolve(outcome=Outcome.FOUND_SAFE, helped_by=(samples.SIGHTING,)):
    return ResolveCase(at=at(95), by=OFFICER, outcome=outcome, helped_by=helped_by)


# --- raising --------------------------------------------------------------------------------------


def test_a_raised_case_is_provisional():
    given().when(raise_case()).then(RAISED)
    assert fold(recorded(RAISED)).status is Status.PROVISIONAL
    assert fold(recorded(RAISED)).unverified


def test_an_officer_may_raise_too():
    given().when(raise_case(by=OFFICER)).then_kinds("case.raised/1")


def test_another_report_under_the_same_id_is_refused():
    given(RAISED).when(raise_case(custody=Custody.DISPUTED)).then_refused("case-exists")
    given(RAISED).when(raise_case(by=VOLUNTEER)).then_refused("case-exists")


def test_a_clock_five_minutes_ahead_is_forgiven_and_no_more():
    given().when(raise_case(last_seen_at=at(25))).then_kinds("case.raised/1")
    late = at(25) + timedelta(microseconds=1)
    given().when(raise_case(last_seen_at=late)).then_refused("seen-in-future")


def test_last_seen_a_month_ago_is_no_case_for_an_alert():
    limit = at(20) - timedelta(days=30)
    given().when(raise_case(last_seen_at=limit)).then_kinds("case.raised/1")
    early = limit - timedelta(seconds=1)
    given().when(raise_case(last_seen_at=early)).then_refused("seen-too-long-ago")


def test_an_age_that_contradicts_the_category_is_refused():
    old = samples.CHILD.model_copy(update={"age_years": 71})
    code = "age-contradicts-category"
    given().when(raise_case(category=Category.LOST_CHILD, description=old)).then_refused(code)
    given().when(raise_case(category=Category.DEMENTIA, description=old)).then_kinds(
        "case.raised/1"
    )


@pytest.mark.parametrize(
    "request_",
    [
        TakeUp(at=at(1), by=OFFICER, unit="x"),
        Verify(at=at(1), by=OFFICER, unit="x"),
        Reject(at=at(1), by=OFFICER, reason="x"),
        Withdraw(at=at(1), by=REPORTER),
        AddFacts(at=at(1), by=REPORTER, note="x"),
        draft(),
        approve(),
        issue(),
        cancel(),
        resolve(),
        CloseOut(at=at(1), by=OFFICER, texts=samples.TEXTS),
    ],
    ids=lambda one: type(one).__name__,
)
def test_nothing_is_decided_about_a_case_that_is_not_there(request_):
    given().when(request_).then_refused("case-not-found")


# --- looking into it ------------------------------------------------------------------------------


def test_taking_up_answers_the_clock_and_another_unit_may_take_over():
    take = TakeUp(at=at(22), by=OFFICER, unit="county desk")
    given(RAISED).when(take).then(TAKEN_UP)
    given(RAISED, TAKEN_UP).when(take.model_copy(update={"at": at(23)})).then_nothing()
    other = TakeUp(at=at(23), by=OFFICER, unit="city desk")
    given(RAISED, TAKEN_UP).when(other).then_kinds("case.taken-up/1")


def test_a_volunteer_decides_nothing():
    given(RAISED).when(Verify(at=at(22), by=VOLUNTEER, unit="x")).then_refused("role-not-allowed")
    given(*LIVE).when(cancel(by=VOLUNTEER)).then_refused("role-not-allowed")


def test_verifying_twice_adds_nothing():
    verify = Verify(at=at(26), by=OFFICER, unit="county desk")
    given(RAISED).when(verify).then(VERIFIED)
    given(RAISED, VERIFIED).when(verify).then_nothing()


def test_a_rejected_case_stays_rejected():
    reject = Reject(at=at(23), by=OFFICER, reason="no-danger", note="Spoke to the aunt")
    given(RAISED).when(reject).then(REJECTED)
    given(RAISED, REJECTED).when(reject).then_nothing()
    other = Reject(at=at(24), by=OFFICER, reason="hoax")
    for request in (other, Verify(at=at(24), by=OFFICER, unit="x"), resolve(), draft()):
        given(RAISED, REJECTED).when(request).then_refused("case-over")


def test_a_case_with_an_alert_is_not_simply_rejected():
    given(*LIVE).when(Reject(at=at(40), by=OFFICER, reason="hoax")).then_refused("alert-issued")


def test_only_the_reporter_withdraws_and_only_before_it_is_verified():
    withdraw = Withdraw(at=at(23), by=REPORTER, note="She is at her aunt's")
    given(RAISED).when(withdraw).then(WITHDRAWN)
    given(RAISED, TAKEN_UP).when(withdraw).then(WITHDRAWN)
    given(RAISED, WITHDRAWN).when(withdraw).then_nothing()
    stranger = Actor(id="ex-partner", role=Role.REPORTER)
    given(RAISED).when(Withdraw(at=at(23), by=stranger)).then_refused("not-your-report")
    given(RAISED, VERIFIED).when(withdraw).then_refused("case-verified")


# --- adding facts ---------------------------------------------------------------------------------


def test_added_facts_change_what_the_search_goes_by():
    add = AddFacts(at=at(24), by=REPORTER, mode=Mode.VEHICLE, note="A van, he says")
    given(RAISED).when(add).then(samples.FACTS_ADDED)
    assert fold(recorded(RAISED, samples.FACTS_ADDED)).mode is Mode.VEHICLE


def test_what_is_known_already_adds_nothing():
    given(RAISED).when(AddFacts(at=at(24), by=REPORTER, mode=Mode.FOOT)).then_nothing()


def test_adding_nothing_is_refused():
    given(RAISED).when(AddFacts(at=at(24), by=REPORTER)).then_refused("nothing-said")


def test_two_people_may_say_the_same_words():
    add = AddFacts(at=at(24), by=REPORTER, note="She has a whistle")
    (said,) = given(RAISED).when(add).facts()
    history = (RAISED, (REPORTER, said))
    given(*history).when(add).then_nothing()
    given(*history).when(add.model_copy(update={"by": OFFICER})).then(said)


def test_another_reporter_adds_nothing_to_this_case():
    stranger = Actor(id="ex-partner", role=Role.REPORTER)
    add = AddFacts(at=at(24), by=stranger, note="x")
    given(RAISED).when(add).then_refused("not-your-report")


def test_an_identified_vehicle_makes_the_mode_vehicle():
    identify = IdentifyVehicle(
        at=at(25),
        by=OFFICER,
        seen_at=at(5),
        vehicle="grey van, dented door",
        licence_plate="皖X·00000",
    )
    given(RAISED).when(identify).then(samples.VEHICLE)
    assert fold(recorded(RAISED, samples.VEHICLE)).mode is Mode.VEHICLE
    before = identify.model_copy(update={"seen_at": at(-24 * 60 - 1)})
    given(RAISED).when(before).then_refused("seen-before-missing")


# --- the end --------------------------------------------------------------------------------------


def test_one_officer_cancels_alone():
    given(*LIVE).when(cancel()).then(CANCELLED.model_copy(update={"draft": DRAFT}))


def test_what_expired_can_still_be_taken_back():
    given(*LIVE).when(cancel(when=3 * 24 * 60)).then_kinds("case.alert-cancelled/1")


def test_there_must_be_something_to_cancel():
    given(RAISED, VERIFIED, DRAFTED).when(cancel()).then_refused("alert-not-live")
    given(*LIVE, RESOLVED).when(cancel()).then_refused("case-over")


def test_a_cancelled_case_is_over():
    history = given(*LIVE, CANCELLED)
    history.when(cancel()).then_nothing()
    history.when(cancel(reason=CancelReason.HOAX)).then_refused("case-over")
    for request in (draft(), issue(), approve(by=SUPERVISOR, of=id_of(2)), resolve()):
        if isinstance(request, ApproveAlert):
            history.when(request).then_nothing()  # it was approved, and that stays true
        else:
            history.when(request).then_refused("case-over")


@pytest.mark.parametrize("upto", [1, 2, 3, 5])
def test_a_case_can_be_resolved_at_any_time(upto):
    out = 1 if upto == len(LIVE) else None
    said = RESOLVED.model_copy(update={"alert": out, "version": out})
    given(*LIVE[:upto]).when(resolve()).then(said)


def test_the_first_outcome_stands():
    history = given(*LIVE, RESOLVED)
    history.when(resolve()).then_nothing()
    history.when(resolve(Outcome.RETURNED)).then_refused("case-resolved-otherwise")
    history.when(resolve(helped_by=())).then_refused("case-resolved-otherwise")


def test_close_out_comes_after_the_case_was_resolved():
    close = CloseOut(at=at(97), by=OFFICER, texts=samples.TEXTS)
    given(*LIVE).when(close).then_refused("case-not-resolved")
    given(*LIVE, CANCELLED).when(close).then_refused("case-over")
    given(*LIVE, RESOLVED).when(close).then(CLOSED_OUT)
    given(*LIVE, RESOLVED, CLOSED_OUT).when(close).then_nothing()
    given(*LIVE, RESOLVED, CLOSED_OUT).when(resolve()).then_nothing()


def test_a_case_that_told_nobody_closes_without_an_alert():
    close = CloseOut(at=at(97), by=OFFICER, texts=samples.TEXTS)
    (said,) = given(RAISED, VERIFIED, RESOLVED).when(close).facts()
    assert isinstance(said, facts.CaseClosedOut)
    assert said.alert is None


def test_the_same_fold_with_and_without_what_is_sealed():
    """Deciders read public parts only: who may not open anything decides the same."""
    whole = recorded(*LIVE, RESOLVED)
    bare = [
        type(one)(
            **{
                **{name: getattr(one, name) for name in one.__dataclass_fields__},
                "fact": one.fact.without_personal(),
            }
        )
        for one in whole
    ]
    open_, shut = fold(whole), fold(bare)
    assert (open_.status, open_.alert, open_.draft, open_.ended) == (
        shut.status,
        shut.alert,
        shut.draft,
        shut.ended,
    )
    assert open_.raised == shut.raised
    assert shut.id == CASE


def test_whoever_withdraws_what_is_over_reads_how_it_ended():
    with pytest.raises(CaseOver) as refused:
        given(RAISED, LAPSE).when(Withdraw(at=LAPSE.at, by=REPORTER)).facts()
    assert refused.value.detail == "lapsed"


def test_a_small_child_is_not_one_who_wants_no_contact():
    unfit = ResolveCase(at=at(95), by=OFFICER, outcome=Outcome.LOCATED_NO_CONTACT)
    given(RAISED, VERIFIED).when(unfit).then_refused("outcome-unfit")
    left = RAISED.model_copy(update={"category": Category.RUNAWAY, "age_band": AgeBand.TEEN})
    (said,) = given(left, VERIFIED).when(unfit).facts()
    assert said.outcome is Outcome.LOCATED_NO_CONTACT


def test_a_resolution_names_the_version_that_those_told_hold_for_true():
    found = ResolveCase(at=at(95), by=OFFICER, outcome=Outcome.FOUND_SAFE)
    (said,) = given(*LIVE, samples.OTHERS[2]).when(found).facts()
    assert (said.alert, said.version) == (1, 2)
