"""Reaching those whom an alert lets sleep: two people decide, of one version."""

from datetime import timedelta

import pytest
from tests.streams.alerting import DRAFT, LIVE, SUPERVISOR

from homeward.case import fold
from homeward.case.attention import Override, decide_override
from homeward.facts.attention import AttentionOverridden, AttentionOverrideAsked
from homeward.facts.callout import CalloutOrdered
from homeward.facts.reach import ReachWidened
from homeward.processors.callouts import Callouts
from homeward.requests.attention import ApproveOverride, OverrideAttention
from homeward.requests.case import TakeUp
from homeward.testing import samples
from homeward.testing.given import COORDINATOR, OFFICER, OTHER_OFFICER, given, id_of, recorded
from homeward.testing.samples import at

WHY = "The lake freezes over tonight and she wears no coat"


def ask(by=OFFICER, when=40, **changed):
    read = {"digest": samples.DIGEST, "shown": samples.DIGEST, "reason": WHY}
    return OverrideAttention(at=at(when), by=by, draft=DRAFT, **{**read, **changed})


def agree(by=OTHER_OFFICER, when=41, draft=DRAFT):
    return ApproveOverride(at=at(when), by=by, draft=draft)


def asked():
    (fact,) = given(*LIVE).when(ask()).facts()
    return (OFFICER, fact)


def agreed():
    (fact,) = given(*LIVE, asked()).when(agree()).facts()
    return (OTHER_OFFICER, fact)


def test_one_asks_and_a_second_decides():
    assert isinstance(asked()[1], AttentionOverrideAsked)
    assert asked()[1].reason == WHY
    history = given(*LIVE, asked())
    history.when(ask()).then_nothing()
    history.when(agree(by=OFFICER)).then_refused("approver-is-drafter")
    history.when(agree()).then_kinds("case.attention-overridden/1")
    history.when(agree(by=SUPERVISOR)).then_kinds("case.attention-overridden/1")
    given(*LIVE, asked(), agreed()).when(agree()).then_nothing()


def test_the_reason_is_sealed():
    assert "reason" not in asked()[1].public()
    assert "reason" in AttentionOverrideAsked.personal_fields()


@pytest.mark.parametrize("wish", [ask, agree])
def test_only_officers_and_only_of_what_is_live(wish):
    given(*LIVE, asked()).when(wish(by=COORDINATOR)).then_refused("role-not-allowed")
    given(*LIVE[:4]).when(wish()).then_refused("alert-not-live")
    given(*LIVE, asked()).when(wish(when=8 * 24 * 60)).then_refused("alert-not-live")


def test_what_nobody_asked_or_read_is_not_overridden():
    given(*LIVE).when(agree()).then_refused("override-not-asked")
    given(*LIVE).when(ask(digest="0" * 64)).then_refused("draft-differs")


def test_lanes_look_again_once_and_later_waves_say_it_themselves():
    callouts, said = Callouts(), [one for one in samples.ALL if isinstance(one, ReachWidened)]
    wave = said[0]

    def step(state, fact):
        (one,) = recorded(fact)
        return callouts.step(state, one)

    state = step(callouts.begin(), samples.issued(DRAFT)).state
    fact = samples.OVERRIDDEN
    early = step(state, fact)
    assert not early.says
    (late,) = step(early.state, wave).says
    assert late.overridden is True
    first = step(state, wave)
    assert first.says[0].overridden is None
    after = step(callouts.load(callouts.dump(first.state)), fact)
    (order,) = after.says
    assert isinstance(order, CalloutOrdered)
    assert (order.overridden, order.cells, order.focus) == (True, None, first.says[0].focus)
    other = fact.model_copy(update={"version": fact.version + 1, "at": fact.at + timedelta(1)})
    assert isinstance(other, AttentionOverridden)
    assert not step(first.state, other).says


def test_what_is_said_is_of_the_version_that_is_out():
    out = {"case": samples.CASE, "draft": DRAFT, "alert": 1, "version": 1}
    assert asked()[1] == AttentionOverrideAsked(**out, at=at(40), digest=samples.DIGEST, reason=WHY)
    assert agreed()[1] == AttentionOverridden(**out, at=at(41), asked=id_of(len(LIVE)))
    for wish in (ask(), agree()):
        other = wish.model_copy(update={"draft": id_of(0)})
        given(*LIVE, asked()).when(other).then_refused("alert-not-live")


def test_what_was_asked_of_another_version_is_not_asked_of_this_one():
    by, fact = asked()
    for other in ({"version": 2}, {"alert": 2}):
        history = given(*LIVE, (by, fact.model_copy(update=other)))
        history.when(agree()).then_refused("override-not-asked")
        history.when(ask()).then_kinds("case.attention-override-asked/1")


def test_another_request_is_a_bug_and_not_an_answer():
    other = TakeUp(at=at(40), by=OFFICER, unit="county")
    with pytest.raises(TypeError, match="no decision of a case: TakeUp"):
        decide_override(fold(recorded(*LIVE)), other)


def test_the_state_says_who_asked_and_who_agreed_to_which_asking():
    of = {"asked": id_of(len(LIVE)), "alert": 1, "version": 1}
    assert fold(recorded(*LIVE, asked())).override == Override(**of, by=OFFICER.id)
    both = fold(recorded(*LIVE, asked(), agreed()))
    assert both.override == Override(**of, by=OTHER_OFFICER.id, approved=True)
