import h3.api.basic_int as h3
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeward.geography import cells as cs

FINEST = 4  # deep enough for three levels under one coarse cell, small enough to list
ROOTS = [h3.latlng_to_cell(33.04, 115.26, 1), h3.get_pentagons(1)[0], h3.latlng_to_cell(89.9, 0, 1)]


def below(cell):
    return {cell} if h3.get_resolution(cell) == FINEST else set(h3.cell_to_children(cell, FINEST))


def leaves(cells):
    return set().union(*(below(cell) for cell in cells.tolist()))


@st.composite
def cell_sets(draw, res_max=FINEST):
    root = draw(st.sampled_from(ROOTS))
    found = []
    for _ in range(draw(st.integers(0, 12))):
        res = draw(st.integers(1, res_max))
        options = h3.cell_to_children(root, res)
        found.append(options[draw(st.integers(0, len(options) - 1))])
    return np.array(found, np.uint64)


@given(cell_sets(), cell_sets())
def test_subtract_is_exact_at_mixed_resolutions(area, less):
    left = cs.subtract(area, less)
    assert leaves(left) == leaves(area) - leaves(less)
    assert len(cs.outermost(left)) == len(left)


@given(cell_sets(), cell_sets())
def test_union_is_exact(one, other):
    assert leaves(cs.union(one, other)) == leaves(one) | leaves(other)


@given(cell_sets())
def test_compaction_keeps_the_meaning_and_is_h3s(area):
    fewest = cs.compacted(area)
    assert leaves(fewest) == leaves(area)
    assert set(fewest.tolist()) == set(h3.compact_cells(leaves(area)))
    assert np.array_equal(fewest, cs.compacted(fewest))


@given(cell_sets(), cell_sets())
def test_meeting_is_being_in_the_set_above_or_below(area, asked):
    for cell, found in zip(asked.tolist(), cs.meets(area, asked).tolist(), strict=True):
        assert found == bool(leaves(area) & below(cell))


@given(cell_sets(), cell_sets())
def test_covering_is_being_in_the_set_or_below(area, asked):
    outer = set(area.tolist())
    for cell, found in zip(asked.tolist(), cs.covers(area, asked).tolist(), strict=True):
        ancestors = {h3.cell_to_parent(cell, res) for res in range(h3.get_resolution(cell) + 1)}
        assert found == bool(outer & ancestors)


@pytest.mark.parametrize("root", ROOTS)
def test_children_and_parents_are_h3s(root):
    level = np.array([root], np.uint64)
    for res in range(2, 5):
        below_it = cs.children(level)
        assert set(below_it.tolist()) == set(h3.cell_to_children(root, res))
        assert set(cs.parents(below_it).tolist()) == set(level.tolist())
        level = below_it


@pytest.mark.parametrize("res", range(16))
def test_pentagons_are_h3s(res):
    pentagons = np.array(h3.get_pentagons(res), np.uint64)
    assert cs.is_pentagon(pentagons).all()
    assert not cs.is_pentagon(np.array([h3.latlng_to_cell(33.04, 115.26, res)], np.uint64)).any()


@given(cell_sets())
def test_bytes_and_back(area):
    raw = cs.to_bytes(area)
    assert len(raw) == 8 * len(set(area.tolist()))
    assert cs.from_bytes(raw).tolist() == sorted(set(area.tolist()))


def test_bytes_are_big_endian_and_sorted():
    cells = cs.cells_from(["872830828ffffff", "8328308281fffff"[:15]])
    assert cs.to_bytes(cells).hex() == "08328308281fffff0872830828ffffff"


def test_half_a_cell_is_refused():
    with pytest.raises(ValueError, match="multiple"):
        cs.from_bytes(b"1234567")
