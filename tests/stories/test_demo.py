"""The demo as anybody starts it: killed in the middle, gone on with, and judged by its report."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

HISTORY = "demo"

PATIENCE_S = 240
VOLUNTEERS = "400"


def hears_ctrl_c():
    """What a shell runs in the background ignores SIGINT, and so would all that it starts."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def demo(folder, *options):
    args = [sys.executable, "-m", "homeward", "demo", "--data-folder", str(folder)]
    return subprocess.Popen(
        [*args, "--volunteers", VOLUNTEERS, "--json", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "NO_COLOR": "1"},
        preexec_fn=hears_ctrl_c,  # noqa: PLW1509 -- no thread of ours is running
    )


def of_folder(folder):
    """Return the processes that still work in a folder, by what the kernel says of them."""
    found = []
    for proc in Path("/proc").glob("[0-9]*"):
        try:
            said = (proc / "cmdline").read_bytes() + (proc / "environ").read_bytes()
        except OSError:
            continue
        if str(folder).encode() in said:
            found.append(int(proc.name))
    return [pid for pid in found if pid != os.getpid()]


def until_nothing_runs(folder):
    end = time.monotonic() + 30
    while of_folder(folder) and time.monotonic() < end:
        time.sleep(0.2)
    return of_folder(folder) == []


@pytest.fixture
def folder(tmp_path):
    yield tmp_path
    for pid in of_folder(tmp_path):
        os.kill(pid, signal.SIGKILL)


def test_a_demo_killed_in_the_middle_goes_on_and_nobody_is_missed_or_shown_twice(folder):
    first = demo(folder)
    lines, hubs_know = [], False
    for line in first.stderr:
        lines.append(line)
        hubs_know |= "is watching" in line  # whom a van reaches in seconds can't wait for a restart
        if "volunteers are told" in line and hubs_know:  # a wave is on its way
            break
    assert "volunteers are told" in lines[-1], "".join(lines)
    first.send_signal(signal.SIGKILL)
    first.communicate()
    assert until_nothing_runs(folder)

    second = demo(folder)
    said, told = second.communicate(timeout=PATIENCE_S)
    assert "going on with the run that was interrupted" in told
    assert second.returncode == 0, told + said
    report = json.loads(said)
    verdict = report["verdict"]
    assert verdict["eligible"] == verdict["told"] > 0
    assert (verdict["missing"], verdict["shown_twice"], verdict["outside"]) == (0, 0, 0)
    assert (verdict["close_out_missing"], verdict["close_out_outside"]) == (0, 0)
    hubs = report["hubs"]
    assert hubs["ahead"] == hubs["in_time"] > 0
    assert hubs["unreachable"] == 1
    assert hubs["acknowledged"] > 0
    assert hubs["to_desk"] > 0
    assert report["first_handover_s"] > 0
    first_wave = report["waves"][0]
    assert 0 < first_wave["people_so_far"] < first_wave["other_so_far"]
    assert until_nothing_runs(folder)

    for command in (report["reopen"].split()[1:], ["verify", "--data-folder", f"{folder}/demo"]):
        shown = subprocess.run(
            [sys.executable, "-m", "homeward", *command],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        assert "case.closed-out" in shown.stdout or "sound" in shown.stdout


def test_ctrl_c_leaves_nothing_running(folder):
    first = demo(folder, "--keep")
    for line in first.stderr:
        if "server at" in line:
            break
    first.send_signal(signal.SIGINT)
    _, told = first.communicate(timeout=30)
    assert first.returncode == 130
    assert "Traceback" not in told
    assert until_nothing_runs(folder)
