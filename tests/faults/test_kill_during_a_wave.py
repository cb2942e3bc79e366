"""One alert to a hundred thousand people, and `kill -9` twenty times while it goes out."""

import os
import random
import threading
import time
from collections import Counter
from pathlib import Path

import pytest
from tests.stage import Stage, alert, count, raise_case, register, staged, until, volunteers

from homeward.dispatch.knobs import Knobs

A_KILL = (1 + Knobs().endpoint_batches) * Knobs().outcome_batch
"""What a killed server may have sent and not recorded: an outcome batch, and what is in flight to
one far side."""


class Killer(threading.Thread):
    """Kills the server when so many lines have reached the sink, and starts it again."""

    def __init__(self, stage: Stage, at_lines: list[int]) -> None:
        super().__init__(daemon=True)
        self.stage, self.at_lines = stage, at_lines
        self.resent: list[int] = []
        self.failure: BaseException | None = None

    def run(self) -> None:
        try:
            for lines in self.at_lines:
                until(lambda: self._lines() >= lines, 300, f"{lines} lines")  # noqa: B023 -- at once
                self.stage.kill()
                self.stage.start()
        except BaseException as failure:  # noqa: BLE001 -- told to the test's own thread
            self.failure = failure

    def _lines(self) -> int:
        """How many lines there are: counted by the size of those that are there."""
        path = self.stage.sink_file
        if not path.exists():
            return 0
        with path.open("rb") as file:
            line = len(file.readline())
        return path.stat().st_size // line if line else 0


@pytest.mark.heavy
def test_twenty_kills_during_a_hundred_thousand_messages(tmp_path: Path) -> None:
    people = int(os.environ.get("HOMEWARD_FAULT_PEOPLE", "100000"))
    kills = int(os.environ.get("HOMEWARD_FAULT_KILLS", "20"))
    seed = int(os.environ.get("HOMEWARD_SEED", str(random.SystemRandom().randrange(10**6))))
    print(f"HOMEWARD_SEED={seed}")  # noqa: T201 -- repeats the run
    chance = random.Random(seed)
    at_lines = sorted(chance.sample(range(1, int(people * 0.97)), kills))
    with staged(tmp_path) as stage:
        address = stage.start_sink()
        stage.start()
        stage.make_keys("officer", "supervisor", "auditor")
        register(stage, volunteers(address, people))
        case = raise_case(stage)
        ask = stage.ask
        ask("POST", f"/v1/cases/{case}/verify", {"unit": "tests"}, role="officer", key="verify")
        killer = Killer(stage, at_lines)
        killer.start()
        began = time.monotonic()
        alert(stage, case, tag="v1")
        until(lambda: not killer.is_alive(), 1_200, "twenty kills")
        assert killer.failure is None, killer.failure
        everybody = frozenset(f"v-{number:06d}" for number in range(people))
        until(lambda: _told(stage, "alert") >= everybody, 600, "everybody is told")
        took_s = time.monotonic() - began
        over = {"outcome": "found-safe"}
        ask("POST", f"/v1/cases/{case}/resolve", over, role="officer", key="resolve")
        ask("POST", f"/v1/cases/{case}/close-out", {}, role="officer", key="close")
        until(lambda: _told(stage, "close-out") >= everybody, 600, "the close-out")
        _judge(stage, everybody, kills, took_s)


def _told(stage: Stage, purpose: str) -> frozenset[str]:
    return count(stage.messages(), purpose, 1).recipients


def _judge(stage: Stage, everybody: frozenset[str], kills: int, took_s: float) -> None:
    """Read the sink's own file."""
    messages = stage.messages()
    told, over = count(messages, "alert", 1), count(messages, "close-out", 1)
    lines = Counter(one["purpose"] for one in messages)
    print(  # noqa: T201 -- figures
        f"kills {kills}: {lines['alert']:,} alert lines in {took_s:.0f} s, missing "
        f"{len(everybody - told.recipients)}, shown twice {told.shown_twice}, re-sent "
        f"{told.resent} (at most {kills} x {A_KILL}), close-out {len(over.recipients):,}"
    )
    assert told.recipients == everybody
    assert told.shown_twice == 0
    assert told.resent <= kills * A_KILL
    assert over.recipients == everybody
    assert (over.shown_twice, over.resent) == (0, 0)
