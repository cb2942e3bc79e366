"""``homeward up`` and ``homeward demo``: what runs."""

from collections.abc import Coroutine, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from homeward.cli import options
from homeward.cli.output import Complaint, as_json_lines, note, say
from homeward.cli.processes import chosen, to_its_end
from homeward.cli.whereabouts import World, settings_with

if TYPE_CHECKING:
    from homeward.house.supervising import Household
    from homeward.settings import Settings


def up(  # noqa: PLR0913, PLR0917 -- typer's options
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
    processes: Annotated[
        bool,
        typer.Option(
            "--processes", help="Run the parts as processes of their own, on Kafka (make kafka)."
        ),
    ] = False,
    workers: Annotated[int, typer.Option(min=0, max=64, help="With --processes.")] = 2,
    dispatchers: Annotated[int, typer.Option(min=0, max=64, help="With --processes.")] = 1,
    apis: Annotated[
        int, typer.Option(min=0, max=64, help="With --processes; they share the port.")
    ] = 1,
    relays: Annotated[
        int, typer.Option(min=0, max=64, help="With --processes; the first works, the rest wait.")
    ] = 1,
) -> None:
    """Run a server until Ctrl-C: API, pages, search and dispatch in one process.

    The first start makes the database, the key ring and an admin key in the data folder. With
    --processes the parts run apart, each started again when it dies; their logs are in the
    world's folder.
    """
    world = chosen(live, "up")
    settings = settings_with(host=host, port=port, data_folder=data_folder)
    if processes:
        from homeward.house.supervising import Household

        household = Household(apis, workers, dispatchers, relays)
        to_its_end(_household(settings, world, household, as_json=json))
        return
    from homeward.house import House
    from homeward.house.running import run_up

    def announce(house: House, key_file: Path) -> None:
        if json:
            as_json_lines([{"url": house.url, "world": world, "admin_key_file": str(key_file)}])
            return
        say(("Homeward", "bold"), f" ({world}) listens on ", (house.url, "bold"))
        note(("report a missing person:  ", "dim"), f"{house.url}/report")
        note(("the admin's key:          ", "dim"), str(key_file))
        note(("keys for others:          ", "dim"), "homeward keys create --help")

    to_its_end(run_up(settings, world, announce))


def _household(
    settings: "Settings", world: World, household: "Household", *, as_json: bool
) -> Coroutine[Any, Any, None]:
    from homeward.house.supervising import logs_of, run_processes

    def announce(said: Mapping[str, Any]) -> None:
        if as_json:
            as_json_lines([said])
            return
        listens = said["url"] or "nowhere"
        say(("Homeward", "bold"), f" ({world}) listens on ", (listens, "bold"))
        for one in said["children"]:
            where = one.get("url") or f"{one.get('metrics', '')}/metrics"
            note((f"{one['name']:<26}", "dim"), f"pid {one['pid']:<8} {where}")
        if said["admin_key_file"]:
            note(("the admin's key:          ", "dim"), said["admin_key_file"])
        note(("their logs:               ", "dim"), str(logs_of(settings, world)))

    return run_processes(settings, world, household, announce)


def demo(
    volunteers: Annotated[
        int,
        typer.Option(
            min=100,
            max=1_000_000,
            help="Invented people, as many where many live.",
        ),
    ] = 100_000,
    processes: Annotated[
        bool,
        typer.Option(
            "--processes", help="With the server's parts as processes of their own, on Kafka."
        ),
    ] = False,
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

    settings = settings_with(data_folder=data_folder)
    folder = settings.data_folder / "demo"
    kafka = settings.kafka if processes else ""
    if processes and not kafka:
        mend = "make demo-kafka starts one and stops it; or make kafka, and HOMEWARD_KAFKA"
        raise Complaint("homeward demo --processes needs a broker", mend)
    try:
        code = play_demo(folder, volunteers=volunteers, keep=keep, as_json=json, kafka=kafka)
    except DemoFailed as failed:
        raise Complaint(failed.what, failed.mend) from None
    raise typer.Exit(code)
