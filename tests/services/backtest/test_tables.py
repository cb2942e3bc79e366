import json
import math
import xml.etree.ElementTree as ET
from dataclasses import replace

import numpy as np
import pytest

from homeward.backtest.casefile import write_cases
from homeward.backtest.chance import Paired
from homeward.backtest.heading import Headed
from homeward.backtest.judging import BEYOND, LOG_KM, LOG_SCORES, Circled, Judged, Outcome
from homeward.backtest.plotting import LOG_PEOPLE, curves, plot
from homeward.backtest.printing import BEGIN, END, NoMarkers, as_page, losses, people, written
from homeward.backtest.tables import (
    BUDGETS,
    Equal,
    circle_people,
    circle_people_at,
    claims_judged,
    contained,
    people_at,
    tables,
)
from homeward.words import Category


def steps(marks, values, at):
    """What a value is at each of the marks: the sum of all that is at least so large."""
    return (values[None, :] * (at[None, :] >= marks[:, None])).sum(axis=1)


def outcome(number, draw, *, reported=Category.LOST_CHILD, outside=False):
    held, scores = draw.gamma(1.0, 30_000.0, 40), np.sort(-draw.uniform(3, 12, 40))[::-1]
    row = int(draw.integers(0, 40))
    judged = Judged(
        need=BEYOND if outside else float(held[: row + 1].sum()),
        circle_need=float(draw.gamma(1.0, 3e6)),
        log_score=-BEYOND if outside else float(scores[row]),
        curve=steps(LOG_SCORES, held, scores),
        cells=40,
    )
    radii, near = np.sort(draw.uniform(0.5, 300, 60)), draw.gamma(1.0, 40_000.0, 60)
    curve = steps(-LOG_KM, near, -np.log(radii))
    away_km = float(radii[int(draw.integers(0, 60))])
    delay = float(draw.uniform(5, 300))
    return Outcome(
        *(f"C{number}", reported, Category.LOST_CHILD, delay + 60, delay, 0.1),
        circled=Circled(away_km, curve),
        judged={"field": judged},
        sighted={"field": judged},
        claims=((True, True), (True, False)) if number % 2 else ((False, False),),
        headed={"field": Headed(1, 4, 3, 9, 2)},
    )


@pytest.fixture(scope="module")
def outcomes():
    draw = np.random.default_rng(11)
    some = [outcome(number, draw) for number in range(59)]
    return [*some, outcome(59, draw, reported=Category.RUNAWAY)]


def pick(one):
    return one.judged["field"]


def test_containment_is_the_share_of_cases_that_need_no_more(outcomes):
    for budget, share in zip(BUDGETS, contained(outcomes, pick), strict=True):
        assert share == sum(pick(one).need <= budget for one in outcomes) / 60


def test_one_threshold_for_all_holds_just_enough_cases(outcomes):
    for containment in (0.5, 0.9, 0.95):
        lowest = sorted((pick(one).log_score for one in outcomes), reverse=True)
        threshold = lowest[math.ceil(containment * 60) - 1]
        assert sum(pick(one).log_score >= threshold for one in outcomes) >= containment * 60
        held = np.mean([np.interp(threshold, LOG_SCORES, pick(one).curve) for one in outcomes])
        assert people_at([pick(one) for one in outcomes], containment) == pytest.approx(held)


def test_nothing_holds_more_cases_than_lie_inside(outcomes):
    draw = np.random.default_rng(1)
    some = [outcome(number, draw, outside=number < 10) for number in range(60)]
    assert people_at([pick(one) for one in some], 50 / 60) < math.inf
    assert people_at([pick(one) for one in some], 51 / 60) == math.inf


def test_scaled_circles_hold_just_enough_cases(outcomes):
    hours = np.array([one.elapsed_min for one in outcomes]) / 60
    errors = np.array([one.error_km for one in outcomes])
    away = np.array([one.circled.away_km for one in outcomes])
    for containment in (0.5, 0.9, 0.95):
        speed = 0.0
        while (away <= speed * hours + errors).mean() < containment:
            speed += 0.01
        slow = np.mean(
            [
                np.interp(math.log(speed * hour + error), LOG_KM, one.circled.curve)
                for one, hour, error in zip(outcomes, hours, errors, strict=True)
            ]
        )
        assert circle_people_at(outcomes, hours, errors, containment) == pytest.approx(
            slow, rel=0.02
        )


def test_a_wider_circle_never_holds_fewer(outcomes):
    radii = [circle_people(outcomes, np.full(60, km)) for km in (0.01, 1, 30, 200, 5_000)]
    assert radii == sorted(radii)
    assert radii[-1] == pytest.approx(np.mean([one.circled.curve[-1] for one in outcomes]))


def test_rings_that_hold_nearly_all_are_held_against_what_holds_enough(outcomes):
    """The radii above stay within 300 km: Tuanyuan's rings of early reports hold many or all."""
    early = [replace(one, delay_min=20.0, elapsed_min=150.0) for one in outcomes]
    rows = [one for one in tables("field", 60, early).equal if one.against[:3] == "Tua"]
    assert [one.containment for one in rows] == [1.0, 0.995, 0.995]
    as_they_are, enough, scaled = rows
    assert as_they_are.circle_people == enough.circle_people >= scaled.circle_people
    assert (
        enough.policy_people
        == scaled.policy_people
        == people_at([pick(one) for one in early], 0.995)
    )
    late = [replace(one, delay_min=20.0, elapsed_min=30.0) for one in outcomes]
    some = [one for one in tables("field", 60, late).equal if one.against[:3] == "Tua"]
    assert [one.containment < 0.995 for one in some] == [True, False]


