"""Facts of a report are corrected by whom it is right, and no one person takes a guard away."""

from datetime import timedelta

import pytest
from hypothesis import Phase, find, settings
from hypothesis import given as forall
from hypothesis import strategies as st
from tests.streams.test_one_person import request as any_request

from homeward.case import fold
from homeward.case.adding import PROPOSALS_MAX
from homeward.case.merging import joined
from homeward.facts.case import AlertIssued, AlertUpdated, FactsAdded
from homeward.facts.correcting import FactsProposed, LastSeenCorrected
from homeward.facts.merging import CaseMerged
from homeward.messages import Actor
from homeward.refusals import Refused
from homeward.requests import case as cases
from homeward.requests.correcting import AcceptProposal, CorrectLastSeen, RefuseProposal
from homeward.requests.emergency import UseEmergency
from homeward.requests.ringzero import AskRingZero
from homeward.testing import samples
from homeward.testing.given import (
    COORDINATOR,
    OFFICER,
    OTHER_OFFICER,
    REPORTER,
    SUPERVISOR,
    after,
    decide,
    given,
    id_of,
    recorded,
)
from homeward.testing.samples import CASE, DRAFTED, NOON, RAISED, TAKEN_UP, VERIFIED, at
from homeward.words import Category, Custody, Mode, Role

THIRD = "0" * 8 + "-0000-5000-8000-" + "0" * 12
NGO = Actor(id="n-li", role=Role.NGO, org="angels")
DISPUTED = RAISED.model_copy(update={"custody": Custody.DISPUTED})
ORDERED = RAISED.model_copy(update={"protection_order": True})
NEAR = DRAFTED.model_copy(update={"reach_km_max": 10})
UNDISPUTED = FactsAdded(case=CASE, at=at(40), custody=Custody.NONE)


def add(by, minutes=40, **said):
    return cases.AddFacts(at=at(minutes), by=by, **said)


def issue(by=OFFICER, draft=2, minutes=50):
    return cases.IssueAlert(at=at(minutes), by=by, draft=id_of(draft))


def kinds(history):
    return [one.kind for one in history]


@pytest.mark.parametrize("by", [REPORTER, NGO])
def test_before_it_is_verified_what_is_said_goes_straight_in(by):
    given(RAISED, TAKEN_UP).when(add(by, mode=Mode.RAIL)).then_kinds("case.facts-added/1")
    seen = cases.IdentifyVehicle(at=at(40), by=by, seen_at=at(30), vehicle="a van")
    given(RAISED).when(seen).then_kinds("case.vehicle-identified/1")


@pytest.mark.parametrize("by", [REPORTER, NGO])
@pytest.mark.parametrize(
    "said", [{"mode": Mode.RAIL}, {"category": Category.RUNAWAY, "note": "She said so"}]
)
def test_afterwards_it_is_proposed_and_nothing_moves(by, said):
    history = given(RAISED, VERIFIED)
    [proposed] = history.when(add(by, **said)).facts()
    history.when(add(by, **said)).then(FactsProposed(case=CASE, at=at(40), **said))
    now = fold(recorded(RAISED, VERIFIED, (by, proposed)))
    assert (now.category, now.mode) == (RAISED.category, RAISED.mode)
    [waiting] = now.proposals
    assert (waiting.by, waiting.at, waiting.accepted) == (by.id, at(40), None)


@pytest.mark.parametrize("by", [OFFICER, SUPERVISOR, COORDINATOR])
def test_staff_state_it(by):
    given(RAISED, VERIFIED).when(add(by, mode=Mode.RAIL)).then_kinds("case.facts-added/1")


def test_a_note_always_goes_in_and_what_is_known_adds_nothing():
    history = given(RAISED, VERIFIED)
    history.when(add(REPORTER, note="She has a whistle")).then_kinds("case.facts-added/1")
    history.when(add(REPORTER, mode=RAISED.mode)).then_nothing()


