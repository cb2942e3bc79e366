"""README's commands do what it says: each block is run, in order (but `make test` by itself)."""

import asyncio
import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import time
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from homeward.demo.report import HubFigures, Report
from homeward.house import open_house
from homeward.settings import Settings

HISTORY = "readme"
HUBS = {
    "ordered": r"ordered to watch +(\d+)\n",
    "in_time": r"ordered before the van could be there +(\d+) of \d+ ahead\n",
    "ahead": r"ordered before the van could be there +\d+ of (\d+) ahead\n",
    "acknowledged": r"watching \(acknowledged\) +(\d+)\n",
    "passed_on": r"silent: next contact asked / police desk asked +(\d+) / \d+\n",
    "to_desk": r"silent: next contact asked / police desk asked +\d+ / (\d+)\n",
    "unreachable": r"ahead without a contact: alarmed, not counted +(\d+)\n",
}
"""Where the report for people has each figure of the hubs."""


HUBS_BY_THE_CLOCK = 3


def blocks(readme: Path, *, scale_out: bool = False) -> list[str]:
    """Return the shell blocks, in order: those of the section of that name, or the others."""
    before, _, after = readme.read_text().partition("\n## Scale-out\n")
    own, _, rest = after.partition("\n## ")
    text = own if scale_out else before + rest
    return re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def environment(home: Path) -> dict[str, str]:
    """Return a new user's environment: a home of its own, a port that the kernel gives.

    Nor is a new user inside another make, with its ARGS, which says which folder it enters.
    """
    others = ("HOMEWARD_", "MAKE", "MFLAGS", "ARGS")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(others)}
    return {**kept, "HOME": str(home), "HOMEWARD_PORT": "0", "NO_COLOR": "1"}


def made(project: Path, home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Make something as a new user does, who lives in ``home``."""
    ran = subprocess.run(
        ["make", *words],
        cwd=project,
        env=environment(home),
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-3_000:] + ran.stderr[-3_000:]
    return ran


@pytest.fixture(scope="module")
def demo(project: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """What `make demo` prints."""
    return made(project, tmp_path_factory.mktemp("demo"), "demo").stdout


def test_make_demo_misses_nobody_and_tells_nobody_twice(project: Path, demo: str) -> None:
    assert blocks(project / "README.md")[0] == "make demo\n"
    assert re.search(r"missing +0\n", demo), demo
    assert re.search(r"shown twice +0\n", demo), demo


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


def alike(hubs: dict[str, int], others: dict[str, int]) -> bool:
    """Whether two demos did the same with hubs, each of those ahead in time.

    The case clock runs on between a sighting and the orders after it, by as much as the machine is
    slow: of the hubs nearby one or two more may be within reach by then.
    """
    timed = ("ahead", "in_time")
    same = all(hubs[name] == others[name] for name in hubs if name not in timed)
    near = abs(hubs["ahead"] - others["ahead"]) <= HUBS_BY_THE_CLOCK
    return same and near and hubs["in_time"] == hubs["ahead"] > 0


def test_make_demo_kafka_reports_the_same_and_leaves_nothing(
    project: Path, tmp_path: Path, demo: str
) -> None:
    assert blocks(project / "README.md", scale_out=True)[0] == "make demo-kafka\n"
    ran = made(project, tmp_path, "demo-kafka", "ARGS=--volunteers 400 --json")
    report = json.loads(ran.stdout)
    assert set(report) == {one.name for one in fields(Report)}
    assert (report["verdict"]["missing"], report["verdict"]["shown_twice"]) == (0, 0)
    assert report["verdict"]["told"] == report["verdict"]["eligible"] > 0
    assert set(report["hubs"]) == {one.name for one in fields(HubFigures)} == set(HUBS)
    assert alike(report["hubs"], hubs_in(demo))
    apart = dict(re.findall(r"^ +(\w+-\d+): process (\d+)$", ran.stderr, re.MULTILINE))
    assert {name.rpartition("-")[0] for name in apart} == {"api", "worker", "relay", "dispatch"}
    assert len(set(apart.values())) == len(apart) >= 5
    heard = asyncio.run(heard_in(tmp_path))
    assert heard["bell"] > 0, heard
    broker = re.search(r"kafka: up, pid (\d+)", ran.stderr)
    assert broker is not None
    until = time.monotonic() + 10  # whoever adopted it may be slow to look after it
    while Path(f"/proc/{broker[1]}").exists() and time.monotonic() < until:
        time.sleep(0.1)
    assert not Path(f"/proc/{broker[1]}").exists()
    assert left(tmp_path) == []


def hubs_in(said: str) -> dict[str, Any]:
    """Read the hubs' figures in the report for people."""
    found = {name: re.search(pattern, said) for name, pattern in HUBS.items()}
    return {name: int(one[1]) if one else None for name, one in found.items()}


async def heard_in(home: Path) -> dict[str, int]:
    """Return how many facts the demo's consumers heard, by bell and by sweep."""
    settings = Settings(data_folder=home / ".local/share/homeward/demo")
    heard: dict[str, int] = {}
    async with open_house(settings, "drill") as house:
        for one in await house.store.hearing.counts():
            heard[one.by.value] = heard.get(one.by.value, 0) + one.facts
    return heard


def test_the_scale_out_runs_as_it_is_written(project: Path, tmp_path: Path) -> None:
    _, up, looking = blocks(project / "README.md", scale_out=True)
    ports = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    of_clients, of_controller = (str(one.getsockname()[1]) for one in ports)
    for one in ports:
        one.close()
    env = environment(tmp_path) | {
        "KAFKA_DIR": str(tmp_path / "kafka"),
        "KAFKA_PORT": of_clients,
        "KAFKA_CONTROLLER_PORT": of_controller,
    }
    with (tmp_path / "up.log").open("wb") as out:
        server = subprocess.Popen(
            ["bash", "-euo", "pipefail", "-c", up],
            cwd=project,
            env=env,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    try:
        until = time.monotonic() + 180
        while "listens on" not in (tmp_path / "up.log").read_text():
            assert server.poll() is None, (tmp_path / "up.log").read_text()
            assert time.monotonic() < until, (tmp_path / "up.log").read_text()
            time.sleep(0.2)
        ran = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", looking],
            cwd=project,
            env=env,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGTERM)
        server.wait(30)
        subprocess.run(["make", "kafka-stop"], cwd=project, env=env, check=True, timeout=60)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "homeward-drill.facts" in ran.stdout
    assert left(tmp_path) == []


def left(folder: Path) -> list[str]:
    """Return the command lines that still name a folder, a few seconds later."""
    until = time.monotonic() + 10
    while (found := _naming(folder)) and time.monotonic() < until:
        time.sleep(0.2)
    return found


def _naming(folder: Path) -> list[str]:
    found = []
    for proc in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            said = (proc / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            if str(folder) in said and int(proc.name) != os.getpid():
                found.append(said)
    return found


@pytest.mark.parametrize("word", ["make demo", "make up", "make test", "make demo-kafka"])
def test_the_commands_stand_in_the_makefile(project: Path, word: str) -> None:
    assert f"{word.split()[1]}:" in (project / "Makefile").read_text()
