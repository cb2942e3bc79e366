"""The brute-force index against the rule stated for one person."""

import math
from datetime import UTC, datetime

import h3.api.basic_int as h3
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from homeward.fanout.areas import Among, Anywhere, CellSet, Disk, Polygon, Ring
from homeward.fanout.brute import BruteIndex
from homeward.fanout.columns import LaneColumns
from homeward.fanout.eligible import Fate, Person, away_m, fate
from homeward.fanout.index import Query
from homeward.geography.covering import cover_disk
from homeward.geography.sphere import ball_of, distance_m
from homeward.words import RecipientKind, Severity

KINDS, SEVERITIES = list(RecipientKind), list(Severity)
ZONES = ["Asia/Shanghai", "Europe/Berlin", "America/New_York"]
MIDDLES = {
    "linquan": (33.0416, 115.2576),
    "antimeridian": (-16.5, 179.99),
    "north pole": (89.95, 20.0),
    "pentagon": h3.cell_to_latlng(h3.get_pentagons(7)[3]),
}
NIGHT = datetime(2026, 3, 1, 19, 30, tzinfo=UTC)  # 03:30 in Shanghai


def columns(people):
    rows = [(one, cell) for one in people for cell in one.cells or (0,)]

    def column(pick, dtype):
        return np.array([pick(one) for one, _ in rows], dtype)

    return LaneColumns(
        revision=7,
        cells=np.array([cell for _, cell in rows], np.uint64),
        ordinals=column(lambda one: one.ordinal, np.uint32),
        kinds=column(lambda one: KINDS.index(one.kind), np.uint8),
        reach_km_max=column(lambda one: one.reach_km_max, np.int32),
        severity_min=column(lambda one: one.severity_min.rank, np.uint8),
        quiet_from_min=column(lambda one: one.quiet_from_min, np.int16),
        quiet_to_min=column(lambda one: one.quiet_to_min, np.int16),
        zones=column(lambda one: ZONES.index(one.zone), np.uint16),
        active=column(lambda one: one.active, np.bool_),
        reachable=column(lambda one: one.reachable, np.bool_),
        levels=column(lambda one: one.level, np.uint8),
        zone_names=ZONES,
    )


def cell_near(middle, north_km, east_km, res):
    lat = max(-90.0, min(90.0, middle[0] + north_km / 111.2))
    wide = max(0.02, math.cos(math.radians(lat)))
    lon = (middle[1] + east_km / 111.2 / wide + 180) % 360 - 180
    return h3.latlng_to_cell(lat, lon, res)


def people_near(middle):
    km = st.floats(-60, 60)
    cells = st.builds(cell_near, st.just(middle), km, km, st.sampled_from([4, 5, 7, 7, 9, 10]))
    minute = st.sampled_from([-1, 0, 60, 420, 1320])
    person = st.builds(
        Person,
        ordinal=st.integers(0, 2**32 - 1),
        kind=st.sampled_from([RecipientKind.VOLUNTEER, *KINDS]),
        cells=st.lists(cells, min_size=0, max_size=3).map(tuple),
        reach_km_max=st.sampled_from([0, 0, 5, 40]),
        severity_min=st.sampled_from(SEVERITIES),
        quiet_from_min=minute,
        quiet_to_min=minute,
        zone=st.sampled_from(ZONES),
        active=st.sampled_from([True, True, False]),
        reachable=st.sampled_from([True, True, False]),
        level=st.integers(0, 3),
    )
    return st.lists(person, max_size=30, unique_by=lambda one: one.ordinal)


def areas_near(middle):
    lat, lon = middle
    disk = st.builds(Disk, st.just(lat), st.just(lon), st.sampled_from([50, 3_000, 40_000]))
    ring = st.builds(
        Ring, st.just(lat), st.just(lon), st.just(20_000), st.sampled_from([21_000, 50_000])
    )
    corners = [
        h3.cell_to_latlng(cell_near(middle, north, east, 9))
        for north, east in ((-20, -30), (-15, 30), (25, 20), (5, 0), (20, -25))
    ]
    cells = st.builds(
        lambda size: CellSet(cover_disk(lat, lon, *size)),
        st.sampled_from([(500, 8), (10_000, 6), (50_000, 5)]),
    )
    return st.one_of(disk, ring, cells, st.just(Polygon(tuple(corners))), st.just(Anywhere()))


@st.composite
def questions(draw):
    middle = draw(st.sampled_from(list(MIDDLES.values())))
    people = draw(people_near(middle))
    some = st.sets(st.sampled_from([one.ordinal for one in people])) if people else st.just(set())
    area = draw(st.one_of(areas_near(middle), st.builds(lambda who: Among(BitMap(who)), some)))
    focus = draw(st.sampled_from([None, f"{h3.latlng_to_cell(*middle, 9):x}"]))
    query = Query(
        area=area,
        kinds=draw(st.sampled_from([frozenset(KINDS), frozenset({RecipientKind.VOLUNTEER})])),
        at=NIGHT.replace(hour=draw(st.sampled_from([3, 12, 19]))),
        severity=draw(st.sampled_from(SEVERITIES)),
        focus=focus,
        level=draw(st.sampled_from([None, None, 1])),
        told=BitMap(draw(some)),
        again=BitMap(draw(some)),
    )
    return query, people


@settings(max_examples=150)
@given(questions())
def test_the_index_says_of_everybody_what_the_rule_says(question):
    query, people = question
    found = BruteIndex(columns(people)).match(query)
    expected = {
        kind: sorted(one.ordinal for one in people if fate(query, one) is kind) for kind in Fate
    }
    assert sorted(found.ordinals.tolist()) == expected[Fate.TOLD]
    assert found.already.tolist() == expected[Fate.ALREADY]
    assert found.unreachable.tolist() == expected[Fate.UNREACHABLE]
    assert found.suppressed.tolist() == expected[Fate.SUPPRESSED]
    assert found.inside == len(people) - len(expected[Fate.OUTSIDE])


@given(questions())
def test_the_nearest_come_first(question):
    query, people = question
    gaps = {one.ordinal: away_m(query, one) for one in people}
    told = [gaps[one] for one in BruteIndex(columns(people)).match(query).ordinals.tolist()]
    assert told == pytest.approx(sorted(told))


@given(questions())
def test_who_slept_is_told_once_they_have_slept(question):
    query, people = question
    index = BruteIndex(columns(people))
    found = index.match(query)
    if found.wakes_at is None or query.severity.rank < Severity.SEVERE.rank:
        return  # a mild alert may wait for the day after that
    later = Query(
        Among(BitMap(found.suppressed)),
        query.kinds,
        found.wakes_at,
        query.severity,
        query.focus,
        query.level,
    )
    assert found.wakes_at > query.at
    assert len(index.match(later).ordinals) > 0


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
