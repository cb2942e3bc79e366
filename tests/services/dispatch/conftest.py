import json
import signal
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from homeward.ports import Outgoing
from homeward.testing.memory import MemoryKeyRing

CASE = "0d6b3a5e-7c2f-5e0a-9b1d-3f4c5a6b7c8d"
SENT_AT = datetime(2026, 3, 1, 8, tzinfo=UTC)


def outgoing(name: str = "v-1", address: str = "", **said) -> Outgoing:
    given = {
        "message_id": f"m-{name}",
        "recipient": name,
        "address": address,
        "purpose": "alert",
        "case": CASE,
        "case_code": "ABCD-EFGH",
        "alert": 1,
        "version": 1,
        "texts_of": "d-1",
        "lang": "zh-Hans",
        "title": "寻找走失儿童",
        "short": "请留意,不要靠近,拨打110",
        "full": "全文",
        "link": "http://127.0.0.1:1/r/v-1",
        "sent_at": SENT_AT,
        "drill": True,
    }
    return Outgoing(**given | said)


@dataclass
class RunningSink:
    """A sink process: where it listens and what it wrote down."""

    process: subprocess.Popen
    out: Path
    url: str
    endpoint: str

    def received(self) -> list[dict]:
        """Return what is written down whole: the line being written just now has no end yet."""
        whole, _, _ = self.out.read_text("utf-8", "replace").rpartition("\n")
        return [json.loads(line) for line in whole.splitlines()]


@pytest.fixture
def sink(tmp_path):
    """Start a sink process with options; it is stopped by its pid."""
    started = []

    def start(*options: str) -> RunningSink:
        out = tmp_path / f"sink-{len(started)}.jsonl"
        out.touch()
        process = subprocess.Popen(
            [sys.executable, "-m", "homeward.dispatch.sink", "--out", str(out), *options],
            stdout=subprocess.PIPE,
        )
        started.append(process)
        where = json.loads(process.stdout.readline())
        return RunningSink(process, out, where["url"], where["endpoint"])

    yield start
    for process in started:
        process.send_signal(signal.SIGTERM)
    for process in started:
        assert process.wait(10) == 0
        process.stdout.close()


@pytest.fixture
def ring():
    return MemoryKeyRing()
