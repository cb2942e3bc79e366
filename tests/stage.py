"""Real processes on loopback: a server that can be killed, a sink that writes down what reached it.

The judges read the sink's own file and what `homeward verify` says of the stored bytes; nothing
that the running server reports about itself.
"""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

SEAT = (33.0686, 115.2768)
"""The seat of Linquan county (public fact); every person placed around it is invented."""


class Unanswered(Exception):
    """The server did not answer within the patience of the stage."""


@dataclass
class Stage:
    """One drill world in a folder of its own."""

    folder: Path
    env: dict[str, str] = field(default_factory=dict)
    server: subprocess.Popen[bytes] | None = None
    sinks: list[subprocess.Popen[bytes]] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)
    ready_s: list[float] = field(default_factory=list)
    patience_s: float = 90.0
    in_flight_kills: int = 0
    """Kills that fell while messages were arriving."""
    _messages: list[dict[str, Any]] = field(default_factory=list)
    _read: int = 0

    @property
    def sink_file(self) -> Path:
        return self.folder / "sink.jsonl"

    @property
    def world(self) -> Path:
        return self.folder / "home" / "drill"

    def start_sink(self, *options: str) -> str:
        """Start a sink and return the address that a webhook contact takes."""
        sink = subprocess.Popen(
            [sys.executable, "-m", "homeward.dispatch.sink", "--out", self.sink_file, *options],
            stdout=subprocess.PIPE,
        )
        self.sinks.append(sink)
        assert sink.stdout is not None
        line = sink.stdout.readline().decode()
        endpoint = json.loads(line)["endpoint"]
        allowed = [one for one in (self.env.get("HOMEWARD_WEBHOOK_LOOPBACK"), endpoint) if one]
        self.env["HOMEWARD_WEBHOOK_LOOPBACK"] = ",".join(allowed)
        return str(json.loads(line)["url"])

    def start(self) -> None:
        """Start the server and wait until it says that it is ready."""
        began = time.monotonic()
        (self.world / "url").unlink(missing_ok=True)
        out = (self.folder / "server.log").open("ab")
        self.server = subprocess.Popen(
            [sys.executable, "-m", "homeward", "up", "--drill", "--port", "0"],
            env={**os.environ, **self.env, "HOMEWARD_DATA_FOLDER": str(self.folder / "home")},
            stdout=out,
            stderr=out,
        )
        out.close()
        while time.monotonic() - began < self.patience_s:
            assert self.server.poll() is None, (self.folder / "server.log").read_text()[-3_000:]
            if (self.world / "url").exists():
                with contextlib.suppress(OSError, Unanswered):
                    if self.once("GET", "/readyz")[0] == 200:
                        self.ready_s.append(time.monotonic() - began)
                        return
            time.sleep(0.02)
        raise Unanswered(self.folder)

    def kill(self) -> None:
        """kill -9 the server, as a power cut would."""
        assert self.server is not None
        self.server.kill()
        self.server.wait()

    def stop(self) -> None:
        """Stop everything that this stage started, by its pid."""
        for one in [*self.sinks, *([self.server] if self.server else [])]:
            if one.poll() is None:
                one.send_signal(signal.SIGTERM)
        for one in [*self.sinks, *([self.server] if self.server else [])]:
            try:
                one.wait(20)
            except subprocess.TimeoutExpired:
                one.kill()
                one.wait()
            if one.stdout is not None:
                one.stdout.close()

    def once(
        self, method: str, path: str, body: Any = None, *, role: str = "", key: str = ""
    ) -> tuple[int, Any]:
        """Ask once; return (status, JSON). Raises OSError when nobody answers."""
        url = (self.world / "url").read_text().strip()
        headers = {"content-type": "application/json"}
        if role:
            headers["authorization"] = f"Bearer {self.key_of(role)}"
        if key:
            headers["idempotency-key"] = key
        content = None if body is None else json.dumps(body).encode()
        asked = urllib.request.Request(url + path, content, headers, method=method)
        try:
            with urllib.request.urlopen(asked, timeout=15) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, json.loads(refused.read() or b"null")

    def ask(self, method: str, path: str, body: Any = None, *, role: str, key: str = "") -> Any:
        """Ask until somebody answers, with the same Idempotency-Key; return the JSON."""
        until = time.monotonic() + self.patience_s
        last: object = None
        while time.monotonic() < until:
            try:
                status, answer = self.once(method, path, body, role=role, key=key)
            except (OSError, ValueError) as failure:
                last = failure
            else:
                if status < 300:
                    return answer
                last = (status, answer)
                if status not in {502, 503, 429}:
                    raise AssertionError((method, path, last))
            time.sleep(0.05)
        raise Unanswered((method, path, last))

    def key_of(self, role: str) -> str:
        """Return the API key of a role (``supervisor``, ``officer``…)."""
        if role == "admin":
            return (self.world / "admin.key").read_text().strip()
        return self.keys[role]

    def make_keys(self, *roles: str) -> None:
        """Make an API key for each role."""
        for role in roles:
            body = {"role": role, "account": f"{role}-1", "org": "tests"}
            made = self.ask("POST", "/v1/keys", body, role="admin", key=f"key-{role}")
            self.keys[role] = made["key"]

    def messages(self) -> list[dict[str, Any]]:
        """Return what the sink wrote, line by line; read once, for whoever waits asks often."""
        with contextlib.suppress(FileNotFoundError), self.sink_file.open("rb") as lines:
            lines.seek(self._read)
            whole, end, _ = lines.read().rpartition(b"\n")
            self._read += len(whole) + len(end)
            self._messages += [json.loads(line) for line in whole.splitlines()]
        return list(self._messages)

    def cli(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run `homeward …` on this world."""
        return subprocess.run(
            [sys.executable, "-m", "homeward", *words],
            env={**os.environ, **self.env, "HOMEWARD_DATA_FOLDER": str(self.folder / "home")},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )


@dataclass(frozen=True)
class Count:
    """What a sink's file says."""

    recipients: frozenset[str]
    shown_twice: int
    """Recipients with two message ids for one purpose, alert and version."""
    resent: int
    """Lines beyond the first of their message id."""


def count(messages: list[dict[str, Any]], purpose: str, version: int) -> Count:
    """Count one purpose and alert version in a sink's lines."""
    ids: dict[str, set[str]] = defaultdict(set)
    lines = 0
    for one in messages:
        if (one["purpose"], one["version"]) == (purpose, version):
            ids[one["recipient"]].add(one["message_id"])
            lines += 1
    twice = sum(len(one) > 1 for one in ids.values())
    return Count(frozenset(ids), twice, lines - sum(len(one) for one in ids.values()))


@contextlib.contextmanager
def staged(folder: Path, **env: str) -> Iterator[Stage]:
    """Give a stage and stop all of it at the end."""
    stage = Stage(folder, dict(env))
    try:
        yield stage
    finally:
        stage.stop()


def volunteers(address: str, how_many: int, seed: int = 7) -> list[dict[str, Any]]:
    """Return invented volunteers within some 60 km of the seat."""
    chance = random.Random(seed)
    return [
        {
            "recipient": f"v-{number:06d}",
            "kind": "volunteer",
            "places": [
                {
                    "lat": round(SEAT[0] + chance.uniform(-0.4, 0.4), 5),
                    "lon": round(SEAT[1] + chance.uniform(-0.4, 0.4), 5),
                    "datum": "wgs84",
                }
            ],
            "contacts": [[{"channel": "webhook", "address": address}]],
        }
        for number in range(how_many)
    ]


def register(stage: Stage, people: list[dict[str, Any]]) -> None:
    """Register people in batches of a thousand."""
    for start in range(0, len(people), 1_000):
        batch = {"recipients": people[start : start + 1_000]}
        answer = stage.ask(
            "POST", "/v1/recipients/batch", batch, role="admin", key=f"batch-{start}"
        )
        assert answer["refused"] == []


def raise_case(stage: Stage, minutes_ago: int = 40, key: str = "raise") -> str:
    """Raise an invented case at the seat as an officer and return its id; one a ``key``."""
    now = stage.ask("GET", "/v1/clock", role="admin")["now"]

    seen = datetime.fromisoformat(now) - timedelta(minutes=minutes_ago)
    body = {
        "category": "stranger-abduction",
        "mode": "vehicle",
        "last_seen": {
            "at": seen.isoformat(),
            "text": "an alley that was made up",
            "place": {"lat": SEAT[0], "lon": SEAT[1], "datum": "wgs84", "accuracy_m": 50},
        },
        "custody": "none",
        "protection_order": False,
        "person": {"name": "Invented Child", "age_years": 2, "sex": "male"},
    }
    return str(stage.ask("POST", "/v1/cases", body, role="officer", key=key)["case"])


def alert(stage: Stage, case: str, *, tag: str, policy: str = "circles") -> str:
    """Draft, approve and issue an alert as two people; return the draft."""
    body = {
        "policy": policy,
        "severity": "extreme",
        "reach_km_max": 300,
        "expires_in_s": 86_400,
    }
    path = f"/v1/cases/{case}/alerts"
    drafted = stage.ask("POST", path, body, role="officer", key=f"draft-{tag}")
    draft, read = drafted["draft"], {"digest": drafted["digest"]}
    stage.ask("POST", f"{path}/{draft}/approve", read, role="supervisor", key=f"approve-{tag}")
    stage.ask("POST", f"{path}/{draft}/issue", {}, role="officer", key=f"issue-{tag}")
    return str(draft)


def until(condition: Any, patience_s: float, what: str | Callable[[], str]) -> None:
    """Wait until a condition holds. Raises Unanswered, with what it is by then."""
    end = time.monotonic() + patience_s
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.1)
    raise Unanswered(what if isinstance(what, str) else what())
