"""What those who come late come to, as a plain value."""

from datetime import timedelta

import numpy as np
from pyroaring import BitMap
from tests.streams.fanout.test_lane import CASE, CELLS, DRAFT, ONE, T0, found, heard, order, people

from homeward.fanout.lane import ended, plan
from homeward.fanout.late import Looked, late_query, plan_late
from homeward.fanout.told import LaneState, bitmap, dump, load
from homeward.geography.cells import from_bytes, to_bytes, union

NEXT = to_bytes(np.array([0x89409955D83FFFF], np.uint64))
SOON = T0 + timedelta(minutes=10)


def told_of(*ordinals, **more):
    """A live version that these people were told of."""
    return plan(heard(order(**more)), LaneState(), ONE, found(ordinals), checked=5).state


def late(state, matched, only=None, at=SOON):
    looked = [Looked(one, matched, only) for one in state.live(at)]
    return plan_late(CASE, state, ONE, looked, at, 9)


def test_a_version_is_live_in_the_cells_of_all_its_waves():
    state = told_of(1)
    wave = order(wave=1).model_copy(update={"cells": NEXT})
    state = plan(heard(wave), state, ONE, found([2]), checked=7).state
    (one,) = load(dump(state)).live(SOON)
    assert (one.area, one.checked) == (to_bytes(union(from_bytes(CELLS), from_bytes(NEXT))), 5)


def test_nothing_is_live_that_is_over_expired_or_replaced():
    state = told_of(1, expires_at=SOON)
    assert len(state.live(SOON - timedelta(seconds=1))) == 1
    assert state.live(SOON) == ()
    assert ended(state, 1, 1).live(T0) == ()
    newer = plan(heard(order(version=2)), state, ONE, found([1])).state
    assert [one.version for one in newer.live(T0)] == [2]


def test_they_are_asked_about_by_the_newest_order_in_all_its_area():
    state = plan(heard(order()), LaneState(), ONE, found([1], suppressed=[4])).state
    (one,) = state.live(SOON)
    query = late_query(one, SOON, BitMap([4]))
    assert (set(query.told), set(query.again), set(query.only)) == ({1}, {4}, {4})
    assert query.at == SOON
    assert list(query.area.cells) == list(from_bytes(CELLS))


def test_nobody_new_is_nothing_to_keep():
    state = told_of(1)
    assert late(state, found(already=[1])) is None
    assert late(state, found(), BitMap([7])) is None


def test_those_told_are_cut_and_said_once_and_named_anew_each_time():
    first = late(told_of(1), found([8, 3]), BitMap([3, 8]))
    assert people(first.chunks) == [3, 8]
    (said,) = first.says
    assert (said.fact.people, said.fact.order, said.cause.id) == (
        2,
        said.fact.order,
        said.fact.order,
    )
    assert (said.fact.at, first.chunks[0].texts_of) == (SOON, DRAFT)
    assert set(bitmap(first.state.versions[0].told)) == {1, 3, 8}
    assert first.state.versions[0].checked == 9
    second = late(first.state, found([9]), BitMap([9]))
    assert second.says[0].name != said.name
    assert second.chunks[0].id != first.chunks[0].id
    assert second.chunks[0].seq == first.chunks[-1].seq + 1
    assert late(told_of(1), found([8, 3])).chunks[0].seq == 1


def test_a_look_at_few_leaves_what_is_known_of_the_others():
    early, later = T0 + timedelta(hours=1), T0 + timedelta(hours=2)
    whole = plan(heard(order()), LaneState(), ONE, found([1], suppressed=[4, 5], wakes_at=early))
    few = late(whole.state, found(suppressed=[6], wakes_at=later), BitMap([5, 6])).state
    assert set(bitmap(few.versions[0].suppressed)) == {4, 6}
    assert few.look_at == early
    everybody = late(few, found(suppressed=[6], wakes_at=later)).state
    assert set(bitmap(everybody.versions[0].suppressed)) == {6}
    assert everybody.look_at == later


def test_what_expired_falls_silent():
    state = plan(
        heard(order(expires_at=SOON)), LaneState(), ONE,
        found([1], suppressed=[4], wakes_at=SOON + timedelta(hours=1)),
    ).state  # fmt: skip
    over = late(state, found([4]))
    assert over.chunks == over.says == ()
    assert over.state.look_at is None
    assert not over.state.versions[0].suppressed
    assert set(bitmap(over.state.versions[0].told)) == {1}
    assert late(over.state, found()) is None
