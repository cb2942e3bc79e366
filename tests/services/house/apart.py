"""Processes of the scale-out, started as an operator starts them."""

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

NOBODY = "127.0.0.1:9"
"""Brokers that are away: nobody listens on the discard port."""


@dataclass
class Apart:
    """Starts commands in a folder of their own, and ends what is left of them."""

    folder: Path
    env: dict[str, str]
    started: list[subprocess.Popen] = field(default_factory=list)

    def start(self, *args: str, **env: str) -> subprocess.Popen:
        with (self.folder / "stderr.log").open("ab") as errors:
            one = subprocess.Popen(
                [sys.executable, "-m", "homeward", *args],
                stdout=subprocess.PIPE,
                stderr=errors,
                env={**self.env, **env},
            )
        self.started.append(one)
        return one

    def said(self, one: subprocess.Popen, within_s: float = 90) -> dict:
        """Return the line in which it says that it is ready."""
        end, line = time.monotonic() + within_s, b""
        while not line.endswith(b"\n"):
            assert time.monotonic() < end, self.errors()
            if select.select([one.stdout], [], [], 0.2)[0]:
                more = os.read(one.stdout.fileno(), 65_536)
                assert more, self.errors()
                line += more
        return json.loads(line)

    def errors(self) -> str:
        logs = [self.folder / "stderr.log", *self.folder.rglob("logs/*.log")]
        return "\n".join(f"{path.name}: {path.read_text()[-2_000:]}" for path in logs)

    def end(self) -> None:
        for one in self.started:
            if one.poll() is None:
                one.send_signal(signal.SIGTERM)
        for one in self.started:
            with contextlib.suppress(subprocess.TimeoutExpired):
                one.wait(12)
            if one.poll() is None:
                one.kill()
                one.wait()
            one.stdout.close()


def apart(folder: Path, dsn: str | None, **env: str) -> Apart:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HOMEWARD_")}
    ours = {"HOMEWARD_DATA_FOLDER": str(folder), "HOMEWARD_KAFKA": NOBODY, "NO_COLOR": "1"}
    if dsn:
        ours["HOMEWARD_DATABASE_URL"] = dsn
    return Apart(folder, {**kept, **ours, **env})


def get(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read().decode()


def gone(pid: int, within_s: float) -> bool:
    """Whether a process ends in time; one that nobody has looked after yet counts as ended."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.05)
    return False
