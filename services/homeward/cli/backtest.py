"""``homeward backtest``: reach policies judged against histories whose end is known."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from homeward.cli import options
from homeward.cli.output import Complaint, as_json, note, say, table

if TYPE_CHECKING:
    from homeward.backtest.judging import Outcome
    from homeward.backtest.running import Plan
    from homeward.backtest.tables import Tables

COUNTIES = ("counties.csv", "cn_counties_census2020.csv")
HUBS = "hubs.csv"
REAL_DATA = "HOMEWARD_REAL_DATA"


def backtest(  # noqa: PLR0913, PLR0917 -- typer's options
    folder: Annotated[
        Path | None, typer.Argument(help="Histories: cases.csv, tracks.csv.gz ...", metavar="DIR")
    ] = None,
    policy: Annotated[
        list[str] | None,
        typer.Option(help="Judge this policy; may be repeated.", show_default="field, circles"),
    ] = None,
    people: Annotated[
        Path | None,
        typer.Option(
            help="A folder with a table of counties, or the table.",
            show_default=f"DIR/population, {REAL_DATA}/population, DIR/../population",
        ),
    ] = None,
    hubs: Annotated[
        Path | None,
        typer.Option(
            help="A table of hubs.",
            show_default=f"DIR/hubs.csv, {REAL_DATA}/hubs/hubs.csv, DIR/../hubs/hubs.csv",
        ),
    ] = None,
    minutes: Annotated[int, typer.Option(min=0, max=360, help="So long after the report.")] = 60,
    reach_km: Annotated[
        int, typer.Option(min=1, max=5_000, help="The bound that was approved.")
    ] = 1_000,
    cases: Annotated[
        int | None, typer.Option(min=1, help="Judge only the first N.", show_default="all")
    ] = None,
    head_off: Annotated[
        bool, typer.Option("--head-off/--no-head-off", help="Whether hubs are judged, too.")
    ] = True,
    processes: Annotated[
        int | None, typer.Option(min=1, max=64, show_default="one a processor")
    ] = None,
    csv: Annotated[Path | None, typer.Option(help="Write a row a case and policy here.")] = None,
    plots: Annotated[Path | None, typer.Option(help="Write plots (SVG) into this folder.")] = None,
    write: Annotated[
        Path | None, typer.Option(help="Write the tables between a page's markers.")
    ] = None,
    make: Annotated[
        Path | None, typer.Option(help="Make a folder of invented histories instead.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="With --make.")] = 1,
    json: options.Json = False,
) -> None:
    """Judge reach policies against histories whose end is known.

    Is the person among the people told? A policy sees what was reported, and the sightings that a
    coordinator would have accepted by then; the person's real way judges it. Every policy is held
    against circles of as many people. Without a history of your own, --make writes one. The form of
    the folder: docs/backtest.md.
    """
    from homeward.backtest.sheets import BadFolder

    try:
        if make is not None:
            _make(make, seed, cases, as_json_=json)
            return
        if folder is None:
            mend = "name a folder, or make one: homeward backtest --make DIR"
            raise Complaint("there is nothing to judge", mend, code=2)
        if not folder.is_dir():
            raise Complaint(f"{folder} is no folder", "name one, or make one with --make")
        _can_write(csv, write)
        count = processes or os.cpu_count() or 1
        plan, found = _judged(
            folder, policy, (people, hubs), (minutes, reach_km), cases, head_off, count
        )
    except BadFolder as why:
        raise Complaint(why.what, why.mend) from None
    _report(plan, found, as_json_=json)
    _kept(plan, found, csv, plots, write)


def _can_write(csv: Path | None, page: Path | None) -> None:
    """Look before minutes are spent on judging. Raises Complaint."""
    from homeward.backtest.printing import NoMarkers, written

    try:
        if csv is not None:
            csv.touch()
        if page is not None:
            written(page.read_text(encoding="utf-8"), "")
    except NoMarkers as why:
        raise Complaint(f"{page} has no place for tables", str(why)) from None
    except OSError as why:
        raise Complaint(f"cannot write {why.filename}: {why.strerror}", "name another") from None


def _judged(
    folder: Path,
    policies: list[str] | None,
    tables_: tuple[Path | None, Path | None],
    bounds: tuple[int, int],
    cases: int | None,
    head_off: bool,
    processes: int,
) -> tuple["Plan", "list[Outcome]"]:
    """Read and judge a folder. Raises BadFolder, Complaint."""
    from homeward.backtest.believing import Hubs
    from homeward.backtest.people import People
    from homeward.backtest.reading import read_counties, read_history, read_hubs
    from homeward.backtest.running import Plan, files, judge_all
    from homeward.cli.reachpolicies import policies_named

    names = policies_named(policies or ("field", "circles"))
    counties = _table(tables_[0], COUNTIES, [folder / "population", *_beside(folder, "population")])
    if counties is None:
        raise _missing(COUNTIES, "--people")
    hub_table = _table(tables_[1], (HUBS,), [folder, *_beside(folder, "hubs")])
    if hub_table is None and tables_[1] is not None:
        raise _missing((HUBS,), "--hubs")
    with _progress("reading", 3) as done:
        history = read_history(folder, cases)
        done(1)
        hubs = Hubs.of(read_hubs(hub_table) if hub_table else [])
        done(2)
        people = People.of(read_counties(counties))
        done(3)
    plan = Plan(names, *bounds, people, hubs, head_off)
    todo = files(history)
    with _progress("judging", len(todo)) as done:
        return plan, judge_all(plan, todo, processes, done)


def _report(plan: "Plan", found: "Sequence[Outcome]", *, as_json_: bool) -> None:
    from homeward.backtest.printing import losses, sheets
    from homeward.backtest.tables import claims_judged

    every, claims = _tables(plan, found), claims_judged(found)
    if as_json_:
        as_json({"policies": [one.shown() for one in every], "claims": claims})
        return
    for one in every:
        for sheet in sheets(one, claims):
            say((sheet.title, "bold"))
            table(sheet.columns, sheet.rows)
            say("")
        for lost in losses(one):
            say((f"{one.policy} loses: ", "yellow"), lost)
        say("")


def _kept(
    plan: "Plan",
    found: "Sequence[Outcome]",
    csv: Path | None,
    plots: Path | None,
    page: Path | None,
) -> None:
    """Write what was asked for. Raises Complaint."""
    from homeward.backtest.casefile import write_cases
    from homeward.backtest.plotting import write_plots
    from homeward.backtest.printing import as_page, write_page
    from homeward.backtest.tables import claims_judged

    try:
        if csv is not None:
            write_cases(csv, found)
            note(f"{csv}: a row a case and policy")
        if plots is not None:
            for path in write_plots(plots, plan.policies, found):
                note(f"{path}")
        if page is not None:
            write_page(page, as_page(_tables(plan, found), claims_judged(found)))
            note(f"{page}: tables written")
    except OSError as why:
        raise Complaint(f"cannot write {why.filename}: {why.strerror}", "name another") from None


def _tables(plan: "Plan", found: "Sequence[Outcome]") -> "list[Tables]":
    from homeward.backtest.tables import tables

    return [tables(name, plan.minutes, found) for name in plan.policies]


def _make(folder: Path, seed: int, cases: int | None, *, as_json_: bool) -> None:
    from homeward.backtest.making import CASES, make_folder

    try:
        made = make_folder(folder, seed, cases or CASES)
    except FileExistsError:
        raise Complaint(f"{folder} is not empty", "name a new folder") from None
    except OSError as why:
        raise Complaint(f"cannot write {folder}: {why.strerror}", "name another") from None
    if as_json_:
        as_json(made)
        return
    say(f"{made['cases']:,} invented cases in {folder}")
    note(f"judge with:  homeward backtest {folder}")


def _beside(folder: Path, name: str) -> list[Path]:
    real = os.environ.get(REAL_DATA)
    return [*([Path(real) / name] if real else []), folder.resolve().parent / name]


def _table(named: Path | None, files: Sequence[str], folders: Sequence[Path]) -> Path | None:
    """Return the first table there is, None if there is none."""
    if named is not None and not named.is_dir():
        folders, files = [named.parent], [named.name]
    elif named is not None:
        folders = [named]
    for one in folders:
        for name in files:
            if (one / name).is_file():
                return one / name
    return None


def _missing(files: Sequence[str], option: str) -> Complaint:
    return Complaint(f"there is no {' or '.join(files)}", f"name one with {option}")


@contextmanager
def _progress(what: str, total: int) -> Iterator[Callable[[int], None]]:
    from homeward.cli.progress import bar

    with bar() as progress:
        task = progress.add_task(what, total=total)
        yield lambda count: progress.update(task, completed=count)
