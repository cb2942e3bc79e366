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
            for _ in range(self.kills):
                restart_s = self.stage.ready_s[-1]
                time.sleep(self.chance.uniform(0.02, 2.0) * restart_s)
                before = len(self.stage.messages())
                time.sleep(0.02)
                growing = len(self.stage.messages()) > before
                self.stage.kill()
                self.stage.in_flight_kills += growing
                self.stage.start()
        except BaseException as failure:  # noqa: BLE001 -- told to the test's own thread
            self.failure = failure


def play(stage: Stage, people: int, killed: threading.Thread) -> str:
    """Play a case from raise to close-out, each step once whatever dies under it."""
    case = raise_case(stage)
    ask = stage.ask
    ask("POST", f"/v1/cases/{case}/verify", {"unit": "tests"}, role="officer", key="verify")
    alert(stage, case, tag="v1")
    until(lambda: len(count(stage.messages(), "alert", 1).recipients) > people / 2, 120, "wave 0")
    alert(stage, case, tag="v2")
    sighting = {
        "seen_at": ask("GET", "/v1/clock", role="admin")["now"],
        "mode": "vehicle",
        "place": {"lat": 33.1, "lon": 115.4, "datum": "wgs84", "accuracy_m": 100},
    }
    seen = ask("POST", f"/v1/cases/{case}/sightings", sighting, role="officer", key="seen")
    path = f"/v1/sightings/{seen['sighting']}/accept"
    ask("POST", path, {}, role="officer", key="accept")
    until(lambda: len(count(stage.messages(), "alert", 2).recipients) > people / 3, 120, "update")
    until(lambda: not killed.is_alive() or _told(stage, people), 240, "waves")
    ask("POST", f"/v1/cases/{case}/resolve", {"outcome": "found-safe"}, role="officer", key="res")
    ask("POST", f"/v1/cases/{case}/close-out", {}, role="officer", key="close")
    return case


def _told(stage: Stage, people: int) -> bool:
    messages = stage.messages()
    return len(count(messages, "alert", 2).recipients) == people


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
        case = play(stage, people, killer)
        killer.join(600)
        assert killer.failure is None, killer.failure
        until(
            lambda: len(count(stage.messages(), "close-out", 2).recipients) >= people,
            120,
            "close-out",
        )
        until(lambda: _quiet(stage, case), 60, "quiet")
        judge(stage, people, kills)


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


def judge(stage: Stage, people: int, kills: int) -> None:
    """Read the sink's own file and the stored bytes."""
    messages = stage.messages()
    resent = 0
    everybody = frozenset(f"v-{number:06d}" for number in range(people))
    for purpose, version in (("alert", 1), ("alert", 2), ("close-out", 2)):
        found = count(messages, purpose, version)
        if version == 2:  # what of version 1 had not left was withdrawn for it
            missed = everybody - found.recipients
            assert not missed, (purpose, version, len(missed))
        assert found.shown_twice == 0, (purpose, version)
        resent += found.resent
    old_after_new = outdated(messages)
    assert old_after_new <= IN_FLIGHT, old_after_new
    assert stage.in_flight_kills > 0, "no kill fell while messages were going out"
    print(
        f"kills {kills} ({stage.in_flight_kills} while sending), lines {len(messages)}, re-sent {resent}"
    )  # noqa: T201 -- the figure
    assert resent <= kills * (100 + IN_FLIGHT)
    stage.server and stage.server.terminate()
    stage.server and stage.server.wait(20)
    verified = stage.cli("verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
