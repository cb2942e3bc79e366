"""Every command of ``homeward``, put together."""

from typing import Annotated

import typer

from homeward.cli import care, keys, parked, previewing, record, rosters, serving
from homeward.cli.decisions import app as case_app
from homeward.cli.output import say
from homeward.cli.raising import raise_

app = typer.Typer(
    name="homeward",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Turns 'a child is missing' into the right people looking in the right places.",
    epilog="Start here: homeward demo. Then: homeward up --drill, and in another window: "
    "homeward raise --help. Every setting: homeward config show.",
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        say(f"homeward {version('homeward')}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", help="Say which build this is.", callback=_version)
    ] = False,
) -> None:
    """Nothing but options."""


RUN = "Run"
WORK = "Work on cases"
CARE = "Take care"

app.command("up", rich_help_panel=RUN, epilog="Example: homeward up --drill --port 8110")(
    serving.up
)
app.command("demo", rich_help_panel=RUN, epilog="Example: homeward demo --volunteers 2000")(
    serving.demo
)
app.command(
    "raise",
    rich_help_panel=WORK,
    epilog="Example: homeward raise --category lost-child --seen-at 2026-03-01T10:30:00+08:00 "
    "--lat 33.068 --lon 115.276 --datum gcj02 --age 4",
)(raise_)
app.add_typer(case_app, name="case", rich_help_panel=WORK)
app.add_typer(previewing.app, name="area", rich_help_panel=WORK)
app.command(
    "timeline", rich_help_panel=WORK, epilog="Example: homeward timeline ABCD-EFGH --as-of 41"
)(record.timeline)
app.command("replay", rich_help_panel=WORK, epilog="Example: homeward replay ABCD-EFGH")(
    record.replay
)
app.add_typer(rosters.hubs, name="hubs", rich_help_panel=WORK)
app.add_typer(rosters.recipients, name="recipients", rich_help_panel=WORK)
app.add_typer(keys.app, name="keys", rich_help_panel=CARE)
app.command("migrate", rich_help_panel=CARE, epilog="Example: homeward migrate --sql > all.sql")(
    care.migrate
)
app.add_typer(care.config, name="config", rich_help_panel=CARE)
app.command("doctor", rich_help_panel=CARE, epilog="Example: homeward doctor")(care.doctor)
app.add_typer(parked.app, name="parked", rich_help_panel=CARE)
app.command("verify", rich_help_panel=CARE, epilog="Example: homeward verify ABCD-EFGH")(
    record.verify
)