def test_a_vehicle_is_proposed_too_and_accepted_it_is_how_they_move():
    seen = cases.IdentifyVehicle(at=at(40), by=REPORTER, seen_at=at(30), vehicle="a grey van")
    [proposed] = given(RAISED, VERIFIED).when(seen).facts()
    assert (proposed.kind, proposed.seen_at) == ("case.facts-proposed/1", at(30))
    begun = (RAISED, VERIFIED, proposed)
    assert fold(recorded(*begun)).mode is Mode.FOOT
    accept = AcceptProposal(at=at(41), by=OFFICER, proposal=id_of(2))
    [accepted] = given(*begun).when(accept).facts()
    assert fold(recorded(*begun, accepted)).mode is Mode.VEHICLE


def test_the_same_proposal_again_adds_nothing_while_it_waits():
    proposed = FactsProposed(case=CASE, at=at(40), mode=Mode.RAIL)
    begun = (RAISED, VERIFIED, proposed)
    given(*begun).when(add(REPORTER, 45, mode=Mode.RAIL)).then_nothing()
    given(*begun).when(add(NGO, 45, mode=Mode.RAIL)).then_kinds("case.facts-proposed/1")
    judged = given(*begun).when(RefuseProposal(at=at(42), by=OFFICER, proposal=id_of(2))).facts()
    again = given(*begun, *judged).when(add(REPORTER, 45, mode=Mode.RAIL))
    again.then_kinds("case.facts-proposed/1")


def test_an_officer_decides_once():
    proposed = FactsProposed(case=CASE, at=at(40), mode=Mode.RAIL)
    begun = (RAISED, VERIFIED, proposed)
    accept = AcceptProposal(at=at(41), by=OFFICER, proposal=id_of(2))
    refuse = RefuseProposal(at=at(41), by=OTHER_OFFICER, proposal=id_of(2))
    given(*begun).when(accept).then_kinds("case.proposal-accepted/1")
    given(*begun).when(refuse).then_kinds("case.proposal-refused/1")
    yes, no = (given(*begun).when(one).facts() for one in (accept, refuse))
    given(*begun, *yes).when(refuse).then_refused("proposal-judged")
    given(*begun, *no).when(accept).then_refused("proposal-judged")
    assert fold(recorded(*begun, *yes)).mode is Mode.RAIL
    assert fold(recorded(*begun, *no)).mode is Mode.FOOT
    for by in (REPORTER, NGO, COORDINATOR):
        other = accept.model_copy(update={"by": by})
        given(*begun).when(other).then_refused("role-not-allowed")
    unknown = accept.model_copy(update={"proposal": id_of(1)})
    given(*begun).when(unknown).then_refused("proposal-not-found")


def test_so_many_wait_and_no_more_but_notes_do():
    many = [
        (Actor(id=f"n-{n}", role=Role.NGO), FactsProposed(case=CASE, at=at(40), mode=Mode.RAIL))
        for n in range(PROPOSALS_MAX)
    ]
    full = given(RAISED, VERIFIED, *many)
    full.when(add(NGO, mode=Mode.VEHICLE)).then_refused("proposals-waiting")
    full.when(add(NGO, note="By train, they say")).then_kinds("case.facts-added/1")


@pytest.mark.parametrize("by", [REPORTER, NGO, COORDINATOR, OFFICER])
def test_a_guard_goes_in_at_once_whoever_states_it(by):
    said = add(by, custody=Custody.DISPUTED, protection_order=True)
    [stated] = given(RAISED, VERIFIED).when(said).facts()
    now = fold(recorded(RAISED, VERIFIED, (by, stated)))
    assert (now.custody, now.protection_order) == (Custody.DISPUTED, True)


@pytest.mark.parametrize("by", [REPORTER, NGO, COORDINATOR])
@pytest.mark.parametrize("verified", [(), (VERIFIED,)])
def test_only_the_police_take_one_away_and_others_propose(by, verified):
    raised = DISPUTED.model_copy(update={"protection_order": True})
    history = given(raised, *verified)
    history.when(add(by, custody=Custody.NONE)).then_kinds("case.facts-proposed/1")
    history.when(add(by, protection_order=False)).then_kinds("case.facts-proposed/1")
    history.when(add(OFFICER, custody=Custody.NONE)).then_kinds("case.facts-added/1")


