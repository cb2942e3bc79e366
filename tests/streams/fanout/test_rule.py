"""The brute-force index against the rule stated for one person."""

from collections import Counter
from dataclasses import replace

import h3.api.basic_int as h3
import numpy as np
from hypothesis import given, settings
from pyroaring import BitMap
from tests.streams.fanout.asking import KINDS, MIDDLES, NIGHT, columns, questions

from homeward.fanout.areas import Among, Anywhere, CellSet, Disk
from homeward.fanout.brute import BruteIndex
from homeward.fanout.eligible import SLEEPERS, Fate, Person, away_m, fate, why_not
from homeward.fanout.index import Query
from homeward.fanout.nearness import bands
from homeward.geography.sphere import ball_of, distance_m
from homeward.policies.clocks import local_day
from homeward.words import RecipientKind, Severity


@settings(max_examples=150)
@given(questions())
def test_the_index_says_of_everybody_what_the_rule_says(question):
    query, people = question
    found = BruteIndex(columns(people)).match(query)
    looked_at = [one for one in people if query.only is None or one.ordinal in query.only]
    expected = {
        kind: sorted(one.ordinal for one in looked_at if fate(query, one) is kind) for kind in Fate
    }
    assert sorted(found.ordinals.tolist()) == expected[Fate.TOLD]
    assert found.already.tolist() == expected[Fate.ALREADY]
    assert found.unreachable.tolist() == expected[Fate.UNREACHABLE]
    assert found.suppressed.tolist() == expected[Fate.SUPPRESSED]
    assert found.inside == len(looked_at) - len(expected[Fate.OUTSIDE])
    over = [one for one in looked_at if one.ordinal in set(expected[Fate.SUPPRESSED])]
    reasons = Counter(why_not(query, one) for one in over)
    assert {name: n for name, n in found.passed_over._asdict().items() if n} == reasons
    told = [one for one in looked_at if one.ordinal in set(found.ordinals.tolist())]
    dates = {(local_day(one.zone, query.at), one.ordinal) for one in told if one.kind in SLEEPERS}
    assert {(day, one) for day, some in found.dates for one in some} == dates


@given(questions())
def test_the_nearest_come_first(question):
    query, people = question
    gaps = {one.ordinal: away_m(query, one) for one in people}
    told = [gaps[one] for one in BruteIndex(columns(people)).match(query).ordinals.tolist()]
    found = bands(np.array(told)).tolist()
    assert found == sorted(found)


@given(questions())
def test_who_slept_is_told_once_they_have_slept(question):
    query, people = question
    index = BruteIndex(columns(people))
    found = index.match(query)
    if found.wakes_at is None or query.severity.rank < Severity.SEVERE.rank:
        return  # a mild alert may wait for the day after that
    assert found.wakes_at > query.at
    looks = 0
    while not len(found.ordinals) or looks == 0:  # whose day is over may sleep by then
        looks += 1
        assert looks <= 3
        assert found.wakes_at is not None
        people_then = Among(BitMap(found.suppressed))
        found = index.match(replace(query, area=people_then, at=found.wakes_at, told=BitMap()))


def test_a_disk_takes_everybody_whose_ball_it_touches_and_nobody_else():
    middle, cell = MIDDLES["linquan"], h3.latlng_to_cell(33.3, 115.5, 7)
    gap_m = distance_m(*middle, *h3.cell_to_latlng(cell)) - ball_of(cell).radius_m
    index = BruteIndex(columns([Person(3, RecipientKind.VOLUNTEER, (cell,))]))
    kinds = frozenset({RecipientKind.VOLUNTEER})
    for radius_m, people in ((gap_m + 0.01, [3]), (gap_m - 0.01, [])):
        query = Query(Disk(*middle, radius_m), kinds, NIGHT, Severity.EXTREME)
        assert index.match(query).ordinals.tolist() == people


def test_three_cells_are_one_person():
    cells = tuple(h3.grid_disk(h3.latlng_to_cell(33.05, 115.2, 7), 1))[:3]
    index = BruteIndex(columns([Person(5, RecipientKind.VOLUNTEER, cells)]))
    area = CellSet(np.array([h3.cell_to_parent(cells[0], 4)], np.uint64))
    found = index.match(Query(area, frozenset(KINDS), NIGHT, Severity.EXTREME))
    assert found.ordinals.tolist() == [5]
    assert found.inside == len(index) == 1


def test_an_empty_roster_has_nobody():
    index = BruteIndex(columns([]))
    for area in (Anywhere(), Disk(33, 115, 1_000), CellSet(np.empty(0, np.uint64))):
        found = index.match(Query(area, frozenset(KINDS), NIGHT, focus="89409955d87ffff"))
        assert found.inside == 0
        assert found.wakes_at is None


def test_a_desk_without_a_place_is_found_by_its_level():
    desks = [Person(n, RecipientKind.DESK, (), level=n) for n in range(4)]
    query = Query(Anywhere(), frozenset({RecipientKind.DESK}), NIGHT, level=2)
    assert BruteIndex(columns(desks)).match(query).ordinals.tolist() == [2]
    near = Query(Disk(33, 115, 20_100_000), frozenset({RecipientKind.DESK}), NIGHT)
    assert BruteIndex(columns(desks)).match(near).inside == 0
