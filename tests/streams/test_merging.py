"""Two cases of one person: what may be merged, and what follows from it in either."""

import pytest

from homeward.case import Status, decide, fold
from homeward.case.mergerefusals import (
    CaseIsMerged,
    CaseMergesItself,
    MergedTooMany,
    OnlyANote,
    SurvivorBehind,
    SurvivorMissing,
    SurvivorOver,
)
from homeward.case.merging import alike, apart_m, decide_merging, family, joined
from homeward.facts import case as facts
from homeward.facts.hub import WatchReleased
from homeward.facts.merging import (
    CASES_MAX,
    CaseJoined,
    CaseMerged,
    CaseParted,
    JoinedCase,
    JoinedSource,
)
from homeward.processors import callouts, hubs, knowledge, reach
from homeward.refusals import CaseOver, NotForRole, NotYourReport
from homeward.requests import case as requests
from homeward.requests.merging import MergeCase, PartCase
from homeward.testing import samples
from homeward.testing.given import COORDINATOR, OFFICER, REPORTER, given, id_of, recorded
from homeward.testing.samples import CASE, DRAFTED, OTHER_CASE, RAISED, VERIFIED, at
from homeward.words import (
    AgeBand,
    Audience,
    Category,
    Custody,
    Mode,
    Outcome,
    Purpose,
    Sex,
    case_code,
)

OUT = (RAISED, VERIFIED, DRAFTED, samples.issued(id_of(2)))
GONE = CaseMerged(case=CASE, at=at(60), into=OTHER_CASE, alert=1, version=1)
THIRD = "0" * 8 + "-0000-5000-8000-" + "0" * 12
FOURTH = "0" * 8 + "-0000-5000-8000-" + "1" * 12
SOURCE = JoinedSource(
    cell=samples.SEEN.cell, seen_at=at(50), accuracy_m=300, mode=Mode.FOOT, credibility_ppm=700_000
)
JOINED = CaseJoined(
    case=CASE,
    at=at(60),
    joined=OTHER_CASE,
    cases=(JoinedCase(case=OTHER_CASE, alert=1, reporter="neighbour"),),
    sources=(SOURCE,),
)


def asked(**more):
    """A merge into another case that is as far as any."""
    known = {"status": "alerted", "verified": True, "live": True, "into": OTHER_CASE}
    return MergeCase(**{"at": at(61), "by": OFFICER, **known, **more})


def test_a_merged_case_is_over_and_its_drafts_are_void():
    draft = DRAFTED.model_copy(update={"version": 2})
    fact, *none = given(*OUT, draft).when(asked(hubs=("station-1",))).facts()
    assert none == []
    assert (fact.into, fact.alert, fact.version) == (OTHER_CASE, 1, 1)
    assert fact.hubs == ("station-1",)
    case = fold(recorded(*OUT, draft, fact))
    assert (case.status, case.into, case.draft) == (Status.MERGED, OTHER_CASE, None)
    assert case.alert.closed == "merged"
    assert case.status.over


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"by": COORDINATOR}, NotForRole),
        ({"status": None}, SurvivorMissing),
        ({"into": CASE}, CaseMergesItself),
        ({"over": True, "status": "resolved"}, SurvivorOver),
        ({"verified": False, "live": False}, SurvivorBehind),
        ({"live": False}, SurvivorBehind),
        ({"cases": 50}, MergedTooMany),
    ],
    ids=lambda one: one.__name__ if isinstance(one, type) else "-".join(one),
)
def test_what_may_not_go_on_there(more, refusal):
    with pytest.raises(refusal):
        given(*OUT).when(asked(**more)).facts()


@pytest.mark.parametrize(
    ("more", "detail"),
    [
        ({"over": True, "status": "resolved"}, "resolved"),
        ({"cases": CASES_MAX}, str(CASES_MAX)),
    ],
)
def test_the_refusal_says_what_of_the_other_one_is_in_the_way(more, detail):
    with pytest.raises((SurvivorOver, MergedTooMany)) as refused:
        given(*OUT).when(asked(**more)).facts()
    assert refused.value.detail == detail


