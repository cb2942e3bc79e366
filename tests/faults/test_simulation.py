"""The simulator for minutes: 20,000 histories, and every fault at every port call of some."""

import asyncio
import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor

import pytest

from homeward.testing.histories import seeded
from homeward.testing.memory import Fault
from homeward.testing.simulation import (
    WIDE,
    Simulation,
    Trouble,
    differences,
    disturb,
    real_crew,
    run,
    seed_blocks,
)

pytestmark = pytest.mark.heavy

HISTORIES = 20_000
REAL = 1_000
FIRST = 1_000_000  # not those of the gate
CALLS_MAX = 1_500


@pytest.fixture(scope="module")
def processes():
    """One process a core; started anew, so that they inherit nothing."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), mp_context=context) as pool:
        yield pool


def failed(seeds):
    return disturb(seeds).failed


def test_20_000_disturbed_histories_end_like_calm_ones(processes):
    found = {}
    for part in processes.map(failed, seed_blocks(FIRST, HISTORIES)):
        found |= part
    assert found == {}


def failed_real(seeds):
    return disturb(seeds, crew=real_crew).failed


def test_so_it_is_with_the_catalogue_of_processors(processes):
    found = {}
    for part in processes.map(failed_real, seed_blocks(FIRST, REAL)):
        found |= part
    assert found == {}


def failed_calls(seed, fault):
    """Calls of one seed at which the fault changes the end; None when the run is too long."""
    calm = Simulation(seeded(seed))
    expected = asyncio.run(calm.run())
    if calm.calls > CALLS_MAX:
        return None
    return {
        f"HOMEWARD_SEED={seed} {fault.name} at call {call}": found
        for call in range(1, calm.calls + 1)
        if (found := differences(expected, run(seeded(seed), Trouble(crash_at=(call, fault)))))
    }


@pytest.mark.parametrize("fault", list(Fault), ids=lambda fault: fault.name)
def test_each_fault_at_each_port_call_changes_nothing(processes, fault):
    seeds = range(FIRST, FIRST + 6)
    results = [*processes.map(failed_calls, seeds, [fault] * len(seeds))]
    ran = [one for one in results if one is not None]
    assert len(ran) >= 3
    assert [one for one in ran if one] == []


def failed_wide(seeds):
    return disturb(seeds, crew=real_crew, world=WIDE).failed


def test_each_hub_ahead_is_ordered_in_time_however_often_the_person_is_seen(processes):
    found = {}
    for part in processes.map(failed_wide, seed_blocks(FIRST, REAL, 25)):
        found |= part
    assert found == {}
