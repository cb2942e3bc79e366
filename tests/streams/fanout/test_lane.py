import hashlib
import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap

from homeward.facts.callout import CalloutOrdered
from homeward.facts.clock import WakeDue
from homeward.fanout import lane as lanes
from homeward.fanout import told
from homeward.fanout.areas import Among, Anywhere, CellSet
from homeward.fanout.index import Matched
from homeward.fanout.lane import Lane, plan, plan_again, queries_again, query_of
from homeward.fanout.told import LaneState, bitmap
from homeward.geography.cells import to_bytes
from homeward.messages import Actor, Recorded
from homeward.words import Audience, Purpose, RecipientKind, Role, Severity, derived_id

ORIGIN = "homeward.test"
CASE = derived_id(ORIGIN, "case")
DRAFT = derived_id(ORIGIN, "draft")
T0 = datetime(2026, 3, 1, 19, 0, tzinfo=UTC)
ONE = Lane(0, 1, ORIGIN)
CELLS = to_bytes(np.array([0x89409955D87FFFF], np.uint64))
NUMBERS = itertools.count(1)


def order(purpose=Purpose.ALERT, audience=Audience.AREA, **more):
    values = {"alert": 1, "version": 1, "texts_of": DRAFT, "severity": Severity.SEVERE}
    cells = CELLS if audience is Audience.AREA else None
    return CalloutOrdered(
        case=CASE, at=T0, audience=audience, purpose=purpose, cells=cells, **{**values, **more}
    )


def heard(fact):
    number = next(NUMBERS)
    return Recorded(
        fact=fact,
        id=derived_id(ORIGIN, number),
        stream=f"callouts-{CASE}",
        version=number,
        key=CASE,
        key_version=number,
        log_index=number,
        recorded_at=T0,
        by=Actor(id="t", role=Role.SYSTEM),
    )


def found(ordinals=(), already=(), unreachable=(), suppressed=(), wakes_at=None):
    parts = (np.array(part, np.uint32) for part in (ordinals, already, unreachable, suppressed))
    return Matched(*parts, wakes_at)


def people(chunks):
    return [one for chunk in chunks for one in bitmap(chunk.recipients)]


def test_an_order_becomes_chunks_nearest_first():
    told_first = list(range(1000, 900, -1))
    ordinals = [*told_first, *range(5000, 5150)]
    cut = plan(heard(order()), LaneState(), ONE, found(ordinals))
    assert [chunk.people for chunk in cut.chunks] == [20, 80, 100, 50]
    assert [chunk.seq for chunk in cut.chunks] == [0, 1, 2, 3]
    assert set(people(cut.chunks[:2])) == set(told_first)
    assert sorted(people(cut.chunks)) == sorted(ordinals)


def test_what_a_lane_says_names_who_by_digest():
    one = heard(order())
    cut = plan(one, LaneState(), ONE, found([3, 1], [7], [8, 9], [4]))
    (said,) = cut.says
    assert (said.people, said.already_told, said.unreachable, said.suppressed) == (2, 1, 2, 1)
    assert (said.order, said.lane, said.chunks) == (one.id, 0, 1)
    assert said.digest == hashlib.sha256(cut.chunks[0].recipients).hexdigest()


def test_the_same_order_in_the_same_state_is_the_same_plan():
    one = heard(order())
    assert plan(one, LaneState(), ONE, found([3, 1])) == plan(one, LaneState(), ONE, found([3, 1]))


def test_ids_do_not_depend_on_what_came_before():
    one = heard(order())
    (early,) = plan(one, LaneState(), ONE, found([3])).chunks
    (late,) = plan(one, LaneState(seq=4), ONE, found([3])).chunks
    assert early.id == late.id == derived_id(ORIGIN, one.id, one.id, 0, 0)
    assert (early.seq, late.seq) == (0, 4)


