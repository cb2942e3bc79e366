"""Workers that stand still, come and go: nothing changes but who does the work."""

import random
import time
from pathlib import Path

import pytest
from tests.faults.kit import judging
from tests.faults.kit.scene import Scene, people_of, seed_of, set_up
from tests.faults.kit.town import House, Town
from tests.stage import until

STORM_S = 120
CHANGES_MIN = 6
"""On a busy machine two minutes hold fewer: then it goes on until there were so many."""


def sweeper(town: Town) -> House:
    """Return the worker that sweeps for all; with lanes it serves some of them, too."""
    found: list[House] = []

    def one_does() -> bool:
        found[:] = [one for one in town.of("worker") if one.sweeps]
        return len(found) == 1

    until(one_does, 20, "a worker that sweeps")
    assert found[0].lanes or town.lanes == 1
    return found[0]


def until_a_wave(town: Town, more_than: int) -> None:
    """Wait until the log says that a wave goes out: lanes and senders have yet to hear of it."""

    def waves() -> int:
        log = judging.log_of(town.database.dsn)
        return sum(one.kind.startswith("reach.widened/") for one in log)

    end = time.monotonic() + 20
    while waves() <= more_than:  # at once: what follows takes a tenth of a second
        assert time.monotonic() < end, "no wave"


def frozen_and_woken(town: Town, scene: Scene, still_s: float) -> None:
    """Freeze who sweeps in the middle of a wave, alert again, and wake it in the next wave.

    It goes on with what it believed to have to do: its lanes, its sweep, its turns.
    """
    one = sweeper(town)
    scene.issue(1)
    until_a_wave(town, 0)
    one.freeze()
    began = time.monotonic()
    scene.until_told(1, 60)
    assert one.name != sweeper(town).name  # the other one has the sweep now
    scene.issue(2)
    scene.until_told(2, 60)
    time.sleep(max(0.0, still_s - (time.monotonic() - began)))
    scene.issue(3)
    until_a_wave(town, 2)
    one.wake()
    scene.until_told(3, 60)
    time.sleep(3)  # what it believes it has to do it does now
    scene.until_recorded(60)


def test_a_worker_that_stood_still_changes_nothing(tmp_path: Path):
    with Town(tmp_path).built(workers=2) as town:
        scene = set_up(town, 200)
        frozen_and_woken(town, scene, 5)
        for version, when in enumerate(("frozen", "still", "woken"), 1):
            assert scene.judge(when, version).first_s <= 5


@pytest.mark.heavy
def test_a_worker_frozen_for_30_s_changes_nothing(tmp_path: Path):
    with Town(tmp_path, lanes=4).built(workers=2) as town:
        scene = set_up(town, people_of(5_000))
        frozen_and_woken(town, scene, 30)
        for version, when in enumerate(("frozen", "still", "woken"), 1):
            assert scene.judge(f"{when} 30 s", version).first_s <= 5


@pytest.mark.heavy
def test_workers_join_and_leave_for_two_minutes(tmp_path: Path):
    chance = random.Random(seed_of())
    with Town(tmp_path).built(workers=2) as town:
        scene = set_up(town, people_of(5_000))
        third = town.house("worker", 3)
        rebalance_s = _rebalance_s(town)
        before = _rebalances(town)
        end, version, changes = time.monotonic() + STORM_S, 0, 0
        while time.monotonic() < end or changes < CHANGES_MIN:
            if third.process is None or third.process.poll() is not None:
                third.launch()
                third.await_ready()
            elif chance.random() < 0.5:
                third.kill()
            else:
                assert third.end() <= 10
            changes += 1
            version += 1
            scene.issue(version)
            time.sleep(2 * rebalance_s)
        scene.until_told(version, 120)
        scene.until_recorded(120)
        seen = _rebalances(town) - before
        scene.judge(
            "joining and leaving",
            version,
            changes=changes,
            rebalances=seen,
            rebalance_s=round(rebalance_s, 1),
        )
        assert changes >= CHANGES_MIN
        assert seen >= changes / 2  # who is killed and back within a session is one change to Kafka


def _rebalances(town: Town) -> float:
    """Return how often the worker that stays was given partitions anew."""
    return town.houses["worker-1"].figures()["homeward_rebalances_total"]


def _rebalance_s(town: Town) -> float:
    """Measure how long it takes from a worker's start until it is ready, its partitions with it."""
    third = town.houses["worker-3"]
    third.start()
    assert third.end() <= 10
    return third.ready_s[-1]
