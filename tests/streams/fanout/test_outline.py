"""An area that somebody draws is grown to whole coarse cells, and loses nobody."""

import h3.api.basic_int as h3
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homeward.fanout.areas import CellSet, Disk, Polygon, Polygons, Ring
from homeward.fanout.outline import RES_COUNTED, grown
from homeward.geography.cells import covers, resolutions
from homeward.geography.sphere import distance_m

LINQUAN = (33.068, 115.276)
SQUARE = ((33.0, 115.0), (33.0, 116.0), (34.0, 116.0), (34.0, 115.0))
HOLE = ((33.3, 115.3), (33.3, 115.7), (33.7, 115.7), (33.7, 115.3))


def holds(cells, lat, lon):
    return bool(covers(cells, np.array([h3.latlng_to_cell(lat, lon, 9)], np.uint64))[0])


@pytest.mark.parametrize("km", [0.01, 3, 30, 300])
def test_nothing_that_is_counted_is_finer_than_36_km2(km):
    cells = grown(Disk(*LINQUAN, km * 1_000)).cells
    assert resolutions(cells).max() <= RES_COUNTED
    assert holds(cells, *LINQUAN)


def test_two_areas_that_differ_by_a_doorstep_are_counted_as_one():
    assert np.array_equal(grown(Disk(*LINQUAN, 10_000)).cells, grown(Disk(*LINQUAN, 10_001)).cells)
    [fine] = [h3.latlng_to_cell(*LINQUAN, 9)]
    coarse = grown(CellSet(np.array([fine], np.uint64))).cells.tolist()
    assert coarse == [h3.cell_to_parent(fine, RES_COUNTED)]


@settings(max_examples=30)
@given(
    st.floats(-85, 85), st.floats(-180, 180), st.floats(1, 400), st.floats(0, 1), st.floats(0, 6)
)
def test_whoever_is_in_a_disk_is_in_what_it_grew_to(lat, lon, km, part, turn):
    cells = grown(Disk(lat, lon, km * 1_000)).cells
    at_lat = lat + part * km / 112 * np.cos(turn)
    at_lon = lon + part * km / 112 * np.sin(turn) / max(np.cos(np.radians(lat)), 0.05)
    if abs(at_lat) < 90 and distance_m(lat, lon, at_lat, at_lon) <= km * 1_000:
        assert holds(cells, at_lat, at_lon)


def test_a_ring_leaves_its_middle_out_and_a_hole_is_a_hole():
    ring = grown(Ring(*LINQUAN, 50_000, 80_000)).cells
    assert not holds(ring, *LINQUAN)
    assert holds(ring, LINQUAN[0] + 0.58, LINQUAN[1])
    holed = grown(Polygon(SQUARE, (HOLE,))).cells
    assert not holds(holed, 33.5, 115.5)
    assert holds(holed, 33.1, 115.1)
    far = tuple((lat + 5, lon) for lat, lon in SQUARE)
    both = grown(Polygons((Polygon(SQUARE), Polygon(far)))).cells
    assert holds(both, 33.5, 115.5)
    assert holds(both, 38.5, 115.5)


def test_a_nation_is_counted_by_coarser_cells():
    assert len(grown(Disk(*LINQUAN, 3_000_000)).cells) < 8_000
