"""A private PostgreSQL that lives and dies with us.

It listens on a unix socket only, in a folder that is ours alone, with a random password. Who holds
the lock of the folder runs the server; another process on the same folder attaches to it, and
takes over when the first one is gone.
"""

import asyncio
import contextlib
import fcntl
import os
import secrets
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Final, Self
from urllib.parse import quote

import asyncpg
import structlog

from homeward.postgres.ground import (
    PORT,
    PostgresTrouble,
    User,
    binaries,
    major_of_binaries,
    private_folder,
    reachable,
    server_user,
    socket_folder,
)

OLD_SERVER_S: Final = 10.0
"""How long a server whose parent died may take to end; then it is told to stop at once."""
READY_S: Final = 60.0
"""Recovery after a crash replays at most max_wal_size, which takes seconds."""
STOP_S: Final = 10.0
WATCH_S: Final = 0.2
LOG_BYTES_MAX: Final = 10_000_000
LAUNCH: Final = str(Path(__file__).with_name("launch.py"))
SETTINGS: Final = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "port": str(PORT),
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",  # our statements are short; compiling costs more than it saves
    "max_connections": "300",  # two dozen processes, each with its pool of ten, bell and writer
    "log_min_messages": "warning",
    "log_min_error_statement": "panic",  # statements may carry what people said
    "max_wal_size": "512MB",  # bounds recovery, hence the way back after a crash
    "recovery_init_sync_method": "syncfs",  # one call instead of a thousand files: 3 s the less
}

log = structlog.get_logger()


def dsn_in(folder: Path) -> str:
    """Return where the server of a folder is reached, whoever runs it; nothing is started.

    Raises OSError when there never was one, PostgresTrouble.
    """
    folder = folder.absolute()
    return _address(folder, socket_folder(folder, server_user(folder / "data")))


def _address(folder: Path, run: Path) -> str:
    password = (folder / "password").read_text().strip()
    return f"postgresql://homeward:{password}@/postgres?host={quote(str(run), safe='')}&port={PORT}"


