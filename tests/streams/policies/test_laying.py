"""How the field's surface is laid: every cell once more, with scalars, haversines and bearings."""

import math
import random
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import h3
import numpy as np
import pytest
from tests.streams.policies.ways import off

from homeward.policies import figures, motion
from homeward.policies.hypotheses import hypotheses
from homeward.policies.known import Known, Source
from homeward.policies.laying import HUBS_MAX, laid_out
from homeward.policies.spreads import spread_of, walking
from homeward.words import AgeBand, Category, Mode

NOON = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)
FIRST = (33.0416, 115.2576)
BALL = 1.07  # a cell's descendants stray so far outside it
TAKEN = (0.0725, 0.31, 0.5295, 0.088)
"""Half of (0.9 x an abduction + 0.1 x any) and half of a vehicle seen, by hand."""


def at(minute):
    return NOON + timedelta(minutes=minute)


def seen(place, minute=0, mode=Mode.UNKNOWN, error_m=100, trust=1.0):
    return Source(h3.latlng_to_cell(*place, 9), at(minute), error_m, mode, round(trust * 1e6))


def known(*sources, reach_km=500, category=Category.STRANGER_ABDUCTION, mode=Mode.VEHICLE, hubs=()):
    cells = np.array([h3.str_to_int(h3.latlng_to_cell(*hub, 9)) for hub in hubs], np.uint64)
    sources = sources or (seen(FIRST),)
    return Known(category, AgeBand.CHILD, mode, sources, reach_km, hubs=cells)


def km_between(one, other):
    (lat, lon), (to_lat, to_lon) = (map(math.radians, place) for place in (one, other))
    half = math.sin((to_lat - lat) / 2) ** 2
    half += math.cos(lat) * math.cos(to_lat) * math.sin((to_lon - lon) / 2) ** 2
    return 2 * 6_371.007180918475 * math.asin(math.sqrt(half))


def bearing(one, other):
    (lat, lon), (to_lat, to_lon) = (map(math.radians, place) for place in (one, other))
    east = math.sin(to_lon - lon) * math.cos(to_lat)
    north = math.cos(lat) * math.sin(to_lat)
    return math.atan2(east, north - math.sin(lat) * math.cos(to_lat) * math.cos(to_lon - lon))


class Told(NamedTuple):
    """A cell as one reads it off a map."""

    middle: tuple[float, float]
    edge_km: float
    km2: float
    hub: bool


def on_map(cells, hubs):
    found = []
    for cell in cells.tolist():
        name = h3.int_to_str(cell)
        res = h3.get_resolution(name)
        edge_km, km2 = h3.average_hexagon_edge_length(res), h3.average_hexagon_area(res)
        found.append(Told(h3.cell_to_latlng(name), edge_km, km2, cell in hubs))
    return found


def slack_km(source):
    """Return how far from the middle of its cell they can have been."""
    middle, corners = h3.cell_to_latlng(source.cell), h3.cell_to_boundary(source.cell)
    return source.error_m / 1_000 + BALL * max(km_between(middle, end) for end in corners)


def soonest_s(km, *, driving, train, riding):
    """By car out of town and along the motorway, or by train where one is likely."""
    road_km = km * 1.3
    town_km = 0.0 if driving else min(road_km, 10.0)
    ways_h = [town_km / 40 + (road_km - town_km) / 120]
    if train:
        ways_h.append(km * 1.15 / 250 + (0 if riding else 0.25))
    return min(ways_h) * 3_600


def moving(one, mode):
    return one.before is not None and one.source.mode is mode


def mode_of(what, one):
    return what.mode if one.source.mode is Mode.UNKNOWN else one.source.mode


def ahead(one, places):
    """Of the way they came: e where it goes on, 1 aside, 1/e back; 1 where none is known."""
    here = h3.cell_to_latlng(one.source.cell)
    before = one.before and h3.cell_to_latlng(one.before.cell)
    if before is None or km_between(before, here) < 3:
        return [1.0 for _ in places]
    came = bearing(here, before) + math.pi
    return [
        math.exp(math.cos(bearing(here, place) - came)) if km_between(here, place) > 0 else 1.0
        for place in places
    ]


