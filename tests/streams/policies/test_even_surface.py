"""A rule's area as a surface: alike everywhere, nearest first, and soonest by one speed."""

import math
from datetime import UTC, datetime, timedelta

import h3
import numpy as np
import pytest

from homeward.policies import policy_of
from homeward.policies.known import Known, Source
from homeward.policies.surface import Layer, Surface, even_surface
from homeward.words import AgeBand, Category, Mode

NOON = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)
FIRST = (33.0416, 115.2576)
CIRCLES = policy_of("circles")


def cells_of(*names):
    return np.array([h3.str_to_int(name) for name in names], np.uint64)


def known(error_m, reach_km=40):
    source = Source(h3.latlng_to_cell(*FIRST, 9), NOON, error_m)
    return Known(Category.OTHER, AgeBand.CHILD, Mode.UNKNOWN, (source,), reach_km)


def km_between(one, other):
    (lat, lon), (to_lat, to_lon) = (map(math.radians, place) for place in (one, other))
    half = math.sin((to_lat - lat) / 2) ** 2
    half += math.cos(lat) * math.cos(to_lat) * math.sin((to_lon - lon) / 2) ** 2
    return 2 * 6_371.007180918475 * math.asin(math.sqrt(half))


def test_each_km2_is_as_likely_but_for_a_thousandth_from_the_middle_out():
    middle = h3.latlng_to_cell(*FIRST, 7)
    near, far = h3.grid_ring(middle, 1)[0], h3.cell_to_parent(h3.grid_ring(middle, 30)[0], 6)
    away_m = np.array([0.0, 2_000.0, 80_000.0])
    surface = even_surface(cells_of(middle, near, far), away_m, np.array([-9.0, 0.0, 9.0]))
    assert surface.share().sum() == pytest.approx(1, abs=1e-12)
    small, large = h3.average_hexagon_area(7), h3.average_hexagon_area(6)
    alike = surface.share() / surface.share()[0] / np.array([1, 1, large / small])
    assert alike == pytest.approx([1, 1 - 0.001 * 2 / 80, 0.999], abs=1e-12)
    assert surface.order().tolist() == [0, 1, 2]
    assert surface.earliest_s.tolist() == [-9, 0, 9]


def test_an_area_of_one_point_or_none_is_a_surface_too():
    alone = even_surface(cells_of(h3.latlng_to_cell(*FIRST, 9)), np.zeros(1), np.zeros(1))
    assert alone.share().tolist() == [1]
    nothing = even_surface(cells_of(), np.zeros(0), np.zeros(0))
    assert nothing.share().tolist() == []


@pytest.mark.parametrize("error_m", [0, 9_000])
@pytest.mark.parametrize("minutes", [0, 20])
def test_a_cell_is_reached_when_the_circles_speed_reaches_its_nearest_edge(error_m, minutes):
    what = known(error_m)
    surface = CIRCLES.surface(what, NOON + timedelta(minutes=minutes))
    here = h3.cell_to_latlng(what.sources[0].cell)
    wanted = []
    for cell in surface.cells.tolist():
        name = h3.int_to_str(cell)
        middle = h3.cell_to_latlng(name)
        size_km = 1.07 * max(km_between(middle, end) for end in h3.cell_to_boundary(name))
        near_km = max(km_between(here, middle) - size_km - error_m / 1_000, 0)
        wanted.append(near_km / 100 * 3_600 - minutes * 60)
    assert min(wanted) == -minutes * 60
    assert max(wanted) > -minutes * 60 + 600
    np.testing.assert_allclose(surface.earliest_s, wanted, atol=0.01)


SETTLED, EMPTY = 20.0, 0.5


def three(*layers, res=(9, 9, 9)):
    """Three cells that touch nothing of each other, of these resolutions."""
    cells = cells_of(*(h3.latlng_to_cell(33 + row, 115, size) for row, size in enumerate(res)))
    return Surface(cells, layers, np.zeros(3))


