"""What ``homeward doctor`` looks at, one function a check."""

import os
import shutil
import stat
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

from homeward.cli.finding import Check
from homeward.cli.output import Complaint
from homeward.cli.parked import mend_of, parked
from homeward.cli.whereabouts import Whereabouts, settings_with
from homeward.client import Silent, Trouble, server

FREE_BYTES_MIN: Final = 2 * 1024**3
OPEN_FILES_MIN: Final = 1_024


async def every_check(where: Whereabouts, url: str | None) -> list[Check]:
    """Return all checks; none of them changes anything."""
    here = where.folder
    found = [python(), folder(here), space(here), open_files(), binaries(here)]
    found += [private(path) for path in sorted(where.folder.glob("*")) if path.is_file()]
    async for one in of_server(where, url):
        found.append(one)
    if url is None:  # who names a server elsewhere has no hands on its database
        from homeward.cli.standing import of_database

        async for one in of_database(where):
            found.append(one)
    return found


def python() -> Check:
    """Python is one that we support."""
    version = ".".join(map(str, sys.version_info[:3]))
    good = (3, 11) <= sys.version_info[:2] < (3, 13)
    return Check(f"Python {version}", good, "use Python 3.11 or 3.12")


def folder(path: Path) -> Check:
    """The world's folder, or the first one above it that exists, can be written."""
    there = next(one for one in (path, *path.parents) if one.exists())
    good = there.is_dir() and os.access(there, os.W_OK | os.X_OK)
    return Check(f"{path} can be written", good, "choose another with --data-folder")


def space(path: Path) -> Check:
    """There is room for the log and the database's own."""
    there = next(one for one in (path, *path.parents) if one.exists())
    free = shutil.disk_usage(there).free
    good = free >= FREE_BYTES_MIN
    return Check(f"{free // 1024**3} GiB free", good, "2 GiB are needed: make room")


def open_files() -> Check:
    """Enough sockets may be open at once."""
    import resource

    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return Check(f"{limit} open files allowed", limit >= OPEN_FILES_MIN, "raise it: ulimit -n 4096")


def binaries(folder: Path) -> Check:
    """PostgreSQL's programs are here, or a database is named."""
    if os.environ.get("HOMEWARD_DATABASE_URL"):
        return Check("HOMEWARD_DATABASE_URL names a database", ok=True)
    from homeward.postgres.ground import PostgresTrouble, server_user
    from homeward.postgres.ground import binaries as found

    try:
        there = found(None, server_user(folder / "postgres" / "data"))
        return Check(f"PostgreSQL's programs are in {there}", ok=True)
    except PostgresTrouble as trouble:
        return Check("PostgreSQL's programs are missing", ok=False, mend=str(trouble))


def private(path: Path) -> Check:
    """A file of the world's folder is nobody else's to read."""
    mode = stat.S_IMODE(path.stat().st_mode)
    return Check(f"{path.name} is private ({mode:04o})", not mode & 0o077, f"chmod 600 {path}")


async def of_server(where: Whereabouts, url: str | None) -> AsyncIterator[Check]:
    """The server answers, is ready, is of the world asked for, and its figures are well."""
    from homeward.cli.figures import explained, read

    try:
        address = url or where.url()
        async with server(address, "") as there:
            clock = await there.get("/v1/clock")
            yield Check(f"{address} answers", ok=True)
            same = clock["world"] == where.world
            yield Check(f"its world is {clock['world']}", same, "add --live or --drill")
            ready = await there.get("/readyz")
            figures = await there.text("/metrics")
    except Silent as silent:
        gone = silent if url else where.nobody(address)
        yield Check(gone.what, ok=False, mend=gone.mend)
        return
    except (Trouble, Complaint) as trouble:
        yield Check(trouble.what, ok=False, mend=trouble.mend)
        return
    for name, one in ready["checks"].items():
        said = ", ".join(f"{k} {v}" for k, v in one.items() if k not in {"ok", "mend"})
        yield Check(f"{name}: {said}", bool(one["ok"]), str(one.get("mend", "see its log")))
    for one_figure in explained(read(figures)):
        yield one_figure
    if ready["checks"].get("parked", {}).get("keys") and url is None:
        async for one_parked in parked_keys(where):
            yield one_parked


async def parked_keys(where: Whereabouts) -> AsyncIterator[Check]:
    """No key waits for a hand; who asks over HTTP learns only how many, since a key is a case."""
    settings = settings_with(data_folder=where.folder.parent)
    try:
        found = await parked(settings, where.world)
    except Complaint as trouble:
        yield Check(trouble.what, ok=False, mend=trouble.mend)
        return
    for one in found:
        said = f"{one['processor']} parked {one['key']} at its fact {one['key_version']}"
        mend = mend_of(where.world, one["processor"], one["key"])
        yield Check(f"{said} ({one['error']})", ok=False, mend=mend)