def cell_by_cell(what, when, cells):
    """Return the layers, and the seconds until each cell can be reached; as the words have it."""
    grounds = on_map(cells, set(what.hubs.tolist()))
    layers, earliest_s = np.zeros((5, len(grounds))), np.full(len(grounds), np.inf)
    for one in hypotheses(what, when):
        found, soon_s = hypothesis_by_cell(what, one, when, grounds)
        layers, earliest_s = layers + one.weight * found, np.minimum(earliest_s, soon_s)
    return layers, earliest_s


def hypothesis_by_cell(what, one, when, grounds):
    here, slack = h3.cell_to_latlng(one.source.cell), slack_km(one.source)
    gone_s = (when - one.source.seen_at).total_seconds()
    how = motion.shares(what.category, mode_of(what, one))
    driving, riding = moving(one, Mode.VEHICLE), moving(one, Mode.RAIL)
    away_km = [km_between(here, ground.middle) for ground in grounds]
    edge_km = [ground.edge_km for ground in grounds]
    soon_s = np.array(
        [
            soonest_s(
                max(km - edge - slack, 0.0), driving=driving, train=how.rail >= 0.02, riding=riding
            )
            - gone_s
            for km, edge in zip(away_km, edge_km, strict=True)
        ]
    )
    can = soon_s <= 0
    can &= [km <= what.reach_km_max + edge for km, edge in zip(away_km, edge_km, strict=True)]
    ways = (
        spread_of(walking(figures.WALKS[what.age_band]), gone_s),
        spread_of(figures.LOCAL, gone_s, under_way=driving),
        spread_of(figures.ROAD, gone_s, under_way=driving),
        spread_of(figures.RAIL, gone_s, under_way=riding),
    )
    blurred = np.array([math.hypot(km, one.source.error_m / 2_000) for km in away_km])
    foot, local, road, rail = (way.per_km2_at(blurred) for way in ways)
    inside = [1 - float(way.beyond_at(np.array([float(what.reach_km_max)]))[0]) for way in ways]
    size = np.array([ground.km2 for ground in grounds]) * can
    turned = size * ahead(one, [ground.middle for ground in grounds])
    waiting = size * [ground.hub for ground in grounds] * (road + rail)
    waits = 0.06 if waiting.any() else 0.0
    drawn = np.array([size * foot, turned * local, turned * road, turned * rail, waiting])
    shares = [
        how.foot * inside[0],
        how.local * inside[1],
        (1 - waits) * how.road * inside[2],
        (1 - waits) * how.rail * inside[3],
        waits * (how.road + how.rail),
    ]
    wholes = [max(whole, 1e-300) for whole in drawn.sum(axis=1)]
    return drawn * (np.array(shares) / wholes)[:, None], soon_s


NORTH, NEAR = off(FIRST, 40, 0.4), off(FIRST, 2, 0.4)
HUBS = [off(FIRST, 20, 1.0), off(FIRST, 60, 2.5), off(FIRST, 300, 4.0)]
CASES = {
    "a car": (known(), 60),
    "a car, hubs": (known(hubs=HUBS), 60),
    "a car, hours ago": (known(hubs=HUBS, reach_km=150), 240),
    "a car, seen on its way": (known(seen(FIRST), seen(NORTH, 45, Mode.VEHICLE), hubs=HUBS), 60),
    "a train, seen on its way": (known(seen(FIRST), seen(NORTH, 45, Mode.RAIL), hubs=HUBS), 75),
    "seen round the corner": (known(seen(FIRST), seen(NEAR, 20, Mode.VEHICLE)), 50),
    "doubted": (known(seen(FIRST), seen(NORTH, 45, trust=0.5), hubs=HUBS), 90),
    "somewhere in the county": (known(seen(FIRST, error_m=20_000)), 60),
    "lost on foot": (known(category=Category.LOST_CHILD, mode=Mode.FOOT, reach_km=30), 90),
}  # fmt: skip


