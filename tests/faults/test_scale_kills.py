"""kill -9 of a random process over and over, until everybody is told."""

import random
import threading
import time
from pathlib import Path

import pytest
from tests.faults.kit.scene import IN_FLIGHT, OUTCOME_BATCH, people_of, seed_of, set_up
from tests.faults.kit.town import House, Town

ALERT_S = 75
"""How long two unhurt senders shall need: some ten kills; unpaced they need a quarter of it."""
ALERTS_MAX = 8
KILLS_MIN = 3
"""On a machine that is busy with other things a process may need half an alert to be ready."""


class Killer(threading.Thread):
    """Kills a random house at 1-3 x what it needs to be ready again, until told to stop."""

    def __init__(self, town: Town, chance: random.Random) -> None:
        super().__init__(daemon=True)
        self.town, self.chance = town, chance
        self.over = threading.Event()
        self.victims: list[str] = []
        self.failure: BaseException | None = None

    @property
    def has_done_enough(self) -> bool:
        """Whether there were some kills, of a worker and of a sender among them."""
        roles = {one.partition("-")[0] for one in self.victims}
        return len(self.victims) >= KILLS_MIN and {"worker", "dispatch"} <= roles

    def run(self) -> None:
        try:
            deck: list[House] = []
            while not self.over.is_set():
                if not deck:  # each of them once, in any order, and again
                    deck = list(self.town.houses.values())
                    self.chance.shuffle(deck)
                one = deck.pop()
                time.sleep(self.chance.uniform(1, 3) * one.ready_s[-1])
                if self.over.is_set():
                    return
                self.victims.append(one.name)
                one.kill()
                one.start()
        except BaseException as failure:  # noqa: BLE001 -- told to the test's own thread
            self.failure = failure


@pytest.mark.heavy
def test_nobody_is_missed_or_told_twice_while_random_processes_are_killed(tmp_path: Path):
    people, seed = people_of(100_000), seed_of()
    paced = {"HOMEWARD_CHANNEL_RATES": f"webhook={people // (2 * ALERT_S)}"}
    town = Town(tmp_path, env_of={"dispatch": paced}, lanes=4)
    with town.built(workers=2, dispatches=2):
        scene = set_up(town, people)
        killer = Killer(town, random.Random(seed))
        killer.start()
        version = 0
        while version < ALERTS_MAX and not killer.has_done_enough:
            version += 1
            scene.issue(version)
            scene.until_told(version, 900)
        killer.over.set()
        killer.join(120)
        assert killer.failure is None, killer.failure
        scene.until_recorded(120)
        senders = [one for one in killer.victims if one.startswith("dispatch")]
        ready = {one.name: round(max(one.ready_s), 1) for one in town.houses.values()}
        figures = {"kills": len(killer.victims), "of": killer.victims, "ready": ready}
        for one in range(1, version + 1):
            found = scene.judge(f"kills, alert {one}", one, **figures)
            assert found.resent <= len(senders) * (OUTCOME_BATCH + IN_FLIGHT)
        assert killer.has_done_enough, killer.victims


@pytest.mark.heavy
@pytest.mark.parametrize("role", ["worker", "relay", "dispatch"])
def test_all_of_a_role_killed_at_the_moment_of_an_alert(tmp_path: Path, role: str):
    with Town(tmp_path).built(workers=2, dispatches=2) as town:
        scene = set_up(town, people_of(2_000))
        for version in range(1, 4):
            scene.issue(version)
            time.sleep(0.2 * (version - 1))  # while it is heard, matched, handed over
            for one in town.of(role):
                one.kill()
            for one in town.of(role):
                one.launch()
            for one in town.of(role):
                one.await_ready()
            scene.until_told(version, 60)
        scene.until_recorded(60)
        for version in range(1, 4):
            scene.judge(f"every {role} killed", version)