class EmbeddedPostgres:
    """``async with EmbeddedPostgres(folder) as pg``: a server at ``pg.dsn`` until the block ends.

    Run `watch` beside the work: it brings the server back when it dies. Start it from the main
    thread: the server's life hangs on the thread that started it.
    """

    def __init__(self, folder: Path, bindir: Path | None = None) -> None:
        self.folder = folder.absolute()
        self.data = self.folder / "data"
        self.owner = False
        """We hold the folder's lock, so the server is our child."""
        self._bindir = bindir
        self._server: subprocess.Popen[bytes] | None = None
        self._lock_fd = self._folder_fd = -1

    @property
    def dsn(self) -> str:
        """Where to connect; holds the password, so it never goes into a log."""
        return _address(self.folder, self._run)

    @property
    def pid(self) -> int | None:
        """Process id of the server, when it is ours."""
        return self._server.pid if self._server else None

    async def __aenter__(self) -> Self:
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
            self._lock_fd = os.open(self.folder / "lock", flags, 0o600)
            self._user = server_user(self.data)
            self._run = socket_folder(self.folder, self._user)
            if self._lock():
                await self._start()
            else:
                await self._attach()
        except BaseException as failure:
            await self._end()
            if isinstance(failure, PermissionError):
                raise PostgresTrouble(
                    f"{self.folder} is closed to us: run as the user it belongs to, or choose "
                    "another HOMEWARD_DATA_FOLDER"
                ) from failure
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._end()

    async def watch(self) -> None:
        """Bring the server back whenever it is gone; runs until it is cancelled."""
        while True:
            await asyncio.sleep(WATCH_S)
            if self.owner and self._server is not None and self._server.poll() is None:
                continue
            if not self.owner and not self._lock():
                continue
            log.warning("postgres.gone", ours=self._server is not None)
            try:
                await self._start()
                log.warning("postgres.back", pid=self.pid)
            except (PostgresTrouble, OSError) as error:
                log.error("postgres.start-failed", error=type(error).__name__)  # noqa: TRY400 -- no text
                await asyncio.sleep(1)

    def _lock(self) -> bool:
        try:
            fcntl.flock(self._lock_fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        self.owner = True
        return True

    async def _attach(self) -> None:
        """Wait until the server of the process that holds the lock answers."""
        try:
            async with asyncio.timeout(READY_S):
                while not await self._answers():  # noqa: ASYNC110 -- another process's server
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise PostgresTrouble(
                f"{self.folder} is held by another process whose server does not answer: "
                "stop that process, or choose another HOMEWARD_DATA_FOLDER"
            ) from None

    async def _start(self) -> None:
        bindir = await asyncio.to_thread(binaries, self._bindir, self._user)
        private_folder(self.folder, self._user)
        private_folder(self._run, self._user)
        await self._old_server_ended()
        if not self.data.exists():
            await self._make(bindir)
        self._same_major(bindir)
        fresh = self.folder / "server.log"
        mode = "wb" if fresh.exists() and fresh.stat().st_size > LOG_BYTES_MAX else "ab"
        options = {**SETTINGS, "unix_socket_directories": f'"{self._seen(self._run)}"'}
        args = [text for name, value in options.items() for text in ("-c", f"{name}={value}")]
        with fresh.open(mode) as out:
            self._server = self._spawn(
                bindir / "postgres", "-D", self._seen(self.data), *args, out=out.fileno()
            )
        await self._ready()

    async def _ready(self) -> None:
        assert self._server is not None
        try:
            async with asyncio.timeout(READY_S):
                while not await self._answers():
                    if self._server.poll() is not None:
                        raise PostgresTrouble(
                            f"PostgreSQL ended at its start: see {self.folder / 'server.log'}"
                        )
                    await asyncio.sleep(0.03)
        except TimeoutError:
            raise PostgresTrouble(
                f"PostgreSQL does not answer: see {self.folder / 'server.log'}"
            ) from None

    async def _answers(self) -> bool:
        with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            connection = await asyncpg.connect(self.dsn, timeout=5)
            await connection.close()
            return True
        return False

    async def _make(self, bindir: Path) -> None:
        """Initialise a data directory; a half-made one is thrown away."""
        half, password = self.folder / "data.new", self.folder / "password"
        shutil.rmtree(half, ignore_errors=True)
        fd = os.open(password, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(fd, "w") as file:
            file.write(secrets.token_urlsafe(24) + "\n")
        if self._user.drop:
            os.chown(password, self._user.uid, self._user.gid)
        version = await asyncio.to_thread(major_of_binaries, bindir)
        newer = ["--locale-provider=builtin", "--sync-method=syncfs"]
        if version < 17:  # noqa: PLR2004 -- the version that brought both
            newer = []
        command = [
            "-D", self._seen(half), "-U", "homeward", "--auth=scram-sha-256",
            f"--pwfile={self._seen(password)}", *newer, "--locale=C.UTF-8", "--encoding=UTF8",
            "--data-checksums", "--no-instructions",
        ]  # fmt: skip
        with (self.folder / "server.log").open("ab") as out:
            done = self._spawn(bindir / "initdb", *command, out=out.fileno())
        while done.poll() is None:  # noqa: ASYNC110 -- a process rings no asyncio.Event
            await asyncio.sleep(0.02)
        if done.returncode != 0:
            raise PostgresTrouble(f"initdb failed: see {self.folder / 'server.log'}")
        half.rename(self.data)

    def _same_major(self, bindir: Path) -> None:
        found = int((self.data / "PG_VERSION").read_text().split(".")[0])
        ours = major_of_binaries(bindir)
        if found != ours:
            raise PostgresTrouble(
                f"{self.data} is of PostgreSQL {found}, the binaries are {ours}: start the old "
                f"version once, pg_dumpall, load that into a new HOMEWARD_DATA_FOLDER "
                "(or run pg_upgrade)"
            )

    async def _old_server_ended(self) -> None:
        """Wait for a server whose parent died; remove a pid file that no server belongs to.

        PostgreSQL itself takes any process of our user with that number for a server, and in a
        container numbers come back after each start.
        """
        file = self.data / "postmaster.pid"
        waits = int(OLD_SERVER_S / WATCH_S)
        for stop in (None, signal.SIGQUIT):
            for _ in range(waits):
                pid = self._running(file)
                if pid is None:
                    file.unlink(missing_ok=True)
                    return
                if stop is not None:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, stop)
                await asyncio.sleep(WATCH_S)
        raise PostgresTrouble(f"an old server still runs in {self.data}: stop it")

    def _running(self, file: Path) -> int | None:
        try:
            pid = int(file.read_text().split("\n", 1)[0])
            there = Path(f"/proc/{pid}/cwd").stat()
        except (OSError, ValueError):
            return None
        here = self.data.stat()
        return pid if (there.st_dev, there.st_ino) == (here.st_dev, here.st_ino) else None

    def _seen(self, path: Path) -> str:
        """Return how the server's user names a path.

        Where a parent folder is closed to them (a home, a test's folder), through a descriptor
        that root opened: nobody's folder has to be opened for it.
        """
        if not self._user.drop or reachable(self.folder, self._user):
            return str(path)
        if not path.is_relative_to(self.folder):
            return str(path)
        if self._folder_fd < 0:
            self._folder_fd = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        return f"/proc/self/fd/{self._folder_fd}/{path.relative_to(self.folder)}"

    def _spawn(self, program: Path, *args: str, out: int) -> subprocess.Popen[bytes]:
        user: User = self._user
        uid = user.uid if user.drop else -1
        fast = int(signal.SIGINT)  # PostgreSQL's fast shutdown
        who = [str(one) for one in (os.getpid(), fast, uid, user.gid)]
        return subprocess.Popen(  # noqa: S603 -- our own launcher and the wheel's program
            [sys.executable, "-I", "-S", LAUNCH, *who, str(program), *args],
            cwd="/",
            env={"LC_ALL": "C", "TZ": "UTC", "PATH": os.defpath},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            pass_fds=[fd for fd in (self._folder_fd,) if fd >= 0],
        )

    async def _end(self) -> None:
        """Stop the server if it is ours, hand the lock back."""
        server, self._server = self._server, None
        if server is not None:
            for stop in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
                if server.poll() is None:
                    server.send_signal(stop)
                for _ in range(int(STOP_S / 0.02)):
                    if server.poll() is not None:
                        break
                    await asyncio.sleep(0.02)
        for fd in (self._folder_fd, self._lock_fd):
            if fd >= 0:
                os.close(fd)
        self._folder_fd = self._lock_fd = -1
        self.owner = False
