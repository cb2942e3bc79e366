"""What a policy is asked, case by case, and that the number of processors changes nothing."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from homeward.backtest import running
from homeward.backtest.believing import Hubs
from homeward.backtest.running import Plan, files, judge_all, judge_case
from homeward.policies import policy_of
from homeward.words import Category


@dataclass
class Spy:
    """Answers as circles do, and keeps what it was asked."""

    name: str = "circles"
    asked: list = field(default_factory=list)

    def surface(self, known, at):
        self.asked.append((known, at))
        return policy_of("circles").surface(known, at)


@pytest.fixture
def plan(people):
    return Plan(("circles",), 60, 300, people, Hubs.of([]), head_off=False)


def test_a_policy_believes_what_was_told_and_is_judged_by_what_was(history, plan, monkeypatch):
    spy = Spy()
    monkeypatch.setattr(running, "policy_of", lambda _: spy)
    for file in files(history)[:12]:
        spy.asked.clear()
        found = judge_case(plan, file)
        known, at = spy.asked[0]
        assert at - known.sources[0].seen_at == timedelta(minutes=file.report.delay_min + 60)
        assert len(known.sources) == 1
        assert found.elapsed_min == file.report.delay_min + 60
        later = spy.asked[1:]
        assert len(later) == bool(sum(taken for taken, _ in found.claims))
        for known, _ in later:
            assert len(known.sources) == 1 + sum(taken for taken, _ in found.claims)
            assert known.category is file.report.category


def test_what_nobody_reported_yet_is_not_counted(history, plan):
    for file in files(history)[:12]:
        found = judge_case(plan, file)
        heard = [one for one in file.claims if one.received_min <= found.elapsed_min]
        assert len(found.claims) == len(heard)


def test_two_processors_find_what_one_finds(history, people):
    plan = Plan(("circles",), 60, 300, people, Hubs.of([]), head_off=True)
    todo, said = files(history)[:30], []
    one = judge_all(plan, todo, 1, said.append)
    two = judge_all(plan, todo, 2, lambda _: None)
    assert said == list(range(1, 31))
    for alone, together in zip(one, two, strict=True):
        assert alone.case == together.case
        assert alone.judged["circles"].need == together.judged["circles"].need
        assert alone.circled.away_km == together.circled.away_km
        assert (alone.judged["circles"].curve == together.judged["circles"].curve).all()


def test_the_judge_knows_the_true_category(history, plan):
    found = [judge_case(plan, one) for one in files(history)]
    assert {one.category for one in found} <= set(Category)
    assert any(one.category is not one.reported for one in found)
