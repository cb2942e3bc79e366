"""The pyramid against the index that looks at everybody."""

from dataclasses import fields

import h3.api.basic_int as h3
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from pyroaring import BitMap
from tests.streams.fanout.asking import (
    KINDS,
    MIDDLES,
    NIGHT,
    areas_near,
    columns,
    people_near,
    questions,
)

from homeward.fanout.areas import Anywhere
from homeward.fanout.brute import BruteIndex
from homeward.fanout.columns import LaneChanges
from homeward.fanout.eligible import Person
from homeward.fanout.index import Matched, Query
from homeward.fanout.pyramid import PyramidIndex
from homeward.fanout.pyramid import index as index_module
from homeward.fanout.pyramid import wishes as wishes_module


def same(one, other, query):
    found, expected = one.match(query), other.match(query)
    for field in fields(Matched):
        got, right = getattr(found, field.name), getattr(expected, field.name)
        alike = got == right if isinstance(right, tuple) else np.array_equal(got, right)
        assert alike, field.name
    assert len(one) == len(other)
    assert one.revision == other.revision


@settings(max_examples=200)
@given(questions())
def test_it_answers_what_brute_force_answers(question):
    query, people = question
    for fast in (False, True):
        # Where numba is not installed both are the same, silently.
        same(PyramidIndex(columns(people), fast=fast), BruteIndex(columns(people)), query)


@st.composite
def histories(draw):
    """A roster, changes to it one after another, and what is asked in between."""
    middle = draw(st.sampled_from(list(MIDDLES.values())))
    people = draw(people_near(middle))
    steps = []
    known = [one.ordinal for one in people]
    for revision in range(8, 8 + draw(st.integers(1, 4))):
        fresh = draw(people_near(middle))
        moved = draw(st.sets(st.sampled_from(known))) if known else set()
        taken = {one.ordinal for one in fresh}
        renamed = [
            one if not moved else one.__class__(**{**shown(one), "ordinal": moved.pop()})
            for one in fresh
        ]
        unique = {one.ordinal: one for one in [*fresh, *renamed]}
        gone = draw(st.sets(st.sampled_from(known))) if known else set()
        gone -= set(unique)
        known = [*set(known) | set(unique) | taken]
        steps.append(LaneChanges(columns([*unique.values()], revision), BitMap(gone)))
    area = draw(areas_near(middle))
    return people, steps, Query(area, frozenset(KINDS), NIGHT, focus=draw(focus_near(middle)))


def shown(one):
    return {field.name: getattr(one, field.name) for field in fields(one)}


def focus_near(middle):
    return st.sampled_from([None, f"{h3.latlng_to_cell(*middle, 9):x}"])


@settings(max_examples=100)
@given(histories(), st.data())
def test_changes_and_merges_change_no_answer(history, data):
    people, steps, query = history
    index, brute = PyramidIndex(columns(people)), BruteIndex(columns(people))
    swap = None
    for step in steps:
        for _ in range(2):
            index.apply(step)
            brute.apply(step)
        same(index, brute, query)
        same(index, brute, Query(query.area, query.kinds, NIGHT, only=step.changed | step.gone))
        if swap is None and data.draw(st.booleans()):
            merging = now_merging(index)
            swap = merging() if merging else None
        elif swap is not None and data.draw(st.booleans()):
            swap()
            swap = None
            same(index, brute, query)
    for step in steps[:1]:
        index.apply(step)  # older than what it knows
        brute.apply(step)
        same(index, brute, query)
    while swap or (merging := now_merging(index)):
        (swap or merging())()
        swap = None
        same(index, brute, query)


def now_merging(index):
    """However little changed."""
    kept, index_module.MERGED_FROM = index_module.MERGED_FROM, 0.5
    try:
        return index.merging()
    finally:
        index_module.MERGED_FROM = kept


def test_a_merge_that_is_dropped_holds_up_no_other():
    index = PyramidIndex(columns([]))
    index.apply(LaneChanges(columns([Person(1, KINDS[0], ())], 8)))
    work = now_merging(index)
    assert now_merging(index) is None
    swap = work()
    del work
    assert now_merging(index) is None
    del swap
    assert now_merging(index)


def test_wishes_that_nobody_has_any_more_are_left_out_at_a_merge(monkeypatch):
    monkeypatch.setattr(wishes_module, "_FEW", 2)
    index, brute = PyramidIndex(columns([])), BruteIndex(columns([]))
    for revision in range(8, 40):
        one = Person(1, KINDS[0], (), reach_km_max=revision)
        other = Person(2, KINDS[0], (), reach_km_max=100 + revision)
        step = LaneChanges(columns([one], revision))
        index.apply(step)
        brute.apply(step)
        swap = now_merging(index)()
        step = LaneChanges(columns([other], revision))
        index.apply(step)
        brute.apply(step)
        swap()
        same(index, brute, Query(Anywhere(), frozenset(KINDS), NIGHT))
        assert len(index._wishes) <= 2 * 2 + 2 + 1
