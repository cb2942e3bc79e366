import pytest

from homeward.case import Case
from homeward.facts.case import FactsAdded
from homeward.facts.correcting import LastSeenCorrected, ProposalAccepted
from homeward.facts.hold import HoldPlaced
from homeward.facts.merging import CaseJoined, JoinedCase
from homeward.messages import Actor
from homeward.refusals import Refused
from homeward.requests.case import TakeUp
from homeward.requests.sighting import (
    AcceptSighting,
    MergeSighting,
    PartSighting,
    RejectSighting,
    ReleaseSighting,
    ReportSighting,
    WithholdSighting,
)
from homeward.sighting import Sighting, Status, decide, decided_with, evolve, fold, fold_all
from homeward.testing import samples
from homeward.testing.given import (
    COORDINATOR,
    OFFICER,
    REPORTER,
    VOLUNTEER,
    given,
    id_of,
    recorded,
)
from homeward.testing.samples import ACCEPTED, CASE, OTHER_CASE, RAISED, SEEN, SIGHTING, at
from homeward.words import Mode, Role, derived_id

RESOLVED = samples.OTHERS[4]
TURNED_DOWN = samples.OTHERS[6]


def report(**changed):
    names = set(ReportSighting.model_fields) - {"by", "missing_since"}
    fields = {name: getattr(SEEN, name) for name in names}
    return ReportSighting(**{**fields, "by": VOLUNTEER, **changed})


def accept(by=COORDINATOR, when=52, **changed):
    return AcceptSighting(at=at(when), by=by, hubs=samples.HUB_BOOK, **changed)


def reject(reason="other-person"):
    return RejectSighting(at=at(53), by=COORDINATOR, reason=reason)


def test_a_sighting_is_recorded_as_told():
    given(RAISED).when(report()).then(SEEN)


def test_a_sighting_nobody_told_of_is_one_that_nothing_is_known_of():
    assert fold(recorded(RAISED, SEEN), derived_id("x", 1)) == Sighting()


def test_the_same_sighting_twice_is_recorded_once():
    given(RAISED, SEEN).when(report()).then_nothing()
    given(RAISED, SEEN).when(report(seen_at=at(44))).then_refused("sighting-exists")


def test_late_and_out_of_order_is_fine():
    given(RAISED, SEEN, ACCEPTED).when(
        report(sighting=derived_id("x", 2), at=at(300), seen_at=at(2))
    ).then_kinds("sighting.reported/1")


@pytest.mark.parametrize(
    ("seen", "code"), [(56, "seen-in-future"), (-24 * 60 - 1, "seen-before-missing")]
)
def test_an_impossible_moment_is_refused(seen, code):
    given(RAISED).when(report(seen_at=at(seen))).then_refused(code)


@pytest.mark.parametrize("seen", [55, -24 * 60])
def test_a_wrong_clock_is_forgiven(seen):
    given(RAISED).when(report(seen_at=at(seen))).then_kinds("sighting.reported/1")


def test_a_sighting_needs_a_case_that_is_not_over():
    given().when(report()).then_refused("case-not-found")
    given(RAISED).when(report(case=derived_id("x", 1))).then_refused("case-not-found")
    given(RAISED, RESOLVED).when(report()).then_refused("case-over")


def test_who_told_is_written_as_a_role():
    (said,) = given(RAISED).when(report(by=REPORTER)).facts()
    assert said.source is Role.REPORTER


def test_a_human_accepts_it_and_may_know_the_mode_better():
    given(RAISED, SEEN).when(accept()).then(ACCEPTED)
    (said,) = given(RAISED, SEEN).when(accept(mode=Mode.RAIL)).facts()
    assert said.mode is Mode.RAIL
    assert said.cell == SEEN.cell


def test_accepting_again_later_adds_nothing():
    given(RAISED, SEEN, ACCEPTED).when(accept(when=59)).then_nothing()


def test_nobody_changes_their_mind_silently():
    given(RAISED, SEEN, ACCEPTED).when(reject()).then_refused("sighting-decided")
    given(RAISED, SEEN, TURNED_DOWN).when(accept()).then_refused("sighting-decided")
    given(RAISED, SEEN, TURNED_DOWN).when(reject("hoax")).then_refused("sighting-decided")
    given(RAISED, SEEN, TURNED_DOWN).when(reject()).then_nothing()


def test_a_volunteer_does_not_judge():
    given(RAISED, SEEN).when(accept(by=VOLUNTEER)).then_refused("role-not-allowed")
    given(RAISED, SEEN).when(accept(by=OFFICER)).then_kinds("sighting.accepted/1")