def test_as_many_go_on_in_one_as_it_can_say_with_those_that_come_with_it():
    assert given(*OUT).when(asked(cases=CASES_MAX - 1)).facts()
    given(*OUT).when(asked(cases=CASES_MAX)).then_refused("merged-too-many")
    assert given(*OUT, JOINED).when(asked(cases=CASES_MAX - 2)).facts()
    given(*OUT, JOINED).when(asked(cases=CASES_MAX - 1)).then_refused("merged-too-many")


def test_what_is_verified_does_not_go_on_in_a_report_though_nothing_is_out():
    report = {"status": "provisional", "verified": False, "live": False}
    given(RAISED, VERIFIED).when(asked(**report)).then_refused("survivor-behind")


def test_a_report_may_go_on_in_a_report():
    more = {"status": "provisional", "verified": False, "live": False}
    [fact] = given(RAISED).when(asked(**more)).facts()
    assert (fact.alert, fact.version) == (None, None)


def test_one_that_is_over_is_not_merged():
    with pytest.raises(CaseOver) as refused:
        given(*OUT, *samples.OTHERS[4:5]).when(asked()).facts()
    assert refused.value.detail == "resolved"


def test_asked_again_adds_nothing_and_another_place_is_refused():
    merged = (*OUT, GONE)
    given(*merged).when(asked(goes_on_in=OTHER_CASE)).then_nothing()
    # B went on in C: A is there, too, under either name.
    given(*merged).when(asked(into=THIRD, goes_on_in=THIRD)).then_nothing()
    for last, named in ((OTHER_CASE, OTHER_CASE), (FOURTH, FOURTH), (None, OTHER_CASE)):
        with pytest.raises(CaseIsMerged) as refused:
            given(*merged).when(asked(into=THIRD, goes_on_in=last)).facts()
        assert refused.value.detail == case_code(named)


def test_of_a_merged_case_only_its_parting_is_decided():
    case = fold(recorded(*OUT, GONE))
    add = requests.AddFacts(at=at(62), by=REPORTER, note="She had a red bag")
    with pytest.raises(CaseIsMerged) as refused:
        decide(case, add)
    assert refused.value.detail == case_code(OTHER_CASE)
    [parted] = decide_merging(case, PartCase(at=at(63), by=OFFICER, status="alerted"))
    assert isinstance(parted, CaseParted)
    assert (parted.case, parted.of) == (CASE, OTHER_CASE)


def test_a_merged_case_is_not_reopened_and_says_where_it_goes_on():
    reopen = requests.Reopen(at=at(62), by=OFFICER, reason="other-child")
    with pytest.raises(CaseIsMerged) as refused:
        given(*OUT, GONE).when(reopen).facts()
    assert refused.value.detail == case_code(OTHER_CASE)


def test_whoever_raised_a_merged_case_adds_to_the_other():
    case = fold(recorded(*OUT, JOINED))
    neighbour = REPORTER.model_copy(update={"id": "neighbour"})
    add = requests.AddFacts(at=at(62), by=neighbour, note="She had a red bag")
    assert decide(case, add)
    with pytest.raises(NotYourReport):
        decide(case, add.model_copy(update={"by": REPORTER.model_copy(update={"id": "x"})}))
    with pytest.raises(NotYourReport):
        decide(case, requests.Withdraw(at=at(62), by=neighbour))


@pytest.mark.parametrize(
    "stated",
    [{"protection_order": True}, {"category": Category.OTHER}, {"mode": Mode.VEHICLE}],
    ids=lambda one: next(iter(one)),
)
def test_of_another_ones_report_they_state_nothing(stated):
    neighbour = REPORTER.model_copy(update={"id": "neighbour"})
    add = requests.AddFacts(at=at(62), by=neighbour, note="She had a red bag", **stated)
    case = fold(recorded(RAISED, JOINED))
    with pytest.raises(OnlyANote):
        decide(case, add)
    for by in (REPORTER, OFFICER):
        assert decide(case, add.model_copy(update={"by": by}))


