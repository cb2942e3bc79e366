"""A developer's broker: starts once, dies cleanly, and says in one line what it lacks."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time

import pytest
from tests.broker import SCRIPT, Broker, NoBroker, fetched


def script(*args, **environment):
    return subprocess.run(
        [SCRIPT, *args],
        env={**os.environ, **{name: str(value) for name, value in environment.items()}},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture
def bare(tmp_path):
    """A PATH on which there is neither Java nor Maven."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("bash", "env", "sed", "dirname", "mkdir", "flock", "cat", "rm"):
        (folder / name).symlink_to(str(shutil.which(name)))
    return folder


def test_without_java_one_line_says_so(bare, monkeypatch):
    done = script("jars", PATH=bare)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "infra/setup gate" in done.stderr
    monkeypatch.setenv("PATH", str(bare))
    with pytest.raises(NoBroker, match="no java, so no Kafka: run infra/setup gate"):
        fetched()


def test_without_jars_and_maven_one_line_says_so(bare, tmp_path, monkeypatch):
    (bare / "java").symlink_to(str(shutil.which("true")))
    done = script("jars", PATH=bare, XDG_CACHE_HOME=tmp_path / "cache")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "no Maven" in done.stderr
    monkeypatch.setenv("PATH", str(bare))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with pytest.raises(NoBroker, match="no Maven"):
        fetched()


def test_with_ci_a_machine_that_has_no_broker_fails_and_does_not_skip(bare, tmp_path, project):
    """The gate must not pass because it asked nothing."""
    asks = project / "tests/services/kafka/test_offsets.py"
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", asks, "-k", "reset"]
    for ci, verdict in (("true", "Failed: no java"), ("", "SKIPPED")):
        done = subprocess.run(
            words,
            env={**os.environ, "CI": ci, "PATH": str(bare)},
            cwd=project,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert verdict in done.stdout, done.stdout
        assert (done.returncode == 0) is (ci == "")


def test_a_port_that_is_taken_is_said(tmp_path):
    fetched()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = script("start", KAFKA_DIR=tmp_path, KAFKA_PORT=port, KAFKA_CONTROLLER_PORT=port)
    assert done.returncode == 1
    assert f"port {port} is taken" in done.stderr


def test_it_starts_once_and_comes_back_on_its_port_after_a_kill(tmp_path):
    with Broker(tmp_path / "kafka", heap="256m", brief=True) as one:
        first, said = one.pid, script("status", **one.environment)
        assert (said.returncode, f"pid {first}" in said.stdout) == (0, True)
        one.start()
        assert one.pid == first, "a second start finds it"
        assert script("clean", **one.environment).returncode == 1
        one.kill()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", one.port), 1)
        assert script("status", **one.environment).returncode == 1
        one.start_again()
        assert one.pid not in {None, first}
        one.stop()
        assert script("clean", **one.environment).returncode == 0
        assert not (tmp_path / "kafka" / "data").exists()


def test_it_ends_with_the_process_it_belongs_to(tmp_path):
    one = Broker(tmp_path / "kafka", heap="256m", brief=True)
    owner = subprocess.Popen(["sleep", "600"])
    one.environment["KAFKA_WITH"] = str(owner.pid)
    with one:
        owner.send_signal(signal.SIGKILL)  # and nobody asks what became of it: a zombie
        deadline = time.monotonic() + 20
        while script("status", **one.environment).returncode == 0:
            assert time.monotonic() < deadline, "left behind"
            time.sleep(0.2)
        owner.wait()
