"""Properties of all deciders: any request in any state, asked twice, adds nothing."""

from datetime import timedelta

import h3
from hypothesis import given, settings
from hypothesis import strategies as st

from homeward.case import fold as fold_case
from homeward.facts.case import AlertIssued, AlertUpdated, AlertWidened
from homeward.messages import Actor
from homeward.refusals import Refused
from homeward.requests import answer as answers
from homeward.requests import case as cases
from homeward.requests import correcting, persons
from homeward.requests import sighting as sightings
from homeward.requests import watch as watches
from homeward.testing import samples
from homeward.testing.given import OFFICER, after, decide, id_of, recorded
from homeward.testing.samples import CASE, CELL, NOON, RAISED
from homeward.timeline import status_of, timeline
from homeward.words import (
    Answer,
    CancelReason,
    Category,
    Custody,
    Description,
    Mode,
    Outcome,
    Role,
    Severity,
    Sex,
)

ACTORS = [
    Actor(id=f"{role.value}-{n}", role=role)
    for role in (Role.REPORTER, Role.OFFICER, Role.SUPERVISOR, Role.COORDINATOR, Role.HUB)
    for n in (1, 2)
]
# Mostly what can be, now and then what cannot: or nearly everything would be refused.
MINUTES = st.integers(0, 3) | st.integers(20, 200) | st.integers(-2 * 24 * 60, 4 * 24 * 60)
BY = st.just(ACTORS[0]) | st.sampled_from(ACTORS[2:6]) | st.sampled_from(ACTORS)
MOMENTS = MINUTES.map(lambda minutes: NOON + timedelta(minutes=minutes))
DRAFTS = st.integers(0, 12).map(id_of)
NOTES = st.none() | st.sampled_from(["a note", "another note"])
UNITS = st.sampled_from(["county", "city"])
OTHER_CELL = h3.latlng_to_cell(33.5, 115.9, 9)
SIGHTINGS = st.sampled_from([id_of(100), id_of(101)])
RAISING = {
    name: st.just(getattr(RAISED, name))
    for name in cases.RaiseCase.model_fields
    if name not in {"at", "by", "category", "others"}
}
TEXTS = st.just(samples.TEXTS)
FIELDS = {
    cases.RaiseCase: {**RAISING, "category": st.sampled_from(Category)},
    cases.TakeUp: {"unit": UNITS},
    cases.AddFacts: {
        "category": st.none() | st.sampled_from(Category),
        "mode": st.none() | st.sampled_from(Mode),
        "custody": st.none() | st.sampled_from(Custody),
        "protection_order": st.none() | st.booleans(),
        "note": NOTES,
    },
    correcting.AcceptProposal: {"proposal": st.integers(5, 20).map(id_of)},
    correcting.RefuseProposal: {"proposal": st.integers(5, 20).map(id_of)},
    correcting.CorrectLastSeen: {
        "seen_at": MOMENTS,
        "cell": st.none() | st.sampled_from([CELL, OTHER_CELL]),
        "place_text": NOTES,
    },
    cases.IdentifyVehicle: {"seen_at": MOMENTS, "vehicle": NOTES, "licence_plate": NOTES},
    cases.NoteSuspect: {"suspect": NOTES, "vehicle": NOTES, "licence_plate": NOTES},
    cases.Withdraw: {"note": NOTES},
    cases.Verify: {"unit": UNITS},
    cases.Reject: {"reason": st.sampled_from(["hoax", "no-danger"]), "note": NOTES},
    cases.DraftAlert: {
        "policy": st.just("field"),
        "severity": st.sampled_from(Severity),
        "reach_km_max": st.sampled_from([10, 30, 31, 500]),
        "expires_at": st.just(NOON + timedelta(hours=9)) | MOMENTS,
        "texts": TEXTS,
        "retraction": TEXTS,
    },
    cases.ApproveAlert: {"draft": DRAFTS},
    cases.IssueAlert: {"draft": DRAFTS, "hubs": st.none() | st.just(samples.HUB_BOOK)},
    cases.CancelAlert: {"reason": st.sampled_from(CancelReason)},
    persons.AddPerson: {
        "description": st.builds(
            Description, age_years=st.none() | st.integers(0, 90), sex=st.sampled_from(Sex)
        ),
        "known": st.integers(1, 3),
    },
    persons.FindPerson: {"person": st.integers(1, 3), "outcome": st.sampled_from(Outcome)},
    persons.MissPerson: {"person": st.integers(1, 3)},
    cases.ResolveCase: {"outcome": st.sampled_from(Outcome)},
    cases.CloseOut: {"texts": TEXTS},
    sightings.ReportSighting: {
        "case": st.just(CASE),
        "sighting": SIGHTINGS,
        "cell": st.just(CELL),
        "seen_at": MOMENTS,
        "accuracy_m": st.just(50),
        "claimed_mode": st.sampled_from(Mode),
        "place": st.just(samples.PLACE),
        "note": NOTES,
    },
    sightings.AcceptSighting: {"mode": st.none() | st.sampled_from(Mode)},
    sightings.RejectSighting: {"reason": st.sampled_from(["other-person", "hoax"])},
    sightings.MergeSighting: {"into": SIGHTINGS},
    sightings.PartSighting: {},
    sightings.ReleaseSighting: {},
    sightings.WithholdSighting: {},
    watches.AcknowledgeWatch: {},
    watches.StandDown: {"reason": st.just("window-over")},
    answers.GiveAnswer: {
        "case": st.just(CASE),
        "recipient": st.sampled_from(["v-1", "v-2"]),
        "answer": st.sampled_from(Answer),
        "minutes": st.none() | st.integers(0, 60),
    },
}
REQUESTS = st.one_of(st.builds(one, at=MOMENTS, by=BY, **fields) for one, fields in FIELDS.items())
# What ends a case is drawn seldom, so that there is something to end.
ENDS = {cases.Withdraw, cases.Reject, cases.CancelAlert, cases.ResolveCase, cases.RaiseCase}
FREQUENT = st.one_of(
    st.builds(one, at=MOMENTS, by=BY, **fields) for one, fields in FIELDS.items() if one not in ENDS
)
HOUSE_SAYS = st.sampled_from(
    [one for one in samples.ALL if one.kind.partition(".")[0] in {"hubs", "escalation", "reach"}]
)


