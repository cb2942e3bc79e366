"""What commands do that read a world's own database, beside its server or without one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from homeward.cli.output import Complaint
from homeward.cli.whereabouts import World
from homeward.desk import Asking
from homeward.facts.access import KeyIssued
from homeward.house import House, HouseRefused, folder_of, open_house
from homeward.messages import Actor
from homeward.ports import LogUnavailable
from homeward.postgres.ground import PostgresTrouble
from homeward.postgres.migrate import MigrationRefused, migrations, script
from homeward.settings import Settings
from homeward.words import Role, case_prefix


@asynccontextmanager
async def opened(settings: Settings, world: World, *, make: bool = False) -> AsyncIterator[House]:
    """Open a world; one that is not there is made only when asked for. Raises Complaint."""
    folder = folder_of(settings, world)
    if not make and settings.database_url is None and not (folder / "postgres").is_dir():
        raise Complaint(f"there is no {world} world in {folder}", "see --data-folder and --live")
    try:
        async with open_house(settings, world) as house:
            yield house
    except (HouseRefused, PostgresTrouble, MigrationRefused) as refused:
        what, _, mend = str(refused).partition(": ")
        raise Complaint(what, mend) from None
    except LogUnavailable as away:
        raise Complaint(f"the database does not answer ({away})", "homeward doctor") from None


async def case_named(house: House, text: str) -> str:
    """Return the id of a case named by id or code. Raises Complaint."""
    try:
        prefix = case_prefix(text)
    except ValueError:
        prefix = text.lower()
    found = await house.store.log.case_with_prefix(prefix) if prefix else None
    if found is None:
        raise Complaint(f"there is no case {text} in the {house.world} world", "homeward case list")
    return found


async def key_created(settings: Settings, world: World, body: dict[str, str]) -> dict[str, str]:
    """Make a key without a server: the first one of an installation, say."""
    try:
        role = Role(body["role"])
    except ValueError:
        known = ", ".join(Role)
        raise Complaint(f"there is no role {body['role']}", f"known are {known}", code=2) from None
    async with opened(settings, world, make=True) as house:
        store = house.store
        secret, holder = await store.api_keys.create(role, body["account"], body["org"])
        fact = KeyIssued(
            at=store.clock.now(),
            prefix=holder.prefix,
            role=role,
            account=body["account"],
            org=body["org"],
        )
        owner = Actor(id="owner", role=Role.ADMIN)
        asking = Asking(owner, f"key-{holder.prefix}", holder.prefix.encode())
        await house.desk.submit("access-keys", asking, _nothing, lambda _: (fact,))
        return {"key": secret, "prefix": holder.prefix, **body}


async def _nothing() -> tuple[()]:
    return ()


async def migrated(settings: Settings, world: World) -> dict[str, Any]:
    """Bring a world's schema up to date; opening it does."""
    async with opened(settings, world, make=True) as house:
        names = [one.name for one in migrations()]
        return {"origin": house.store.log.origin, "migrations": names}


def migration_script(world: World) -> str:
    """Return everything as one script."""
    return script(world)
