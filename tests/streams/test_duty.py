"""Who is on duty at a desk: signed over by one, taken over by the next, never by nobody."""

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from homeward import duty
from homeward.facts.duty import HandedOver, TakenOver
from homeward.messages import Actor
from homeward.refusals import HandoverGone, NotForRole, NotOnDuty, Refused
from homeward.requests.case import TakeUp
from homeward.requests.duty import HandOver, TakeOver
from homeward.testing.given import after, given, id_of, recorded
from homeward.testing.samples import CASE, NOON, RAISED, at
from homeward.words import Role

ONE, OTHER, THIRD = (
    Actor(id=name, role=Role.OFFICER, org="county") for name in ("officer-1", "officer-2", "third")
)
TAKEN = (ONE, TakenOver(at=NOON))
HANDED = (ONE, HandedOver(at=NOON, cases=(CASE,), note="call back at one"))


def hand(by, **more):
    return HandOver(at=NOON, by=by, cases=(), **more)


def take(by, handed=None):
    return TakeOver(at=NOON, by=by, handed=handed)


def test_where_nobody_is_on_duty_whoever_comes_is():
    given().when(take(ONE)).then(TakenOver(at=NOON))


def test_who_is_on_duty_signs_over_and_stays_until_somebody_takes_over():
    given(TAKEN).when(hand(ONE, note="x")).then(HandedOver(at=NOON, cases=(), note="x"))
    found = duty.fold(recorded(TAKEN, HANDED))
    assert (found.holder, found.offered.by, found.offered.cases) == (
        "officer-1",
        "officer-1",
        (CASE,),
    )


def test_the_next_accepts_what_they_read():
    given(TAKEN, HANDED).when(take(OTHER, id_of(1))).then(TakenOver(at=NOON, handed=id_of(1)))
    found = duty.fold(recorded(TAKEN, HANDED, (OTHER, TakenOver(at=NOON, handed=id_of(1)))))
    assert (found.holder, found.offered) == ("officer-2", None)


def test_who_signed_over_takes_it_back():
    given(TAKEN, HANDED).when(take(ONE, id_of(1))).then(TakenOver(at=NOON, handed=id_of(1)))


def test_a_desk_that_was_left_is_taken_without_a_hand_over():
    given(TAKEN).when(take(OTHER)).then(TakenOver(at=NOON))


def test_what_was_not_read_is_not_accepted():
    given(TAKEN, HANDED).when(take(OTHER)).then_refused(HandoverGone.code)
    given(TAKEN, HANDED).when(take(OTHER, id_of(0))).then_refused(HandoverGone.code)
    given(TAKEN).when(take(OTHER, id_of(1))).then_refused(HandoverGone.code)


def test_nobody_else_signs_over():
    given().when(hand(ONE)).then_refused(NotOnDuty.code)
    given(TAKEN).when(hand(OTHER)).then_refused(NotOnDuty.code)


def test_a_hand_over_that_waits_is_not_written_over():
    given(TAKEN, HANDED).when(hand(ONE, note="other")).then_nothing()


@pytest.mark.parametrize(
    "role", [Role.HUB, Role.VOLUNTEER, Role.REPORTER, Role.AUDITOR, Role.ADMIN]
)
def test_who_works_at_no_desk_is_never_on_duty(role):
    who = Actor(id="x", role=role)
    given().when(take(who)).then_refused(NotForRole.code)
    given(TAKEN).when(hand(who)).then_refused(NotForRole.code)


@forall(
    st.lists(
        st.tuples(st.sampled_from((ONE, OTHER, THIRD)), st.booleans(), st.booleans()), max_size=12
    )
)
def test_asked_twice_nothing_is_added_and_somebody_stays_on_duty(asked):
    history = recorded()
    for by, hands, read in asked:
        offered = duty.fold(history).offered
        wish = hand(by) if hands else take(by, offered.id if offered and read else None)
        was = duty.fold(history).holder
        try:
            said = duty.decide(duty.fold(history), wish)
        except Refused:
            continue
        history = after(history, wish, said)
        assert duty.decide(duty.fold(history), wish) == ()
        now = duty.fold(history).holder
        assert now or not was
        assert now == was or not hands, "signing over ends no duty"


def test_a_desk_knows_who_is_on_duty_since_when_and_what_was_handed_over():
    taken, handed = (ONE, TakenOver(at=at(1))), (ONE, HandedOver(at=at(2), cases=(CASE,)))
    history = recorded(taken, handed)
    on_duty = duty.Duty(1, ONE.id, at(1))
    assert duty.fold(history[:1]) == on_duty
    offered = duty.Offered(id_of(1), ONE.id, at(2), (CASE,))
    assert duty.fold(history) == duty.Duty(2, ONE.id, at(1), offered)
    assert duty.evolve(on_duty, recorded(RAISED)[0]) == on_duty


def test_another_request_is_a_bug_and_not_an_answer():
    other = TakeUp(at=NOON, by=ONE, unit="county")
    with pytest.raises(TypeError, match="no decision of a duty: TakeUp"):
        duty.decide(duty.Duty(), other)