def test_what_leans_lies_where_people_are_and_keeps_its_share():
    layers = (Layer(np.array([0.1, 0.1, 0.2]), lean=1), Layer(np.array([0.3, 0.1, 0.0])))
    people = np.array([0.0, 50.0, 7.0])
    for surface in (three(*layers), three(*layers[::-1])):
        assert surface.share() == pytest.approx([0.4, 0.2, 0.2])
        drawn = np.array([0.1, 0.1, 0.2]) * (people / surface.km2 + SETTLED)
        wanted = drawn * 0.4 / drawn.sum() + [0.3, 0.1, 0.0]
        assert surface.share(people) == pytest.approx(wanted, rel=1e-12)
    half = three(Layer(np.array([0.5, 0.5, 0.0]), lean=0.5))
    drawn = np.array([0.5, 0.5, 0.0]) * np.sqrt(people / half.km2 + SETTLED)
    assert half.share(people) == pytest.approx(drawn / drawn.sum(), rel=1e-12)
    none = three(Layer(np.zeros(3), lean=1))
    assert none.share(people).tolist() == [0, 0, 0]
    faint = three(Layer(np.array([1e-6, 3e-6, 0.0]), lean=1))
    assert faint.share(np.zeros(3)) == pytest.approx([1e-6, 3e-6, 0.0], rel=1e-9)
    crowd = np.array([0.01, 0.0, 0.0])
    drawn = np.array([1e-6, 3e-6, 0.0]) * (crowd / faint.km2 + SETTLED)
    assert drawn.sum() < 1
    assert faint.share(crowd) == pytest.approx(drawn * 4e-6 / drawn.sum(), rel=1e-9)


def test_first_is_told_where_it_helps_most_a_km2_or_a_person():
    surface = three(Layer(np.array([0.2, 0.3, 0.3])), res=(9, 8, 9))
    assert surface.order().tolist() == [2, 0, 1]
    people = np.array([10.0, 1.0, 1_000.0])
    cost = people + EMPTY * surface.km2
    wanted = np.argsort(-np.array([0.2, 0.3, 0.3]) / cost).tolist()
    assert surface.order(people).tolist() == wanted == [1, 0, 2]
    empty = three(Layer(np.array([0.2, 0.3, 0.0])), res=(9, 8, 9))
    assert empty.order(np.zeros(3)).tolist() == [0, 1, 2]
    alike = three(Layer(np.array([0.2, 0.2, 0.2])), res=(9, 9, 9))
    assert alike.order(np.ones(3) * 5).tolist() == np.argsort(alike.km2, kind="stable").tolist()


@pytest.mark.parametrize(
    ("budget", "rows"),
    [(0, []), (1, [0]), (10, [0]), (10.5, [0, 1]), (30, [0, 1]), (31, [0, 1, 2])],
)
def test_a_budget_is_spent_from_the_top_and_the_last_cell_is_told_whole(budget, rows):
    surface = three(Layer(np.array([0.6, 0.3, 0.1])))
    assert surface.spend(np.array([10.0, 20.0, 30.0]), budget).tolist() == rows


@pytest.mark.parametrize(
    ("containment", "rows"), [(0.0, []), (0.5, [1]), (0.7, [1, 0]), (0.95, [1, 0]), (1.0, [1, 0])]
)
def test_the_fewest_cells_that_hold_so_much_of_what_lies_in_the_area(containment, rows):
    surface = three(Layer(np.array([0.16, 0.24, 0.0])))
    assert surface.holding(containment).tolist() == rows
    whole = surface.chosen(surface.holding(1.0))
    assert whole.tolist() == sorted(surface.cells[:2].tolist())


def test_seven_that_fill_their_parent_are_chosen_as_one():
    parent = h3.latlng_to_cell(*FIRST, 7)
    seven = sorted(h3.cell_to_children(parent, 8))
    surface = Surface(cells_of(*seven), (Layer(np.ones(7) / 7),), np.zeros(7))
    assert surface.chosen(np.arange(7)).tolist() == cells_of(parent).tolist()


def test_where_people_are_known_they_count_in_the_share_and_in_the_order():
    shares, people = np.array([0.5, 0.1, 0.0]), np.array([10.0, 1.0, 0.0])
    assert three(Layer(shares)).order(people).tolist()[:2] == [1, 0]
    assert three(Layer(shares, lean=1)).order(people).tolist()[:2] == [0, 1]
    crowded = three(Layer(np.array([0.6, 0.3, 0.1])))
    assert crowded.order().tolist() == [0, 1, 2]
    assert crowded.spend(np.array([1_000.0, 1.0, 1.0]), 1.5).tolist() == [1, 2]
