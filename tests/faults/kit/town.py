"""A whole installation of real processes: each can be killed, frozen, woken, and comes back.

    with Town(tmp_path).built(workers=2) as town:
        town.houses["worker-1"].kill()
        town.houses["worker-1"].start()     # waits until it says that it is ready

Everything of `Stage` works on it: requests go to the API that wrote down its address last.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.broker import Broker
from tests.faults.kit.server import Server
from tests.stage import Stage, Unanswered

from homeward.postgres.supervisor import LAUNCH

READY_S = 90
STOP_S = 10
"""What every process promises: it ends so soon, whatever it does."""
LOSSY = Path(__file__).with_name("lossy_relay.py")
"""A relay that loses, doubles and reorders; its options are the relay's."""


@dataclass
class House:
    """One process of the town."""

    town: "Town"
    role: str
    name: str
    program: list[str]
    """What is started: ``python …``."""
    env: Mapping[str, str]
    """Beside the town's own."""
    process: subprocess.Popen[bytes] | None = None
    said: dict[str, Any] = field(default_factory=dict)
    """What it said when it was ready: its id, its pid, where its figures are."""
    ready_s: list[float] = field(default_factory=list)
    """From each start until it was ready."""
    kills: int = 0

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    @property
    def log(self) -> str:
        return (self.town.folder / f"{self.name}.log").read_text()

    @property
    def lives(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def figures(self) -> dict[str, float]:
        """Return its metrics without labels, summed; nothing when it does not answer."""
        found: dict[str, float] = {}
        with (
            contextlib.suppress(OSError),
            urllib.request.urlopen(f"{self.said['metrics']}/metrics", timeout=2) as answer,
        ):
            for line in answer.read().decode().splitlines():
                if not line.startswith("#"):
                    name, value = line.rpartition(" ")[::2]
                    name = name.partition("{")[0]
                    found[name] = found.get(name, 0) + float(value)
        return found

    def checks(self) -> dict[str, Any]:
        """Return what its /readyz shows, check by check; nothing when it does not answer."""
        url = f"{self.said['metrics']}/readyz"
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=2) as answer:
            return dict(json.load(answer)["checks"])
        return {}

    @property
    def lanes(self) -> list[int]:
        """Which lanes a worker serves, as it says itself."""
        return list(self.checks().get("lanes", {}).get("served", ()))

    @property
    def sweeps(self) -> bool:
        """Whether this worker sweeps for all, as it says itself."""
        return bool(self.checks().get("sweeps", {}).get("for_all"))

    def launch(self) -> None:
        """Start it; `await_ready` waits for it."""
        folder, self._began = self.town.folder, time.monotonic()
        self._out = folder / f"{self.name}.out"
        with self._out.open("wb") as out, (folder / f"{self.name}.log").open("ab") as err:
            self.process = self.town.spawn(self.program, self.env, out, err)

    def await_ready(self) -> None:
        while time.monotonic() - self._began < READY_S:
            line = self._out.read_bytes()
            if line.endswith(b"\n"):
                self.said = json.loads(line.splitlines()[0])
                self.ready_s.append(time.monotonic() - self._began)
                return
            assert self.process is not None
            assert self.process.poll() is None, self.log[-3_000:]
            time.sleep(0.02)
        raise Unanswered(f"{self.name} is not ready: {self.log[-3_000:]}")

    def start(self) -> None:
        self.launch()
        self.await_ready()

    def kill(self) -> None:
        """kill -9."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()
        self.kills += 1

    def freeze(self) -> None:
        os.kill(self.pid, signal.SIGSTOP)

    def wake(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def end(self, patience_s: float = STOP_S) -> float:
        """End it in peace; return how long that took. Raises TimeoutExpired."""
        assert self.process is not None
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(patience_s)
        return time.monotonic() - began


@dataclass
class Town(Stage):
    """A database, a broker, a sink, and the processes of the scale-out."""

    database: Server | None = None
    broker: Broker | None = None
    houses: dict[str, House] = field(default_factory=dict)
    address: str = ""
    """Of the sink."""
    env_of: dict[str, dict[str, str]] = field(default_factory=dict)
    """What only one role's processes are told: a proxy's address."""
    lanes: int = 1
    """Into how many parts the recipients are cut, before anything runs."""

    def __post_init__(self) -> None:
        # The kernel ends what a thread started when that thread ends: this one lasts.
        self._spawner = ThreadPoolExecutor(1)

    @contextlib.contextmanager
    def built(
        self,
        *,
        clock: bool = False,
        lossy: bool = False,
        **counts: int,
    ) -> Iterator["Town"]:
        """Build it and tear it down: ``workers``, ``apis``, ``relays``, ``dispatches``.

        ``clock``: the database's can be set.
        """
        try:
            with contextlib.ExitStack() as stack:
                if self.database is None:
                    self.database = stack.enter_context(Server(self.folder, clock=clock))
                if self.broker is None:
                    self.broker = stack.enter_context(Broker(self.folder / "kafka"))
                stack.callback(self.stop)
                self.address = self.start_sink()
                self.found()
                if self.lanes > 1:
                    self.do("lanes", "set", str(self.lanes))
                for role in ("api", "relay", "dispatch", "worker"):
                    plural = f"{role}es" if role == "dispatch" else f"{role}s"
                    for number in range(1, counts.get(plural, 1) + 1):
                        made = self.house(role, number, lossy=lossy and role == "relay")
                        made.launch()
                        if role == "api":  # the first one makes the world
                            made.await_ready()
                    if role == "api":
                        self.do("topics", "apply")
                for house in self.houses.values():
                    if not house.ready_s:
                        house.await_ready()
                yield self
        finally:
            self._spawner.shutdown()

    def found(self) -> None:
        """Say where everything is; what was said before, as a proxy's address, stays."""
        assert self.database is not None
        assert self.broker is not None
        self.env.setdefault("HOMEWARD_DATABASE_URL", self.database.dsn)
        self.env.setdefault("HOMEWARD_KAFKA", self.broker.bootstrap)
        self.env["HOMEWARD_DATA_FOLDER"] = str(self.folder / "home")

    def house(self, role: str, number: int, *, lossy: bool = False) -> House:
        """Return a place for one more process; nothing is started."""
        name = f"{role}-{number}"
        which = ["--port", "0"] if role == "api" else []
        words = [sys.executable, "-m", "homeward", role, "--drill", "--json", *which]
        if lossy:
            words = [sys.executable, str(LOSSY), "--drill", "--seed", str(number)]
        self.houses[name] = House(self, role, name, words, self.env_of.get(role, {}))
        return self.houses[name]

    def await_bells(self, patience_s: float = 60, quiet_s: float = 2) -> float:
        """Wait until every worker is with the broker and partitions stay; return how long."""
        began = changed = time.monotonic()
        last: list[float] = []
        while time.monotonic() - changed < quiet_s:
            workers = [one.figures() for one in self.of("worker") if one.lives]
            up = all(one.get("homeward_broker_up") == 1 for one in workers)
            stand = [one.get("homeward_rebalances_total", 0) for one in workers]
            if not up or stand != last:
                changed, last = time.monotonic(), stand
            if time.monotonic() - began > patience_s:
                raise Unanswered(f"no bells: {workers}")
            time.sleep(0.1)
        return changed - began

    def await_lanes(self, patience_s: float = 30) -> None:
        """Wait until every lane is served, and every worker serves some; the judge of more lanes.

        With fewer lanes than workers somebody has none: then there is nothing to wait for.
        """
        end, served = time.monotonic() + patience_s, [[0]]
        while time.monotonic() < end:
            served = [one.lanes for one in self.of("worker") if one.lives]
            shared = self.lanes < len(served) or all(served)
            if shared and {lane for some in served for lane in some} == set(range(self.lanes)):
                return
            time.sleep(0.2)
        raise Unanswered(f"lanes served: {served} of {self.lanes}")

    def do(self, *words: str) -> None:
        """Run `homeward …` on this world, which must go well."""
        done = self.cli(*words)
        assert done.returncode == 0, done.stdout + done.stderr

    def spawn(
        self, program: list[str], more: Mapping[str, str], out: Any, err: Any
    ) -> subprocess.Popen[bytes]:
        """Start a program that is told to end when this process is gone."""
        who = [str(one) for one in (os.getpid(), int(signal.SIGTERM), -1, -1)]
        command = [sys.executable, "-I", "-S", LAUNCH, *who, *program]

        def started() -> subprocess.Popen[bytes]:
            env = {**os.environ, **self.env, **more}
            return subprocess.Popen(
                command, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=err
            )

        return self._spawner.submit(started).result()

    def of(self, role: str) -> list[House]:
        return [one for one in self.houses.values() if one.role == role]

    def stop(self) -> None:
        """End every house and the sinks, by pid; whoever does not end is killed and named."""
        live = [one for one in self.houses.values() if one.lives]
        for one in live:
            one.wake()
            assert one.process is not None
            one.process.send_signal(signal.SIGTERM)
        late, end = [], time.monotonic() + STOP_S
        for one in live:
            assert one.process is not None
            try:
                one.process.wait(max(0.0, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                late.append(one.name)
                one.process.kill()
                one.process.wait()
        super().stop()
        assert not late, f"did not end within {STOP_S} s: {late}"
