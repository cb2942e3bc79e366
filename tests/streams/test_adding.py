"""What is added to a report says exactly what was said, once, and a refusal says why."""

import pytest
from tests.streams.test_correcting import NGO, OTHER, add, correct
from tests.streams.test_merging import JOINED

from homeward.case import Case, fold
from homeward.case.adding import PROPOSALS_MAX, decide_adding
from homeward.case.corrections import missing_since, takes_guard
from homeward.facts import case as facts
from homeward.facts.correcting import LastSeenCorrected, ProposalAccepted
from homeward.refusals import Refused
from homeward.requests import case as requests
from homeward.requests.correcting import AcceptProposal
from homeward.testing import samples
from homeward.testing.given import (
    COORDINATOR,
    OFFICER,
    OTHER_OFFICER,
    REPORTER,
    given,
    id_of,
    recorded,
)
from homeward.testing.samples import CASE, DRAFTED, RAISED, VERIFIED, at
from homeward.words import AgeBand, Category, Custody, Mode, Outcome, Relation

OVER = facts.CaseResolved(case=CASE, at=at(60), outcome=Outcome.FOUND_SAFE)
ALONE = samples.issued(id_of(2)).model_copy(update={"people_max": 5_000, "reach_km_max": 10})
OUT = (RAISED, VERIFIED, DRAFTED, (OFFICER, ALONE))
KNOWN = {
    "suspect": "a tall man",
    "relation": Relation.PARENT,
    "vehicle": "a white van",
    "licence_plate": "皖K·TEST1",
}


def note(by=OFFICER, minutes=70, **said):
    return requests.NoteSuspect(at=at(minutes), by=by, **said)


def detail(request, *history):
    with pytest.raises(Refused) as refused:
        given(*history).when(request).facts()
    return refused.value.detail


@pytest.mark.parametrize("some", [KNOWN, *({name: value} for name, value in KNOWN.items())])
def test_of_a_suspect_each_thing_that_was_said_is_noted_once(some):
    noted = facts.SuspectNoted(case=CASE, at=at(70), **some)
    given(*OUT).when(note(**some)).then(noted)
    given(*OUT, (OFFICER, noted)).when(note(**some)).then_nothing()
    given(*OUT, (OFFICER, noted)).when(note(minutes=71, **some)).then_kinds(noted.kind)


def test_only_the_police_note_a_suspect_and_somebody_says_something():
    for by in (REPORTER, NGO, COORDINATOR):
        given(*OUT).when(note(by, **KNOWN)).then_refused("role-not-allowed")
    given(*OUT).when(note()).then_refused("nothing-said")


def test_of_what_is_over_the_refusal_says_how():
    waits = (REPORTER, add(REPORTER, 50, category=Category.RUNAWAY))
    [proposed] = given(RAISED, VERIFIED).when(waits[1]).facts()
    over = (RAISED, VERIFIED, (REPORTER, proposed), OVER)
    for request in (
        note(**KNOWN),
        add(OFFICER, 70, category=Category.FAMILY_ABDUCTION),
        correct(minutes=70, **OTHER),
        AcceptProposal(at=at(70), by=OFFICER, proposal=id_of(2)),
    ):
        assert detail(request, *over) == "resolved"