def sensible(draw, n):
    """A request that has a chance: an officer goes the usual way, a random one interrupts."""
    at = NOON + timedelta(minutes=20 + n)
    officer, second = ACTORS[2], ACTORS[3]
    usual = [
        lambda: cases.RaiseCase(
            **{f: getattr(RAISED, f) for f in RAISING},
            category=Category.OTHER,
            at=at,
            by=ACTORS[0],
        ),
        lambda: cases.Verify(at=at, by=officer, unit="county"),
        lambda: cases.DraftAlert(
            at=at,
            by=officer,
            expires_at=at + timedelta(hours=5),
            texts=samples.TEXTS,
            retraction=samples.TEXTS,
            policy="field",
            severity=Severity.SEVERE,
            reach_km_max=draw(st.integers(1, 60)),
        ),
        lambda: cases.ApproveAlert(at=at, by=second, draft=id_of(n - 1)),
        lambda: cases.IssueAlert(at=at, by=officer, draft=id_of(draw(st.sampled_from([2, n - 1])))),
    ]
    return usual[n]() if n < len(usual) else draw(FREQUENT)


@st.composite
def histories(draw):
    """Facts as deciders and the house would have said them, and one more request."""
    history = ()
    for n in range(draw(st.integers(0, 9) | st.integers(7, 24))):
        if n > 4 and draw(st.integers(0, 6)) == 0:
            history = recorded(*history, draw(HOUSE_SAYS))
            continue
        usual = draw(st.booleans()) or n < 5
        request = sensible(draw, len(history)) if usual else draw(FREQUENT | FREQUENT | REQUESTS)
        try:
            said = decide(history, request)
        except Refused:
            continue
        history = after(history, request, said)
    return history


def test_a_place_described_anew_is_known_when_it_is_asked_again():
    said = {"seen_at": RAISED.last_seen_at, "place_text": "the gate", "hubs": b"book"}
    asked = correcting.CorrectLastSeen(at=NOON, by=OFFICER, **said)
    [fact] = decide(recorded(RAISED), asked)
    assert decide(after(recorded(RAISED), asked, (fact,)), asked) == ()


@given(histories(), REQUESTS)
def test_asked_twice_it_adds_nothing(history, request_):
    try:
        said = decide(history, request_)
    except Refused:
        return
    assert decide(after(history, request_, said), request_) == ()


@given(histories())
@settings(max_examples=60)
def test_whatever_was_decided_keeps_the_rules(history):
    drafts = {one.id: one for one in history if one.kind == "case.alert-drafted/1"}
    verified = False
    for n, one in enumerate(history):
        verified = verified or one.kind == "case.verified/1"
        if isinstance(one.fact, AlertIssued | AlertUpdated):
            assert verified
            draft = drafts[one.fact.draft]
            approvers = {
                other.by.id
                for other in history[:n]
                if other.kind == "case.alert-approved/1" and other.fact.draft == draft.id
            }
            assert draft.by.id not in approvers
            assert approvers or (one.fact.reach_km_max <= 30 and one.fact.people_max == 5_000)
        if isinstance(one.fact, AlertWidened):
            assert history[n - 1].fact.draft == one.fact.draft
            assert history[n - 1].by.id != drafts[one.fact.draft].by.id
    case = fold_case(history)
    assert not (case.unverified and case.alert)
    stream = [one for one in history if one.stream.startswith("case-")]
    assert case.version == len(stream)


@given(histories(), st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_a_timeline_is_a_function_of_the_set_of_facts(history, chance):
    shuffled = [*history, *history[: len(history) // 2]]
    chance.shuffle(shuffled)
    assert timeline(shuffled) == timeline(history)
    assert status_of(shuffled) == status_of(history)
