"""An outside judge: areas by H3's own hierarchy, people counted one cell after another."""

import math
from datetime import timedelta

import h3
import numpy as np
import pytest

from homeward.backtest.believing import Hubs, known_of, moment
from homeward.backtest.judging import (
    LOG_SCORES,
    Ground,
    circle,
    curve_of,
    judge,
    judge_surface,
    row_of,
)
from homeward.geography.cells import children
from homeward.geography.sphere import distance_m
from homeward.policies import policy_of
from homeward.policies.surface import EMPTY_LAND, KM2, Layer, Surface

HERE = (33.05, 114.98)


@pytest.fixture
def cells():
    """Mixed resolutions that lie apart: a disk of which some cells are split, and some of those."""
    disk = np.array([int(one, 16) for one in h3.grid_disk(h3.latlng_to_cell(*HERE, 5), 4)])
    disk = disk.astype(np.uint64)
    fine = children(disk[:12])
    return np.concatenate([disk[12:], fine[6:], children(fine[:6])])


@pytest.fixture
def surface(cells):
    share = np.random.default_rng(3).dirichlet(np.full(len(cells), 0.3))
    return Surface(cells, (Layer(share, 0.5),), np.zeros(len(cells)))


def holder(cells, place):
    """The cell that holds a place, found by asking for its ancestors one by one."""
    texts = {h3.int_to_str(int(one)): row for row, one in enumerate(cells)}
    finest = h3.latlng_to_cell(*place, 15)
    ancestors = [h3.cell_to_parent(finest, res) for res in range(16)]
    return next((texts[one] for one in ancestors if one in texts), None)


def test_a_place_is_in_the_cell_that_is_its_ancestor(cells):
    draw = np.random.default_rng(1)
    places = [(HERE[0] + a, HERE[1] + b) for a, b in draw.uniform(-0.9, 0.9, (400, 2))]
    found = [row_of(cells, one) for one in places]
    assert found == [holder(cells, one) for one in places]
    assert None in found
    assert len({one for one in found if one is not None}) > 30


def test_nothing_holds_a_place_where_there_are_no_cells(cells):
    assert row_of(cells[:0], HERE) is None
    assert row_of(cells, (-40.0, 20.0)) is None


def test_people_needed_are_those_told_one_after_another(surface):
    people = np.random.default_rng(2).gamma(0.4, 900.0, len(surface.cells))
    draw = np.random.default_rng(4)
    for a, b in draw.uniform(-0.4, 0.4, (20, 2)):
        was, reported = (HERE[0] + a, HERE[1] + b), (HERE[0] + 0.01, HERE[1])
        found = judge_surface(surface, people, Ground(reported, was, 1.0))
        row = holder(surface.cells, was)

        told, by_share = 0.0, surface.share(people)
        value = [
            by_share[k] / (people[k] + EMPTY_LAND * surface.km2[k]) for k in range(len(people))
        ]
        for one in sorted(range(len(people)), key=lambda k: -value[k]):
            told += people[one]
            if one == row:
                break
        assert found.need == pytest.approx(told)
        assert found.log_score == pytest.approx(math.log10(value[row]))

        away = [
            distance_m(*reported, *h3.cell_to_latlng(h3.int_to_str(int(one))))
            for one in surface.cells
        ]
        near = sum(people[k] for k in range(len(people)) if away[k] <= away[row])
        assert found.circle_need == pytest.approx(near)


def test_spending_just_what_is_needed_reaches_the_person(surface):
    people = np.random.default_rng(2).gamma(0.4, 900.0, len(surface.cells))
    found = judge_surface(surface, people, Ground(HERE, HERE, 1.0))
    row = holder(surface.cells, HERE)
    assert row in surface.spend(people, found.need)
    assert row not in surface.spend(people, found.need - people[row] - 1e-6)


def test_who_is_outside_of_all_cells_is_never_reached_and_a_circle_may_still_do_it(surface):
    people = np.ones(len(surface.cells))
    found = judge_surface(surface, people, Ground(HERE, (40.0, 100.0), 77.0))
    assert (found.need, found.log_score, found.circle_need) == (math.inf, -math.inf, 77.0)


def test_a_cell_without_a_share_is_never_told(cells):
    share = np.zeros(len(cells))
    share[0] = 1.0
    surface = Surface(cells, (Layer(share),), np.zeros(len(cells)))
    was = h3.cell_to_latlng(h3.int_to_str(int(cells[40])))
    found = judge_surface(surface, np.ones(len(cells)), Ground(HERE, was, 1.0))
    assert (found.need, found.log_score) == (math.inf, -math.inf)


def test_the_curve_counts_people_above_each_threshold():
    scores, people = np.array([1e-3, 1e-5, 1e-5, 0.0]), np.array([1.0, 20.0, 300.0, 4_000.0])
    curve = curve_of(scores, people)
    for log_score in (-2.5, -3.5, -4.98, -5.02, -9.0):
        slow = people[scores >= 10**log_score].sum()
        assert curve[int(np.abs(LOG_SCORES - log_score).argmin())] == slow


def test_a_circle_holds_the_people_nearer_than_the_person(people):
    was = (HERE[0] + 0.21, HERE[1] - 0.33)
    circled, need = circle(people, Ground(HERE, was), 300)
    assert circled.away_km == pytest.approx(distance_m(*HERE, *was) / 1_000, rel=0.15)
    assert (np.diff(circled.curve) >= 0).all()
    # The people within the same radius, counted over cells of one fine resolution.
    fine = h3.grid_disk(h3.latlng_to_cell(*HERE, 7), 22)
    rows = [
        int(one, 16)
        for one in fine
        if distance_m(*HERE, *h3.cell_to_latlng(one)) <= circled.away_km * 1_000
    ]
    assert people.within(np.array(rows, np.uint64)).sum() == pytest.approx(need, rel=0.15)


@pytest.mark.parametrize("name", ["field", "circles"])
def test_a_policy_is_judged_over_its_own_cells(name, history, people):
    report = history.reports[0]
    known = known_of(report, (), Hubs.of([]), 300)
    at = moment(report, report.delay_min) + timedelta(minutes=60)
    truth = history.truths[report.case]
    was = truth.track.at(truth.delay_min + 60)
    ground = Ground((report.lat_deg, report.lon_deg), was, 5.0)
    found = judge(policy_of(name), known, at, people, ground)
    surface = policy_of(name).surface(known, at)
    held = people.within(surface.cells)
    row = holder(surface.cells, was)
    told = 0.0
    for one in surface.order(held).tolist():
        told += held[one]
        if one == row:
            break
    assert found.need == pytest.approx(told)
    assert found.cells == len(surface.cells)
    assert KM2[5] > 200  # what densities are measured with
