"""PostgreSQL is killed twenty times: what was acknowledged is there, and in order."""

import contextlib
import os
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.faults.kit import judging
from tests.faults.kit.scene import Scene, people_of, seed_of, set_up
from tests.faults.kit.town import STOP_S, House, Town
from tests.stage import SEAT, Unanswered


class Reporter(threading.Thread):
    """Reports sightings all the time and notes which were acknowledged."""

    def __init__(self, scene: Scene, number: int) -> None:
        super().__init__(daemon=True)
        self.scene, self.number = scene, number
        self.over = threading.Event()
        self.acknowledged: set[str] = set()
        self.failure: BaseException | None = None

    def run(self) -> None:
        try:
            n = 0
            while not self.over.is_set():
                n += 1
                self._report(n)
        except BaseException as failure:  # noqa: BLE001 -- told to the test's own thread
            self.failure = failure

    def _report(self, n: int) -> None:
        place = {"lat": SEAT[0], "lon": SEAT[1], "datum": "wgs84", "accuracy_m": 100}
        body = {
            "seen_at": "2026-01-01T00:00:00Z",
            "mode": "vehicle",
            "place": place,
        }
        town, path = self.scene.town, f"/v1/cases/{self.scene.case}/sightings"
        body["seen_at"] = town.ask("GET", "/v1/clock", role="admin")["now"]
        key = f"seen-{self.number}-{n}"
        with contextlib.suppress(OSError, ValueError, Unanswered):
            status, answer = town.once("POST", path, body, role="officer", key=key)
            if status < 300:
                self.acknowledged.add(f"sighting-{answer['sighting']}")
        time.sleep(0.02)


def test_whoever_is_told_to_end_while_the_database_hangs_ends_within_10_s(tmp_path: Path):
    """Connections stand and nothing answers on them, as behind a disk that is gone."""
    with Town(tmp_path).built(workers=1) as town:
        scene = set_up(town, 50)
        scene.issue(1)
        scene.until_told(1, 60)
        town.database.freeze()
        try:
            time.sleep(2)  # each of them is in the middle of asking it something
            with ThreadPoolExecutor() as threads:
                took_s = list(threads.map(House.end, town.houses.values()))
        finally:
            town.database.wake()
        print(dict(zip(town.houses, took_s, strict=True)))  # noqa: T201 -- figures
        assert max(took_s) <= STOP_S


@pytest.mark.heavy
def test_the_database_is_killed_twenty_times(tmp_path: Path):
    kills = int(os.environ.get("HOMEWARD_FAULT_KILLS", "20"))
    chance = random.Random(seed_of())
    with Town(tmp_path).built(workers=2) as town:
        scene = set_up(town, people_of(5_000))
        reporters = [Reporter(scene, number) for number in range(2)]
        for one in reporters:
            one.start()
        version = 0
        for number in range(kills):
            if number % 4 == 0:
                version += 1
                scene.issue(version)
            time.sleep(chance.uniform(0.2, 2) * town.database.ready_s[-1])
            town.database.kill()
            town.database.start()
        scene.until_told(version, 180)
        scene.until_recorded(120)
        for one in reporters:
            one.over.set()
            one.join(60)
            assert one.failure is None, one.failure
        acknowledged = set().union(*(one.acknowledged for one in reporters))
        ready_s = round(max(town.database.ready_s), 1)
        log = judging.log_of(town.database.dsn)
        missing = judging.lost(log, acknowledged)
        scene.judge(
            "database killed",
            version,
            kills=kills,
            acknowledged=len(acknowledged),
            lost=len(missing),
            ready_s=ready_s,
        )
        assert len(acknowledged) > kills
        assert missing == set()