def test_what_was_never_told_is_not_judged():
    given(RAISED, SEEN).when(accept(), about=derived_id("x", 9)).then_refused("sighting-not-found")
    given(RAISED, SEEN, RESOLVED).when(accept()).then_refused("case-over")
    elsewhere = SEEN.model_copy(update={"case": derived_id("x", 1)})
    given(RAISED, elsewhere).when(accept(), about=SIGHTING).then_refused("sighting-not-found")


def test_a_fold_takes_its_own_sighting_only():
    other = SEEN.model_copy(update={"sighting": derived_id("x", 3)})
    history = recorded(RAISED, SEEN, other, TURNED_DOWN)
    assert fold(history, SIGHTING).decided == TURNED_DOWN
    assert fold(history, other.sighting).decided is None


def test_another_kind_of_request_is_a_bug_and_not_an_answer():
    history = recorded(RAISED)
    from homeward.case import fold as fold_case  # noqa: PLC0415 -- this test alone

    request = TakeUp(at=at(1), by=Actor(id="x", role=Role.OFFICER), unit="x")
    with pytest.raises(TypeError, match="no decision of a sighting: TakeUp"):
        decide(fold_case(history), Sighting(), request)
    assert Case().live(at(0)) is False


OTHER = samples.OTHER_SIGHTING
SEEN_TOO = SEEN.model_copy(update={"sighting": OTHER, "at": at(49)})
MERGED, PARTED = samples.OTHERS[7:9]


def merge(into=OTHER, by=COORDINATOR):
    return MergeSighting(at=at(51), by=by, into=into)


def part(by=COORDINATOR):
    return PartSighting(at=at(51), by=by)


def test_a_person_says_that_two_reports_are_one():
    given(RAISED, SEEN_TOO, SEEN).when(merge()).then(MERGED)
    given(RAISED, SEEN_TOO, SEEN, MERGED).when(merge()).then_nothing()
    given(RAISED, SEEN_TOO, SEEN).when(merge(by=VOLUNTEER)).then_refused("role-not-allowed")


def test_what_was_merged_is_decided_with_the_other():
    one = given(RAISED, SEEN_TOO, SEEN, MERGED)
    one.when(accept(), about=SIGHTING).then_refused("sighting-merged")
    one.when(reject(), about=SIGHTING).then_refused("sighting-merged")
    one.when(accept(), about=OTHER).then_kinds("sighting.accepted/1")
    among = fold_all(one.recorded)
    assert among[SIGHTING].status is Status.MERGED
    assert decided_with(among, SIGHTING) == decided_with(among, OTHER) == OTHER


def test_a_late_repeat_goes_to_what_is_decided_already():
    gone = TURNED_DOWN.model_copy(update={"sighting": OTHER})
    given(RAISED, SEEN_TOO, gone, SEEN).when(merge(), about=SIGHTING).then(MERGED)
    given(RAISED, SEEN_TOO, gone, SEEN, MERGED).when(part()).then_refused("sighting-decided")


def test_a_merge_is_taken_back_until_the_other_is_decided():
    given(RAISED, SEEN_TOO, SEEN, MERGED).when(part()).then(PARTED)
    given(RAISED, SEEN_TOO, SEEN).when(part()).then_nothing()
    given(RAISED, SEEN_TOO, SEEN, MERGED, PARTED).when(reject()).then_kinds("sighting.rejected/1")
    given(RAISED, SEEN_TOO, SEEN, MERGED, RESOLVED).when(part()).then_refused("case-over")


def test_what_cannot_be_merged():
    given(RAISED, SEEN).when(merge()).then_refused("sighting-not-found")
    given(RAISED, SEEN).when(merge(into=SIGHTING)).then_refused("sighting-is-itself")
    given(RAISED, SEEN_TOO, SEEN, ACCEPTED).when(merge()).then_refused("sighting-decided")
    given(RAISED, SEEN_TOO, SEEN, RESOLVED).when(merge()).then_refused("case-over")
    elsewhere = SEEN_TOO.model_copy(update={"case": derived_id("x", 1)})
    given(RAISED, elsewhere, SEEN).when(merge()).then_refused("sighting-not-found")
    given(RAISED, SEEN_TOO, SEEN, MERGED).when(merge(into=SIGHTING), about=OTHER).then_refused(
        "sighting-merged"
    )


