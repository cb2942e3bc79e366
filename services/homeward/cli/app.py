"""Every command of ``homeward``, put together."""

from typing import Annotated

import typer

from homeward.cli import (
    askings,
    backtest,
    care,
    invites,
    keys,
    lanes,
    parked,
    previewing,
    processes,
    protected,
    record,
    rosters,
    serving,
    topics,
    wording,
)
from homeward.cli.emergencies import app as case_app
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
APART = "Run apart (docs/operating)"
WORK = "Work on cases"
CARE = "Take care"

app.command("up", rich_help_panel=RUN, epilog="Example: homeward up --drill --port 8110")(
    serving.up
)
app.command("demo", rich_help_panel=RUN, epilog="Example: homeward demo --volunteers 2000")(
    serving.demo
)
app.command(
    "api",
    rich_help_panel=APART,
    epilog="Example: homeward api --drill --port 8110. A second one beside it: the same with "
    "--share-port on both.",
)(processes.api)
app.command(
    "worker",
    rich_help_panel=APART,
    epilog="Example: make kafka; export HOMEWARD_KAFKA=127.0.0.1:19092; homeward worker --drill",
)(processes.worker)
app.command(
    "relay",
    rich_help_panel=APART,
    epilog="Example: homeward topics apply --drill && homeward relay --drill",
)(processes.relay)
app.command(
    "dispatch",
    rich_help_panel=APART,
    epilog="Example: homeward dispatch --drill --metrics-port 9103, then: "
    "curl 127.0.0.1:9103/readyz",
)(processes.dispatch)
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
app.command(
    "backtest",
    rich_help_panel=WORK,
    epilog="Example: homeward backtest --make history --cases 300 && homeward backtest history",
)(backtest.backtest)
app.add_typer(askings.app, name="askings", rich_help_panel=WORK)
app.add_typer(rosters.hubs, name="hubs", rich_help_panel=WORK)
app.add_typer(rosters.recipients, name="recipients", rich_help_panel=WORK)
app.add_typer(invites.app, name="invites", rich_help_panel=WORK)
app.add_typer(protected.app, name="protected", rich_help_panel=WORK)
app.add_typer(keys.app, name="keys", rich_help_panel=CARE)
app.command("migrate", rich_help_panel=CARE, epilog="Example: homeward migrate --sql > all.sql")(
    care.migrate
)
app.add_typer(care.config, name="config", rich_help_panel=CARE)
app.command("doctor", rich_help_panel=CARE, epilog="Example: homeward doctor")(care.doctor)
app.add_typer(wording.app, name="texts", rich_help_panel=CARE)
app.add_typer(parked.app, name="parked", rich_help_panel=CARE)
app.add_typer(topics.app, name="topics", rich_help_panel=CARE)
app.add_typer(lanes.app, name="lanes", rich_help_panel=CARE)
app.command("verify", rich_help_panel=CARE, epilog="Example: homeward verify ABCD-EFGH")(
    record.verify
)
