"""Promises 3 and 4 under crashes, losses, repeats and duels, for seeded histories."""

import asyncio

import pytest
from hypothesis import HealthCheck, given, settings

from homeward.testing.histories import Act, History, Step, seeded
from homeward.testing.memory import Fault
from homeward.testing.simulation import (
    Simulation,
    Trouble,
    differences,
    disturb,
    drawn,
    real_crew,
    run,
    seed_blocks,
    whole_crew,
)
from homeward.testing.strategies import histories, troubles

HISTORIES = 1_000
BLOCK = 100
REAL = 60
"""The real processors take three times as long as the small ones."""

SHORT = History(
    -1,
    (
        Step(Act.RAISE),
        Step(Act.VERIFY),
        Step(Act.ISSUE),
        Step(Act.ACKNOWLEDGE, after_s=45),
        Step(Act.CANCEL, after_s=180),
    ),
)


@pytest.mark.parametrize("seeds", seed_blocks(0, HISTORIES, BLOCK), ids=lambda s: f"from-{s.start}")
def test_a_disturbed_history_ends_like_a_calm_one(seeds):
    found = disturb(seeds)
    assert found.failed == {}
    if len(seeds) == BLOCK:  # worth running: much happens in each block
        assert found.figures["told"] > 10 * BLOCK
        for kind in ("case.alert-cancelled/1", "case.closed-out/1", "escalation.watch-lapsed/1"):
            assert found.figures[kind] > BLOCK / 20, kind


@pytest.mark.parametrize("seeds", seed_blocks(HISTORIES, REAL, 30), ids=lambda s: f"from-{s.start}")
def test_so_it_is_with_the_catalogue_of_processors(seeds):
    found = disturb(seeds, crew=real_crew)
    assert found.failed == {}
    if len(seeds) > 1:
        for kind in ("reach.widened/1", "hubs.watch-ordered/1", "hubs.watch-released/1"):
            assert found.figures[kind] > len(seeds), kind


def test_so_it_is_with_the_real_lanes():
    assert disturb(range(20), crew=whole_crew, enough=1).failed == {}


@pytest.mark.parametrize("fault", [Fault.CRASH_BEFORE, Fault.CRASH_AFTER], ids=lambda f: f.name)
def test_one_death_at_any_port_call_changes_nothing(fault):
    """Every port call of a history, one after another: none is left out by chance."""
    calm = Simulation(SHORT)
    expected = asyncio.run(calm.run())
    assert expected.figures["told"] > 5  # area, desk, hub, and some of them of the cancel
    assert calm.calls > 200
    wrong = {}
    for call in range(1, calm.calls + 1):
        trouble = Trouble(bells=False, crash_at=(call, fault))
        if found := differences(expected, run(SHORT, trouble)):
            wrong[call] = found
    assert wrong == {}


@given(histories(), troubles())
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
def test_any_history_under_any_trouble(history, trouble):
    """Hypothesis shrinks what the seeds find to the fewest acts and the least trouble."""
    assert differences(run(history), run(history, trouble)) == []


def test_a_seed_gives_the_same_run_each_time():
    first, second = (run(seeded(17), drawn(17)) for _ in range(2))
    assert first == second
    assert seeded(17) != seeded(18)
