"""``homeward askings``: helpers are asked a few at a time, and judged against asking everybody."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from homeward.cli import options
from homeward.cli.backtest import COUNTIES, REAL_DATA
from homeward.cli.options import Case, Key
from homeward.cli.output import Complaint, as_json, note, pairs, say, table
from homeward.cli.talking import Talk, talks
from homeward.client import Content, Server

if TYPE_CHECKING:
    from homeward.backtest.askingtables import Line, Wanted

app = typer.Typer(
    no_args_is_help=True,
    help="Asking for helpers a few at a time.",
    epilog="Example: homeward askings open ABCD-EFGH --quota 10",
)
COUNTS: Final = (
    *("rounds", "asked", "coming", "on_the_way", "arrived", "checked_in", "checked_out"),
    *("later", "declined", "silent"),
)


@app.command("simulate", epilog="Example: homeward askings simulate history --cases 100")
def simulate(  # noqa: PLR0913, PLR0917 -- typer's options
    folder: Annotated[Path, typer.Argument(help="Histories, for their places.", metavar="DIR")],
    people: Annotated[
        Path | None,
        typer.Option(
            help="A table of counties.",
            show_default=f"DIR/population, {REAL_DATA}/population, DIR/../population",
        ),
    ] = None,
    quota: Annotated[int, typer.Option(min=1, max=500, help="So many are to be there.")] = 10,
    by_minutes: Annotated[int, typer.Option(min=5, max=720, help="In so many minutes.")] = 90,
    share_ppm: Annotated[
        int, typer.Option(min=1, max=100_000, help="Volunteers in a million people.")
    ] = 284,
    cases: Annotated[int, typer.Option(min=1, help="Of so many cases, evenly.")] = 600,
    seed: Annotated[int, typer.Option(min=0)] = 1,
    json: options.Json = False,
) -> None:
    """Ask invented volunteers around real places, a few at a time and all at once.

    What they do is drawn once a case, so both ways ask the same people. What is assumed of them,
    and why: docs/asking.md.
    """
    from homeward.backtest.askingtables import Wanted
    from homeward.backtest.sheets import BadFolder

    wanted = Wanted(quota, by_minutes, share_ppm, seed)
    try:
        lines = _simulated(folder, people, cases, wanted)
    except BadFolder as why:
        raise Complaint(why.what, why.mend) from None
    if json:
        as_json({"quota": quota, "by_minutes": by_minutes, "lines": [one.shown() for one in lines]})
        return
    _print(lines, wanted)


def _simulated(folder: Path, people: Path | None, cases: int, wanted: "Wanted") -> "list[Line]":
    """Read and ask. Raises BadFolder, Complaint."""
    from homeward.backtest.askingtables import models, simulated, spread_over
    from homeward.backtest.people import People
    from homeward.backtest.reading import read_counties, reports
    from homeward.cli.progress import bar

    if not folder.is_dir():
        raise Complaint(f"{folder} is no folder", "make one: homeward backtest --make DIR")
    some = spread_over(reports(folder), cases)
    if not some:
        raise Complaint(f"{folder / 'cases.csv'} holds no case", "see docs/backtest.md")
    model = People.of(read_counties(_counties(folder, people)))
    with bar() as progress:
        task = progress.add_task("asking", total=len(some) * len(models()))
        return simulated(model, some, wanted, lambda count: progress.update(task, completed=count))


def _counties(folder: Path, named: Path | None) -> Path:
    real = os.environ.get(REAL_DATA)
    folders = [folder / "population", *([Path(real) / "population"] if real else [])]
    folders.append(folder.resolve().parent / "population")
    tried = [one / name for one in folders for name in COUNTIES] if named is None else [named]
    found = next((one for one in tried if one.is_file()), None)
    if found is None:
        raise Complaint(f"there is no {' or '.join(COUNTIES)}", "name one with --people")
    return found


def _print(lines: "Sequence[Line]", wanted: "Wanted") -> None:
    say(
        (f"{wanted.quota} helpers within {wanted.by_min} min, ", "bold"),
        f"{wanted.share_ppm} volunteers in a million people: phased / all at once",
    )
    columns = ("who comes", "cases", "quota reached", "asked", "of all", "minutes", "there", "home")
    table(columns, [_row(one) for one in lines])
    for one in lines:
        if not one.holds:
            lost = (one.reached[1] - one.reached[0]) * 100
            say(
                (f"{one.model}: ", "yellow"),
                f"the quota is reached in {lost:.1f} of a hundred cases less, "
                f"with {one.ratio:.0%} of the interruptions",
            )


def _row(one: "Line") -> tuple[str, ...]:
    minutes = "-" if one.minutes is None else f"{one.minutes[0]:.0f} / {one.minutes[1]:.0f}"
    return (
        one.model,
        f"{one.cases:,}",
        f"{one.reached[0]:.3f} / {one.reached[1]:.3f}",
        f"{one.asked[0]:,.0f} / {one.asked[1]:,.0f}",
        f"{one.ratio:.0%}",
        minutes,
        f"{one.there[0]:.1f} / {one.there[1]:.1f}",
        f"{one.stood_down:,.0f}",
    )


@app.command("open", epilog="Example: homeward askings open ABCD-EFGH --quota 10 --by-minutes 60")
@talks
def open_(
    talk: Talk,
    case: Case,
    quota: Annotated[int, typer.Option(min=1, max=500, help="So many are to be there.")],
    by_minutes: Annotated[int, typer.Option(min=5, max=720, help="In so many minutes.")] = 90,
    within_km: Annotated[
        int, typer.Option(min=1, max=100, help="Of the newest credible place.")
    ] = 30,
    key: Key = None,
) -> None:
    """Ask those who were told of a live alert to come, the nearest first, until enough do."""
    body = {"quota": quota, "by_min": by_minutes, "within_km": within_km}
    answer = talk.run(lambda there: there.post(f"/v1/cases/{case}/askings", body, key))
    talk.receipt(answer)
    if not talk.json:
        note(("how it stands: ", "dim"), f"homeward askings show {case}")


@app.command("show", epilog="Example: homeward askings show ABCD-EFGH")
@talks
def show(talk: Talk, case: Case) -> None:
    """Show how many were asked, come, are there, declined, or say nothing."""
    found = talk.run(lambda there: there.get(f"/v1/cases/{case}/askings"))
    if talk.json:
        as_json(found)
        return
    for one in found["items"]:
        why = f" ({one['over_for']})" if one["over_for"] else ""
        say((f"{one['quota']} helpers by {one['needed_by']}", "bold"), f"  {one['state']}{why}")
        pairs({name: one[name] for name in (*COUNTS, "asking")})
    if not found["items"]:
        say("nobody was asked; homeward askings open asks")


@app.command("change", epilog="Example: homeward askings change ABCD-EFGH --quota 20")
@talks
def change(
    talk: Talk,
    case: Case,
    quota: Annotated[int, typer.Option(min=1, max=500, help="So many are to be there.")],
    asking: Annotated[
        str | None, typer.Option(help="Id of the asking.", show_default="the newest")
    ] = None,
    key: Key = None,
) -> None:
    """Ask for more helpers, or for fewer; whoever comes keeps their place."""

    async def work(there: Server) -> Content:
        path = f"/v1/cases/{case}/askings/{await _named(there, case, asking)}/change"
        return await there.post(path, {"quota": quota}, key)

    talk.receipt(talk.run(work))


@app.command("close", epilog="Example: homeward askings close ABCD-EFGH")
@talks
def close(
    talk: Talk,
    case: Case,
    asking: Annotated[
        str | None, typer.Option(help="Id of the asking.", show_default="the newest")
    ] = None,
    key: Key = None,
) -> None:
    """Ask nobody any more; whoever was asked and has not answered hears that they need not come."""

    async def work(there: Server) -> Content:
        named = await _named(there, case, asking)
        return await there.post(f"/v1/cases/{case}/askings/{named}/close", {}, key)

    talk.receipt(talk.run(work))


async def _named(there: Server, case: str, asking: str | None) -> str:
    """Return the asking that is meant: the newest, where none is named. Raises Complaint."""
    if asking is not None:
        return asking
    items = (await there.get(f"/v1/cases/{case}/askings"))["items"]
    if not items:
        raise Complaint("nobody was asked for this case", f"homeward case show {case}")
    return str(items[-1]["asking"])
