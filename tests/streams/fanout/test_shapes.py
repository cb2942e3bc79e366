"""Gaps of ready areas against the distances of the rule."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from homeward.fanout.areas import Disk, Polygon, Polygons, Ring
from homeward.fanout.eligible import polygon_distances_m
from homeward.fanout.pyramid.shapes import shape_of
from homeward.geography.sphere import distances_m, unit_of, units

FAR_M = 30_000_000.0


@st.composite
def outlines(draw):
    """Corners around a place, in any order: the ring may cross itself, or come back to a corner."""
    lat, lon = draw(st.sampled_from([(33, 115), (-16.5, 179.9), (89.5, 10), (-89.99, 0)]))
    wide = draw(st.sampled_from([0.001, 0.5, 20]))
    off = st.floats(-1, 1)
    corners = draw(st.lists(st.tuples(off, off), min_size=3, max_size=40))
    return tuple(
        (max(-90, min(90, lat + north * wide)), lon + east * wide / max(0.1, math.cos(lat / 57.3)))
        for north, east in corners
    )


def points_near(outline, seed):
    dice = np.random.default_rng(seed)
    lat, lon = (np.array(one) for one in zip(*outline, strict=True))
    at = dice.integers(0, len(lat), 60)
    spread = dice.choice([0, 1e-5, 0.01, 1, 30], 60)
    near = units(
        np.clip(lat[at] + dice.normal(0, 1, 60) * spread, -90, 90),
        lon[at] + dice.normal(0, 1, 60) * spread,
    )
    return np.concatenate([near, -near[:10]])


@given(outlines(), outlines(), st.integers(0, 99), st.sampled_from([0.0, 2_000.0, FAR_M]))
def test_a_polygons_gap_is_its_distance_within_reach(outline, hole, seed, reach_m):
    for area in (
        Polygon(outline),
        Polygon(outline, (hole,)),
        Polygons((Polygon(outline), Polygon(hole))),
    ):
        points = points_near(outline, seed)
        shape, expected = shape_of(area), polygon_distances_m(points, area)
        gaps = np.maximum(shape.gaps_m(points, np.full(len(points), reach_m)), 0)
        near = expected <= reach_m
        assert (np.abs(gaps - expected)[near] <= shape.margin_m).all()
        assert (gaps[~near] > reach_m - shape.margin_m).all() or shape.margin_m == np.inf


def test_a_ring_is_between_two_disks():
    points = units(np.array([33.0, 33.1, 33.3, 34.0]), np.full(4, 115.0))
    away_m = distances_m(points, unit_of(33, 115))
    inner, outer = (shape_of(Disk(33, 115, size)).gaps_m(points, FAR_M) for size in (9e3, 4e4))
    between = shape_of(Ring(33, 115, 9e3, 4e4)).gaps_m(points, FAR_M)
    assert np.allclose(outer, away_m - 4e4, atol=0.01)
    assert np.allclose(between, np.maximum(outer, -inner), atol=0.01)
