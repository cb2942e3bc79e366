"""What the first start leaves in the folder: a key for its owner, and where the server listens."""

import json
import os
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from homeward.desk import Asking
from homeward.facts.access import KeyIssued
from homeward.house.opening import House, folder_of
from homeward.messages import Actor
from homeward.words import Role

ADMIN_KEY_FILE: Final = "admin.key"
URL_FILE: Final = "url"
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
def saying_where(house: House, *, another: bool = False) -> Iterator[None]:
    """Let the folder say where the server listens, until the block ends.

    While ``another`` server of this world answers where the file says, it is left alone.
    """
    path = folder_of(house.settings, house.world) / URL_FILE
    if not another:
        write_private(path, house.url)
    try:
        yield
    finally:
        with suppress(OSError):
            if path.read_text().strip() == house.url:
                path.unlink()


def another_answers(house: House) -> bool:
    """Whether another server of this very world answers where the file says. Waits 1 s at most."""
    path = folder_of(house.settings, house.world) / URL_FILE
    try:
        url = path.read_text().strip()
        if url == house.url:
            return False
        with urllib.request.urlopen(f"{url}/version", timeout=1) as answer:  # noqa: S310 -- ours
            return bool(json.load(answer)["log"] == house.store.log.origin)
    except (OSError, ValueError, KeyError):
        return False


async def admin_key(house: House) -> Path:
    """Return the file that holds an admin key; the first start of a world makes it.

    When the file was lost a new key is made; the old one stays until it is revoked.
    """
    path = folder_of(house.settings, house.world) / ADMIN_KEY_FILE
    keys = house.store.api_keys
    if path.exists() and await keys.lookup(path.read_text().strip()) is not None:
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
