"""``homeward up`` and ``homeward demo``: what runs."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from homeward.cli import options
from homeward.cli.output import Complaint, as_json_lines, note, say
from homeward.cli.whereabouts import settings_with, world_of


def up(
    live: Annotated[
        bool | None,
        typer.Option(
            "--live/--drill",
            help="Live reaches real people; a drill is a world of its own that cannot.",
            show_default=False,
        ),
    ] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65_535, help="0 lets the kernel choose.")
    ] = None,
    data_folder: options.DataFolder = None,
    json: Annotated[
        bool, typer.Option("--json", help="Say where it listens as one line of JSON.")
    ] = False,
) -> None:
    """Run a server until Ctrl-C: API, pages, search and dispatch in one process.

    The first start makes the database, the key ring and an admin key in the data folder.
    """
    if live is None:
        raise Complaint("say which world: --drill or --live", "homeward up --drill is safe", code=2)
    settings = settings_with(host=host, port=port, data_folder=data_folder)
    from homeward.house import House, HouseRefused, run_up
    from homeward.postgres.ground import PostgresTrouble
    from homeward.postgres.migrate import MigrationRefused

    world = world_of(live=live)

    def announce(house: House, key_file: Path) -> None:
        if json:
            as_json_lines([{"url": house.url, "world": world, "admin_key_file": str(key_file)}])
            return
        say(("Homeward", "bold"), f" ({world}) listens on ", (house.url, "bold"))
        note(("report a missing person:  ", "dim"), f"{house.url}/report")
        note(("the admin's key:          ", "dim"), str(key_file))
        note(("keys for others:          ", "dim"), "homeward keys create --help")

    try:
        asyncio.run(run_up(settings, world, announce))
    except (HouseRefused, MigrationRefused, PostgresTrouble) as refused:
        what, _, mend = str(refused).partition(": ")
        raise Complaint(what, mend) from None


def demo(
    volunteers: Annotated[
        int,
        typer.Option(
            min=100,
            max=1_000_000,
            help="Invented people, as many where many live.",
        ),
    ] = 100_000,
    data_folder: options.DataFolder = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="Leave the server running at the end.")
    ] = False,
    json: Annotated[
        bool, typer.Option("--json", help="Print the report as JSON; the story goes to stderr.")
    ] = False,
) -> None:
    """Play one invented case, start to end, in a drill world of its own; two minutes or so.

    Interrupted, the next demo goes on where it stopped. Exits 0 only when nobody was missed and
    nobody was shown anything twice, by the receiving side's own file.
    """
    from homeward.demo.play import DemoFailed, play_demo

    folder = settings_with(data_folder=data_folder).data_folder / "demo"
    try:
        code = play_demo(folder, volunteers=volunteers, keep=keep, as_json=json)
    except DemoFailed as failed:
        raise Complaint(failed.what, failed.mend) from None
    raise typer.Exit(code)
