"""Questions about people around places that are hard, drawn by chance."""

import math
from datetime import UTC, datetime

import h3.api.basic_int as h3
import numpy as np
from hypothesis import strategies as st
from pyroaring import BitMap

from homeward.fanout.areas import Among, Anywhere, CellSet, Disk, Polygon, Polygons, Ring
from homeward.fanout.columns import LaneColumns
from homeward.fanout.days import Days
from homeward.fanout.eligible import Person
from homeward.fanout.index import Query
from homeward.geography.covering import cover_disk
from homeward.words import RecipientKind, Severity, Tier

KINDS, SEVERITIES = list(RecipientKind), list(Severity)
ZONES = ["Asia/Shanghai", "Europe/Berlin", "America/New_York"]
MIDDLES = {
    "linquan": (33.0416, 115.2576),
    "antimeridian": (-16.5, 179.99),
    "north pole": (89.95, 20.0),
    "pentagon": h3.cell_to_latlng(h3.get_pentagons(7)[3]),
}
NIGHT = datetime(2026, 3, 1, 19, 30, tzinfo=UTC)  # 03:30 in Shanghai


def columns(people, revision=7):
    rows = [(one, cell) for one in people for cell in one.cells or (0,)]

    def column(pick, dtype):
        return np.array([pick(one) for one, _ in rows], dtype)

    return LaneColumns(
        revision=revision,
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
        per_day=column(lambda one: one.per_day, np.uint8),
        tiers=column(lambda one: list(Tier).index(one.tier), np.uint8),
        zone_names=ZONES,
    )


def cell_near(middle, north_km, east_km, res):
    lat = max(-90.0, min(90.0, middle[0] + north_km / 111.2))
    wide = max(0.02, math.cos(math.radians(lat)))
    lon = (middle[1] + east_km / 111.2 / wide + 180) % 360 - 180
    return h3.latlng_to_cell(lat, lon, res)


def people_near(middle):
    km = st.floats(-60, 60)
    cells = st.builds(
        cell_near, st.just(middle), km, km, st.sampled_from([0, 2, 4, 5, 7, 7, 9, 10])
    )
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
        per_day=st.sampled_from([0, 1, 1, 2, 10]),
        tier=st.sampled_from(Tier),
    )
    return st.lists(person, max_size=30, unique_by=lambda one: one.ordinal)


def areas_near(middle):
    lat, lon = middle
    radii = st.sampled_from([0, 50, 3_000, 40_000, 20_000_000, 20_100_000])
    disk = st.builds(Disk, st.just(lat), st.just(lon), radii)
    ring = st.builds(
        Ring, st.just(lat), st.just(lon), st.just(20_000), st.sampled_from([21_000, 50_000])
    )
    corners = [
        h3.cell_to_latlng(cell_near(middle, north, east, 9))
        for north, east in ((-20, -30), (-15, 30), (25, 20), (5, 0), (20, -25))
    ]
    hole = tuple(
        h3.cell_to_latlng(cell_near(middle, north, east, 9))
        for north, east in ((-8, -8), (-8, 9), (6, 10), (1, -6))
    )
    beside = Polygon(
        tuple(
            h3.cell_to_latlng(cell_near(middle, north, east, 9))
            for north, east in ((30, 30), (30, 50), (50, 50), (50, 30), (30, 30))
        )
    )
    holed = Polygon(tuple(corners), (hole,))
    drawn = st.sampled_from([Polygon(tuple(corners)), holed, Polygons((holed, beside))])
    cells = st.builds(
        lambda size: CellSet(cover_disk(lat, lon, *size)),
        st.sampled_from([(500, 8), (10_000, 6), (50_000, 5)]),
    )
    return st.one_of(disk, ring, drawn, cells, st.just(Anywhere()))


def days_of(some):
    """Return what the people were told on the dates that it may be for them."""
    today = NIGHT.toordinal()
    told = st.lists(st.tuples(st.sampled_from([today, today + 1]), some), max_size=5)

    def counted(told):
        days = Days()
        for day, people in told:
            days = days.count(((day, BitMap(people)),))
        return days

    return told.map(counted)


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
        tier=draw(st.sampled_from([None, None, *Tier])),
        told=BitMap(draw(some)),
        again=BitMap(draw(some)),
        known=BitMap(draw(some)),
        days=draw(days_of(some)),
        overridden=draw(st.sampled_from([False, False, False, True])),
        only=draw(st.one_of(st.none(), st.none(), st.builds(BitMap, some))),
    )
    return query, people
