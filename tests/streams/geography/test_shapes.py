"""Judged with shapely in the plane: a GeoJSON polygon is straight in longitude and latitude."""

import json

import h3.api.basic_int as h3
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Point, Polygon, shape

from homeward.geography import cells as cs
from homeward.geography import shapes
from homeward.geography.sphere import balls_of, distances_m, unit_of, units

STAR = [
    (33 + r * np.sin(a), 115 + r * np.cos(a))
    for a, r in (
        (0.0, 0.3),
        (0.7, 0.1),
        (1.4, 0.35),
        (2.2, 0.08),
        (3.0, 0.3),
        (4.0, 0.12),
        (5.2, 0.33),
    )
]
BOX = [(32.0, 114.0), (32.0, 118.0), (35.0, 118.0), (35.0, 114.0)]
HOLE = [(33.0, 115.0), (34.0, 115.0), (34.0, 117.0), (33.0, 117.0)]
SLIVER = [(33.0, 115.0), (33.0, 116.0), (33.0001, 116.0), (33.0001, 115.0)]
NORTH = [(68.0, 20.0), (68.2, 30.0), (70.5, 29.0), (70.0, 21.0)]
AREAS = {
    "star": [[STAR]],
    "wide": [[BOX]],
    "with a hole": [[BOX, HOLE]],
    "two": [[STAR], [[(lat + 1, lon + 1) for lat, lon in STAR]]],
    "sliver": [[SLIVER]],
    "north": [[NORTH]],
}


def planar(area):
    flat = [[[(lon, lat) for lat, lon in ring] for ring in part] for part in area]
    return MultiPolygon([Polygon(first, holes) for first, *holes in flat]).buffer(0)


def inside(area, many=400, seed=1):
    """Points inside, on the rim and at its corners."""
    chance = np.random.default_rng(seed)
    west, south, east, north = area.bounds
    spots = np.column_stack([chance.uniform(west, east, many), chance.uniform(south, north, many)])
    found = [(x, y) for x, y in spots if area.contains(Point(x, y))]
    edge = area.boundary
    found += [edge.interpolate(part, normalized=True).coords[0] for part in chance.random(many)]
    return [(lat, lon) for lon, lat in found]


def missed(cells, points):
    """Places that somebody kept by some resolution would be lost at."""
    lost = []
    for res in range(4, 10):
        kept = np.array([h3.latlng_to_cell(*one, res) for one in points], np.uint64)
        lost += [(res, points[row]) for row in np.flatnonzero(~cs.meets(cells, kept))]
    return lost


@pytest.mark.parametrize("area", AREAS.values(), ids=AREAS)
def test_nobody_inside_is_missed_whatever_cell_they_are_kept_by(area):
    cells = shapes.cover(shapes.shape_of(area))
    assert missed(cells, inside(planar(area))) == []
    assert len(cells) <= shapes.CELLS_AIMED_AT
    assert np.array_equal(cells, cs.compacted(cells))


@pytest.mark.parametrize("name", ["star", "wide", "with a hole", "two", "north"])
def test_a_cover_is_little_more_than_the_area(name):
    area = planar(AREAS[name])
    cells = shapes.cover(shapes.shape_of(AREAS[name]))
    km2 = sum(h3.cell_area(cell, unit="km^2") for cell in cells.tolist())
    lat = np.radians(area.centroid.y)
    assert km2 < 1.35 * area.area * 111.2**2 * np.cos(lat) + 5


def test_a_hole_is_left_out():
    cells = shapes.cover(shapes.shape_of([[BOX, HOLE]]))
    middle = np.array([h3.latlng_to_cell(33.5, 116.0, 9)], np.uint64)
    assert not cs.covers(cells, middle).any()


