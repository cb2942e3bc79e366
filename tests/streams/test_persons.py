"""Several persons missing together are one case: added, found one by one, over with the last."""

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st
from tests.streams.lives import OUT
from tests.streams.test_case import raise_case

from homeward.case import fold, waiting
from homeward.case.holding import placed
from homeward.case.merging import alike
from homeward.case.persons import GROWN, decides_alone, missing
from homeward.facts import case as facts
from homeward.facts.hold import HoldPlaced
from homeward.facts.persons import PersonAdded, PersonFound, PersonMissed
from homeward.facts.ringzero import Companion
from homeward.policies.figures import WALKS, together
from homeward.processors.knowledge import knowledge_of
from homeward.record.envelope import Origin, Sealer, StreamHead, person_owner, write
from homeward.record.sealing import subject_of
from homeward.refusals import Refused
from homeward.requests import case as cases
from homeward.requests import merging
from homeward.requests.persons import AddPerson, FindPerson, MissPerson
from homeward.requests.ringzero import AskRingZero
from homeward.testing import samples
from homeward.testing.given import (
    COORDINATOR,
    OFFICER,
    ORIGIN,
    OTHER_OFFICER,
    REPORTER,
    given,
    id_of,
    recorded,
)
from homeward.testing.samples import CASE, DRAFTED, OTHER_CASE, RAISED, TAKEN_UP, VERIFIED, at
from homeward.timeline import for_reporter, status_of, timeline
from homeward.words import AgeBand, Category, Custody, Description, Outcome, Sex

BIG = Description(name="林小苗", age_years=8, sex=Sex.FEMALE)
SISTER = PersonAdded(
    case=CASE, at=at(21), person=2, age_band=AgeBand.CHILD, sex=Sex.FEMALE, description=BIG
)
SAFE = Outcome.FOUND_SAFE
FOUND = PersonFound(case=CASE, at=at(50), person=1, outcome=SAFE)
TWO_OUT = (RAISED, SISTER, VERIFIED, DRAFTED, samples.issued(id_of(3)))


def add(by=OFFICER, when=60, known=1, **said):
    return AddPerson(at=at(when), by=by, description=Description(**said), known=known)


def find(person=1, by=OFFICER, when=60, outcome=SAFE):
    return FindPerson(at=at(when), by=by, person=person, outcome=outcome)


def test_a_report_of_two_is_one_case_and_says_of_each_what_stands_in_clear():
    given().when(raise_case(others=(BIG,))).then(RAISED, SISTER.model_copy(update={"at": at(20)}))


def test_the_same_report_of_two_again_is_one_report_and_another_one_is_refused():
    both = (RAISED, (REPORTER, SISTER.model_copy(update={"at": at(20)})))
    given(*both).when(raise_case(others=(BIG,))).then_nothing()
    given(*both).when(raise_case()).then_refused("case-exists")


def test_a_category_must_fit_one_of_them():
    toddler = Description(age_years=2)
    left = raise_case(category=Category.RUNAWAY, description=toddler)
    given().when(left).then_refused("age-contradicts-category")
    taken_along = raise_case(category=Category.RUNAWAY, description=toddler, others=(BIG,))
    assert len(given().when(taken_along).facts()) == 2


def test_whoever_reported_adds_until_it_is_verified_and_an_officer_while_it_goes_on():
    mine = add(REPORTER, age_years=8, sex=Sex.FEMALE)
    said = SISTER.model_copy(update={"at": at(60), "description": mine.description})
    given(RAISED, TAKEN_UP).when(mine).then(said)
    given(RAISED, VERIFIED).when(mine).then_refused("person-added-late")
    given(*OUT).when(add(age_years=8, sex=Sex.FEMALE)).then(said)
    given(RAISED).when(add(COORDINATOR)).then_refused("role-not-allowed")
    other = add(REPORTER.model_copy(update={"id": "neighbour"}))
    given(RAISED).when(other).then_refused("not-your-report")


def test_twins_are_two_also_in_one_moment():
    twin = add(age_years=8, sex=Sex.FEMALE)
    first = given(RAISED).when(twin).facts()
    given(RAISED, *first).when(twin).then_nothing()
    second = given(RAISED, *first).when(twin.model_copy(update={"known": 2})).facts()
    assert [one.person for one in (*first, *second)] == [2, 3]
    given(RAISED, *first, *second).when(twin).then_nothing()
    given(RAISED).when(twin.model_copy(update={"known": 2})).then_refused("person-not-found")


def test_more_than_eight_are_another_case():
    full = [SISTER.model_copy(update={"person": number}) for number in range(2, 9)]
    given(RAISED, *full).when(add(known=8)).then_refused("persons-too-many")


