"""PostgreSQL gone for 20 s: 503 with the mend, nothing lost, back without hands."""

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.stage import Stage

HISTORY = "postgres_away"

AWAY_S = 20


def backends(stage: Stage) -> list[int]:
    """Return the pids of the world's server and its children."""
    pid_file = stage.world / "postgres" / "data" / "postmaster.pid"
    postmaster = int(pid_file.read_text().split()[0])
    found = [postmaster]
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                stat = (entry / "stat").read_text()
                if int(stat.rpartition(")")[2].split()[1]) == postmaster:
                    found.append(int(entry.name))
    return found


def raised(stage: Stage, key: str, seen_at: str) -> tuple[int, dict]:
    body = {
        "category": "lost-child",
        "mode": "foot",
        "last_seen": {
            "at": seen_at,
            "place": {"lat": 33.07, "lon": 115.28, "datum": "wgs84", "accuracy_m": 50},
        },
        "custody": "none",
        "protection_order": False,
    }
    return stage.once("POST", "/v1/cases", body, role="officer", key=key)


@contextlib.contextmanager
def frozen(pids: list[int]) -> Iterator[None]:
    """Stop processes, and let them go on whatever comes: a stopped one does not hear its end."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


@pytest.mark.parametrize("how", ["frozen", "killed"])
def test_postgres_away_is_a_503_and_nothing_is_lost(stage: Stage, how: str) -> None:
    stage.start()
    stage.make_keys("officer", "auditor")
    now = stage.ask("GET", "/v1/clock", role="admin")["now"]
    status, first = raised(stage, "first", now)
    assert status == 201
    pids = backends(stage)
    gone = time.monotonic()
    if how == "frozen":
        with frozen(pids):
            status, answer = raised(stage, "frozen", now)
            assert status == 503
            assert answer["mend"]
            assert stage.once("GET", "/livez")[0] == 200
            assert stage.once("GET", "/readyz")[0] == 503
            time.sleep(max(0.0, AWAY_S - (time.monotonic() - gone)))
    else:
        os.kill(pids[0], signal.SIGKILL)
    until_back = time.monotonic() + 10
    while stage.once("GET", "/readyz")[0] != 200:
        assert time.monotonic() < until_back, "not back within 10 s"
        time.sleep(0.1)
    status, second = raised(stage, "second", now)
    while status == 503:  # killed, it may have looked ready before anybody noticed
        assert time.monotonic() < until_back, "not back within 10 s"
        time.sleep(0.1)
        status, second = raised(stage, "second", now)
    assert status == 201
    listed = stage.ask("GET", "/v1/cases", role="auditor")["items"]
    assert {one["case"] for one in listed} >= {first["case"], second["case"]}
    stage.stop()
    assert stage.cli("verify").returncode == 0