@given(st.lists(st.sets(st.integers(0, 300)), max_size=5), st.booleans())
def test_over_all_waves_nobody_is_told_twice_and_nobody_inside_missed(waves, restart):
    state, told_people, seqs = LaneState(), [], []
    for number, wave in enumerate(waves):
        fact = order(wave=number)
        asked = query_of(fact, state)
        already = [one for one in wave if one in asked.told]
        new = [one for one in wave if one not in asked.told]
        cut = plan(heard(fact), state, ONE, found(new, already))
        state = told.load(told.dump(cut.state)) if restart else cut.state
        told_people += people(cut.chunks)
        seqs += [chunk.seq for chunk in cut.chunks]
    assert sorted(told_people) == sorted(set().union(*waves))
    assert seqs == list(range(len(seqs)))


def test_an_update_asks_about_everybody_anew_and_about_those_told_before():
    state = plan(heard(order()), LaneState(), ONE, found([1, 2], suppressed=[9])).state
    assert set(query_of(order(wave=1), state).told) == {1, 2}
    assert set(query_of(order(wave=1), state).again) == {9}
    update = query_of(order(version=2), state)
    assert not update.told
    assert set(update.again) == {1, 2}


def test_an_area_is_asked_of_volunteers_and_a_desk_by_level():
    area = query_of(order(focus="89409955d87ffff"), LaneState())
    assert isinstance(area.area, CellSet)
    assert area.kinds == {RecipientKind.VOLUNTEER}
    assert area.focus == "89409955d87ffff"
    desk = query_of(order(Purpose.CLOCK, Audience.DESK, alert=0, version=0, level=2), LaneState())
    assert isinstance(desk.area, Anywhere)
    assert (desk.level, desk.kinds) == (2, {RecipientKind.DESK})


@pytest.mark.parametrize("audience", [Audience.HUB, Audience.TOLD])
def test_a_hub_and_those_told_are_handed_in(audience):
    assert query_of(order(Purpose.WATCH, audience), LaneState()) is None


def test_a_hub_gets_one_chunk_with_its_window_and_contact():
    watch = derived_id(ORIGIN, "watch")
    fact = order(
        Purpose.WATCH, Audience.HUB, hub="h1", watch=watch, contact=1,
        window_from=T0, window_to=T0 + timedelta(minutes=40),
    )  # fmt: skip
    cut = plan(heard(fact), LaneState(), ONE, {1: BitMap([77])})
    (chunk,) = cut.chunks
    assert (people([chunk]), chunk.watch, chunk.contact) == ([77], watch, 1)
    assert (chunk.window_from, chunk.window_to, chunk.priority) == (
        T0,
        T0 + timedelta(minutes=40),
        1,
    )


