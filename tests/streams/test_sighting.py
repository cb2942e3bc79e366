import pytest

from homeward.case import Case
from homeward.messages import Actor
from homeward.requests.case import TakeUp
from homeward.requests.sighting import AcceptSighting, RejectSighting, ReportSighting
from homeward.sighting import Sighting, decide, fold
from homeward.testing import samples
from homeward.testing.given import COORDINATOR, OFFICER, REPORTER, VOLUNTEER, given, recorded
from homeward.testing.samples import ACCEPTED, RAISED, SEEN, SIGHTING, at
from homeward.words import Mode, Role, derived_id

RESOLVED = samples.OTHERS[4]
TURNED_DOWN = samples.OTHERS[6]


def report(**changed):
    names = set(ReportSighting.model_fields) - {"by"}
    fields = {name: getattr(SEEN, name) for name in names}
    return ReportSighting(**{**fields, "by": VOLUNTEER, **changed})


def accept(by=COORDINATOR, when=52, **changed):
    return AcceptSighting(at=at(when), by=by, hubs=samples.HUB_BOOK, **changed)


def reject(reason="other-person"):
    return RejectSighting(at=at(53), by=COORDINATOR, reason=reason)


def test_a_sighting_is_recorded_as_told():
    given(RAISED).when(report()).then(SEEN)


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
    with pytest.raises(TypeError):
        decide(fold_case(history), Sighting(), request)
    assert Case().live(at(0)) is False
