"""The database's clock is set an hour forward and an hour back in the middle of an alert."""

from pathlib import Path

import pytest
from tests.faults.kit.scene import IN_HAND, people_of, set_up
from tests.faults.kit.town import Town

HOUR_S = 3_600


@pytest.mark.heavy
@pytest.mark.parametrize("steps", [(HOUR_S, 0), (-HOUR_S, 0)], ids=["forward-back", "back-forward"])
def test_the_databases_clock_is_set_in_the_middle(tmp_path: Path, steps: tuple[int, int]):
    people = people_of(20_000)
    with Town(tmp_path).built(workers=2, dispatches=2, clock=True) as town:
        scene = set_up(town, people)
        scene.issue(1)
        for part, ahead_s in zip((0.2, 0.6), steps, strict=True):
            scene.until_told(1, 120, part)
            town.database.set_clock(ahead_s)
        scene.until_told(1, 300)
        scene.until_recorded(120)
        found = scene.judge(f"clock {steps}")
        assert found.first_s <= 5
        # Each step ends every lease; whoever lost one had no more than this in hand.
        assert found.resent <= 2 * 2 * IN_HAND


@pytest.mark.heavy
@pytest.mark.parametrize("bell", [True, False], ids=["by-bell", "by-sweep"])
@pytest.mark.parametrize("steps", [(HOUR_S, 0), (-HOUR_S, 0)], ids=["forward-back", "back-forward"])
def test_an_alert_right_after_the_databases_clock_was_set(
    tmp_path: Path, steps: tuple[int, int], *, bell: bool
):
    """Leases, waits and wakes of the hour that was are still there when it is issued."""
    with Town(tmp_path).built(workers=2, dispatches=2, clock=True) as town:
        scene = set_up(town, people_of(5_000))
        scene.issue(1)
        scene.until_told(1, 120)
        assert scene.judge("clock as it is").first_s <= 5
        if not bell:  # then all hangs on the lease of the sweep
            town.broker.kill()
        for version, ahead_s in enumerate(steps, 2):
            town.database.set_clock(ahead_s)
            scene.issue(version)
            scene.until_told(version, 120)
            assert scene.judge(f"issued with {ahead_s:+} s", version).first_s <= 5
        scene.until_recorded(120)


@pytest.mark.heavy
def test_a_sender_that_died_before_the_clock_was_set_back_is_replaced(tmp_path: Path):
    people = people_of(5_000)
    with Town(tmp_path).built(workers=1, dispatches=1, clock=True) as town:
        scene = set_up(town, people)
        scene.issue(1)
        scene.until_told(1, 120, 0.2)
        town.houses["dispatch-1"].kill()
        town.database.set_clock(-HOUR_S)
        town.houses["dispatch-1"].start()
        scene.until_told(1, 60)
        scene.until_recorded(60)
        scene.judge("clock back, sender dead")
        # A later alert, too: nothing waits for the hour that is shown again.
        scene.issue(2)
        scene.until_told(2, 60)
        assert scene.judge("alert in the hour that is shown again", 2).first_s <= 5