def test_two_who_say_at_once_that_each_is_the_other_lose_neither():
    back = MERGED.model_copy(update={"sighting": OTHER, "into": SIGHTING})
    among = fold_all(recorded(RAISED, SEEN_TOO, SEEN, MERGED, back))
    assert among[OTHER].status is Status.REPORTED
    assert decided_with(among, SIGHTING) == OTHER


def test_a_chain_made_at_once_is_decided_at_its_end():
    third = derived_id("x", 8)
    also = SEEN.model_copy(update={"sighting": third})
    onward = MERGED.model_copy(update={"sighting": OTHER, "into": third})
    among = fold_all(recorded(RAISED, also, SEEN_TOO, SEEN, MERGED, onward))
    assert decided_with(among, SIGHTING) == third


RELEASED, WITHHELD = samples.OTHERS[9:11]


def release(by=COORDINATOR):
    return ReleaseSighting(at=at(54), by=by)


def withhold(by=COORDINATOR):
    return WithholdSighting(at=at(56), by=by)


def test_a_coordinator_releases_a_sighting_to_the_reporter_and_withholds_it_again():
    given(RAISED, SEEN).when(release()).then(RELEASED)
    given(RAISED, SEEN, RELEASED).when(release()).then_nothing()
    given(RAISED, SEEN, RELEASED).when(withhold()).then(WITHHELD)
    given(RAISED, SEEN, RELEASED, WITHHELD).when(withhold()).then_nothing()
    given(RAISED, SEEN, RELEASED, WITHHELD).when(release()).then_kinds("sighting.released/1")


def test_nobody_releases_to_themselves():
    for by in (REPORTER, VOLUNTEER):
        given(RAISED, SEEN).when(release(by)).then_refused("role-not-allowed")


def test_where_a_protection_order_is_stated_only_the_police_release():
    guarded = RAISED.model_copy(update={"protection_order": True})
    given(guarded, SEEN).when(release()).then_refused("role-not-allowed")
    given(guarded, SEEN).when(release(OFFICER)).then_kinds("sighting.released/1")
    given(guarded, SEEN, RELEASED).when(withhold()).then_kinds("sighting.withheld/1")


@pytest.mark.parametrize(
    "order",
    [
        FactsAdded(case=CASE, at=at(40), protection_order=True),
        ProposalAccepted(case=CASE, at=at(40), proposal=id_of(9), protection_order=True),
        CaseJoined(
            case=CASE,
            at=at(40),
            joined=OTHER_CASE,
            cases=(JoinedCase(case=OTHER_CASE),),
            protection_order=True,
        ),
    ],
    ids=["added", "accepted", "joined"],
)
def test_nor_a_coordinator_where_the_order_came_later(order):
    given(RAISED, order, SEEN).when(release()).then_refused("role-not-allowed")
    given(RAISED, order, SEEN).when(release(OFFICER)).then_kinds("sighting.released/1")


def test_withholding_is_never_too_late():
    given(RAISED, SEEN, RESOLVED).when(release()).then_refused("case-over")
    given(RAISED, SEEN, RELEASED, RESOLVED).when(withhold()).then_kinds("sighting.withheld/1")


def test_a_decision_leaves_what_was_released():
    assert fold(recorded(RAISED, SEEN, RELEASED, ACCEPTED), SIGHTING).released
    assert not fold(recorded(RAISED, SEEN, ACCEPTED), SIGHTING).released


def test_a_refusal_says_what_the_sighting_or_the_case_is():
    for history, request, about, detail in (
        ((RAISED, RESOLVED), report(), "", "resolved"),
        ((RAISED, SEEN, ACCEPTED), reject(), SIGHTING, "accepted"),
        ((RAISED, SEEN_TOO, SEEN, MERGED), accept(), SIGHTING, OTHER),
        ((RAISED, SEEN_TOO, SEEN, MERGED), merge(into=derived_id("x", 5)), "", derived_id("x", 5)),
        ((RAISED, SEEN_TOO, SEEN, MERGED), merge(into=SIGHTING), OTHER, OTHER),
        ((RAISED, SEEN, RESOLVED), accept(), "", "resolved"),
        ((RAISED, SEEN_TOO, SEEN, RESOLVED), merge(), "", "resolved"),
        ((RAISED, SEEN_TOO, SEEN, MERGED, RESOLVED), part(), SIGHTING, "resolved"),
        ((RAISED, SEEN, RESOLVED), release(), "", "resolved"),
    ):
        with pytest.raises(Refused) as refused:
            given(*history).when(request, about=about).facts()
        assert refused.value.detail == detail


