"""A version that changes nothing of what to do is told to nobody who was told before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap
from tests.streams.fanout.test_fast_lane import CAP, play
from tests.streams.fanout.test_lane import ORIGIN, T0, found, heard, order, people

from homeward.fanout.lane import Lane, plan, query_of
from homeward.fanout.late import late_query
from homeward.fanout.told import LaneState
from homeward.words import Purpose

STEPS = st.lists(
    st.sampled_from(["wave", "wave", "late", "wake", "cut", "renew", "renew", "update", "approve"]),
    max_size=14,
)
LANE = Lane(0, 1, ORIGIN)


def told_since(there, upto):
    """Whom versions told that are to do what this one says."""
    first = there.same.get(upto, upto)
    return {one for version, one in there.told if first <= version <= upto}


@given(st.integers(0, 10**6), STEPS)
def test_nobody_hears_again_what_they_know_and_whoever_is_new_hears_it(seed, steps):
    for there in play(seed, steps):
        said = set()
        for version, one in there.told:
            since = there.same.get(version, version)
            assert not any((older, one) in said for older in range(since, version + 1)), "again"
            said.add((version, one))
        assert there.newcomers() <= CAP
        if not there.alone:
            there.late()
            assert there.inside <= told_since(there, there.version)


@pytest.fixture
def told():
    """One version told 1 and 2."""
    return plan(heard(order()), LaneState(), LANE, found([1, 2])).state


def again(state, version=2, since=1, **more):
    said = order(version=version, same_since=since, **more)
    return said, query_of(said, state)


def test_who_was_told_counts_as_told_and_is_not_looked_for(told):
    said, query = again(told)
    assert query.told == BitMap([1, 2])
    assert query.again == BitMap()
    made = plan(heard(said), told, LANE, found([3], already=[1, 2]))
    assert people(made.chunks) == [3]
    [fact] = made.says
    assert (fact.people, fact.already_told) == (1, 2)
    [live] = made.state.live(T0)
    assert late_query(live, T0, None).told == BitMap([1, 2, 3])


def test_a_change_after_it_is_told_to_all_of_them(told):
    said, _ = again(told)
    state = plan(heard(said), told, LANE, found([3])).state
    query = query_of(order(version=3), state)
    assert (query.told, query.again) == (BitMap(), BitMap([1, 2, 3]))
    said, query = again(state, version=3)
    assert (query.told, query.again) == (BitMap([1, 2, 3]), BitMap())


def test_whoever_slept_through_a_change_hears_of_it_with_what_follows(told):
    changed = heard(order(version=2))
    state = plan(changed, told, LANE, found([1], suppressed=[2])).state
    _, query = again(state, version=3, since=2)
    assert (query.told, query.again) == (BitMap([1]), BitMap([2]))


def test_who_heard_of_the_unverified_report_alone_has_heard_of_no_alert():
    ring = plan(heard(order(alert=0, version=0)), LaneState(), LANE, found([7])).state
    state = plan(heard(order()), ring, LANE, found([1])).state
    assert again(state)[1].told == BitMap([1])


def test_everybody_hears_that_it_is_over(told):
    said, _ = again(told)
    state = plan(heard(said), told, LANE, found([3])).state
    over = heard(order(purpose=Purpose.CLOSE_OUT, audience="told", version=2))
    assert people(plan(over, state, LANE, {0: BitMap([1, 2, 3])}).chunks) == [1, 2, 3]