def test_all_tables_are_made_and_printed(outcomes):
    found = tables("field", 60, outcomes)
    assert [one.category for one in found.budgets] == [
        *("lost-child", "endangered-runaway", "reported wrongly", "all"),
    ]
    assert [one.cases for one in found.budgets] == [59, 1, 1, 60]
    best = {(one.against, one.containment): one.circle_people for one in found.equal}
    assert len(best) == 6
    assert found.sighted.cases == 30
    assert found.hubs.share == 0.75
    assert found.hubs.for_nothing == 7 * 60
    assert claims_judged(outcomes) == {
        "accepted, true": 30,
        "accepted, false": 30,
        "put aside, true": 0,
        "put aside, false": 30,
    }
    page = as_page([found], claims_judged(outcomes))
    assert "**Where field loses**" in page
    for said in ("| lost-child | 59 |", "circles, one speed", "30 cases with", "(75.0%)"):
        assert said in page
    assert found.shown()["equal"][0]["times"] == found.equal[0].times


def test_what_never_happens_is_null_in_json(outcomes):
    draw = np.random.default_rng(1)
    some = [outcome(number, draw, outside=True) for number in range(5)]
    found = json.loads(json.dumps(tables("field", 60, some).shown(), allow_nan=False))
    assert found["equal"][0]["policy_people"] is None
    assert found["never"] == 5


def test_it_is_said_of_each_pair_whether_it_is_chance(outcomes):
    """Ten cases at 10 k: three held by both, six by the field alone, one by neither; more above."""
    needs = [(9e3, 9e3)] * 3 + [(1e4, 11e3)] * 6 + [(11e3, 11e3)]
    needs += [(1e6, 2e6)] * 2 + [(2e6, 1e6), (BEYOND, 3e6)]
    some = [
        replace(one, judged={"field": replace(pick(one), need=mine, circle_need=other)})
        for one, (mine, other) in zip(outcomes, needs, strict=False)
    ]
    found = tables("field", 60, some)
    row = found.budgets[-1]
    assert (row.category, row.cases) == ("all", 14)
    assert row.pairs == (
        Paired(6, 0, 2 / 64),
        Paired(0, 0, 1.0),
        Paired(2, 1, 1.0),
        Paired(0, 1, 1.0),
    )
    said = "| all | 14 | 0.643 / 0.214 6:0 field | 0.714 / 0.714 0:0 level | "
    assert said + "0.857 / 0.786 2:1 level | 0.929 / 1.000 0:1 level |" in as_page([found], {})
    assert [one["better"] for one in found.shown()["budgets"][-1]["pairs"]] == [
        *("field", "level", "level", "level"),
    ]


def test_it_is_said_where_a_policy_loses(outcomes):
    found = tables("field", 60, outcomes)
    mine, other = (0.1, 0.5, 0.5, 0.5), (0.2, 0.5, 0.4, 0.6)
    pairs = (Paired(1, 9, 0.02), Paired(0, 0, 1.0), Paired(3, 2, 1.0), Paired(2, 3, 1.0))
    one = replace(found.budgets[0], policy=mine, circle=other, pairs=pairs)
    worse = replace(
        found,
        budgets=(one,),
        budgets_sighted=(replace(one, policy=(0.1, 0.4, 0.6, 0.5)),),
        equal=(Equal("rings", 0.95, 2e6, 3e6), Equal("others", 0.95, 3e6, 2e6)),
    )
    assert list(losses(worse)) == [
        (
            "(a) lost-child, 59 cases: a circle holds more at 10 k (0.100 < 0.200, 1:9 circle), "
            "10 M (0.500 < 0.600, 2:3 level)"
        ),
        "(b) rings at 95.0%: more people told, 3 M against 2 M",
        "(c) lost-child: sightings mislead at 100 k (0.400 < 0.500)",
    ]


def test_a_page_keeps_what_stands_around_its_markers():
    page = f"# Title\n\n{BEGIN}\nold\n{END}\n\nend\n"
    assert written(page, "new") == f"# Title\n\n{BEGIN}\n\nnew\n\n{END}\n\nend\n"
    assert written(written(page, "x"), "new") == written(page, "new")
    for bad in ("nothing", BEGIN, f"{END}\n{BEGIN}\n"):
        with pytest.raises(NoMarkers):
            written(bad, "new")


@pytest.mark.parametrize(
    ("count", "said"),
    [(12, "12"), (1_234, "1.23 k"), (9_870_000, "9.87 M"), (1.2e9, "1,200 M"), (math.inf, "never")],
)
def test_people_are_said_in_three_digits(count, said):
    assert people(count) == said


def test_a_row_a_case_and_policy_is_written(outcomes, tmp_path):
    write_cases(tmp_path / "x.csv", outcomes)
    lines = (tmp_path / "x.csv").read_text().splitlines()
    assert len(lines) == 61
    assert lines[1].startswith("C0,field,lost-child,lost-child,")


def test_a_plot_is_svg_and_rises(outcomes):
    lines = list(curves(["field"], outcomes))
    assert [one.name for one in lines] == ["field", "circle of the same people"]
    for line in lines:
        assert (np.diff(line.shares) >= 0).all()
    needs = np.array([pick(one).need for one in outcomes])
    assert lines[0].shares[60] == (needs <= 10 ** LOG_PEOPLE[60]).mean()
    root = ET.fromstring(plot("<lost> & found", lines))
    assert root.tag.endswith("svg")
    assert len(root.findall("{http://www.w3.org/2000/svg}polyline")) == 2
