"""Two cases were not of one person after all: the merge is undone, in either order, for good."""

import pytest
from hypothesis import given as forall
from hypothesis import settings
from hypothesis import strategies as st
from tests.streams.test_merging import GONE, JOINED, OUT, SOURCE, asked, played

from homeward.case import Status, decide, fold
from homeward.case.merging import joined
from homeward.case.parting import left
from homeward.facts import case as facts
from homeward.facts.merging import CaseJoined, CaseLeft, CaseMerged, CaseParted
from homeward.processors import callouts, escalation, knowledge, reach
from homeward.refusals import Refused
from homeward.requests import case as requests
from homeward.requests.merging import PartCase
from homeward.testing import samples
from homeward.testing.given import COORDINATOR, OFFICER, REPORTER, given, id_of, recorded
from homeward.testing.samples import CASE, DRAFTED, OTHER_CASE, RAISED, TAKEN_UP, VERIFIED, at
from homeward.timeline.duties import DutyBoard
from homeward.words import CancelReason, Outcome, Purpose

PARTED = CaseParted(
    case=CASE, at=at(90), of=OTHER_CASE, unverified=False, waiting=False, alert=1, version=1
)
LEFT = CaseLeft(case=CASE, at=at(90), left=OTHER_CASE, cases=(OTHER_CASE,), forgotten=(SOURCE,))


def part(by=OFFICER, when=90, status="alerted", **more):
    return PartCase(at=at(when), by=by, status=status, **more)


def test_it_gets_back_how_it_stood_and_its_next_version_goes_out():
    given(*OUT, GONE).when(part()).then(PARTED)
    case = fold(recorded(*OUT, GONE, PARTED))
    assert (case.status, case.into, case.ended) == (Status.VERIFIED, "", None)
    assert not case.live(at(91)), "nobody remembers a live one by himself"
    assert (case.alert.closed, case.alert.told_over) == ("", False)
    issue = requests.IssueAlert(at=at(91), by=OFFICER, draft=id_of(2))
    given(*OUT, GONE, PARTED).when(issue).then_refused("draft-outdated")
    second = DRAFTED.model_copy(update={"version": 2, "at": at(91)})
    out = (*OUT, GONE, PARTED, second)
    issue = issue.model_copy(update={"draft": id_of(len(out) - 1), "at": at(92)})
    [live] = given(*out).when(issue).facts()
    assert (live.alert, live.version) == (1, 2)


@pytest.mark.parametrize(
    ("history", "status", "waiting"),
    [((RAISED,), Status.PROVISIONAL, True), ((RAISED, TAKEN_UP), Status.VERIFYING, False)],
)
def test_a_report_is_one_again_and_its_clock_runs_anew(history, status, waiting):
    gone = GONE.model_copy(update={"alert": None, "version": None})
    [fact] = given(*history, gone).when(part()).facts()
    assert (fact.unverified, fact.waiting, fact.alert) == (True, waiting, None)
    case = fold(recorded(*history, gone, fact))
    assert case.status is status
    state, _ = played(escalation.Escalation(), *history, gone)
    assert state.look_at is None
    state, _ = played(escalation.Escalation(), *history, gone, fact)
    assert state.said_at == fact.at
    assert state.reported_at == (fact.at if waiting else None)
    assert state.look_at is not None


def test_those_who_were_told_hear_its_end_by_it_alone():
    parted = (*OUT, GONE, PARTED)
    resolve = requests.ResolveCase(at=at(95), by=OFFICER, outcome=Outcome.FOUND_SAFE)
    [resolved] = given(*parted).when(resolve).facts()
    assert (resolved.alert, resolved.version) == (1, 1)
    cancel = requests.CancelAlert(at=at(95), by=OFFICER, reason=CancelReason.FALSE)
    assert given(*parted).when(cancel).facts()


def test_what_is_refused():
    given(*OUT).when(part(status=None)).then_refused("case-not-merged")
    given(*OUT, GONE).when(part(COORDINATOR)).then_refused("role-not-allowed")
    given(*OUT, GONE).when(part(status="sealed")).then_refused("survivor-sealed")
    given(*OUT, GONE).when(part(status="expunged")).then_refused("survivor-sealed")
    given(*OUT, GONE).when(part(goes_on_in="0" * 8 + "-0000-5000-8000-" + "0" * 12)).then_refused(
        "part-first"
    )
    off = facts.CaseDePublished(case=CASE, at=at(80))
    shut = facts.CaseSealed(case=CASE, at=at(81))
    assert given(*OUT, GONE, off).when(part()).facts()
    given(*OUT, GONE, off, shut).when(part()).then_refused("case-sealed")


def test_asked_twice_it_adds_nothing_and_it_may_be_merged_again():
    parted = (*OUT, GONE, PARTED)
    given(*parted).when(part(status=None)).then_nothing()
    [again] = given(*parted).when(asked(at=at(95))).facts()
    assert isinstance(again, CaseMerged)
    assert (again.alert, again.version) == (1, 1)
    [once_more] = given(*parted, again).when(part(when=99)).facts()
    assert once_more.at == at(99)


def test_the_other_one_forgets_what_it_knew_only_by_it():
    known = knowledge.knowledge_of(recorded(*OUT, JOINED, LEFT))
    assert [one.cell for one in known.sources] == [RAISED.last_seen_cell]
    kept = knowledge.knowledge_of(recorded(*OUT, JOINED, LEFT.model_copy(update={"forgotten": ()})))
    assert len(kept.sources) == 2
    state, _ = played(reach.Reach(), *OUT, JOINED, LEFT)
    assert state.knowledge == known
    assert fold(recorded(*OUT, JOINED, LEFT)).joined == ()


