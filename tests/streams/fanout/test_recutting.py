"""Lanes cut anew know together what they knew before, each of its own people."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap
from tests.hosts.lanes import HERE, NEXT, order

from homeward.fanout.lane import Lane
from homeward.fanout.recutting import merged, recut
from homeward.fanout.told import LaneState, Told, bitmap, dump, load, serialised
from homeward.geography.cells import cells_from, to_bytes
from homeward.hosts.recutting import Unequal, recut_key
from homeward.ports import Position, Wake

NOON = datetime(2026, 5, 1, 4, 0, tzinfo=UTC)
ORIGIN = "homeward.test"
COUNTS = st.sampled_from([1, 2, 4, 8, 64])
people = st.sets(st.integers(0, 2**32 - 1), max_size=60)
AREA = to_bytes(cells_from([HERE, NEXT]))


def lanes(count):
    return [Lane(number, count, ORIGIN) for number in range(count)]


def raw(some):
    return serialised(BitMap(some)) if some else b""


@st.composite
def states(draw):
    versions = []
    for version in range(1, draw(st.integers(1, 3)) + 1):
        told, slept = draw(people), draw(people)
        at = draw(st.none() | st.integers(1, 9)) if slept - told else None
        due = None if at is None else NOON + timedelta(hours=at)
        said = order(NOON, version=version)
        versions.append(
            Told(1, version, raw(told), raw(slept - told), f"o-{version}", said, due, AREA, 5)
        )
    over = ((1, draw(st.integers(1, 3))),) if draw(st.booleans()) else ()
    return LaneState(seq=draw(st.integers(0, 99)), versions=tuple(versions), ended=over)


@given(states(), st.lists(COUNTS, min_size=1, max_size=4))
def test_cut_and_cut_again_and_put_together_it_is_the_same(state, counts):
    parts = [state]
    for count in counts:
        parts = recut(parts, lanes(count))
        assert len(parts) == count
        for lane, part in zip(lanes(count), parts, strict=True):
            for one in part.versions:
                for some in (bitmap(one.told), bitmap(one.suppressed)):
                    assert lane.own(some) == some
    assert merged(parts) == state


@given(states(), COUNTS)
def test_seq_never_falls_and_a_row_is_behind_every_row_before(state, count):
    parts = recut([state], lanes(count))
    positions = [Position(heard=7, revision=3 + n, state=dump(p)) for n, p in enumerate(parts)]
    turns = recut_key("c", positions, lanes(2), {1: (4, b"chain")}, NOON)
    assert [load(one.state).seq for one in turns] == [state.seq] * 2
    assert {one.expected_revision for one in turns} == {max(one.revision for one in positions)}
    assert [(one.heard, one.entries, one.chunks) for one in turns] == [(7, (), ())] * 2
    assert [(one.out_version, one.out_chain) for one in turns] == [(0, None), (4, b"chain")]
    wakes = [one.wake for one in turns if isinstance(one.wake, Wake)]
    assert {one.processor for one in wakes} <= {"fanout.0", "fanout.1"}
    assert len({one.asked_by for one in wakes}) == len(wakes)
    assert min((one.due for one in wakes), default=None) == state.look_at


def test_lanes_that_have_not_heard_the_same_are_not_cut():
    state = dump(LaneState())
    positions = [Position(heard=2, revision=1, state=state), Position()]
    with pytest.raises(Unequal):
        recut_key("c", positions, lanes(1), {}, NOON)
