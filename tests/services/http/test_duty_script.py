"""The script of the duty page, run without a browser: sound, title, lost connection, keys."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
NODE = shutil.which("node") or shutil.which("nodejs")


@pytest.mark.skipif(
    NODE is None and os.environ.get("CI") != "true", reason="needs Node.js: apt-get install nodejs"
)
def test_what_is_new_sounds_a_lost_queue_sounds_and_keys_only_lead(project):
    script = project / "services/homeward/http/pages/templates/duty.js"
    words = [NODE, HERE / "deskscript.js", script]
    run = subprocess.run(words, check=False, capture_output=True, text=True, timeout=60)
    assert (run.returncode, run.stdout.strip()) == (0, "done"), run.stdout + run.stderr


def test_the_script_asks_nobody_else_and_keeps_nothing_but_whether_it_sounds(project):
    text = (project / "services/homeward/http/pages/templates/duty.js").read_text()
    for word in ("http://", "https://", "eval", "innerHTML", "document.cookie", "sessionStorage"):
        assert word not in text
    assert text.count("setItem") == 1