@given(st.sampled_from([1, 2, 4, 8, 64]), st.sets(st.integers(0, 2**32 - 1)))
def test_each_of_those_told_belongs_to_one_lane(count, who):
    fact = heard(order(Purpose.CLOSE_OUT, Audience.TOLD))
    cuts = [
        plan(fact, LaneState(), Lane(number, count, ORIGIN), {0: BitMap(who)})
        for number in range(count)
    ]
    assert sorted(one for cut in cuts for one in people(cut.chunks)) == sorted(who)
    for number, cut in enumerate(cuts):
        assert all((one >> 26) * count // 64 == number for one in people(cut.chunks))
    assert len({chunk.id for cut in cuts for chunk in cut.chunks}) == sum(
        len(cut.chunks) for cut in cuts
    )


def sleeping():
    fact = heard(order(expires_at=T0 + timedelta(hours=10)))
    wakes = T0 + timedelta(hours=4)
    return fact, plan(fact, LaneState(), ONE, found([1], suppressed=[5, 6, 7], wakes_at=wakes))


def wake(due, name="fanout.0"):
    return heard(WakeDue(case=CASE, at=due, processor=name, asked_by=DRAFT, due=due))


def test_who_slept_is_looked_at_again_when_they_wake():
    fact, cut = sleeping()
    assert cut.wake_at == T0 + timedelta(hours=4)
    due = wake(cut.wake_at)
    ((kept, query),) = queries_again(due.fact, cut.state, ONE)
    assert isinstance(query.area, Among)
    assert set(query.area.ordinals) == {5, 6, 7}
    later = T0 + timedelta(hours=5)
    after = plan_again(due, cut.state, ONE, [(kept, found([6, 5], suppressed=[7], wakes_at=later))])
    assert sorted(people(after.chunks)) == [5, 6]
    assert after.chunks[0].order == after.says[0].order == fact.id
    assert after.chunks[0].seq == 1
    assert after.wake_at == later
    assert set(query_of(order(wave=1), after.state).told) == {1, 5, 6}


def test_a_wake_for_another_or_too_early_asks_nothing():
    _, cut = sleeping()
    assert queries_again(wake(cut.wake_at, "fanout.1").fact, cut.state, ONE) == []
    assert queries_again(wake(T0 + timedelta(hours=3)).fact, cut.state, ONE) == []


def test_nobody_is_woken_for_what_is_over():
    _, cut = sleeping()
    cancel = plan(
        heard(order(Purpose.CANCEL, Audience.TOLD)),
        cut.state,
        ONE,
        {0: BitMap([1]), 1: BitMap([1])},
    )
    assert (people(cancel.chunks), cancel.wake_at) == ([1, 1], None)
    assert [chunk.contact for chunk in cancel.chunks] == [0, 1]
    assert lanes.ended(cut.state, 1, 1).look_at is None
    late = plan(
        heard(order(wave=1)),
        lanes.ended(cut.state, 1, 1),
        ONE,
        found([7], suppressed=[5], wakes_at=T0),
    )
    assert (late.wake_at, late.chunks) == (None, ())
    assert late.says[0].people == 0


def test_nobody_is_woken_for_an_alert_that_expired():
    _, cut = sleeping()
    due = wake(T0 + timedelta(hours=11))
    asked = queries_again(due.fact, cut.state, ONE)
    after = plan_again(due, cut.state, ONE, [(kept, found([5])) for kept, _ in asked])
    assert (after.chunks, after.says, after.wake_at) == ((), (), None)


def test_an_update_takes_over_who_slept():
    _, cut = sleeping()
    fact = heard(order(version=2))
    update = plan(
        fact, cut.state, ONE, found([1], suppressed=[5], wakes_at=T0 + timedelta(hours=2))
    )
    due = wake(T0 + timedelta(hours=5))
    assert [kept.version for kept, _ in queries_again(due.fact, update.state, ONE)] == [2]


def test_a_state_comes_back_as_it_was():
    _, cut = sleeping()
    assert told.load(told.dump(cut.state)) == cut.state
    assert told.load(told.dump(LaneState())) == LaneState()


def test_equal_people_are_equal_bytes():
    many = BitMap(range(10_000))
    other = BitMap(range(0, 10_000, 2)) | BitMap(range(1, 10_000, 2))
    assert told.serialised(many) == told.serialised(other)
    assert len(told.serialised(many)) < 100


def test_something_else_than_an_order_is_a_bug():
    with pytest.raises(TypeError):
        plan(wake(T0), LaneState(), ONE, found())


def test_a_plan_leaves_the_state_it_was_given_alone():
    state = LaneState()
    plan(heard(order()), state, ONE, found([1, 2]))
    assert state == replace(state) == LaneState()


def test_a_version_after_the_one_that_ended_is_told():
    """A case that was closed by mistake and opened again: its alert keeps its number."""
    first = plan(heard(order()), LaneState(), ONE, found([1, 2]))
    over = lanes.ended(first.state, 1, 1)
    late = plan(heard(order(wave=1)), over, ONE, found([3]))
    assert people(late.chunks) == []
    second = plan(heard(order(version=2)), late.state, ONE, found([1, 2, 3]))
    assert people(second.chunks) == [1, 2, 3]
    again = lanes.ended(second.state, 1, 1)  # the end of the first, heard once more
    assert [one.version for one in again.live(T0)] == [2]


def test_a_state_that_was_kept_by_alert_ends_the_versions_it_knows():
    first = plan(heard(order()), LaneState(), ONE, found([1]))
    old = told.load(told.dump(replace(first.state, over=(1,))))
    assert (old.over, old.ended) == ((), ((1, 1),))
    assert old.is_over(1, 1)
    assert not old.is_over(1, 2)
