"""Phased asking's worlds: judged by a second simulation that shares only the policy."""

import json
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homeward.backtest.asking import (
    PEOPLE_MAX,
    WITHIN_KM,
    Asked,
    Compared,
    Model,
    around,
    broadcast,
    compared,
    drawn,
    phased,
)
from homeward.backtest.askingtables import Wanted, line, spread_over, worlds
from homeward.backtest.people import People
from homeward.backtest.reading import read_counties, reports
from homeward.cli import run
from homeward.policies import asking as policy
from homeward.words import Answer

START = datetime(2027, 6, 1, tzinfo=UTC)


def world(count: int, seed: int, rate: float | None = None):
    rng = np.random.default_rng(seed)
    away = np.sort(rng.random(count) * 30_000)
    return drawn(away, 12.0, Model(rate=rate), rng)


class Person:
    """One volunteer, on their own, as the page describes them."""

    def __init__(self, world, number: int) -> None:
        self.number = number
        self.promises = bool(world.comes[number])
        self.refuses = bool(world.says_no[number])
        self.delay, self.way = float(world.delay_min[number]), float(world.way_min[number])
        self.turns = float(world.drops_at[number])
        self.silent = bool(world.silently[number])
        self.taps = bool(world.says_arrived[number])
        self.asked_at: float | None = None
        self.home_at: float | None = None

    def says(self, after: float, until: float):
        if self.asked_at is None or self.home_at is not None:
            return
        said = self.asked_at + self.delay
        for minute, answer, minutes in (
            (said, Answer.CANNOT if self.refuses else None, None),
            (said, Answer.COMING if self.promises else None, int(np.ceil(self.way))),
            (
                said + self.way * self.turns,
                Answer.CANNOT if self.promises and self.turns <= 1 and not self.silent else None,
                None,
            ),
            (
                said + self.way,
                Answer.ARRIVED if self.promises and self.turns > 1 and self.taps else None,
                None,
            ),
        ):
            if answer is not None and after < minute <= until:
                when = START + timedelta(minutes=minute)
                yield policy.Answered(str(self.number), answer, when, minutes)

    @property
    def there_at(self) -> float | None:
        if self.asked_at is None or not self.promises or self.turns <= 1:
            return None
        arrives = self.asked_at + self.delay + self.way
        return None if self.home_at is not None and self.home_at < arrives else arrives


def by_hand(world, quota: int, by_min: float) -> tuple[int, int, float | None]:
    """People asked, people there in time, and when the quota was: minute by minute."""
    crowd = [Person(world, number) for number in range(len(world))]
    state = policy.Asking(
        quota, START, START + timedelta(minutes=by_min), PEOPLE_MAX, inside=len(crowd)
    )
    now = 0.0
    while now < by_min:
        moment = START + timedelta(minutes=now)
        said = [one for person in crowd for one in person.says(now - 2, now)]
        state = policy.answered(state, sorted(said, key=lambda one: (one.at, int(one.who))))
        if not policy.lacking(state, moment):
            keep = policy.kept(state, moment)
            for person in crowd:
                last = state.volunteers.get(str(person.number))
                no = last is not None and last.answer is Answer.CANNOT
                if person.asked_at is not None and str(person.number) not in keep and not no:
                    person.home_at = now if person.home_at is None else person.home_at
            state = policy.sent_home(
                state, {str(person.number) for person in crowd if person.home_at is not None}
            )
        want = policy.following(state, moment).ask
        if want:
            rest = [person for person in crowd if person.asked_at is None][:want]
            for person in rest:
                person.asked_at = now
            state = policy.asked(state, moment, len(rest), wanted=want)
        now += 2
    there = sorted(one.there_at for one in crowd if one.there_at is not None)
    there = [one for one in there if one <= by_min]
    quota_min = there[quota - 1] if len(there) >= quota else None
    return sum(one.asked_at is not None for one in crowd), len(there), quota_min


