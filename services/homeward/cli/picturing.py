"""``homeward case map`` and ``replay --policy``: a case in pictures, and what would have been."""

import csv
import json as texts
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import typer

from homeward import interrupts
from homeward.cli.case import app as case_app
from homeward.cli.options import Case
from homeward.cli.output import Complaint, note, table
from homeward.cli.talking import Talk, talks
from homeward.cli.whereabouts import settings_with
from homeward.client import Server, Unreachable
from homeward.formats.catalogues import LANGS

ROWS: Final[Sequence[tuple[str, str]]] = (
    ("people", "people told"),
    ("people_first", "by the first wave"),
    ("waves", "waves"),
    ("first_wave_s", "first wave, s after the alert"),
    ("last_wave_min", "last wave, min after last seen"),
    ("radius_km", "radius, km"),
    ("hubs_ordered", "hubs ordered"),
    ("hubs_ahead", "before anybody could be there"),
    ("lead_min_median", "by so long, min (median)"),
    ("lead_min_least", "at the least, min"),
    ("hubs_released", "hubs released again"),
    ("hubs_unreachable", "hubs that nobody answers for"),
    ("met", "sightings where people were told before"),
)
"""What stands side by side."""
CUT: Final = ("cut_at", "given up, after too many looks, at")
"""Beside them where it is so."""

Lang = Annotated[str, typer.Option(help=f"Of maps: {', '.join(LANGS)}")]


def spoken(lang: str) -> None:
    """Refuse a language that no map speaks. Raises Complaint."""
    if lang not in LANGS:
        raise Complaint(f"there is no map in {lang}", f"say {', '.join(LANGS)}", code=2)


@case_app.command("map", epilog="Example: homeward case map ABCD-EFGH --as-of 41 -o map.svg")
@talks
def map_(
    talk: Talk,
    case: Case,
    as_of: Annotated[
        str | None,
        typer.Option(help="What was known: a log position, or a time with its offset."),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(
            help="The moment asked about, ahead, too: a time with its offset.",
            show_default="that of --as-of",
        ),
    ] = None,
    policy: Annotated[
        str | None, typer.Option(help="Another reach policy.", show_default="the alert's")
    ] = None,
    lang: Lang = "zh-Hans",
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            help="A file; .geojson gives GeoJSON instead of SVG.",
            show_default="stdout",
            dir_okay=False,
        ),
    ] = None,
) -> None:
    """Draw where the person can be, as of now or of any moment before: bands, hubs, what was told.

    Where no server runs, the world in the data folder is read itself.
    """
    spoken(lang)
    plain = talk.json or (output is not None and output.suffix in {".geojson", ".json"})
    what: Literal["field", "map"] = "field" if plain else "map"

    async def work(there: Server) -> str:
        path = f"/v1/cases/{case}/{what}"
        asked = {"as_of": as_of, "at": at, "policy": policy, "lang": None if plain else lang}
        return await there.drawing(path, **asked)

    try:
        drawing = talk.run(work)
    except (Complaint, Unreachable):
        if talk.url is not None:
            raise
        from homeward.cli.courses import Wanted, pictured

        settings = settings_with(data_folder=talk.where.folder.parent)
        wanted = Wanted(case, as_of, at, policy, lang)
        drawing = interrupts.run(pictured(settings, talk.where.world, wanted, what))
    if output is None:
        typer.echo(drawing)
        return
    _write(output, drawing)
    note((f"{output}: {len(drawing):,} characters", "dim"))


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as wrong:
        why = wrong.strerror or "it cannot be written"
        raise Complaint(f"{path}: {why}", "name another place") from None


def side_by_side(courses: Sequence[Mapping[str, Any]]) -> None:
    """Print courses beside each other, a figure a line."""
    rows = [*ROWS, CUT] if any(one["cut_at"] for one in courses) else ROWS
    table(
        ["", *(one["policy"] for one in courses)],
        ([said, *(_figure(one, name) for one in courses)] for name, said in rows),
    )


def _figure(course: Mapping[str, Any], name: str) -> object:
    if name == "met":
        ahead = [one["ahead_min"] for one in course["sightings"]]
        return f"{sum(one is not None and one >= 0 for one in ahead)} of {len(ahead)}"
    value = course[name]
    return f"{value:,}" if isinstance(value, int) else value


def kept(folder: Path, found: Mapping[str, Any], drawings: Mapping[str, str]) -> None:
    """Write a replay into a folder: figures, each wave, each order, and pictures.

    Raises Complaint when the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        raise Complaint(f"{folder} cannot be made", "name another place with -o") from None
    _write(folder / "replay.json", texts.dumps(found, ensure_ascii=False, indent=2) + "\n")
    for name in ("each_wave", "orders"):
        _rows(folder / f"{name.replace('_', '-')}.csv", found["courses"], name)
    for name, drawing in drawings.items():
        _write(folder / name, drawing)
    note(("written to ", "dim"), f"{folder}: {', '.join(sorted(drawings))}")


def _rows(path: Path, courses: Sequence[Mapping[str, Any]], name: str) -> None:
    rows = [{"policy": one["policy"], **row} for one in courses for row in one[name]]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]) if rows else ["policy"])
        writer.writeheader()
        writer.writerows(rows)
