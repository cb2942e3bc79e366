"""README's commands do what it says: each block is run, in order (but `make test` by itself)."""

import contextlib
import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest


def blocks(readme: Path) -> list[str]:
    """Return the shell blocks, in order."""
    return re.findall(r"^```sh\n(.*?)^```$", readme.read_text(), re.MULTILINE | re.DOTALL)


def environment(home: Path) -> dict[str, str]:
    """Return a new user's environment: a home of its own, a port that the kernel gives."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HOMEWARD_")}
    return {**kept, "HOME": str(home), "HOMEWARD_PORT": "0", "NO_COLOR": "1"}


def test_make_demo_misses_nobody_and_tells_nobody_twice(project: Path, tmp_path: Path) -> None:
    assert blocks(project / "README.md")[0] == "make demo\n"
    ran = subprocess.run(
        ["make", "demo"],
        cwd=project,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-3_000:] + ran.stderr[-3_000:]
    assert re.search(r"missing +0\n", ran.stdout), ran.stdout
    assert re.search(r"shown twice +0\n", ran.stdout), ran.stdout


def test_the_tour_ends_in_a_visible_notification(project: Path, tmp_path: Path) -> None:
    demo, test, up, *tour = blocks(project / "README.md")
    assert (demo, test, up) == ("make demo\n", "make test\n", "make up\n")
    with (tmp_path / "up.log").open("wb") as out:
        server = subprocess.Popen(
            ["make", "up"],
            cwd=project,
            env=environment(tmp_path),
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    try:
        url = tmp_path / ".local/share/homeward/drill/url"
        until = time.monotonic() + 120
        while not url.exists():
            assert time.monotonic() < until, (tmp_path / "up.log").read_text()
            time.sleep(0.2)
        ran = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", "\n".join(tour)],
            cwd=project,
            env=environment(tmp_path),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGTERM)
        server.wait(30)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    alerted, ended = ran.stdout.split("handover.attempted", 1)
    assert "[DRILL] Missing: child, 6" in alerted
    assert "Watch, do not approach, call 110" in alerted
    assert "sound:" in ended
    assert "is over" in ended
    for left in ("me.json", "case.json", "draft.json"):
        assert not (project / left).exists()


@pytest.mark.parametrize("word", ["make demo", "make up", "make test"])
def test_the_commands_stand_in_the_makefile(project: Path, word: str) -> None:
    assert f"{word.split()[1]}:" in (project / "Makefile").read_text()
