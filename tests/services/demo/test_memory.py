import json
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from homeward.demo.children import NotStarted, start
from homeward.demo.memory import GOES_ON_S, Busy, Memory, only_one


def test_an_unfinished_run_goes_on_with_the_same_words(tmp_path):
    memory = Memory.of(tmp_path)
    assert not memory.begin()
    assert memory.once("raise", lambda: {"at": 1}) == {"at": 1}
    again = Memory.of(tmp_path)
    assert again.begin()
    assert again.run == memory.run
    assert again.once("raise", lambda: {"at": 2}) == {"at": 1}


def test_a_finished_run_is_followed_by_a_new_one_that_keeps_the_stage(tmp_path):
    memory = Memory.of(tmp_path)
    memory.begin()
    memory.keys["o-wang"], memory.sink_port, memory.done = "hw_x", 4711, True
    memory.keep()
    again = Memory.of(tmp_path)
    assert not again.begin()
    assert again.run != memory.run
    assert (again.keys, again.sink_port, again.said) == ({"o-wang": "hw_x"}, 4711, {})


def test_a_run_that_is_too_old_is_not_gone_on_with(tmp_path):
    memory = Memory.of(tmp_path)
    memory.begin()
    memory.began -= GOES_ON_S + 1
    memory.keep()
    assert not Memory.of(tmp_path).begin()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"strange": 1}'])
def test_a_broken_file_is_a_new_beginning(tmp_path, content):
    (tmp_path / "demo.json").write_text(content)
    assert not Memory.of(tmp_path).begin()


def test_what_is_remembered_is_for_its_owner_only(tmp_path):
    Memory.of(tmp_path).begin()
    assert stat.S_IMODE((tmp_path / "demo.json").stat().st_mode) == 0o600


def test_two_demos_in_one_folder_are_one_too_many(tmp_path):
    with only_one(tmp_path), pytest.raises(Busy), only_one(tmp_path):
        pass
    with only_one(tmp_path):
        pass


PARENT = """
import os, sys, time
from pathlib import Path
from homeward.demo.children import start
folder = Path(sys.argv[1])
child = start("sink", ["homeward.dispatch.sink", "--out", str(folder / "out")],
              folder / "log", dict(os.environ))
print(child.process.pid, flush=True)
time.sleep(60)
"""


def test_a_child_ends_when_its_parent_is_killed(tmp_path):
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    with parent:
        child = int(parent.stdout.readline())
        os.kill(parent.pid, signal.SIGKILL)
        parent.wait()
    end = time.monotonic() + 10
    while _runs(child) and time.monotonic() < end:
        time.sleep(0.05)
    assert not _runs(child)


def _runs(pid):
    """Whether a process runs; one that ended and was not waited for by init does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_child_that_does_not_start_says_why(tmp_path):
    with pytest.raises(NotStarted, match="error"):
        start("sink", ["homeward.dispatch.sink", "--nonsense"], tmp_path / "log", os.environ)


def test_a_child_that_says_something_else_is_ended(tmp_path):
    with pytest.raises(NotStarted):
        start("help", ["homeward.dispatch.sink", "--help"], tmp_path / "log", os.environ)


def test_a_child_says_where_it_listens_and_stops(tmp_path):
    args = ["homeward.dispatch.sink", "--out", str(tmp_path / "out")]
    child = start("sink", args, tmp_path / "log", os.environ)
    assert json.loads(json.dumps(dict(child.said)))["url"].startswith("http://127.0.0.1:")
    child.stop()
    assert not child.running