def test_so_many_proposals_wait_as_the_refusal_says():
    some = [
        (REPORTER, given(RAISED, VERIFIED).when(add(REPORTER, 41 + n, custody=one)).facts()[0])
        for n in range(PROPOSALS_MAX // 2)
        for one in (Custody.NONE, Custody.UNKNOWN)
    ]
    one_more = add(REPORTER, 70, category=Category.RUNAWAY)
    assert detail(one_more, RAISED, VERIFIED, *some) == str(PROPOSALS_MAX)


def test_what_was_proposed_is_accepted_as_it_was():
    said = {"category": Category.RUNAWAY, "custody": Custody.NONE, "protection_order": False}
    [proposed] = given(RAISED, VERIFIED).when(add(REPORTER, 50, **said)).facts()
    accept = AcceptProposal(at=at(52), by=OFFICER, proposal=id_of(2))
    given(RAISED, VERIFIED, (REPORTER, proposed)).when(accept).then(
        ProposalAccepted(case=CASE, at=at(52), proposal=id_of(2), **said)
    )


@pytest.mark.parametrize(
    ("guard", "away"),
    [
        ({"custody": Custody.DISPUTED}, {"custody": Custody.NONE}),
        ({"protection_order": True}, {"protection_order": False}),
    ],
)
def test_who_has_an_alert_out_alone_takes_no_guard_away_nor_accepts_that_one_is(guard, away):
    guarded = facts.FactsAdded(case=CASE, at=at(50), **guard)
    out = (*OUT, (REPORTER, guarded))
    given(*out).when(add(OFFICER, 51, **away)).then_refused("approver-is-drafter")
    [proposed] = given(*out).when(add(REPORTER, 51, **away)).facts()
    accept = AcceptProposal(at=at(52), by=OFFICER, proposal=id_of(5))
    given(*out, (REPORTER, proposed)).when(accept).then_refused("approver-is-drafter")


def test_where_the_person_was_seen_last_is_said_in_words_and_with_the_hubs_around():
    said = {**OTHER, "place_text": "at the north gate", "hubs": b"a book"}
    moved = LastSeenCorrected(case=CASE, at=at(40), seen_at=at(-10), **said)
    given(RAISED, VERIFIED).when(correct(**said)).then(moved)
    given(RAISED, VERIFIED, (OFFICER, moved)).when(correct(**said)).then_nothing()
    again = {**said, "hubs": b"another book"}
    kept = moved.model_copy(update={"hubs": None})
    given(RAISED, VERIFIED, (OFFICER, kept)).when(correct(**again)).then_nothing()
    other = {**said, "place_text": "at the south gate"}
    given(RAISED, VERIFIED, (OFFICER, moved)).when(correct(**other)).then_kinds(moved.kind)


def test_a_category_that_no_age_fits_is_not_added():
    toddler = RAISED.model_copy(update={"age_band": AgeBand.TODDLER})
    given(toddler).when(add(OFFICER, category=Category.RUNAWAY)).then_refused(
        "age-contradicts-category"
    )


def test_what_adds_no_fact_is_named_in_the_mistake():
    with pytest.raises(TypeError, match="facts of a report: Withdraw"):
        decide_adding(Case(), requests.Withdraw(at=at(40), by=REPORTER))


def test_whoever_reported_the_other_case_of_a_merge_adds_words_alone():
    neighbour = REPORTER.model_copy(update={"id": "neighbour"})
    for said in (
        {"category": Category.RUNAWAY},
        {"protection_order": True},
        {"note": "x", "mode": Mode.RAIL},
    ):
        given(*OUT, JOINED).when(add(neighbour, 70, **said)).then_refused("only-a-note")
        assert given(*OUT, JOINED).when(add(REPORTER, 70, **said)).facts()
    given(*OUT, JOINED).when(add(neighbour, 70, note="she wears red")).then_kinds(
        "case.facts-added/1"
    )


@pytest.mark.parametrize("words", [{"note": "x"}, {"vehicle": "a van"}, {"licence_plate": "TEST1"}])
def test_with_words_of_its_own_a_proposal_is_another_one(words):
    def says(minutes, **more):
        if "note" in more:
            return add(REPORTER, minutes, category=Category.RUNAWAY, **more)
        return requests.IdentifyVehicle(at=at(minutes), by=REPORTER, seen_at=at(30), **more)

    [first] = given(RAISED, VERIFIED).when(says(50, **words)).facts()
    known = (RAISED, VERIFIED, (REPORTER, first))
    given(*known).when(says(51, **words)).then_kinds(first.kind)
    given(*known).when(says(50, **words)).then_nothing()


def test_a_guard_is_taken_away_only_where_there_is_one_and_it_is_said():
    free, disputed, ordered = (
        fold(recorded(RAISED.model_copy(update=guard)))
        for guard in ({}, {"custody": Custody.DISPUTED}, {"protection_order": True})
    )
    for case in (free, disputed, ordered):
        assert not takes_guard(case, None, order=None)
        assert not takes_guard(case, Custody.DISPUTED, order=True)
        assert takes_guard(case, Custody.NONE, order=None) is (case is disputed)
        assert takes_guard(case, Custody.UNKNOWN, order=None) is (case is disputed)
        assert takes_guard(case, None, order=False) is (case is ordered)


def test_each_who_took_one_away_is_known():
    guards = {"custody": Custody.DISPUTED, "protection_order": True}
    one = facts.FactsAdded(case=CASE, at=at(50), custody=Custody.NONE)
    other = facts.FactsAdded(case=CASE, at=at(51), protection_order=False)
    raised = RAISED.model_copy(update=guards)
    case = fold(recorded(raised, (OFFICER, one), (OTHER_OFFICER, other)))
    assert case.settled_by == {OFFICER.id, OTHER_OFFICER.id}
    assert fold(recorded(raised, (OTHER_OFFICER, other))).settled_by == {OTHER_OFFICER.id}


def test_a_refusal_tells_a_reporter_no_time_that_somebody_else_stated():
    later, earlier = (
        fold(recorded(RAISED, given(RAISED).when(correct(seen=seen)).facts()[0]))
        for seen in (20, -10)
    )
    assert missing_since(later, REPORTER) == RAISED.last_seen_at
    assert missing_since(later, OFFICER) == at(20)
    assert missing_since(earlier, REPORTER) == missing_since(earlier, OFFICER) == at(-10)


def test_a_proposal_says_who_made_it():
    [proposed] = given(RAISED, VERIFIED).when(add(NGO, 50, category=Category.RUNAWAY)).facts()
    [known] = fold(recorded(RAISED, VERIFIED, (NGO, proposed))).proposals
    assert (known.by, known.role, known.at) == (NGO.id, NGO.role, at(50))
