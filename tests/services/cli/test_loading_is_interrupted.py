"""Ctrl-C while a command is being loaded, which takes a second or two, says nothing of Python's."""

import os
import subprocess
import sys

import pytest

SCRIPT = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.{before})

class CtrlC:
    def find_spec(self, name, path=None, target=None):
        if name == {when!r}:
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, CtrlC())
from homeward.cli import main
main()
"""


def ended(tmp_path, when, before):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HOMEWARD_")}
    return subprocess.run(
        [sys.executable, "-c", SCRIPT.format(when=when, before=before), "up", "--drill",
         "--processes"],
        env={**kept, "HOMEWARD_DATA_FOLDER": str(tmp_path), "NO_COLOR": "1"},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("when", ["homeward.cli.app", "rich.console", "homeward.client", "aiohttp"])
def test_before_the_command_has_begun_it_ends_without_a_word(tmp_path, when):
    done = ended(tmp_path, when, "default_int_handler")
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


def test_while_the_command_loads_its_own_parts_it_says_no_more_than_a_line(tmp_path):
    done = ended(tmp_path, "homeward.house.supervising", "default_int_handler")
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr in {"", "error: stopped\n"}


def test_who_ignores_ctrl_c_goes_on(tmp_path):
    done = ended(tmp_path, "homeward.client", "SIG_IGN")
    assert done.returncode == 1
    assert "needs a broker" in done.stderr
