"""``homeward api | worker | relay | dispatch``: the processes of the scale-out, one each."""

import sys
from collections.abc import Callable, Coroutine, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from homeward import interrupts
from homeward.cli import options
from homeward.cli.output import Complaint, as_json_lines, note, say
from homeward.cli.whereabouts import World, settings_with, world_of

if TYPE_CHECKING:
    from homeward.house.processes import Announce
    from homeward.settings import Settings

    Run = Callable[[Settings, World, Announce], Coroutine[Any, Any, None]]

WHICH: Final = typer.Option(
    "--live/--drill",
    help="Live reaches real people; a drill is a world of its own that cannot.",
    show_default=False,
)
Which = Annotated[bool | None, WHICH]
MetricsPort = Annotated[
    int | None,
    typer.Option(
        min=-1,
        max=65_535,
        help="Where /metrics, /livez and /readyz are; 0 lets the kernel choose, -1 shows nothing.",
        show_default="HOMEWARD_METRICS_PORT, else 0",
    ),
]
JsonLine = Annotated[
    bool,
    typer.Option("--json", help="Once it is ready, say as one line of JSON who it is and where."),
]


def api(
    live: Which = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65_535, help="0 lets the kernel choose.")
    ] = None,
    share_port: Annotated[
        bool,
        typer.Option(
            "--share-port",
            help="Several of them on this machine listen on one port; the kernel deals "
            "connections out.",
        ),
    ] = False,
    data_folder: options.DataFolder = None,
    json: JsonLine = False,
) -> None:
    """Answer requests; nothing is heard, matched or sent here.

    Any number may run. The first start makes the key ring and an admin key in the data folder.
    """
    world = chosen(live, "api")
    settings = settings_with(host=host, port=port, data_folder=data_folder)

    def run(settings: "Settings", world: World, announce: "Announce") -> Coroutine[Any, Any, None]:
        from homeward.house.api import run_api

        return run_api(settings, world, announce, share_port=share_port)

    _run(settings, world, json, run)


def worker(
    live: Which = None,
    metrics_port: MetricsPort = None,
    data_folder: options.DataFolder = None,
    json: JsonLine = False,
) -> None:
    """Hear facts: work out reach, order hubs and callouts, match people.

    Any number may run; Kafka deals the work out, and what it does not deliver is swept within
    seconds. Two on two machines survive the loss of one.
    """
    world = chosen(live, "worker")

    def run(settings: "Settings", world: World, announce: "Announce") -> Coroutine[Any, Any, None]:
        from homeward.house.worker import run_worker

        return run_worker(settings, world, announce)

    _run(settings_with(metrics_port=metrics_port, data_folder=data_folder), world, json, run)


def relay(
    live: Which = None,
    metrics_port: MetricsPort = None,
    data_folder: options.DataFolder = None,
    json: JsonLine = False,
) -> None:
    """Publish every fact of the log to Kafka, in order; public parts only.

    Any number may run; one of them works, the others stand by.
    """
    world = chosen(live, "relay")

    def run(settings: "Settings", world: World, announce: "Announce") -> Coroutine[Any, Any, None]:
        from homeward.house.relay import run_relay

        return run_relay(settings, world, announce)

    _run(settings_with(metrics_port=metrics_port, data_folder=data_folder), world, json, run)


def dispatch(
    live: Which = None,
    metrics_port: MetricsPort = None,
    data_folder: options.DataFolder = None,
    json: JsonLine = False,
) -> None:
    """Hand messages over, the most urgent and nearest first.

    Any number may run; leases in the database keep them apart. Needs no Kafka.
    """
    world = chosen(live, "dispatch")

    def run(settings: "Settings", world: World, announce: "Announce") -> Coroutine[Any, Any, None]:
        from homeward.house.dispatch import run_dispatch

        return run_dispatch(settings, world, announce)

    _run(settings_with(metrics_port=metrics_port, data_folder=data_folder), world, json, run)


def chosen(live: bool | None, command: str) -> World:
    """Return the world that was said; nothing that stays may guess it."""
    if live is None:
        mend = f"homeward {command} --drill is safe"
        raise Complaint("say which world: --drill or --live", mend, code=2)
    return world_of(live=live)


def to_its_end(running: Coroutine[Any, Any, None]) -> None:
    """Run until it ends; a refusal is one line with the mend."""
    import structlog

    from homeward.house import HouseRefused
    from homeward.postgres.ground import PostgresTrouble
    from homeward.postgres.migrate import MigrationRefused

    # Answers are stdout's: what happens meanwhile goes beside.
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    try:
        interrupts.run(running)
    except (HouseRefused, MigrationRefused, PostgresTrouble) as refused:
        what, _, mend = str(refused).partition(": ")
        raise Complaint(what, mend) from None


def _run(settings: "Settings", world: World, json: bool, run: "Run") -> None:

    def announce(said: Mapping[str, Any]) -> None:
        if json:
            as_json_lines([said])
            return
        where = said.get("url") or said.get("metrics") or "nowhere"
        say(("Homeward", "bold"), f" {said['role']} ({world}) is ready: ", (where, "bold"))
        note(("signed in as ", "dim"), said["id"])

    to_its_end(run(settings, world, announce))
