"""A PostgreSQL server of a test's own on loopback: it can be killed, frozen, and its clock be set.

    with Server(tmp_path, clock=True) as server:
        server.dsn
        server.kill(); server.start()       # kill -9 of all of it; comes back on the same port
        server.set_clock(3_600)             # an hour ahead; 0: the machine's own time

The clock is libfaketime's (Debian: faketime): what the server reads as time of day is moved by what
stands in a file, read each time; its monotonic clock is the machine's own, as when a clock is set.
"""

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Self

from tests.broker import reserved

from homeward.postgres.ground import binaries, server_user

FAKETIME = (
    Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"),
    Path("/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1"),
    Path("/usr/lib/faketime/libfaketime.so.1"),
)
READY_S = 60
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "timezone": "UTC",
    "jit": "off",
    "max_connections": "200",
    "log_min_messages": "warning",
    "log_min_error_statement": "panic",
    "max_wal_size": "512MB",
}


class NoFaketime(Exception):
    """libfaketime is not here: run infra/setup gate."""


def faketime() -> Path:
    """Return the library that moves a program's clock. Raises NoFaketime."""
    for one in FAKETIME:
        if one.exists():
            return one
    raise NoFaketime(NoFaketime.__doc__)


class Server:
    """One server and its folder."""

    def __init__(self, folder: Path, *, clock: bool = False, **settings: str) -> None:
        """``clock``: it can be set. ``settings`` are the server's own."""
        self._held = reserved()
        self.port: int = self._held.getsockname()[1]
        self._user = server_user(folder / "none")
        self._bindir = binaries(None, self._user)
        # A test's folder is closed to everybody but its owner, and the server is not root.
        made = tempfile.mkdtemp(prefix="homeward-server-") if self._user.drop else folder / "server"
        self.folder = Path(made)
        self.folder.mkdir(exist_ok=True)
        if self._user.drop:
            os.chown(self.folder, self._user.uid, self._user.gid)
        self._settings = {**SETTINGS, "port": str(self.port), **settings}
        self._password = secrets.token_urlsafe(12)
        self._clock_file = self.folder / "clock" if clock else None
        self._library = faketime() if clock else None
        self._process: subprocess.Popen[bytes] | None = None
        self.ready_s: list[float] = []
        """From each start to its first answer."""

    def __enter__(self) -> Self:
        try:
            self._make()
            self.set_clock(0)
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *exc: object) -> None:
        self.kill()
        self._held.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def dsn(self) -> str:
        return self.dsn_at(self.port)

    def dsn_at(self, port: int) -> str:
        """How it is reached by another port, as that of a proxy."""
        return f"postgresql://homeward:{self._password}@127.0.0.1:{port}/postgres"

    @property
    def log(self) -> str:
        with contextlib.suppress(FileNotFoundError):
            return (self.folder / "server.log").read_text()
        return ""

    def start(self) -> None:
        """Start it and wait until it answers."""
        began = time.monotonic()
        args = [f"--{name}={value}" for name, value in self._settings.items()]
        self._process = self._run("postgres", "-D", str(self.folder / "data"), *args)
        while not self._answers():
            assert self._process.poll() is None, self.log[-2_000:]
            assert time.monotonic() - began < READY_S, self.log[-2_000:]
            time.sleep(0.05)
        self.ready_s.append(time.monotonic() - began)

    def kill(self) -> None:
        """kill -9 every process of it at once, as a power cut would."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        # While one of them still ends, its shared memory is in use and no new server starts.
        while left := _of_folder(self.folder / "data"):
            for one in left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(one, signal.SIGKILL)
            time.sleep(0.01)
        (self.folder / "data" / "postmaster.pid").unlink(missing_ok=True)
        self._process = None

    def freeze(self) -> None:
        """SIGSTOP every process of it: connections stay, and nothing answers."""
        for one in _of_folder(self.folder / "data"):
            os.kill(one, signal.SIGSTOP)

    def wake(self) -> None:
        """Let it go on."""
        for one in _of_folder(self.folder / "data"):
            os.kill(one, signal.SIGCONT)

    def set_clock(self, ahead_s: float) -> None:
        """Set its time of day so many seconds ahead of the machine's."""
        if self._clock_file is not None:
            new = self._clock_file.with_suffix(".new")
            new.write_text(f"{ahead_s:+.3f}\n")
            new.chmod(0o644)
            new.rename(self._clock_file)  # never half a line

    def _make(self) -> None:
        password = self.folder / "password"
        password.write_text(self._password)
        password.chmod(0o644)
        made = self._run(
            "initdb", "-D", str(self.folder / "data"), "-U", "homeward", "--encoding=UTF8",
            "--auth=scram-sha-256", f"--pwfile={password}", "--locale=C.UTF-8", "--no-sync",
        )  # fmt: skip
        assert made.wait(60) == 0, self.log

    def _run(self, program: str, *args: str) -> subprocess.Popen[bytes]:
        env = {"LC_ALL": "C", "TZ": "UTC", "PATH": os.defpath}
        if self._library is not None and program == "postgres":
            env |= {
                "LD_PRELOAD": str(self._library),
                "FAKETIME_TIMESTAMP_FILE": str(self._clock_file),
                "FAKETIME_NO_CACHE": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                "DONT_FAKE_MONOTONIC": "1",
                "NO_FAKE_STAT": "1",
            }
        drop = self._user.drop
        with (self.folder / "server.log").open("ab") as out:
            return subprocess.Popen(
                [str(self._bindir / program), *args],
                cwd="/",
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
                umask=0o077,
                user=self._user.uid if drop else None,
                group=self._user.gid if drop else None,
                extra_groups=[] if drop else None,
            )

    def _answers(self) -> bool:
        asked = [str(self._bindir / "psql"), self.dsn, "-qAtc", "SELECT 1"]
        return subprocess.run(asked, capture_output=True, check=False).returncode == 0


def _of_folder(data: Path) -> list[int]:
    """Return the processes that work in a data folder: children of a killed parent, too."""
    found = []
    for one in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            if (one / "cwd").samefile(data):
                found.append(int(one.name))
    return found