def test_across_the_antimeridian_nothing_else_is_held():
    ring = [(-17.0, 179.0), (-17.0, -179.0), (-16.0, -179.0), (-16.0, 179.0)]
    cells = shapes.cover(shapes.shape_of([[ring]]))
    spots = [(-16.5, 179.9), (-16.5, -179.9), (-16.01, -179.01), (-16.99, 179.01)]
    assert missed(cells, spots) == []
    away_m = distances_m(balls_of(cells)[0], unit_of(-16.5, 180.0))
    assert away_m.max() < 150_000


@settings(max_examples=25, deadline=None)
@given(
    lat=st.floats(-75, 75),
    lon=st.floats(-179, 179),
    size=st.floats(0.01, 2.0),
    radii=st.lists(st.floats(0.2, 1), min_size=3, max_size=300),
)
def test_simplified_shapes_hold_what_they_stood_for(lat, lon, size, radii):
    turns = np.linspace(0, 2 * np.pi, len(radii), endpoint=False)
    ring = [
        (lat + size * r * np.sin(a), lon + size * r * np.cos(a) / np.cos(np.radians(lat)))
        for a, r in zip(turns, radii, strict=True)
    ]
    made = shapes.shape_of([[ring]])
    assert sum(part.corners for part in made.parts) <= shapes.CORNERS_KEPT
    spots = units(*zip(*inside(planar([[ring]]), many=60), strict=True))
    gaps_m = made.gaps_m(spots, np.full(len(spots), 1e6))
    assert gaps_m.max() <= 0


def test_a_thousand_islands_are_held():
    chance = np.random.default_rng(5)
    islands = []
    for lat, lon in chance.uniform((34, 125.5), (35, 126.5), (1_000, 2)).tolist():
        turns, size = np.sort(chance.uniform(0, 2 * np.pi, 12)), chance.uniform(0.0005, 0.01)
        islands.append([[(lat + size * np.sin(a), lon + size * np.cos(a)) for a in turns]])
    made = shapes.shape_of(islands)
    cells = shapes.cover(made)
    corners = [corner for [ring] in islands for corner in ring]
    assert missed(cells, corners) == []


def test_a_ring_of_two_corners_is_refused():
    with pytest.raises(ValueError, match="three different corners"):
        shapes.shape_of([[[(1.0, 1.0), (2.0, 2.0), (1.0, 1.0)]]])


def test_counties_as_they_are(real_data):
    found = json.loads((real_data / "polygons" / "us_counties.geojson").read_text())["features"]
    chance = np.random.default_rng(3)
    picked = [found[row] for row in chance.choice(len(found), 15, replace=False)]
    most = max(found, key=lambda one: shapely.get_num_coordinates(shape(one["geometry"])))
    for county in [*picked, most]:
        area = shape(county["geometry"])
        parts = area.geoms if area.geom_type == "MultiPolygon" else [area]
        rings = [
            [
                [(lat, lon) for lon, lat, *_ in ring.coords]
                for ring in (one.exterior, *one.interiors)
            ]
            for one in parts
        ]
        cells = shapes.cover(shapes.shape_of(rings))
        assert missed(cells, inside(area, many=100)) == [], county.get("properties")


@pytest.mark.parametrize("inner_m", [0.0, 20_000.0])
def test_rounds_are_covered_too(inner_m):
    cells = shapes.cover(shapes.Round(unit_of(33.0, 115.0), 40_000.0, inner_m))
    area = Point(0, 0).buffer(39_900).difference(Point(0, 0).buffer(inner_m * 1.003))
    spots = [
        (
            33.0 + np.degrees(y / 6_371_007),
            115.0 + np.degrees(x / 6_371_007 / np.cos(np.radians(33))),
        )
        for y, x in inside(area)
    ]
    away_m = distances_m(units(*zip(*spots, strict=True)), unit_of(33.0, 115.0))
    kept = [one for one, m in zip(spots, away_m, strict=True) if inner_m <= m <= 40_000]
    assert len(kept) > 400
    assert missed(cells, kept) == []
    middle = np.array([h3.latlng_to_cell(33.0, 115.0, 9)], np.uint64)
    assert cs.covers(cells, middle).all() == (not inner_m)