def test_what_is_known_of_another_ones_report_is_not_told_by_what_adds_nothing():
    neighbour = REPORTER.model_copy(update={"id": "neighbour"})
    add = requests.AddFacts(at=at(62), by=neighbour, category=RAISED.category)
    with pytest.raises(OnlyANote):
        decide(fold(recorded(RAISED, JOINED)), add)


def test_one_in_which_another_goes_on_is_not_withdrawn():
    withdraw = requests.Withdraw(at=at(62), by=REPORTER)
    given(RAISED).when(withdraw).then_kinds("case.withdrawn/1")
    given(RAISED, JOINED).when(withdraw).then_refused("case-joined")


def test_who_went_on_in_it_goes_on_with_it():
    first = fold(recorded(*OUT, JOINED))
    [gone] = given(*OUT, JOINED).when(asked(into=THIRD)).facts()
    said = joined(first, gone, ())
    assert said.case == THIRD
    assert [(one.case, one.alert) for one in said.cases] == [(CASE, 1), (OTHER_CASE, 1)]
    assert said.cases[1].reporter == "neighbour"


def test_the_other_one_is_told_all_that_counts_there():
    guarded = RAISED.model_copy(update={"custody": Custody.DISPUTED, "protection_order": True})
    said = joined(fold(recorded(guarded)), GONE, (SOURCE,), samples.HUB_BOOK)
    assert (said.case, said.at, said.joined) == (OTHER_CASE, GONE.at, CASE)
    assert said.cases == (JoinedCase(case=CASE, alert=1, reporter=REPORTER.id),)
    assert (said.sources, said.hubs) == ((SOURCE,), samples.HUB_BOOK)
    assert (said.custody, said.protection_order) == (Custody.DISPUTED, True)
    plain = joined(fold(recorded(RAISED)), GONE, ())
    assert (plain.sources, plain.hubs) == ((), None)
    assert (plain.custody, plain.protection_order) == (None, None)


def test_a_case_and_those_that_go_on_in_it_are_one_family():
    assert family(fold(recorded(RAISED, JOINED))) == {CASE, OTHER_CASE}
    assert family(fold(recorded(RAISED))) == {CASE}


def played(processor, *facts):
    """Return the state after the facts, and what was said on the last."""
    state, says = processor.begin(), ()
    for one in recorded(*facts):
        if one.kind in processor.hears:
            reaction = processor.step(state, one)
            state, says = processor.load(processor.dump(reaction.state)), tuple(reaction.says)
    return state, says


def test_the_survivor_goes_out_from_what_was_accepted_of_the_other_once():
    known = knowledge.knowledge_of(recorded(*OUT, JOINED, JOINED))
    assert [one.cell for one in known.sources] == [RAISED.last_seen_cell, SOURCE.cell]
    assert known.sources[1].credibility_ppm == 700_000
    state, _ = played(reach.Reach(), *OUT, JOINED)
    assert state.knowledge == known


def test_no_wave_goes_out_of_a_merged_case():
    state, says = played(reach.Reach(), *OUT, GONE)
    assert (state.live, state.look_at, says) == (None, None, ())


def test_hubs_are_released_and_those_that_watch_on_are_not_told():
    one = samples.ORDERED.model_copy(update={"alert": 1, "version": 1})
    other = one.model_copy(update={"hub": "station-2", "watch": id_of(77)})
    live = hubs.HubsState(
        live=hubs.Live.of(samples.issued(id_of(2))),
        watches=tuple(hubs.Watch(it.hub, it.watch, 1) for it in (one, other)),
    )
    [*_, heard] = recorded(*OUT, GONE.model_copy(update={"hubs": (one.hub,)}))
    says = hubs.Hubs().step(live, heard).says
    assert {it.hub: it.reason for it in says} == {one.hub: "watches-on", "station-2": "merged"}
    told = {}
    for said in says:
        _, orders = played(callouts.Callouts(), *OUT, one, other, GONE, said)
        told[said.hub] = [it.purpose for it in orders]
    assert told == {one.hub: [], "station-2": [Purpose.STAND_DOWN]}
    assert all(isinstance(it, WatchReleased) for it in says)