def test_the_end_of_the_other_one_goes_to_those_of_the_parted_no_more():
    over = facts.CaseClosedOut(case=CASE, at=at(99), alert=1, version=1)
    _, says = played(callouts.Callouts(), *OUT, JOINED, over)
    assert says[0].joined
    _, says = played(callouts.Callouts(), *OUT, JOINED, LEFT, over)
    assert says[0].joined is None


def test_those_told_that_it_goes_on_are_told_once_each_time_that_it_does_not():
    _, [first] = played(callouts.Callouts(), *OUT, GONE)
    _, [second] = played(callouts.Callouts(), *OUT, GONE, PARTED)
    _, [third] = played(callouts.Callouts(), *OUT, GONE, PARTED, GONE)
    _, [fourth] = played(callouts.Callouts(), *OUT, GONE, PARTED, GONE, PARTED)
    assert [one.purpose for one in (first, second)] == [Purpose.JOINED, Purpose.PARTED]
    assert [one.moved for one in (first, second, third, fourth)] == [None, None, 1, 1]
    assert {(one.alert, one.version) for one in (first, second, third, fourth)} == {(1, 1)}
    nobody = GONE.model_copy(update={"alert": None, "version": None})
    none = PARTED.model_copy(update={"alert": None, "version": None})
    assert played(callouts.Callouts(), RAISED, nobody, none)[1] == ()


def test_on_the_duty_board_each_waits_for_itself_again():
    seen = samples.SEEN
    other = RAISED.model_copy(update={"case": OTHER_CASE})
    merged = GONE.model_copy(update={"case": CASE, "into": OTHER_CASE})
    told = JOINED.model_copy(update={"case": OTHER_CASE, "joined": CASE})
    gone = LEFT.model_copy(update={"case": OTHER_CASE, "left": CASE, "cases": (CASE,)})
    board = DutyBoard()
    history = recorded(other, *OUT, seen, merged, told, PARTED, gone)
    for one in history[:-2]:
        board.hear(one)
    assert seen.sighting in board.open[OTHER_CASE].among
    for one in history[-2:]:
        board.hear(one)
    assert seen.sighting not in board.open[OTHER_CASE].among
    assert seen.sighting in board.open[CASE].among
    assert board.lines(at(95))


NAMES = [CASE, OTHER_CASE, "0" * 8 + "-0000-5000-8000-" + "0" * 12]


@forall(st.lists(st.tuples(st.sampled_from([0, 1, 2]), st.sampled_from([0, 1, 2, 3])), max_size=16))
@settings(max_examples=200, deadline=None)
def test_merged_and_parted_in_any_order_they_end_consistent(acts):
    """Each case stands alone or goes on in one that knows it; nobody is lost and nobody twice."""
    said = {one: [RAISED.model_copy(update={"case": one}), _of(VERIFIED, one)] for one in NAMES}

    def state(case):
        return fold(recorded(*said[case]))

    def last(case):
        while state(case).into:
            case = state(case).into
        return case

    for minute, (of, to) in enumerate(acts, 100):
        case = NAMES[of]
        mine = state(case)
        if to == 3:
            into = state(mine.into) if mine.into else None
            request = part(
                when=minute,
                status=into.status.value if into else None,
                goes_on_in=into.into or None if into else None,
            )
        else:
            there = last(NAMES[to])
            request = asked(
                at=at(minute),
                into=there,
                goes_on_in=last(case) if mine.into else None,
                over=state(there).status.over,
                status=state(there).status.value,
                cases=len(state(there).joined),
            )
        try:
            made = decide(mine, request)
        except Refused:
            continue
        for fact in made:
            said[case].append(fact)
            beside = (
                left(mine, fact, ())
                if isinstance(fact, CaseParted)
                else joined(mine, fact, ())
                if isinstance(fact, CaseMerged)
                else None
            )
            if isinstance(beside, CaseJoined | CaseLeft):
                said[beside.case].append(beside)
    states = {one: state(one) for one in NAMES}
    for name, one in states.items():
        assert last(name) in NAMES, "no circle"
        assert (one.status is Status.MERGED) == bool(one.into)
        assert len({it.case for it in one.joined}) == len(one.joined)
        if not one.into:
            assert {it.case for it in one.joined} == {
                other for other in NAMES if other != name and last(other) == name
            }


def _of(fact, case):
    return fact.model_copy(update={"case": case})


def test_a_reporter_adds_to_their_own_report_again():
    note = requests.AddFacts(at=at(95), by=REPORTER, note="She has come to the school")
    given(*OUT, GONE).when(note).then_refused("case-merged")
    assert given(*OUT, GONE, PARTED).when(note).facts()
    theirs = note.model_copy(update={"by": REPORTER.model_copy(update={"id": "neighbour"})})
    assert given(*OUT, JOINED).when(theirs).facts()
    given(*OUT, JOINED, LEFT).when(theirs).then_refused("not-your-report")


@pytest.mark.parametrize("status", ["sealed", "expunged"])
def test_the_refusal_says_how_the_other_one_is_closed(status):
    with pytest.raises(Refused) as refused:
        given(*OUT, GONE).when(part(status=status)).facts()
    assert refused.value.detail == status


def test_who_leaves_names_what_is_forgotten_and_what_was_drafted_is_void():
    gone = fold(recorded(*OUT, GONE))
    assert left(gone, PARTED, (SOURCE,)).forgotten == (SOURCE,)
    assert fold(recorded(*OUT, GONE, PARTED)).alert.proposed is None
