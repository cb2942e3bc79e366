"""`kill -9` of `homeward up` at random moments of a case: nobody missed, nobody shown twice."""

import os
import random
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from tests.stage import (
    Stage,
    alert,
    count,
    raise_case,
    register,
    staged,
    until,
    volunteers,
)

IN_FLIGHT = 8 * 100
"""senders x chunk_people: what a killed server may have under way, with its outcome batch."""


class Killer(threading.Thread):
    """Kills the server at random moments and starts it again."""

    def __init__(self, stage: Stage, kills: int, chance: random.Random) -> None:
        super().__init__(daemon=True)
        self.stage, self.kills, self.chance = stage, kills, chance
        self.failure: BaseException | None = None

    def run(self) -> None:
        try:
            for number in range(self.kills):
                restart_s = self.stage.ready_s[-1]
                if number % 2:  # every second kill falls while messages go out
                    self._until_sending(10)
                    time.sleep(self.chance.uniform(0, 0.4))
                else:
                    time.sleep(self.chance.uniform(0.02, 2.0) * restart_s)
                before = self._size()
                time.sleep(0.05)
                self.stage.in_flight_kills += self._size() > before
                self.stage.kill()
                self.stage.start()
        except BaseException as failure:  # noqa: BLE001 -- told to the test's own thread
            self.failure = failure

    def _size(self) -> int:
        return self.stage.sink_file.stat().st_size if self.stage.sink_file.exists() else 0

    def _until_sending(self, patience_s: float) -> None:
        before, end = self._size(), time.monotonic() + patience_s
        while self._size() == before and time.monotonic() < end:
            time.sleep(0.01)


def play(stage: Stage, people: int, killed: threading.Thread) -> tuple[str, int]:
    """Play a case from raise to close-out, each step once whatever dies under it.

    Updates follow one another while the killer is at work, so that most kills fall while messages
    go out. Returns the case and the last version of its alert.
    """
    case = raise_case(stage)
    ask = stage.ask
    ask("POST", f"/v1/cases/{case}/verify", {"unit": "tests"}, role="officer", key="verify")
    alert(stage, case, tag="v1")
    version = 1
    while killed.is_alive() or version == 1:
        until(lambda: _told(stage, version) > people / 2, 120, f"version {version}")  # noqa: B023 -- at once
        version += 1
        alert(stage, case, tag=f"v{version}")
    sighting = {
        "seen_at": ask("GET", "/v1/clock", role="admin")["now"],
        "mode": "vehicle",
        "place": {"lat": 33.1, "lon": 115.4, "datum": "wgs84", "accuracy_m": 100},
    }
    seen = ask("POST", f"/v1/cases/{case}/sightings", sighting, role="officer", key="seen")
    path = f"/v1/sightings/{seen['sighting']}/accept"
    ask("POST", path, {}, role="officer", key="accept")
    until(lambda: _told(stage, version) == people, 240, "the last version")
    ask("POST", f"/v1/cases/{case}/resolve", {"outcome": "found-safe"}, role="officer", key="res")
    ask("POST", f"/v1/cases/{case}/close-out", {}, role="officer", key="close")
    return case, version


def _told(stage: Stage, version: int) -> int:
    return len(count(stage.messages(), "alert", version).recipients)


@pytest.mark.heavy
def test_killed_twenty_times_nobody_is_missed_and_nobody_told_twice(tmp_path: Path) -> None:
    people = int(os.environ.get("HOMEWARD_FAULT_PEOPLE", "10000"))
    kills = int(os.environ.get("HOMEWARD_FAULT_KILLS", "20"))
    seed = int(os.environ.get("HOMEWARD_SEED", str(random.SystemRandom().randrange(10**6))))
    print(f"HOMEWARD_SEED={seed}")  # noqa: T201 -- repeats the run
    with staged(tmp_path) as stage:
        address = stage.start_sink()
        stage.start()
        stage.make_keys("officer", "supervisor", "auditor")
        register(stage, volunteers(address, people))
        killer = Killer(stage, kills, random.Random(seed))
        killer.start()
        case, version = play(stage, people, killer)
        killer.join(600)
        assert killer.failure is None, killer.failure
        until(
            lambda: len(count(stage.messages(), "close-out", version).recipients) >= people,
            120,
            "close-out",
        )
        until(lambda: _quiet(stage, case), 60, "quiet")
        judge(stage, people, kills, version)


def _quiet(stage: Stage, case: str) -> bool:
    ledger = stage.ask("GET", f"/v1/cases/{case}", role="auditor")["ledger"]
    return all(int(one["pending"]) == 0 for one in ledger)


def outdated(messages: list[dict[str, Any]]) -> int:
    """Return how many people got version 1 after version 2: those whose batch was on the wire."""
    newest: dict[str, int] = {}
    late = set()
    for one in messages:
        if one["purpose"] == "alert":
            if one["version"] < newest.get(one["recipient"], 0):
                late.add(one["recipient"])
            newest[one["recipient"]] = max(one["version"], newest.get(one["recipient"], 0))
    return len(late)


def judge(stage: Stage, people: int, kills: int, last: int) -> None:
    """Read the sink's own file and the stored bytes."""
    messages = stage.messages()
    resent = 0
    everybody = frozenset(f"v-{number:06d}" for number in range(people))
    for version in range(1, last + 1):
        found = count(messages, "alert", version)
        assert found.shown_twice == 0, version
        resent += found.resent
    over = count(messages, "close-out", last)
    assert over.shown_twice == 0
    # What of an older version had not left was withdrawn for the newer one.
    missed = everybody - count(messages, "alert", last).recipients
    assert not missed, len(missed)
    assert over.recipients == everybody, len(everybody - over.recipients)
    late = outdated(messages)
    assert late <= last * IN_FLIGHT, late
    assert stage.in_flight_kills >= kills // 4, "too few kills fell while messages went out"
    figures = f"{stage.in_flight_kills} while sending, {last} versions, lines {len(messages)}"
    print(f"kills {kills}: {figures}, re-sent {resent + over.resent}, late {late}")  # noqa: T201 -- figures
    assert resent + over.resent <= kills * (100 + IN_FLIGHT)
    assert stage.server is not None
    stage.server.terminate()
    stage.server.wait(20)
    verified = stage.cli("verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