def test_those_told_of_the_merged_are_told_that_it_goes_on_and_later_how_it_ends():
    _, [order] = played(callouts.Callouts(), *OUT, GONE)
    assert (order.audience, order.purpose) == (Audience.TOLD, Purpose.JOINED)
    assert order.purpose.ends
    found = samples.OTHERS[4].model_copy(update={"outcome": Outcome.FOUND_SAFE})
    closed = samples.OTHERS[5]
    _, [order] = played(callouts.Callouts(), *OUT, JOINED, found, closed)
    assert order.purpose is Purpose.CLOSE_OUT
    assert [(one.case, one.alert) for one in order.joined] == [(OTHER_CASE, 1)]


def test_a_survivor_without_an_alert_tells_those_of_the_other_that_it_is_over():
    untold = samples.OTHERS[5].model_copy(update={"alert": None, "version": None})
    _, [order] = played(callouts.Callouts(), RAISED, VERIFIED, JOINED, untold)
    assert (order.alert, order.version) == (0, 0)
    assert order.joined
    _, says = played(callouts.Callouts(), RAISED, VERIFIED, untold)
    assert says == ()


def like(**more):
    """A case like the sample, but for this."""
    fact = RAISED.model_copy(update={"case": OTHER_CASE, **more})
    return fold(recorded(fact))


@pytest.mark.parametrize(
    ("more", "same"),
    [
        ({}, True),
        ({"category": Category.OTHER}, True),
        ({"sex": Sex.UNKNOWN, "age_band": AgeBand.UNKNOWN}, True),
        ({"last_seen_at": at(23 * 60)}, True),
        ({"last_seen_at": at(24 * 60)}, True),
        ({"last_seen_at": at(25 * 60)}, False),
        ({"sex": Sex.MALE if RAISED.sex is Sex.FEMALE else Sex.FEMALE}, False),
        ({"age_band": AgeBand.OLD}, False),
        ({"category": Category.DEMENTIA}, False),
        ({"last_seen_cell": "8928308280fffff"}, False),
    ],
    ids=str,
)
def test_which_cases_may_be_of_one_person(more, same):
    mine = fold(recorded(RAISED))
    assert alike(mine, like(**more)) is same
    assert alike(like(**more), mine) is same


def test_a_case_is_not_like_itself_nor_like_one_that_is_over():
    mine = fold(recorded(RAISED))
    assert not alike(mine, mine)
    over = fold(recorded(RAISED.model_copy(update={"case": OTHER_CASE}), samples.OTHERS[0]))
    assert over.status.over
    assert not alike(mine, over)


def test_a_case_is_not_like_one_that_nobody_raised():
    mine, none = fold(recorded(RAISED)), fold(())
    assert not alike(mine, none)
    assert not alike(none, mine)
    assert apart_m(mine, like()) == 0


def test_who_alone_has_an_alert_out_brings_no_case_into_it_whose_dispute_they_took_away():
    def said(custody):
        return facts.FactsAdded(case=CASE, at=at(55), custody=custody)

    settled = (*OUT, (REPORTER, said(Custody.DISPUTED)), (OFFICER, said(Custody.NONE)))
    given(*settled).when(asked(alone_by=OFFICER.id)).then_refused("approver-is-drafter")
    for alone_by in (None, "somebody-else"):
        given(*settled).when(asked(alone_by=alone_by)).then_kinds("case.merged/1")
    given(*OUT).when(asked(alone_by=OFFICER.id)).then_kinds("case.merged/1")
