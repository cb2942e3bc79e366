"""Redis of Debian on a unix socket, by a raw client: commands packed beforehand, hiredis reads."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, cast

import hiredis
import numpy as np
from numpy.typing import NDArray

from homeward.postgres.ground import server_user
from loadtests.crowd import Crowd
from loadtests.peers.folder import peer_folder

KEY: Final = b"places"
SEGMENT_BYTES: Final = 1 << 20
LOADED_AT_ONCE: Final = 1_000
"""Members a GEOADD when a crowd is loaded; a move is one command, as it comes."""
READY_S: Final = 20.0
ARGS: Final = ("--port", "0", "--save", "", "--appendonly", "no")
"""No network, nothing written down: all that it does is answer."""


def packed(*words: bytes | str | float) -> bytes:
    """Return a command as it goes over the wire."""
    said: bytes = hiredis.pack_command(words)  # type: ignore[arg-type]  # its stub knows no sequence
    return said


def search(lat: float, lon: float, within_m: float) -> bytes:
    """Return the command that asks who is within so many metres."""
    return packed("GEOSEARCH", KEY, "FROMLONLAT", lon, lat, "BYRADIUS", within_m, "m")


@dataclass(slots=True)
class Redis:
    """A connection to a server with a crowd in it; each row is a member."""

    version: str
    connection: socket.socket
    reader: hiredis.Reader = field(default_factory=hiredis.Reader)

    def ask(self, command: bytes) -> object:
        """Return the answer to one command."""
        self.connection.sendall(command)
        return self._answer()

    def rows(self, command: bytes) -> int:
        """Return how many members a search finds, all of them read into this process."""
        return len(cast("list[bytes]", self.ask(command)))

    def pipeline(self, commands: bytes, many: int) -> None:
        """Send many commands at once and read their answers."""
        self.connection.sendall(commands)
        for _ in range(many):
            self._answer()

    def bytes(self) -> int:
        """Return what the members take."""
        return int(cast("int", self.ask(packed("MEMORY", "USAGE", KEY, "SAMPLES", 0))))

    def _answer(self) -> object:
        while (found := self.reader.gets()) is False:
            self.reader.feed(self.connection.recv(SEGMENT_BYTES))
        if isinstance(found, Exception):
            raise found
        return found


def moves(rows: NDArray[np.intp], lat: Sequence[float], lon: Sequence[float]) -> bytes:
    """Return commands that move members, one each."""
    return b"".join(
        packed("GEOADD", KEY, to_lon, to_lat, f"{row:x}")
        for row, to_lat, to_lon in zip(rows.tolist(), lat, lon, strict=True)
    )


@contextmanager
def redis(crowd: Crowd) -> Iterator[Redis]:
    """Start it and load a crowd."""
    with peer_folder("redis") as folder, _server(folder) as path:
        connection = socket.socket(socket.AF_UNIX)
        with connection:
            connection.connect(str(path))
            peer = Redis("", connection)
            said = cast("bytes", peer.ask(packed("INFO", "server"))).decode()
            peer.version = said.split("redis_version:", 1)[1].split("\r\n", 1)[0]
            _load(peer, crowd)
            yield peer


def _load(peer: Redis, crowd: Crowd) -> None:
    lat, lon = crowd.lat_deg.tolist(), crowd.lon_deg.tolist()
    for start in range(0, len(lat), LOADED_AT_ONCE):
        words: list[bytes | str | float] = ["GEOADD", KEY]
        for row in range(start, min(len(lat), start + LOADED_AT_ONCE)):
            words += (lon[row], lat[row], f"{row:x}")
        peer.ask(packed(*words))


@contextmanager
def _server(folder: Path) -> Iterator[Path]:
    """Run a server in a folder; yield its socket."""
    program = shutil.which("redis-server")
    if program is None:
        raise SystemExit("this bench needs redis-server: run infra/setup bench")
    user = server_user(folder)
    if user.drop:
        os.chown(folder, user.uid, user.gid)
    path = folder / "redis.sock"
    with (folder / "redis.log").open("wb") as out:
        server = subprocess.Popen(  # noqa: S603 -- the program of the package, fixed words
            [program, *ARGS, "--unixsocket", str(path), "--dir", str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            user=user.uid if user.drop else None,
            group=user.gid if user.drop else None,
            extra_groups=() if user.drop else None,
        )
    try:
        until = time.monotonic() + READY_S
        while not path.exists():
            if server.poll() is not None or time.monotonic() > until:
                raise SystemExit(
                    f"redis-server did not start: {(folder / 'redis.log').read_text()}"
                )
            time.sleep(0.02)
        yield path
    finally:
        server.terminate()
        server.wait()