def test_what_is_safe_goes_in_and_the_rest_is_proposed():
    said = add(REPORTER, mode=Mode.RAIL, custody=Custody.DISPUTED, note="He took her")
    stated = FactsAdded(case=CASE, at=at(40), custody=Custody.DISPUTED)
    proposed = FactsProposed(case=CASE, at=at(40), mode=Mode.RAIL, note="He took her")
    given(RAISED, VERIFIED).when(said).then(stated, proposed)


def test_who_took_the_dispute_away_does_not_issue_on_their_word():
    begun = (DISPUTED, VERIFIED, NEAR)
    given(*begun).when(issue()).then_refused("custody-disputed")
    given(*begun, (OFFICER, UNDISPUTED)).when(issue()).then_refused("settled-alone")
    given(*begun, (OTHER_OFFICER, UNDISPUTED)).when(issue()).then_kinds("case.alert-issued/1")
    two = (*begun, (OFFICER, UNDISPUTED), samples.approved(id_of(2)))
    given(*two).when(issue(minutes=30)).then_kinds("case.alert-issued/1")


def test_nor_by_accepting_what_somebody_proposed():
    proposed = FactsProposed(case=CASE, at=at(40), custody=Custody.NONE)
    begun = (DISPUTED, VERIFIED, NEAR, proposed)
    accept = AcceptProposal(at=at(41), by=OFFICER, proposal=id_of(3))
    [accepted] = given(*begun).when(accept).facts()
    given(*begun, (OFFICER, accepted)).when(issue()).then_refused("settled-alone")
    given(*begun, (OTHER_OFFICER, accepted)).when(issue()).then_kinds("case.alert-issued/1")


def test_nor_do_they_alarm_with_their_own_draft_nor_ask_for_ring_zero():
    own = (DISPUTED, VERIFIED, (SUPERVISOR, DRAFTED), (SUPERVISOR, UNDISPUTED))
    use = UseEmergency(
        at=at(45), by=SUPERVISOR, draft=id_of(2), reason="x" * 20, digest="a" * 64, shown="a" * 64
    )
    given(*own).when(use).then_refused("approver-is-drafter")
    ring = AskRingZero(at=at(45), by=OFFICER)
    unsafe = given(DISPUTED, TAKEN_UP, (OFFICER, UNDISPUTED))
    unsafe.when(ring).then_refused("ring-zero-unsafe")
    safe = given(DISPUTED, TAKEN_UP, (OTHER_OFFICER, UNDISPUTED))
    safe.when(ring).then_kinds("case.ring-zero-asked/1")


def alone(by=OFFICER):
    fact = samples.issued(id_of(2)).model_copy(update={"people_max": 5_000, "reach_km_max": 10})
    return (by, fact)


def test_what_stands_against_ones_own_live_alert_another_person_takes_away():
    disputed = (REPORTER, FactsAdded(case=CASE, at=at(35), custody=Custody.DISPUTED))
    live = given(RAISED, VERIFIED, NEAR, alone(), disputed)
    live.when(add(OFFICER, custody=Custody.NONE)).then_refused("approver-is-drafter")
    live.when(add(OTHER_OFFICER, custody=Custody.NONE)).then_kinds("case.facts-added/1")
    whole = given(RAISED, VERIFIED, NEAR, (OFFICER, samples.issued(id_of(2))), disputed)
    whole.when(add(OFFICER, custody=Custody.NONE)).then_kinds("case.facts-added/1")


def test_an_alert_on_one_word_is_extended_by_two_once_custody_is_disputed():
    disputed = (REPORTER, FactsAdded(case=CASE, at=at(35), custody=Custody.DISPUTED))
    longer = cases.ExtendAlert(at=at(60), by=OFFICER, expires_at=at(24 * 60 + 20))
    begun = (RAISED, VERIFIED, NEAR, alone())
    given(*begun).when(longer).then_kinds("case.alert-extended/1")
    given(*begun, disputed).when(longer).then_kinds("case.extension-asked/1")


def test_a_guard_is_not_lost_by_merging():
    merged = CaseMerged(case=samples.OTHER_CASE, at=at(60), into=CASE)
    other = fold(recorded(DISPUTED.model_copy(update={"protection_order": True})))
    said = joined(other, merged, ())
    now = fold(recorded(RAISED, said))
    assert (now.custody, now.protection_order) == (Custody.DISPUTED, True)
    said = joined(fold(recorded(RAISED)), merged, ())
    now = fold(recorded(DISPUTED, said))
    assert now.custody is Custody.DISPUTED