def test_one_of_two_is_found_and_the_case_goes_on():
    given(*TWO_OUT).when(find(when=50)).then(FOUND)
    case = fold(recorded(*TWO_OUT, FOUND))
    assert case.live(at(60))
    assert [one.number for one in missing(case)] == [2]
    given(*TWO_OUT, FOUND).when(find()).then_nothing()
    given(*TWO_OUT, FOUND).when(find(outcome=Outcome.RETURNED)).then_refused(
        "case-resolved-otherwise"
    )
    given(*TWO_OUT).when(find(3)).then_refused("person-not-found")
    given(*TWO_OUT).when(find(by=COORDINATOR)).then_refused("role-not-allowed")


def test_the_last_one_is_not_found_alone_but_the_case_is_resolved():
    given(*TWO_OUT, FOUND).when(find(2)).then_refused("last-person")
    resolve = cases.ResolveCase(at=at(61), by=OFFICER, outcome=Outcome.RETURNED)
    [resolved] = given(*TWO_OUT, FOUND).when(resolve).facts()
    shown = status_of(recorded(*TWO_OUT, FOUND, resolved)).persons
    assert [one.outcome for one in shown] == ["found-safe", "returned"]


def test_it_was_somebody_else_who_was_found():
    miss = MissPerson(at=at(61), by=OFFICER, person=1)
    missed = PersonMissed(case=CASE, at=at(61), person=1)
    given(*TWO_OUT, FOUND).when(miss).then(missed)
    given(*TWO_OUT).when(miss).then_nothing()
    assert len(missing(fold(recorded(*TWO_OUT, FOUND, missed)))) == 2


def test_words_that_name_somebody_who_was_found_go_out_no_more():
    drafted = (RAISED, SISTER, VERIFIED, DRAFTED)
    draft = id_of(3)
    approve = cases.ApproveAlert(at=at(60), by=OTHER_OFFICER, draft=draft)
    issue = cases.IssueAlert(at=at(60), by=OFFICER, draft=draft)
    for request in (approve, issue):
        assert given(*drafted).when(request).facts()
        given(*drafted, FOUND).when(request).then_refused("draft-outdated")
    assert waiting(fold(recorded(*drafted)), draft)
    assert not waiting(fold(recorded(*drafted, FOUND)), draft)
    still = PersonMissed(case=CASE, at=at(51), person=1)
    assert given(*drafted, FOUND, still).when(issue).facts()


def test_what_one_officer_issued_goes_no_farther_once_it_names_somebody_found():
    out = samples.issued(id_of(3)).model_copy(update={"people_max": 5_000, "reach_km_max": 30})
    alone = (RAISED, SISTER, VERIFIED, DRAFTED, out)
    approve = cases.ApproveAlert(at=at(60), by=OTHER_OFFICER, draft=id_of(3))
    assert given(*alone).when(approve).facts()
    given(*alone, FOUND).when(approve).then_refused("draft-outdated")


def test_who_is_added_waits_for_no_new_draft():
    """Minutes count: what is drafted goes out, and its next version names everybody."""
    issue = cases.IssueAlert(at=at(60), by=OFFICER, draft=id_of(2))
    assert given(RAISED, VERIFIED, DRAFTED, SISTER).when(issue).facts()


def test_each_person_is_looked_for_on_the_list_of_the_protected():
    before = fold(recorded(RAISED))
    assert placed(before, [SISTER], screened=True) == (HoldPlaced(case=CASE, at=at(21)),)
    assert placed(before, [SISTER]) == ()
    lifted = fold(recorded(RAISED, HoldPlaced(case=CASE, at=at(20)), samples_lifted()))
    assert placed(lifted, [SISTER], screened=True), "a judgement of one is none of the other"


def samples_lifted():
    return next(one for one in samples.ALL if one.kind == "hold.lifted/1")


def test_a_reporter_adds_to_a_case_on_hold_and_learns_nothing():
    held = (RAISED, HoldPlaced(case=CASE, at=at(20)))
    assert given(*held).when(add(REPORTER)).facts()
    given(*held).when(find()).then_refused("case-on-hold")


def test_ring_zero_asks_for_each_of_them():
    raised = RAISED.model_copy(update={"custody": Custody.NONE})
    ask = AskRingZero(at=at(30), by=OFFICER)
    [asked] = given(raised, SISTER, TAKEN_UP).when(ask).facts()
    assert asked.others == (Companion(age_band=AgeBand.CHILD, sex=Sex.FEMALE),)
    assert asked.radius_m == round(WALKS[AgeBand.CHILD].km_75 * 1_000)
    grown = SISTER.model_copy(update={"age_band": AgeBand.ADULT})
    given(raised, grown, TAKEN_UP).when(ask).then_refused("ring-zero-unsafe")
    [alone] = given(raised, TAKEN_UP).when(ask).facts()
    assert "others" not in alone.public()


@forall(st.sets(st.sampled_from(AgeBand), min_size=1))
def test_together_they_reach_as_far_as_each_of_them(bands):
    band = together(bands)
    for one in bands:
        assert all(has >= need for has, need in zip(WALKS[band], WALKS[one], strict=True))
    if len(bands) == 1:
        assert {band} == bands


