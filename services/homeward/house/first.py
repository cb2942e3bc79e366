"""What the first start leaves in the folder: a key for its owner, and where the server listens."""

import asyncio
import fcntl
import json
import os
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Final

from homeward.desk import Asking
from homeward.facts.access import KeyIssued
from homeward.house.opening import House, folder_of
from homeward.messages import Actor
from homeward.words import Role

ADMIN_KEY_FILE: Final = "admin.key"
URL_FILE: Final = "url"
LOCK_LOOK_S: Final = 0.05
SYSTEM: Final = Actor(id="house", role=Role.SYSTEM)


def write_private(path: Path, text: str) -> None:
    """Write a 0600 file whole or not at all."""
    fresh = path.with_suffix(".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


@contextmanager
def saying_where(house: House, *, another: bool = False, shared: bool = False) -> Iterator[None]:
    """Let the folder say where the server listens, until the block ends.

    While ``another`` server of this world answers where the file says, it is left alone; so it is
    at the end while somebody who shares our port still answers there.
    """
    path = folder_of(house.settings, house.world) / URL_FILE
    if not another:
        write_private(path, house.url)
    try:
        yield
    finally:
        with suppress(OSError):
            if path.read_text().strip() == house.url and not (
                shared and _answers(house, house.url)
            ):
                path.unlink()


def another_answers(house: House) -> bool:
    """Whether another server of this very world answers where the file says. Waits 1 s at most."""
    path = folder_of(house.settings, house.world) / URL_FILE
    try:
        url = path.read_text().strip()
    except OSError:
        return False
    return url != house.url and _answers(house, url)


def somebody_else_answers(house: House) -> bool:
    """Whether a port that may be shared is already another world's. Waits 1 s at most."""
    return (log := _log_at(house.url)) is not None and log != house.store.log.origin


def _answers(house: House, url: str) -> bool:
    return _log_at(url) == house.store.log.origin


def _log_at(url: str) -> str | None:
    """Return the origin of the log that is served there."""
    try:
        with urllib.request.urlopen(f"{url}/version", timeout=1) as answer:  # noqa: S310 -- ours
            return str(json.load(answer)["log"])
    except (OSError, ValueError, KeyError):
        return None


async def admin_key(house: House) -> Path:
    """Return the file that holds an admin key; the first start of a world makes it.

    When the file was lost a new key is made; the old one stays until it is revoked. Of several
    that start at once in a folder one makes it.
    """
    path = folder_of(house.settings, house.world) / ADMIN_KEY_FILE
    async with _alone(path.with_suffix(".lock")):
        return await _admin_key(house, path)


@asynccontextmanager
async def _alone(path: Path) -> AsyncIterator[None]:
    """Hold a lock file; who dies lets go of it."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                await asyncio.sleep(LOCK_LOOK_S)
        yield
    finally:
        os.close(handle)


async def _admin_key(house: House, path: Path) -> Path:
    keys = house.store.api_keys
    with suppress(FileNotFoundError):
        if await keys.lookup(path.read_text().strip()) is not None:  # noqa: ASYNC240 -- one line
            return path
    secret, holder = await keys.create(Role.ADMIN, "owner", "-")
    write_private(path, secret)
    fact = KeyIssued(
        at=house.store.clock.now(),
        prefix=holder.prefix,
        role=holder.role,
        account=holder.account,
        org=holder.org,
    )
    asking = Asking(SYSTEM, f"first-key-{holder.prefix}", holder.prefix.encode())
    await house.desk.submit("access-keys", asking, _nothing, lambda _: (fact,))
    return path


async def _nothing() -> tuple[()]:
    return ()