def test_nor_by_merging_who_took_one_away():
    """Of one case, then into another: their word is as little there, and of what went on in it."""
    other, third = (RAISED.model_copy(update={"case": one}) for one in (samples.OTHER_CASE, THIRD))
    settled = fold(recorded(DISPUTED, VERIFIED, (OFFICER, UNDISPUTED)))
    gone = CaseMerged(case=CASE, at=at(45), into=other.case)
    said = joined(settled, gone, ())
    assert (said.settled_by, said.custody) == ((OFFICER.id,), None)
    verified, near = (one.model_copy(update={"case": other.case}) for one in (VERIFIED, NEAR))
    begun = (other, verified, near, said)
    given(*begun).when(issue()).then_refused("settled-alone")
    given(*begun).when(issue(OTHER_OFFICER)).then_kinds("case.alert-issued/1")
    approved = samples.approved(id_of(2)).model_copy(update={"case": other.case})
    given(*begun, approved).when(issue(minutes=30)).then_kinds("case.alert-issued/1")
    onwards = CaseMerged(case=other.case, at=at(46), into=THIRD)
    told = joined(fold(recorded(*begun)), onwards, ())
    assert fold(recorded(third, told)).settled_by == {OFFICER.id}
    assert joined(fold(recorded(RAISED)), gone, ()).settled_by is None


def correct(by=OFFICER, minutes=40, seen=-10, **more):
    return CorrectLastSeen(at=at(minutes), by=by, seen_at=at(seen), **more)


OTHER = {"cell": "8931aa42a37ffff", "error_m": 60, "place": samples.PLACE}


def test_an_officer_corrects_when_and_where_the_person_was_seen_last():
    [moved] = given(RAISED, VERIFIED).when(correct(**OTHER)).facts()
    given(RAISED, VERIFIED).when(correct(**OTHER)).then(
        LastSeenCorrected(case=CASE, at=at(40), seen_at=at(-10), **OTHER)
    )
    now = fold(recorded(RAISED, VERIFIED, moved)).last_seen
    assert (now.cell, now.at, now.error_m, now.by) == (OTHER["cell"], at(-10), 60, OFFICER.id)


def test_the_time_alone_moves_no_place():
    [moved] = given(RAISED).when(correct()).facts()
    assert (moved.cell, moved.error_m, moved.place) == (RAISED.last_seen_cell, 100, None)
    assert fold(recorded(RAISED, moved)).last_seen.by == ""
    given(RAISED).when(correct(seen=0)).then_nothing()


def test_only_the_police_and_no_moment_that_no_search_can_start_from():
    for by in (REPORTER, NGO, COORDINATOR):
        given(RAISED).when(correct(by)).then_refused("role-not-allowed")
    given(RAISED).when(correct(seen=60)).then_refused("seen-in-future")
    given(RAISED).when(correct(seen=-31 * 24 * 60)).then_refused("seen-too-long-ago")


def test_ring_zero_does_not_lie_where_who_asks_for_it_has_moved_the_place():
    [moved] = given(RAISED).when(correct(**OTHER)).facts()
    ask = AskRingZero(at=at(50), by=OFFICER)
    [own] = given(RAISED, TAKEN_UP, (OFFICER, moved)).when(ask).facts()
    [others] = given(RAISED, TAKEN_UP, (OTHER_OFFICER, moved)).when(ask).facts()
    assert (own.focus, others.focus) == (RAISED.last_seen_cell, OTHER["cell"])


ROLES = [Role.OFFICER, Role.OFFICER, Role.SUPERVISOR, Role.COORDINATOR, Role.NGO, Role.REPORTER]


