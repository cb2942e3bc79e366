"""Who comes into a live area is told within seconds, once, also across a kill -9 and beside twins.

The judge is the sink's own file.
"""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import h3
from tests.stage import SEAT, Stage, alert, count, raise_case, register, until

HISTORY = "latecomers"

FAR = (39.9, 116.4)
"""Some 750 km away: no wave of these alerts comes there while a test runs."""
SOON_S = 15.0
RATE = 60
"""Case seconds a real second."""


def person(name: str, address: str, place: tuple[float, float], **wishes: Any) -> dict[str, Any]:
    return {
        "recipient": name,
        "kind": "volunteer",
        "places": [{"lat": place[0], "lon": place[1], "datum": "wgs84"}],
        "contacts": [[{"channel": "webhook", "address": address}]],
        **wishes,
    }


def live_alert(stage: Stage, *people: dict[str, Any]) -> str:
    """Start a world with a live alert around the seat, that ``first`` was told of."""
    stage.start()
    stage.make_keys("officer", "supervisor", "auditor")
    register(stage, list(people))
    case = raise_case(stage)
    stage.ask("POST", f"/v1/cases/{case}/verify", {"unit": "t"}, role="officer", key="verify")
    alert(stage, case, tag="v1")
    until(lambda: "first" in told(stage), SOON_S, "the first one told")
    return case


def told(stage: Stage) -> frozenset[str]:
    return count(stage.messages(), "alert", 1).recipients


def put(stage: Stage, one: dict[str, Any], key: str) -> None:
    batch = {"recipients": [one]}
    answer = stage.ask("POST", "/v1/recipients/batch", batch, role="admin", key=key)
    assert answer["refused"] == []


@contextlib.contextmanager
def twin(stage: Stage) -> Iterator[None]:
    """Run a second server on the same database until the end of the block."""
    out = (stage.folder / "twin.log").open("ab")
    server = subprocess.Popen(
        [sys.executable, "-m", "homeward", "up", "--drill", "--port", "0"],
        env={**os.environ, **stage.env, "HOMEWARD_DATA_FOLDER": str(stage.folder / "home")},
        stdout=out,
        stderr=out,
    )
    out.close()
    try:
        log = stage.folder / "twin.log"
        until(lambda: "index loaded" in log.read_text(), 60, "the twin ready")
        yield
        assert server.poll() is None, log.read_text()[-2_000:]
    finally:
        server.terminate()
        server.wait(20)


def nobody_twice(stage: Stage) -> None:
    time.sleep(2)  # what would be sent again would be sent by now
    found = count(stage.messages(), "alert", 1)
    assert found.shown_twice == 0
    assert stage.cli("verify", "--drill").returncode == 0


def test_who_registers_or_moves_in_or_wants_more_is_told_soon_and_once(stage: Stage) -> None:
    address = stage.start_sink()
    live_alert(
        stage,
        person("first", address, SEAT),
        person("mover", address, FAR),
        person("paused", address, SEAT, active=False),
        person("far", address, FAR),
    )
    assert told(stage) == {"first"}
    put(stage, person("new", address, SEAT), "new")
    until(lambda: "new" in told(stage), SOON_S, "who registered inside")
    put(stage, person("paused", address, SEAT), "paused")
    until(lambda: "paused" in told(stage), SOON_S, "whose pause ended")
    here = h3.latlng_to_cell(*SEAT, 7)
    for cell in (here, h3.latlng_to_cell(*FAR, 7), here):
        body = {"positions": [{"recipient": "mover", "cell": cell}]}
        assert stage.ask("POST", "/v1/positions", body, role="admin")["moved"] == 1
    until(lambda: "mover" in told(stage), SOON_S, "who moved in")
    nobody_twice(stage)
    assert told(stage) == {"first", "new", "paused", "mover"}


def test_who_comes_late_and_sleeps_is_told_when_their_quiet_hours_end(stage: Stage) -> None:
    stage.env["HOMEWARD_CASE_CLOCK_RATE"] = str(RATE)
    address = stage.start_sink()
    near = (SEAT[0] + 0.4, SEAT[1])  # 44 km: an extreme alert wakes those within 30 km
    live_alert(stage, person("first", address, SEAT), person("awake", address, near))
    until(lambda: "awake" in told(stage), 60, "a wave where they live")
    now = case_now(stage)
    there = now.astimezone(ZoneInfo("Asia/Shanghai"))
    quiet = {
        "from": f"{there - timedelta(hours=1):%H:%M}",
        "to": f"{there + timedelta(minutes=8):%H:%M}",
        "zone": "Asia/Shanghai",
    }
    ends = (now + timedelta(minutes=8)).replace(second=0, microsecond=0)
    put(stage, person("late", address, near, quiet=quiet), "late")
    while (before := case_now(stage)) < ends - timedelta(seconds=RATE / 2):
        assert "late" not in told(stage), before
        time.sleep(0.1)
    until(lambda: "late" in told(stage), SOON_S, "who slept")
    nobody_twice(stage)


def case_now(stage: Stage) -> datetime:
    return datetime.fromisoformat(stage.ask("GET", "/v1/clock", role="admin")["now"])


def test_after_a_kill_between_they_are_told_all_the_same(stage: Stage) -> None:
    address = stage.start_sink()
    live_alert(stage, person("first", address, SEAT))
    for number in range(6):
        for one in range(5):
            put(stage, person(f"n-{number}-{one}", address, SEAT), f"n-{number}-{one}")
        time.sleep(number * 0.02)
        stage.kill()
        stage.start()
    everybody = {"first", *(f"n-{number}-{one}" for number in range(6) for one in range(5))}
    until(lambda: told(stage) == everybody, 30, "everybody told")
    nobody_twice(stage)


def test_two_servers_on_one_database_tell_each_one_once(stage: Stage) -> None:
    address = stage.start_sink()
    live_alert(stage, person("first", address, SEAT))
    with twin(stage):
        for number in range(30):
            put(stage, person(f"n-{number}", address, SEAT), f"n-{number}")
        everybody = {"first", *(f"n-{number}" for number in range(30))}
        until(lambda: told(stage) == everybody, 30, "everybody told")
        nobody_twice(stage)