def test_each_fact_of_a_sighting_is_a_version_of_it():
    history = recorded(RAISED, SEEN_TOO, SEEN, RELEASED, WITHHELD, MERGED, PARTED, ACCEPTED)
    versions = [fold(history[: n + 1], SIGHTING).version for n in range(len(history))]
    assert versions == [0, 0, 1, 2, 3, 4, 5, 6]
    assert fold(history, OTHER).version == 1
    parted = fold(history[:7], SIGHTING)
    assert (parted.into, parted.status, parted.released) == ("", Status.REPORTED, False)
    assert parted.reported_by == VOLUNTEER.id
    rejected = fold(recorded(RAISED, SEEN, TURNED_DOWN), SIGHTING)
    assert (rejected.version, rejected.status) == (2, Status.REJECTED)


def test_a_merge_that_came_too_late_is_a_version_all_the_same():
    back = MERGED.model_copy(update={"sighting": OTHER, "into": SIGHTING})
    among = fold_all(recorded(RAISED, SEEN_TOO, SEEN, MERGED, back))
    assert (among[OTHER].version, among[OTHER].into) == (2, "")
    nowhere = MERGED.model_copy(update={"into": derived_id("x", 6)})
    assert fold(recorded(RAISED, SEEN, nowhere), SIGHTING).status is Status.REPORTED


def test_the_same_report_of_another_account_is_another():
    given(RAISED, SEEN).when(report(by=REPORTER)).then_refused("sighting-exists")
    same_role = Actor(id="volunteer-2", role=Role.VOLUNTEER)
    given(RAISED, SEEN).when(report(by=same_role)).then_refused("sighting-exists")


def test_what_was_accepted_holds_no_hub_book_but_the_fact_does():
    found = fold(recorded(RAISED, SEEN, ACCEPTED), SIGHTING).decided
    assert found.hubs is None
    assert ACCEPTED.hubs is not None
    assert found == ACCEPTED.model_copy(update={"hubs": None})


def test_accepting_with_another_credibility_is_another_decision():
    given(RAISED, SEEN, ACCEPTED).when(accept(credibility_ppm=1)).then_refused("sighting-decided")
    (said,) = given(RAISED, SEEN).when(accept(credibility_ppm=1)).facts()
    assert said.credibility_ppm == 1


def test_a_case_on_hold_releases_nothing_and_still_withholds():
    held = HoldPlaced(case=RAISED.case, at=at(50))
    given(RAISED, SEEN, held).when(release()).then_refused("case-on-hold")
    given(RAISED, SEEN, RELEASED, held).when(release()).then_nothing()
    given(RAISED, SEEN, RELEASED, held).when(withhold()).then_kinds("sighting.withheld/1")


def test_what_is_said_of_something_else_changes_no_sighting():
    before = fold(recorded(RAISED, SEEN), SIGHTING)
    assert evolve(before, recorded(RAISED)[0]) is before
    unheard_of = fold(recorded(RAISED, ACCEPTED), SIGHTING)
    assert (unheard_of.status, unheard_of.reported) == (Status.ACCEPTED, None)


def corrected(minutes):
    """Somebody says that the person was seen so late, or so early."""
    return LastSeenCorrected(
        case=CASE, at=at(30), cell=RAISED.last_seen_cell, seen_at=at(minutes), error_m=50
    )


@pytest.mark.parametrize("minutes", [25, -300])
def test_a_reporter_is_judged_by_the_earlier_time_and_learns_of_no_later_one(minutes):
    a_day = 24 * 60
    first = min(minutes, round((RAISED.last_seen_at - at(0)).total_seconds() / 60))
    asked = given(RAISED, corrected(minutes))
    for at_first in (first - a_day, minutes - a_day):
        asked.when(report(by=REPORTER, seen_at=at(at_first))).then_kinds("sighting.reported/1")
    too_early = report(by=REPORTER, seen_at=at(first - a_day - 1))
    asked.when(too_early).then_refused("seen-before-missing")
    staff = report(by=COORDINATOR, seen_at=at(minutes - a_day - 1))
    asked.when(staff).then_refused("seen-before-missing")


def test_whoever_came_by_another_case_is_judged_by_what_that_one_said():
    early = report(by=REPORTER, seen_at=at(-40 * 60), missing_since=at(-20 * 60))
    given(RAISED).when(early).then_kinds("sighting.reported/1")
    late = report(by=REPORTER, seen_at=at(-20 * 60), missing_since=at(10 * 60))
    given(RAISED).when(late).then_refused("seen-before-missing")