def test_each_way_has_its_share_and_leans_as_it_does():
    surface = laid_out(known(reach_km=2_000), at(60))
    found = [layer.share.sum() for layer in surface.layers]
    assert found == pytest.approx([*TAKEN, 0], rel=1e-5)
    assert [layer.lean for layer in surface.layers] == [0.5, 0.8, 0.9, 0.9, 0.0]


def test_six_in_a_hundred_of_those_who_go_far_wait_at_hubs_within_reach():
    what = known(hubs=HUBS, reach_km=2_000)
    surface = laid_out(what, at(60))
    foot, local, road, rail = TAKEN
    found = [layer.share.sum() for layer in surface.layers]
    wanted = [foot, local, 0.94 * road, 0.94 * rail, 0.06 * (road + rail)]
    assert found == pytest.approx(wanted, rel=1e-5)
    waiting = set(surface.cells[surface.layers[4].share > 0].tolist())
    assert waiting == set(what.hubs[:2].tolist())  # nobody is 300 km off within an hour


def test_at_the_moment_they_are_seen_they_are_where_they_are_seen():
    surface = laid_out(known(seen(FIRST, error_m=1_000)), NOON)
    told = on_map(surface.cells[surface.share() > 0], ())
    assert surface.share().sum() == pytest.approx(1)
    assert told
    for ground in told:
        assert km_between(FIRST, ground.middle) < 1.5 + ground.edge_km


@pytest.mark.parametrize("reach_km", [100, 900])
def test_the_bound_cuts_off_what_lies_beyond_it_and_nothing_else(reach_km):
    surface = laid_out(known(reach_km=reach_km), at(24 * 60))
    here = h3.cell_to_latlng(known().sources[0].cell)
    off_km = [
        km_between(here, ground.middle) - ground.edge_km for ground in on_map(surface.cells, ())
    ]
    inside = np.array(off_km) <= reach_km
    assert not inside.all()
    assert ((surface.share() > 0) == inside).all()


def test_everywhere_within_the_bound_is_some_cell():
    surface = laid_out(known(reach_km=200), at(24 * 60))
    told = {h3.int_to_str(int(cell)) for cell in surface.cells[surface.share() > 0]}
    draw = random.Random(5)
    for _ in range(500):
        spot = off(FIRST, 195 * math.sqrt(draw.random()), draw.uniform(0, 2 * math.pi))
        point = h3.latlng_to_cell(*spot, 9)
        assert any(h3.cell_to_parent(point, res) in told for res in range(10))


def test_the_sixty_nearest_hubs_stand_alone():
    far_km = [60 + 5 * place for place in range(HUBS_MAX + 15)]
    draw = random.Random(3)
    draw.shuffle(far_km)
    hubs = [off(FIRST, km, km * 2.4) for km in far_km]
    what = known(hubs=hubs)
    alone = set(laid_out(what, at(60)).cells.tolist())
    near_km = sorted(far_km)[:HUBS_MAX]
    for km, cell in zip(far_km, what.hubs.tolist(), strict=True):
        assert (cell in alone) == (km in near_km), km


@pytest.mark.parametrize(("what", "minute"), CASES.values(), ids=CASES)
def test_each_cell_has_what_its_distance_and_direction_say(what, minute):
    surface = laid_out(what, at(minute))
    layers, earliest_s = cell_by_cell(what, at(minute), surface.cells)
    np.testing.assert_allclose(surface.earliest_s, earliest_s, atol=0.01)
    np.testing.assert_allclose(surface.layers[0].share, layers[0], rtol=1e-6, atol=1e-15)
    # Bearings of chords and of great circles part by some thousandths over hundreds of km.
    for way in range(1, 5):
        found = surface.layers[way].share
        np.testing.assert_allclose(found, layers[way], rtol=5e-3, atol=1e-15)
