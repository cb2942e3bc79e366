"""Outlines of cells, judged by shapely: valid, as large as the cells, around their centres."""

import h3.api.basic_int as h3
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Point, Polygon

from homeward.geography.cells import children, compacted, resolutions, subtract
from homeward.geography.covering import cover_disk
from homeward.geography.outlines import levelled, polygons, rims, rings
from homeward.geography.sphere import EARTH_RADIUS_M, distances_m, unit_of

PLACES = {
    "plain": (33.068, 115.276),
    "antimeridian": (-17.0, 179.95),
    "antimeridian from the west": (66.0, -179.95),
    "both zero": (0.0, 0.0),
    "north pole": (90.0, 0.0),
    "near the north pole": (88.0, 179.0),
    "south pole": (-90.0, 0.0),
    "near the south pole": (-89.0, -120.0),
}


def disk(lat, lon, res, steps):
    return np.array(h3.grid_disk(h3.latlng_to_cell(lat, lon, res), steps), np.uint64)


def shape_of(cells):
    return MultiPolygon([Polygon(one.outer, one.holes) for one in polygons(cells)])


def km2(shape):
    """Area on the sphere, by Lambert's cylinder: equal areas, and straight lines stay nearly so."""
    fine = shapely.segmentize(shape, 0.05)
    flat = shapely.transform(
        fine, lambda xy: np.stack([np.radians(xy[:, 0]), np.sin(np.radians(xy[:, 1]))], axis=1)
    )
    return flat.area * (EARTH_RADIUS_M / 1_000) ** 2


def sound(cells):
    """Hold outlines to RFC 7946 and to the cells they stand for."""
    shape = shape_of(cells)
    assert shape.is_valid, shapely.is_valid_reason(shape)
    west, south, east, north = shape.bounds
    assert west >= -180
    assert east <= 180
    assert south >= -90
    assert north <= 90
    for one in polygons(cells):
        assert Polygon(one.outer).exterior.is_ccw, "right-hand rule"
        assert not any(Polygon(hole).exterior.is_ccw for hole in one.holes)
        for ring in (one.outer, *one.holes):
            assert (ring[0] == ring[-1]).all()
            assert len(ring) >= 4
            far = np.abs(np.diff(ring[:, 0])) > 180
            assert (np.abs(ring[:-1][far][:, 1]) == 90).all(), "only a pole spans the world"
    true = sum(h3.cell_area(cell, unit="km^2") for cell in cells.tolist())
    assert km2(shape) == pytest.approx(true, rel=1e-3)
    return shape


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("steps", [0, 6])
def test_outlines_are_valid_and_have_the_area_of_their_cells(place, steps):
    sound(disk(*PLACES[place], 5, steps))


@pytest.mark.parametrize("cell", h3.get_pentagons(4))
def test_pentagons_have_five_sides(cell):
    sound(np.array(h3.grid_disk(cell, 4), np.uint64))


@pytest.mark.parametrize("place", PLACES)
def test_a_hole_stays_one(place):
    cells = np.setdiff1d(disk(*PLACES[place], 5, 7), disk(*PLACES[place], 5, 2))
    shape = sound(cells)
    middle = h3.cell_to_latlng(h3.latlng_to_cell(*PLACES[place], 5))
    assert not shape.contains(Point(middle[1], middle[0]))
    assert len(rings(cells)) == 2


@settings(max_examples=40, deadline=None)
@given(
    place=st.sampled_from(sorted(PLACES)),
    kept=st.lists(st.booleans(), min_size=91, max_size=91).filter(any),
)
def test_any_set_is_outlined_and_holds_its_own_centres_alone(place, kept):
    whole = disk(*PLACES[place], 5, 5)
    cells = whole[np.array(kept[: len(whole)])]
    if not len(cells):
        return
    shape = sound(cells)
    centres = {cell: h3.cell_to_latlng(cell) for cell in whole.tolist()}
    inside = {cell for cell, (lat, lon) in centres.items() if shape.contains(Point(lon, lat))}
    assert inside == set(cells.tolist())


def test_a_set_is_levelled_without_changing_its_meaning():
    mixed = compacted(cover_disk(33.068, 115.276, 60_000, 6))
    assert len(np.unique(resolutions(mixed))) > 1
    even = levelled(mixed)
    assert set(resolutions(even).tolist()) == {6}
    assert (compacted(even) == mixed).all()
    assert len(rings(even)) == 1
    sound(even)


def test_a_large_set_is_levelled_as_far_as_it_may():
    mixed = np.concatenate([disk(33, 115, 2, 1), disk(10, 10, 9, 3)])
    even = levelled(mixed, 500)
    assert len(even) <= 500
    assert (compacted(even) == compacted(mixed)).all()


@pytest.mark.parametrize("place", PLACES)
def test_a_rim_has_no_seam_where_fine_cells_lie_among_coarse_ones(place):
    coarse = disk(*PLACES[place], 4, 4)
    core = disk(*PLACES[place], 4, 1)
    fine = children(children(children(core)))
    mixed = np.concatenate([subtract(coarse, core), fine])
    assert len(rings(mixed)) > 1
    [line] = rims(mixed)
    [whole] = rings(coarse)
    assert len(line) == len(whole) + 1
    assert (line[0] == line[-1]).all()


def test_a_rim_that_fine_and_coarse_cells_share_is_drawn_by_both():
    coarse = disk(33.0, 115.0, 5, 1)
    mixed = np.concatenate([coarse[1:], children(children(coarse[:1]))])
    lines = rims(mixed)
    length_m = sum(float(distances_m(one[1:], one[:-1]).sum()) for one in lines)
    whole_m = sum(float(distances_m(np.roll(one, -1, axis=0), one).sum()) for one in rings(coarse))
    assert length_m == pytest.approx(whole_m, rel=0.15)


def test_nothing_has_no_outline():
    nothing = np.empty(0, np.uint64)
    assert polygons(nothing) == [] == rings(nothing) == rims(nothing)
    assert len(levelled(nothing)) == 0


def test_rings_lie_on_the_sphere_with_the_area_on_their_left():
    cells = disk(33.068, 115.276, 7, 3)
    [ring] = rings(cells)
    assert np.allclose(np.linalg.norm(ring, axis=1), 1)
    lat, lon = h3.cell_to_latlng(h3.latlng_to_cell(33.068, 115.276, 7))
    up = unit_of(lat, lon)
    turns = np.cross(ring, np.roll(ring, -1, axis=0)).sum(axis=0) @ up
    assert turns > 0
