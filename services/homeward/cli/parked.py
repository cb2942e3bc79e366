"""``homeward parked``: keys that a processor could not go on with, and how they go on."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from homeward import interrupts
from homeward.cli import options
from homeward.cli.output import Complaint, as_json, note, say, table
from homeward.cli.whereabouts import World, settings_with, world_of

if TYPE_CHECKING:
    from homeward.settings import Settings

app = typer.Typer(
    no_args_is_help=True,
    help="Cases that a processor could not go on with: they wait for a hand.",
    epilog="Example: homeward parked list",
)


@app.command("list", epilog="Example: homeward parked list --json")
def list_(
    live: options.Live = False,
    data_folder: options.DataFolder = None,
    json: options.Json = False,
) -> None:
    """List what is parked, where its error was raised, and how to let it go on."""
    world = world_of(live=live)
    found = interrupts.run(parked(settings_with(data_folder=data_folder), world))
    if json:
        as_json(found)
        return
    columns = ("processor", "key", "key_version", "error")
    table(columns, ([one[name] for name in columns] for one in found))
    if found:
        note(("mend the cause (a newer build?), then: ", "dim"), mend_of(world, "PROCESSOR", "KEY"))


@app.command(epilog="Example: homeward parked unpark reach 7d0f3a5e-0000-5000-8000-000000000000")
def unpark(
    processor: Annotated[str, typer.Argument(help="As `homeward parked list` shows it.")],
    key: Annotated[str, typer.Argument(help="As `homeward parked list` shows it.")],
    live: options.Live = False,
    data_folder: options.DataFolder = None,
    json: options.Json = False,
) -> None:
    """Let a key be heard again, with all that it missed; exits 1 when it parks again."""
    settings = settings_with(data_folder=data_folder)
    interrupts.run(unparked(settings, world_of(live=live), processor, key))
    if json:
        as_json({"processor": processor, "key": key, "parked": False})
    else:
        say((processor, "bold"), f" goes on with {key}")


def mend_of(world: World, processor: str, key: str) -> str:
    """Return the command that lets a key go on."""
    return f"homeward parked unpark {processor} {key}{' --live' if world == 'live' else ''}"


async def parked(settings: "Settings", world: World) -> list[dict[str, Any]]:
    """Return what is parked in a world. Raises Complaint."""
    from homeward.cli.ledgers import opened

    async with opened(settings, world) as house:
        return [asdict(one) for one in await house.store.workbench.parked()]


async def unparked(settings: "Settings", world: World, processor: str, key: str) -> None:
    """Let a key go on. Raises Complaint."""
    from homeward.cli.ledgers import opened
    from homeward.house.unparking import NotParked
    from homeward.house.unparking import unpark as go_on

    async with opened(settings, world) as house:
        try:
            gone_on = await go_on(house.bench, house.consumers, processor, key)
        except NotParked:
            raise Complaint(
                f"{processor} has parked no key {key} in the {world} world",
                "homeward parked list",
            ) from None
    if not gone_on:
        raise Complaint(
            f"{processor} could not go on with {key} and parked it again",
            "homeward parked list says where it broke",
        )