@given(
    st.integers(0, 120),
    st.integers(0, 10_000),
    st.integers(1, 12),
    st.sampled_from([20, 60, 90]),
    st.sampled_from([None, 0.05, 0.4, 1.0]),
)
@settings(max_examples=60, deadline=None)
def test_the_same_as_by_hand(count, seed, quota, by_min, rate):
    some = world(count, seed, rate)
    found = phased(some, quota, by_min)
    asked, there, quota_min = by_hand(some, quota, by_min)
    assert (found.asked, found.there) == (asked, there)
    assert found.quota_min == pytest.approx(quota_min)


@given(st.integers(0, 200), st.integers(0, 10_000), st.integers(1, 10))
@settings(max_examples=60, deadline=None)
def test_asking_all_at_once_is_the_most_there_can_be(count, seed, quota):
    found = compared("c", world(count, seed), quota, 90)
    assert found.phased.asked <= found.broadcast.asked == count
    assert found.phased.there <= found.broadcast.there
    assert found.phased.stood_down <= found.phased.asked
    if found.phased.quota_min is not None:
        assert found.broadcast.quota_min is not None
        assert found.broadcast.quota_min <= found.phased.quota_min <= 90


def test_all_at_once_counts_only_who_is_there_in_time():
    some = world(400, 3)
    found = broadcast(some, 2, 40)
    expected = sorted(
        delay + way
        for comes, turns, delay, way in zip(
            some.comes, some.drops_at, some.delay_min, some.way_min, strict=True
        )
        if comes and turns > 1 and delay + way <= 40
    )
    assert found.there == len(expected)
    assert found.quota_min == pytest.approx(expected[1])


def test_volunteers_lie_as_people_do(people, history):
    report = history.reports[0]
    counts = [len(around(people, report, np.random.default_rng(seed), 1_000)) for seed in range(30)]
    away = around(people, report, np.random.default_rng(1), 1_000)
    assert np.all(np.diff(away) >= 0)
    assert away[-1] <= WITHIN_KM * 1_000
    few = [len(around(people, report, np.random.default_rng(seed), 500)) for seed in range(30)]
    assert sum(few) == pytest.approx(sum(counts) / 2, rel=0.2)


def test_the_same_seed_the_same_figures(people, history):
    one, other = (
        list(worlds(people, history.reports[:3], Model(), Wanted(quota=2))) for _ in range(2)
    )
    assert one == other
    assert one != list(worlds(people, history.reports[:3], Model(), Wanted(quota=2, seed=2)))


def test_a_line_judges_both_demands():
    good, bad = Asked(50, 5, 4, 30.0, 3), Asked(50, 5, 1, None, 3)
    wide = Asked(200, 30, 20, 20.0, 0)
    holds = line("x", [Compared("a", 200, good, wide)] * 100)
    assert holds.holds
    assert holds.ratio == 0.25
    assert holds.minutes == (30.0, 20.0)
    assert line("x", [*[Compared("a", 200, good, wide)] * 99, Compared("b", 9, bad, wide)]).holds
    less = [*[Compared("a", 200, good, wide)] * 97, *[Compared("b", 9, bad, wide)] * 3]
    assert not line("x", less).holds
    assert not line("x", [Compared("a", 200, Asked(120, 5, 4, 30.0, 3), wide)]).holds


def test_cases_are_taken_evenly(history):
    some = spread_over(history.reports, 4)
    assert [one.case for one in some] == [history.reports[n].case for n in (0, 10, 20, 30)]
    assert spread_over(history.reports, 1_000) == list(history.reports)


def test_the_command_shows_both_ways(made, capsys):
    assert run(["askings", "simulate", str(made), "--cases", "4", "--quota", "2", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert [one["model"] for one in shown["lines"]] == [
        "by distance and hour",
        "2%",
        "5%",
        "15%",
        "40%",
    ]
    assert all(one["asked"][0] <= one["asked"][1] for one in shown["lines"])


def test_the_command_names_what_is_missing(tmp_path, capsys):
    assert run(["askings", "simulate", str(tmp_path / "none")]) == 1
    assert "is no folder" in capsys.readouterr().err


def test_as_often_as_all_at_once_with_half_of_the_people_at_most(real_data):
    people = People.of(read_counties(real_data / "population" / "cn_counties_census2020.csv"))
    some = spread_over(reports(real_data / "movements"), 200)
    found = line("x", list(worlds(people, some, Model(), Wanted())))
    assert found.holds, found