def correction(draw, history, when, by):
    """A request of the one account that could take a guard away, or move the place."""
    proposals = [one.id for one in history if one.kind == "case.facts-proposed/1"]
    kind = draw(st.integers(0, 5))
    if kind == 0 and proposals:
        return AcceptProposal(at=when, by=by, proposal=draw(st.sampled_from(proposals)))
    if kind == 1:
        return AskRingZero(at=when, by=by)
    if kind == 2:
        return CorrectLastSeen(at=when, by=by, seen_at=NOON, cell=OTHER["cell"])
    if kind == 3:
        return cases.TakeUp(at=when, by=by, unit="county")
    order, custody = draw(st.none() | st.booleans()), draw(st.sampled_from(Custody))
    return cases.AddFacts(at=when, by=by, custody=custody, protection_order=order)


NOBODY = st.none()


@st.composite
def one_against_a_dispute(draw, others=NOBODY):
    """What one account makes true of a case that somebody guarded, in whatever role.

    ``others``: what a second one says now and then.
    """
    history = recorded(draw(st.sampled_from([DISPUTED, ORDERED])))
    for n in range(1, draw(st.integers(4, 25))):
        when = NOON + timedelta(minutes=20 + 10 * n)
        by = Actor(id="the-one", role=draw(st.sampled_from(ROLES)))
        asked = any_request(draw, history, n)
        if draw(st.booleans()):
            asked = correction(draw, history, when, by)
        if other := draw(others):
            asked = other.model_copy(update={"at": when})
        try:
            history = after(history, asked, decide(history, asked))
        except Refused:
            continue
    return history


def told(history):
    """Return what told anybody of it."""
    outward = (AlertIssued, AlertUpdated)
    return [
        one
        for one in history
        if isinstance(one.fact, outward) or one.kind == "case.ring-zero-asked/1"
    ]


@forall(one_against_a_dispute())
@settings(max_examples=400, deadline=None)
def test_no_sequence_of_one_account_takes_a_dispute_away_and_alarms(history):
    assert told(history) == []


@st.composite
def one_who_merges_a_dispute_away(draw, others=NOBODY):
    """What one account tells of a case once another, whose custody is disputed, went on there.

    Of that one they may have taken the dispute away before.
    """
    disputed = list(draw(one_against_a_dispute()))
    undisputed = FactsAdded(case=CASE, at=at(600), custody=Custody.NONE)
    if draw(st.booleans()):
        disputed = recorded(*disputed, (Actor(id="the-one", role=Role.OFFICER), undisputed))
    gone = CaseMerged(case=CASE, at=at(601), into=samples.OTHER_CASE)
    by = Actor(id="the-one", role=Role.OFFICER)
    said = (by, joined(fold(disputed), gone, ()))
    history = recorded(RAISED.model_copy(update={"case": samples.OTHER_CASE}))
    merges, acts = draw(st.integers(1, 8)), draw(st.integers(4, 25))
    for n in range(1, acts):
        if n == min(merges, acts - 1):
            history = recorded(*history, said)
            since = len(history)
        asked = any_request(draw, history, n)
        if other := draw(others):
            asked = other.model_copy(update={"at": NOON + timedelta(minutes=20 + 10 * n)})
        try:
            history = after(history, asked, decide(history, asked))
        except Refused:
            continue
    return history[since:]


@forall(one_who_merges_a_dispute_away())
@settings(max_examples=200, deadline=None)
def test_no_sequence_of_one_account_merges_a_dispute_away_and_alarms(history):
    assert told(history) == []


SECOND = st.none() | st.just(
    cases.AddFacts(at=NOON, by=Actor(id="two", role=Role.OFFICER), custody=Custody.NONE)
)


def test_with_a_second_person_it_goes_out():
    """Or the test above would hold because nothing ever goes out."""
    one_is_enough = settings(max_examples=5_000, phases=[Phase.generate])
    found = find(one_against_a_dispute(SECOND), told, settings=one_is_enough)
    assert {one.by.id for one in found} > {"the-one"}


def test_a_case_that_a_settled_one_went_on_in_goes_out_with_a_second_person():
    """Or the test before that would hold because nothing ever goes out."""
    two = Actor(id="two", role=Role.OFFICER)
    issues = st.none() | st.just(cases.IssueAlert(at=NOON, by=two, draft=id_of(2)))
    one_is_enough = settings(max_examples=5_000, phases=[Phase.generate])
    assert find(one_who_merges_a_dispute_away(issues), told, settings=one_is_enough)
