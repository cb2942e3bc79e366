"""``homeward protected``: the list of persons who are protected from whoever looks for them."""

import csv
import uuid
from pathlib import Path
from typing import Annotated, Any

import typer

from homeward.cli.output import Complaint, as_json, note, say
from homeward.cli.talking import Talk, talks
from homeward.client import Content, Server

app = typer.Typer(
    no_args_is_help=True,
    help="Persons who are protected: only digests of them are kept. Needs an admin's key.",
    epilog="Example: homeward protected import list.csv",
)
COLUMNS = ("name", "birth_year", "guardian", "phone")
PART = 500
"""So many persons in one request."""


@app.command("import", epilog="Example: homeward protected import list.csv")
@talks
def import_(
    talk: Talk,
    file: Annotated[
        Path,
        typer.Argument(exists=True, dir_okay=False, help=f"CSV, UTF-8: {', '.join(COLUMNS)}."),
    ],
    keep: Annotated[
        bool, typer.Option("--keep", help="Add to the list; else this file is all of it.")
    ] = False,
) -> None:
    """Load the list; whoever is in the file is protected once this says so.

    A row needs a name (better with a year of birth, or who has the child) or a telephone. Write a
    name once in Simplified and once in Traditional characters.
    """
    persons = list(_rows(file))
    parts = [persons[at : at + PART] for at in range(0, len(persons), PART)] or [[]]
    load = str(uuid.uuid4())

    async def work(there: Server) -> Content:
        answer: Content = {}
        for number, part in enumerate(parts, 1):
            last = number == len(parts) and not keep
            body = {"load": load, "persons": part, "last": last}
            answer = await there.post("/v1/protected", body)
        return answer

    answer = talk.run(work)
    if talk.json:
        as_json(answer)
        return
    say(f"{len(persons)} persons, {answer['digests']} digests are kept")
    note(("delete the file: it is the only place where their names stand", "dim"))


@app.command(epilog="Example: homeward protected count")
@talks
def count(talk: Talk) -> None:
    """Say how many digests are kept; nobody can read of whom."""
    found = talk.run(lambda there: there.get("/v1/protected"))
    if talk.json:
        as_json(found)
    else:
        say(f"{found['digests']} digests are kept")


def _rows(file: Path) -> list[dict[str, Any]]:
    with file.open(encoding="utf-8-sig", newline="") as opened:
        reader = csv.DictReader(opened)
        if unknown := set(reader.fieldnames or ()) - set(COLUMNS):
            raise Complaint(
                f"columns that nobody knows: {len(unknown)}", f"name them {', '.join(COLUMNS)}"
            )
        return [_person(row, number) for number, row in enumerate(reader, 2)]


def _person(row: dict[str, str | None], line: int) -> dict[str, Any]:
    said: dict[str, Any] = {name: one.strip() for name, one in row.items() if one and one.strip()}
    if "birth_year" in said:
        if not said["birth_year"].isdecimal():
            raise Complaint(f"line {line}: the year of birth is no year", "write it like 2022")
        said["birth_year"] = int(said["birth_year"])
    return said