def test_the_search_is_as_wide_as_those_who_are_missing_still():
    teen = SISTER.model_copy(update={"age_band": AgeBand.TEEN})
    gone = PersonFound(case=CASE, at=at(50), person=2, outcome=SAFE)
    back = PersonMissed(case=CASE, at=at(51), person=2)

    def band(*facts):
        return knowledge_of(recorded(*facts)).age_band

    assert band(RAISED) is AgeBand.SMALL
    assert band(RAISED, teen) is AgeBand.TEEN
    assert band(RAISED, teen, gone) is AgeBand.SMALL
    assert band(RAISED, teen, gone, back) is AgeBand.TEEN
    old = SISTER.model_copy(update={"age_band": AgeBand.OLD})
    assert band(RAISED, old, teen.model_copy(update={"person": 3})) is AgeBand.YOUTH


def test_each_is_sealed_under_a_key_of_their_own():
    keys: list[str] = []

    def key(subject):
        keys.append(subject)
        return b"k" * 32

    for fact in (RAISED, SISTER):
        write(
            fact,
            fact_id=id_of(1),
            log=ORIGIN,
            head=StreamHead(f"case-{CASE}", 0, b"0" * 32),
            origin=Origin(by=REPORTER),
            recorded=at(21),
            sealer=Sealer(data_key=key, nonce=lambda: b"n" * 12),
        )
    assert keys[0] == subject_of(ORIGIN, CASE, "child")
    assert keys[-1] == subject_of(ORIGIN, CASE, "child-2")
    assert person_owner(SISTER, "hold-x", SISTER.whose("description")) == CASE


def test_a_case_of_two_does_not_go_on_in_a_case_of_one():
    into = merging.MergeCase(
        at=at(60), by=OFFICER, into=OTHER_CASE, status="alerted", verified=True, live=True
    )
    given(*TWO_OUT).when(into).then_refused("survivor-fewer")
    assert given(*TWO_OUT).when(into.model_copy(update={"persons": 2})).facts()
    assert given(*TWO_OUT, FOUND).when(into).facts()


def test_cases_are_alike_where_one_of_several_may_be_the_other():
    two = fold(recorded(RAISED, SISTER))
    big = RAISED.model_copy(update={"case": OTHER_CASE, "age_band": AgeBand.CHILD})
    assert alike(two, fold(recorded(big)))
    assert not alike(fold(recorded(RAISED)), fold(recorded(big)))


@pytest.mark.parametrize("by", [timeline, for_reporter])
def test_a_timeline_says_who_was_added_and_found_and_nothing_sealed(by):
    said = [one.what for one in by(recorded(RAISED, SISTER, FOUND)) if "person" in one.what]
    assert said[0] == {"person": 2, "age_band": "7-12", "sex": "female"}
    assert said[1]["outcome"] == "found-safe"


NO_CONTACT = Outcome.LOCATED_NO_CONTACT
GROWN_UP = SISTER.model_copy(update={"age_band": AgeBand.ADULT})


def test_who_decides_alone_may_be_found_and_want_no_contact():
    """A child may not be closed as one who wants none, but for one who ran away."""
    out = (RAISED, GROWN_UP, VERIFIED, DRAFTED, samples.issued(id_of(3)))
    [fact] = given(*out).when(find(2, outcome=NO_CONTACT)).facts()
    assert (fact.person, fact.outcome) == (2, NO_CONTACT)
    given(*out).when(find(1, outcome=NO_CONTACT)).then_refused("outcome-unfit")
    ran = RAISED.model_copy(update={"category": Category.RUNAWAY})
    assert given(ran, *out[1:]).when(find(1, outcome=NO_CONTACT)).facts()


@pytest.mark.parametrize("band", sorted(GROWN))
def test_each_grown_band_decides_alone_and_a_child_beside_does_not(band):
    case = fold(recorded(RAISED))
    assert decides_alone(case, (band,))
    assert decides_alone(case, GROWN)
    assert not decides_alone(case, (band, AgeBand.CHILD))


def detail(request, *history):
    with pytest.raises(Refused) as refused:
        given(*history).when(request).facts()
    return refused.value.detail


def test_a_refusal_says_which_and_how_many():
    over = (*TWO_OUT, FOUND, facts.CaseResolved(case=CASE, at=at(55), outcome=SAFE))
    for request in (add(), find(2), MissPerson(at=at(60), by=OFFICER, person=1)):
        assert detail(request, *over) == "resolved"
    full = [SISTER.model_copy(update={"person": number}) for number in range(2, 9)]
    assert detail(add(known=8), RAISED, *full) == "8"
    assert detail(add(known=3), RAISED) == "3"
    assert detail(find(3), *TWO_OUT) == "3"


def test_what_helped_stands_with_who_was_found():
    helped = find(1, when=50).model_copy(update={"helped_by": (id_of(1),)})
    given(*TWO_OUT).when(helped).then(FOUND.model_copy(update={"helped_by": (id_of(1),)}))
