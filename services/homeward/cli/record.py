"""``homeward timeline``, ``replay`` and ``verify``: what the record says, and whether it holds."""

from pathlib import Path
from typing import Annotated, Any

import typer

from homeward import interrupts
from homeward.cli import options, picturing
from homeward.cli.options import Case
from homeward.cli.output import Complaint, as_json, as_json_lines, note, say, table
from homeward.cli.talking import Talk, talks
from homeward.cli.whereabouts import settings_with, world_of
from homeward.client import Content, Server, Unreachable

CLOCK = slice(11, 19)
"""Of an RFC 3339 time: what a person reads on a wall."""


@talks
def timeline(
    talk: Talk,
    case: Case,
    as_of: Annotated[
        str | None,
        typer.Option(help="A log position, or a time with its offset.", metavar="MOMENT"),
    ] = None,
    follow: Annotated[bool, typer.Option(help="Go on as facts come.")] = False,
) -> None:
    """Tell what happened in a case, as of now or of any moment before.

    Where no server runs, the world in the data folder is read itself.
    """

    async def work(there: Server) -> None:
        path, last = f"/v1/cases/{case}/timeline", None
        async for one in there.pages(path, as_of=as_of, limit=200):
            last = str(one["log_index"])
            show(one)
        if follow:
            async for _, one in there.live(f"/v1/cases/{case}/live", last):
                show(one)

    def show(one: Content) -> None:
        as_json_lines([one]) if talk.json else say_entry(one)

    try:
        talk.run(work)
    except (Complaint, Unreachable):
        if talk.url is not None or follow:
            raise
        from homeward.cli.histories import told

        settings = settings_with(data_folder=talk.where.folder.parent)
        for one in interrupts.run(told(settings, talk.where.world, case, as_of)):
            show(one)


def say_entry(one: dict[str, Any]) -> None:
    """Print one fact as a line."""
    what = "  ".join(f"{name} {_plain(value)}" for name, value in one["what"].items())
    say(
        (f"{one['log_index']:>6}  ", "dim"),
        f"{one['at'][:10]} {one['at'][CLOCK]}  ",
        (f"{one['by']:<11} ", "cyan"),
        (f"{one['kind'].partition('/')[0]:<24} ", "bold"),
        what,
    )


def _plain(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def replay(  # noqa: PLR0913, PLR0917 -- a flag each
    case: Case,
    policy: Annotated[
        list[str] | None,
        typer.Option(help="Also say what this reach policy would have told; again for more."),
    ] = None,
    reach_km: Annotated[
        int | None,
        typer.Option(min=1, max=5_000, help="Within this bound.", show_default="as approved"),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            help="A folder for tables, maps and GeoJSON, a file for each policy.",
            file_okay=False,
        ),
    ] = None,
    lang: picturing.Lang = "zh-Hans",
    live: options.Live = False,
    data_folder: options.DataFolder = None,
    json: options.Json = False,
) -> None:
    """Fold a case again from the log, and compare with what was kept and said.

    With --policy, people and hubs under other policies stand beside how it was: same people, same
    sightings, same decisions. Exits 1 when a state or a consequence differs from the recorded one.
    """
    from homeward.cli import histories

    picturing.spoken(lang)
    settings, world = settings_with(data_folder=data_folder), world_of(live=live)
    found = interrupts.run(histories.replayed(settings, world, case))
    drawings: dict[str, str] = {}
    if policy or output:
        from homeward.cli.courses import courses

        beside = interrupts.run(courses(settings, world, case, policy or [], reach_km, lang))
        found["courses"], drawings = beside
    if json:
        as_json(found)
    else:
        columns = ("processor", "heard", "said", "state", "stored", "same")
        short = ({**one, **_digests(one)} for one in found["processors"])
        table(columns, ([one[name] for name in columns] for one in short))
        if "courses" in found:
            say()
            picturing.side_by_side(found["courses"])
    if output:
        picturing.kept(output, found, drawings)
    if not found["same"]:
        raise Complaint("the replay differs from the record", "homeward verify tells where")


def _digests(one: dict[str, Any]) -> dict[str, str]:
    return {name: (one[name] or "-")[:16] for name in ("state", "stored")}


def verify(
    case: Annotated[
        str | None, typer.Argument(help="Only this case.", metavar="[CASE]", show_default="all")
    ] = None,
    live: options.Live = False,
    data_folder: options.DataFolder = None,
    json: options.Json = False,
) -> None:
    """Walk every link of the log from its stored bytes; exits 1 naming the first bad one."""
    from homeward.cli.sound import verified

    settings = settings_with(data_folder=data_folder)
    found = interrupts.run(verified(settings, world_of(live=live), case))
    if json:
        as_json(found)
    elif found["sound"]:
        say(("sound", "bold green"), f": {found['facts']:,} facts in {found['streams']:,} streams")
    if not found["sound"]:
        raise Complaint(
            f"fact {found['log_index']} of {found['stream']}: {found['says']}",
            "keep the data folder as it is and restore from a backup beside it",
        )
    note(("index, versions, links, hashes and times were computed again", "dim"))
