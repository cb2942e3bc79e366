"""A real Apache Kafka on loopback, started by infra/kafka/broker in a folder of its own.

    with Broker(tmp_path / "kafka") as broker:
        broker.bootstrap        # "127.0.0.1:<port>"
        broker.kill()           # kill -9; the port stays ours, so nobody else can take it
        broker.start_again()    # same port, same folder: nothing acknowledged is lost

It ends with the test process, also when that one is killed.
"""

import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Self

from kafka import errors
from kafka.admin import KafkaAdminClient

SCRIPT = Path(__file__).resolve().parents[1] / "infra" / "kafka" / "broker"
START_S = 90


class NoBroker(Exception):
    """This machine cannot run one; the text says how to mend it."""


def fetched() -> None:
    """See to it that a broker can be started here. Raises NoBroker, with one line."""
    if shutil.which("java") is None:
        raise NoBroker("no java, so no Kafka: run infra/setup gate")
    ran = subprocess.run([SCRIPT, "jars"], capture_output=True, text=True, check=False)
    if ran.returncode:
        said = ran.stderr.strip().splitlines() or ["infra/kafka/broker jars said nothing"]
        raise NoBroker(f"no Kafka: {said[-1]}")


def reserved() -> socket.socket:
    """Return a bound socket that never listens.

    While it is open the kernel gives its port to nobody who asks for any: no other test, and no
    client that calls the dead broker and would else get this very port as its own. A server that
    sets SO_REUSEADDR, as Java's do, may still listen there.
    """
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind(("127.0.0.1", 0))
    return held


class Broker:
    """One node on ports that the kernel gave."""

    def __init__(self, folder: Path, heap: str = "512m", *, brief: bool = False) -> None:
        """``brief``: it starts with half the work and runs less fast; not for who measures."""
        self.folder = folder
        self._held = [reserved(), reserved()]
        self.port, controller = (held.getsockname()[1] for held in self._held)
        self.bootstrap = f"127.0.0.1:{self.port}"
        self.advertised = self.bootstrap
        """What clients call after their first word: a proxy's address, where one is."""
        self.environment = {
            **os.environ,
            "KAFKA_DIR": str(folder),
            "KAFKA_PORT": str(self.port),
            "KAFKA_CONTROLLER_PORT": str(controller),
            "KAFKA_HEAP": heap,
            "KAFKA_WITH": str(os.getpid()),
            "KAFKA_BRIEF": "1" if brief else "",
        }

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """Its process, or None when none was started or it was ended."""
        try:
            return int((self.folder / "pid").read_text())
        except (FileNotFoundError, ValueError):
            return None

    @property
    def log(self) -> str:
        """What it wrote."""
        return (self.folder / "kafka.log").read_text()

    def start(self) -> None:
        """Start it and wait until it answers a client. Raises NoBroker."""
        fetched()
        self._run("start")
        deadline = time.monotonic() + START_S
        while True:
            try:
                admin = KafkaAdminClient(
                    bootstrap_servers=self.bootstrap, bootstrap_timeout_ms=5_000
                )
            except errors.KafkaError:
                if time.monotonic() > deadline:
                    raise NoBroker(f"Kafka does not answer: {self.log[-500:]}") from None
                time.sleep(0.2)
                continue
            admin.close()
            return

    start_again = start

    def stop(self) -> None:
        """End it in peace; it can be started again."""
        self._run("stop")

    def kill(self) -> None:
        """kill -9; it can be started again."""
        self._run("kill")

    def pause(self) -> None:
        """SIGSTOP: connections stay, nobody answers."""
        self._signal(signal.SIGSTOP)

    def wake(self) -> None:
        """SIGCONT."""
        self._signal(signal.SIGCONT)

    def close(self) -> None:
        """End it at once and give the ports back; its folder is the test's."""
        try:
            self._run("kill")
        finally:
            for held in self._held:
                held.close()

    def _signal(self, number: signal.Signals) -> None:
        assert self.pid is not None
        os.kill(self.pid, number)

    def _run(self, what: str) -> None:
        ran = subprocess.run(
            [SCRIPT, what],
            env={**self.environment, "KAFKA_ADVERTISED": self.advertised},
            capture_output=True,
            text=True,
            check=False,
        )
        if ran.returncode:
            raise NoBroker(ran.stderr.strip() or ran.stdout.strip())
