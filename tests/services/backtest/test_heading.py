from dataclasses import dataclass, replace

import numpy as np
import pytest

from homeward.backtest.believing import Hubs, moment
from homeward.backtest.heading import LOOKED_MIN, head_off, waves
from homeward.backtest.rows import Report, Track, Truth, Visit
from homeward.geography.hubbook import Hub
from homeward.policies import policy_of
from homeward.policies.known import Arrivals
from homeward.words import AgeBand, Category, Mode, Sex

REPORT = Report(
    *("A", Category.STRANGER_ABDUCTION, AgeBand.CHILD, Sex.MALE, 10.0, 33.0, 115.0, 100, 60.0)
)
HUBS = Hubs.of([Hub.at(f"h{one}", "rail", 33.0, 115.0 + one / 10, 1) for one in range(5)])
NOWHERE = Track(np.array([0.0]), np.array([33.0]), np.array([115.0]))


@dataclass
class Timed:
    """Expects the person at hub n so many minutes after they were last seen."""

    expected_min: dict
    name: str = "timed"
    version: int = 1
    horizon_s: int = 30 * 60

    def arrivals(self, known, hubs, at):
        gone_s = (at - known.sources[0].seen_at).total_seconds()
        earliest = np.array([self.expected_min.get(one.id, np.inf) * 60 - gone_s for one in hubs])
        return Arrivals(earliest, earliest, (Mode.RAIL,) * len(hubs), np.isfinite(earliest))


def visit(number, arrive_min, kind="rail"):
    return Visit(kind, "", 33.0, 115.0 + number / 10, arrive_min)


def headed(expected_min, *visits, delay_min=60.0, claims=()):
    truth = Truth("A", delay_min, NOWHERE, None, visits)
    return head_off(Timed(expected_min), REPORT, claims, truth, HUBS, 500)


def test_a_visit_counts_when_the_order_came_before_it():
    found = headed({"h1": 100, "h2": 200}, visit(1, 101), visit(2, 169), visit(3, 120))
    # h1 is ordered at once, h2 at the first look within 30 minutes of it, h3 never.
    assert (found.visits, found.in_time, found.ordered, found.used) == (3, 1, 2, 1)
    assert headed({"h2": 200}, visit(2, 190)).in_time == 1


def test_what_was_over_before_the_report_is_counted_apart():
    found = headed({"h1": 20}, visit(1, 20))
    assert (found.before_report, found.visits, found.in_time) == (1, 0, 0)


def test_the_true_delay_judges_and_the_told_one_is_believed():
    # Told 60, really 80 minutes: the first look is at the true minute 80.
    assert headed({"h1": 62}, visit(1, 79), delay_min=80.0).before_report == 1
    assert headed({"h1": 62}, visit(1, 81), delay_min=80.0).in_time == 1


def test_a_hub_of_another_kind_or_place_is_not_the_one():
    found = headed({"h1": 70}, visit(1, 100, kind="port"), visit(1.5, 100))
    assert (found.visits, found.in_time, found.unknown, found.used) == (2, 0, 2, 0)


def test_hubs_used_twice_were_ordered_once():
    found = headed({"h1": 70}, visit(1, 100), visit(1, 150))
    assert (found.in_time, found.ordered, found.used) == (2, 1, 1)


def test_hubs_are_looked_at_as_often_as_waves_go_out():
    for delay_min in (0.0, 45.0, 1_000.0):
        looked = list(waves(delay_min))
        steps = np.diff(looked)
        assert looked[0] == 0
        assert looked[-1] <= LOOKED_MIN
        assert steps.min() >= 5
        assert steps.max() <= 30


@pytest.mark.parametrize("name", ["field", "circles"])
def test_real_policies_answer(name, history):
    report = replace(history.reports[0], delay_min=5.0)
    truth = replace(history.truths[report.case], visits=())
    near = Hubs.of([Hub.at("x", "rail", report.lat_deg, report.lon_deg + 0.2, 1)])
    found = head_off(policy_of(name), report, (), truth, near, 300)
    assert found.ordered == 1
    assert moment(report, 1) > moment(report, 0)
