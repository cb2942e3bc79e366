"""Whatever anybody asks of a case, in any role and order, its life keeps to the rules."""

from datetime import timedelta

from hypothesis import given as forall
from hypothesis import settings
from hypothesis import strategies as st
from tests.streams.lives import HISTORIES, LAPSE, LATER, S
from tests.streams.test_asked_twice import ACTORS, FIELDS, MINUTES

from homeward.case import fold
from homeward.facts import case as facts
from homeward.refusals import Refused
from homeward.requests import case as cases
from homeward.testing.given import (
    after,
    decide,
    id_of,
    recorded,
)
from homeward.testing.samples import NOON

CALLS = {
    **FIELDS,
    cases.ExtendAlert: {
        "expires_at": st.integers(10, 90).map(lambda hours: NOON + timedelta(hours=hours))
    },
    cases.ApproveExtension: {
        "asked": st.integers(0, 30).map(id_of),
        "expires_at": st.integers(10, 90).map(lambda hours: NOON + timedelta(hours=hours)),
    },
    cases.Reopen: {"reason": st.just("other-child")},
    cases.DePublish: {"partners": st.sampled_from([(), ("radio",), ("press", "radio")])},
    cases.ConfirmPartner: {"partner": st.sampled_from(["radio", "press"])},
    cases.Seal: {},
    cases.AskExpunge: {"reason": st.just("old")},
    cases.Expunge: {"asked": st.integers(0, 30).map(id_of)},
}
AT = MINUTES.map(lambda minutes: NOON + timedelta(minutes=minutes))
ANYTHING = st.one_of(
    st.builds(one, at=AT, by=st.sampled_from(ACTORS), **fields) for one, fields in CALLS.items()
)
ENDING = st.one_of(
    st.builds(one, at=AT, by=st.sampled_from(ACTORS[2:6]), **CALLS[one])
    for one in (
        cases.CancelAlert,
        cases.ResolveCase,
        cases.CloseOut,
        cases.Reopen,
        cases.DePublish,
        cases.ConfirmPartner,
        cases.Seal,
        cases.AskExpunge,
    )
)
BEGUN = st.sampled_from([one for status, one in HISTORIES.items() if status is not S.NONE])


def _agreed(history, by):
    """Return the agreement to what was asked last, if anything was."""
    asked = [one for one in history if one.kind == "case.expunge-asked/1"]
    return cases.Expunge(at=LATER, by=by, asked=asked[-1].id) if asked else None


@st.composite
def lives(draw):
    """A case at some point of its life, and whatever was then made true of it by anybody."""
    history = recorded(*draw(BEGUN))
    for _ in range(draw(st.integers(0, 14))):
        kind = draw(st.integers(0, 9))
        if kind == 0:
            history = recorded(*history, LAPSE)
            continue
        request = draw(ENDING if kind < 6 else ANYTHING)
        if kind == 9:
            request = _agreed(history, draw(st.sampled_from(ACTORS[2:6]))) or request
        try:
            said = decide(history, request)
        except Refused:
            continue
        history = after(history, request, said)
        assert decide(history, request) == (), "asked twice it says more"
    return history


OUTWARD = {"case.alert-issued/1", "case.alert-updated/1", "case.alert-widened/1"}
OUTWARD |= {"case.alert-extended/1", "case.alert-drafted/1", "case.alert-approved/1"}
SEAL = "case.sealed/1"
AFTER_SEAL = {"case.expunge-asked/1", "case.expunged/1"}
HOUSE = ("escalation.", "reach.", "hubs.", "callouts.", "fanout.", "handover.", "clock.")


@forall(lives())
@settings(max_examples=120, deadline=None)
def test_whatever_anybody_asks_the_rules_of_the_life_cycle_hold(history):
    for n, one in enumerate(history):
        before, then = fold(history[:n]), fold(history[: n + 1])
        if one.kind.startswith(HOUSE) and one.kind != LAPSE.kind:
            continue
        if before.status in {S.REJECTED, S.EXPUNGED} and one.kind != SEAL:
            assert (then.status, then.ended) == (before.status, before.ended)
            assert one.kind in {LAPSE.kind, "sighting.withheld/1"}, "it never changes"
        if one.kind == SEAL:
            assert before.status in {S.WITHDRAWN, S.LAPSED, S.REJECTED, S.DE_PUBLISHED}
        if before.status is S.SEALED:
            assert one.kind in AFTER_SEAL | {LAPSE.kind}
        if before.status.over:
            assert one.kind not in OUTWARD
        if then.status is S.CLOSED_OUT and before.status is not S.CLOSED_OUT:
            assert before.status is S.RESOLVED
        if then.status is S.EXPUNGED and before.status is not S.EXPUNGED:
            asked = next(other for other in history if other.id == one.fact.asked)
            assert asked.by.id != one.by.id
        if one.kind == "case.reopened/1":
            assert before.verified
        if isinstance(one.fact, facts.AlertUpdated) and before.alert:
            assert (one.fact.alert, one.fact.version) == (
                before.alert.number,
                before.alert.version + 1,
            )
    case = fold(history)
    assert not (case.unverified and case.alert)
    assert not case.live(NOON) or case.status is S.ALERTED


@forall(ANYTHING, st.sampled_from([S.REJECTED, S.EXPUNGED]))
@settings(max_examples=200, deadline=None)
def test_a_rejected_and_an_expunged_case_can_never_be_edited_again(request_, status):
    """But that a rejected one is sealed: then who was reported wrongly can be forgotten."""
    history = recorded(*HISTORIES[status])
    try:
        said = decide(history, request_)
    except Refused:
        return
    assert [one.kind for one in said] in ([], [SEAL] if status is S.REJECTED else [])
