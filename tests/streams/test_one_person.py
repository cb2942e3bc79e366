"""No sequence of requests by one person alarms above the fast lane (SAFETY I-25)."""

from datetime import timedelta

from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from tests.streams.test_asked_twice import FIELDS, RAISING

from homeward.case import fold
from homeward.facts.case import AlertIssued, AlertUpdated, AlertWidened
from homeward.messages import Actor
from homeward.policies.approval import (
    EMERGENCIES_MAX,
    EMERGENCIES_WITHIN,
    PEOPLE_ALONE_MAX,
    REACH_KM_ALONE_MAX,
)
from homeward.refusals import Refused
from homeward.requests import case as cases
from homeward.requests.emergency import ReviewEmergency, UseEmergency
from homeward.testing import samples
from homeward.testing.approvals import unapproved
from homeward.testing.given import after, decide, recorded
from homeward.testing.samples import NOON
from homeward.words import Category, Role, Severity, Verdict

EMERGENCY = "case.emergency-used/1"
DIGEST = "a" * 64
ROLES = [Role.OFFICER, Role.OFFICER, Role.SUPERVISOR, Role.COORDINATOR, Role.REPORTER]
"""All of them are one person's, under one account."""
ASKED = {
    cases.Verify: 2,
    cases.DraftAlert: 5,
    cases.ApproveAlert: 5,
    cases.IssueAlert: 5,
    cases.AddFacts: 1,
    cases.CancelAlert: 1,
    cases.ResolveCase: 1,
}


def drafts_of(history):
    return [one.id for one in history if one.kind == "case.alert-drafted/1"]


def request(draw, history, n):
    role = Role.OFFICER if n == 1 else draw(st.sampled_from(ROLES))  # most get past verifying
    by = Actor(id="the-one", role=role)
    at = NOON + timedelta(minutes=20 + draw(st.integers(0, 9)) + 10 * n)
    if not history:
        fields = {name: draw(one) for name, one in RAISING.items()}
        return cases.RaiseCase(**fields, category=Category.OTHER, at=at, by=by)
    kinds = [kind for kind, weight in ASKED.items() for _ in range(weight)]
    kind = cases.Verify if n == 1 else draw(st.sampled_from(kinds))
    if kind is cases.DraftAlert:
        return cases.DraftAlert(
            at=at,
            by=by,
            policy="field",
            severity=draw(st.sampled_from(Severity)),
            reach_km_max=draw(st.sampled_from([10, 30, 31, 300, 5_000])),
            expires_at=at + timedelta(hours=draw(st.integers(1, 5))),
            texts=samples.TEXTS,
            retraction=samples.TEXTS,
        )
    known = drafts_of(history) or [samples.DRAFT]
    drafts = st.sampled_from([*known, *known[-1:] * len(known)])  # the newest as often as all
    if kind is cases.ApproveAlert:
        return kind(at=at, by=by, draft=draw(drafts))
    if kind is cases.IssueAlert:
        return kind(at=at, by=by, draft=draw(drafts))
    return draw(st.builds(kind, at=st.just(at), by=st.just(by), **FIELDS[kind]))


@st.composite
def alone(draw):
    """What one person makes true in one case, whatever they ask, in whatever role."""
    history = ()
    for n in range(draw(st.integers(3, 25))):
        asked = request(draw, history, n)
        try:
            history = after(history, asked, decide(history, asked))
        except Refused:
            continue
    return history


@given(alone())
@settings(max_examples=300)
def test_one_person_never_alarms_above_the_fast_lane(history):
    for one in history:
        assert not isinstance(one.fact, AlertWidened)
        assert one.kind != "case.alert-approved/1"
        if isinstance(one.fact, AlertIssued | AlertUpdated):
            assert one.fact.reach_km_max <= REACH_KM_ALONE_MAX
            assert one.fact.people_max == PEOPLE_ALONE_MAX


def any_updated(history):
    return any(isinstance(one.fact, AlertUpdated) for one in history)


def test_they_do_alarm_though():
    """Or the test above would hold because nothing ever goes out."""
    one_is_enough = settings(max_examples=3_000, phases=[Phase.generate])
    find(alone(), any_updated, settings=one_is_enough)


@given(alone())
def test_a_second_person_widens_what_is_out(history):
    issued = [one for one in history if isinstance(one.fact, AlertIssued | AlertUpdated)]
    if not issued or history[-1].kind in {"case.resolved/1", "case.alert-cancelled/1"}:
        return
    newest, at = issued[-1].fact, history[-1].at
    asked = cases.ApproveAlert(at=at, by=Actor(id="two", role=Role.OFFICER), draft=newest.draft)
    if at < newest.expires_at:
        said = decide(recorded(*history), asked)
        assert [one.kind for one in said] == ["case.alert-approved/1", "case.alert-widened/1"]


@st.composite
def alone_in_need(draw):
    """The same person, who may alarm in an emergency; the desk counts as for one account."""
    history, used = (), []
    for n in range(draw(st.integers(3, 25))):
        asked = request(draw, history, n)
        drafts = drafts_of(history)
        if drafts and draw(st.integers(0, 3)) == 0:
            asked = UseEmergency(
                at=asked.at,
                by=Actor(id="the-one", role=draw(st.sampled_from(ROLES))),
                draft=draw(st.sampled_from([*drafts, *drafts[-1:] * len(drafts)])),
                reason="Nobody else is at the desk tonight",
                digest=DIGEST,
                shown=DIGEST,
                used_before=sum(one > asked.at - EMERGENCIES_WITHIN for one in used),
            )
        elif fold(history).reviews and draw(st.integers(0, 3)) == 0:
            review = draw(st.sampled_from(fold(history).reviews)).id
            by = Actor(id="the-one", role=Role.SUPERVISOR)
            asked = ReviewEmergency(
                at=asked.at, by=by, review=review, verdict=draw(st.sampled_from(Verdict))
            )
        try:
            said = decide(history, asked)
        except Refused:
            continue
        used += [one.at for one in said if one.kind == EMERGENCY]
        history = after(history, asked, said)
    return history


def whole(history):
    return [
        one
        for one in history
        if isinstance(one.fact, AlertWidened)
        or (isinstance(one.fact, AlertIssued | AlertUpdated) and one.fact.people_max is None)
    ]


@given(alone_in_need())
@settings(max_examples=300)
def test_in_an_emergency_twice_a_day_and_each_has_an_open_review(history):
    used = [one for one in history if one.kind == EMERGENCY]
    assert len(whole(history)) == len(used) == len(fold(history).reviews)
    assert {one.verdict for one in fold(history).reviews} <= {None}, "nobody reviews their own"
    for one in used:
        since = [other for other in used if one.at - EMERGENCIES_WITHIN < other.at <= one.at]
        assert len(since) <= EMERGENCIES_MAX
        assert one.by.role is Role.SUPERVISOR
    assert list(unapproved(history)) == []


def test_they_do_alarm_twice_though():
    one_is_enough = settings(max_examples=5_000, phases=[Phase.generate])
    find(
        alone_in_need(), lambda found: len(whole(found)) == EMERGENCIES_MAX, settings=one_is_enough
    )


@given(alone_in_need())
def test_the_judge_notices_what_goes_out_without_its_emergency(history):
    kept = [one for one in history if one.kind != EMERGENCY]
    assert bool(whole(history)) == bool(list(unapproved(kept)))
