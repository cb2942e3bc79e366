"""``homeward case``: the decisions that need a word or two and nothing else."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from homeward.cli.case import Unit, app
from homeward.cli.options import Case, Key
from homeward.cli.talking import Talk, talks

__all__ = ["app"]  # with the commands of case and those below

Note = Annotated[str | None, typer.Option(help="Kept sealed with the case.")]


def _decide(talk: Talk, case: str, what: str, body: Mapping[str, Any], key: str | None) -> None:
    said = {name: value for name, value in body.items() if value not in {None, ()}}
    talk.receipt(talk.run(lambda there: there.post(f"/v1/cases/{case}/{what}", said, key)))


@app.command("take-up", epilog="Example: homeward case take-up ABCD-EFGH --unit 'Linquan PSB'")
@talks
def take_up(talk: Talk, case: Case, unit: Unit, key: Key = None) -> None:
    """Look into a waiting report; the parent sees that somebody has it."""
    _decide(talk, case, "take-up", {"unit": unit}, key)


@app.command(epilog="Example: homeward case verify ABCD-EFGH --unit 'Linquan PSB'")
@talks
def verify(talk: Talk, case: Case, unit: Unit, key: Key = None) -> None:
    """Confirm the report: an alert may be drafted."""
    _decide(talk, case, "verify", {"unit": unit}, key)


@app.command(epilog="Example: homeward case reject ABCD-EFGH --reason known-to-be-safe")
@talks
def reject(
    talk: Talk,
    case: Case,
    reason: Annotated[str, typer.Option(help="A word like known-to-be-safe or duplicate.")],
    note: Note = None,
    key: Key = None,
) -> None:
    """Turn a report down; a rejected report is never edited again."""
    _decide(talk, case, "reject", {"reason": reason, "note": note}, key)


@app.command(epilog="Example: homeward case cancel ABCD-EFGH --reason unfounded")
@talks
def cancel(
    talk: Talk,
    case: Case,
    reason: Annotated[str, typer.Option(help="false, unfounded or hoax")],
    key: Key = None,
) -> None:
    """Take the live alert back: everyone who was told is told so, at once."""
    _decide(talk, case, "cancel", {"reason": reason}, key)


@app.command(epilog="Example: homeward case resolve ABCD-EFGH --outcome found-safe")
@talks
def resolve(
    talk: Talk,
    case: Case,
    outcome: Annotated[str, typer.Option(help="found-safe, found-harmed, deceased, returned")],
    helped_by: Annotated[
        list[str] | None, typer.Option(help="Id of a fact that led there; again for more.")
    ] = None,
    key: Key = None,
) -> None:
    """Say what became of the person: no further wave goes out."""
    _decide(talk, case, "resolve", {"outcome": outcome, "helped_by": tuple(helped_by or ())}, key)


@app.command("close-out", epilog="Example: homeward case close-out ABCD-EFGH")
@talks
def close_out(talk: Talk, case: Case, key: Key = None) -> None:
    """Tell exactly those who were told that it is over."""
    _decide(talk, case, "close-out", {}, key)
