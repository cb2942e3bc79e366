"""``homeward case``: the decisions that need a word or two and nothing else."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from homeward.cli.case import Unit, app
from homeward.cli.options import Case, Key
from homeward.cli.output import as_json, note, table
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


@app.command("ring0", epilog="Example: homeward case ring0 ABCD-EFGH")
@talks
def ring_zero(talk: Talk, case: Case, key: Key = None) -> None:
    """Tell vetted volunteers and hubs on duty near the place last seen, once and unverified.

    Of a report that somebody else made and that was taken up; never where the person may be hiding.
    """
    _decide(talk, case, "ring0", {}, key)


@app.command(epilog="Example: homeward case verify ABCD-EFGH --unit 'Linquan PSB'")
@talks
def verify(talk: Talk, case: Case, unit: Unit, key: Key = None) -> None:
    """Confirm the report: an alert may be drafted."""
    _decide(talk, case, "verify", {"unit": unit}, key)


@app.command(epilog="Example: homeward case suspect ABCD-EFGH --looks 'about 40, black cap'")
@talks
def suspect(
    talk: Talk,
    case: Case,
    looks: Annotated[str | None, typer.Option(help="What they look like; never a name.")] = None,
    relation: Annotated[
        str | None, typer.Option(help="stranger, parent, relative, acquaintance")
    ] = None,
    vehicle: Annotated[str | None, typer.Option(help="What vehicle they use.")] = None,
    plate: Annotated[str | None, typer.Option(help="Its licence plate.")] = None,
    key: Key = None,
) -> None:
    """Say what is known of a suspect; an empty word takes back what was noted.

    No text holds it before a second person has approved its words.
    """
    said = {"suspect": looks, "relation": relation, "vehicle": vehicle, "licence_plate": plate}
    _decide(talk, case, "suspect", said, key)


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
    outcome: Annotated[
        str, typer.Option(help="found-safe, found-harmed, deceased, returned, located-no-contact")
    ],
    helped_by: Annotated[
        list[str] | None, typer.Option(help="Id of a fact that led there; again for more.")
    ] = None,
    key: Key = None,
) -> None:
    """Say what became of the person: no further wave goes out."""
    _decide(talk, case, "resolve", {"outcome": outcome, "helped_by": tuple(helped_by or ())}, key)


@app.command(epilog="Example: homeward case extend ABCD-EFGH --hours 12")
@talks
def extend(
    talk: Talk,
    case: Case,
    hours: Annotated[float, typer.Option(min=0.1, max=168, help="From now, on the case clock.")],
    key: Key = None,
) -> None:
    """Let the live alert live longer; nobody is told anew.

    On the fast lane at once, up to 24 hours in all; else when another officer agrees.
    """
    body = {"expires_in_s": round(hours * 3_600)}
    answer = talk.run(lambda there: there.post(f"/v1/cases/{case}/alerts/extend", body, key))
    talk.receipt(answer)
    if not talk.json and answer.get("asked"):
        agree = f"homeward case agree {case} --asked {answer['asked']}"
        note(("another officer agrees by: ", "dim"), f"{agree} --until {answer['expires_at']}")


@app.command(epilog="Example: homeward case agree ABCD-EFGH --asked 0c5… --until 2026-03-02T08:00Z")
@talks
def agree(
    talk: Talk,
    case: Case,
    asked: Annotated[str, typer.Option(help="As homeward case show has it, below extension.")],
    until: Annotated[str, typer.Option(help="The expiry that you have read there.")],
    key: Key = None,
) -> None:
    """Agree to an extension that somebody else asked for."""
    path = f"/v1/cases/{case}/alerts/extend/{asked}/approve"
    talk.receipt(talk.run(lambda there: there.post(path, {"expires_at": until}, key)))


Reason = Annotated[str, typer.Option(help="A word like other-child or kept-long-enough.")]


@app.command(epilog="Example: homeward case reopen ABCD-EFGH --reason other-child")
@talks
def reopen(talk: Talk, case: Case, reason: Reason, key: Key = None) -> None:
    """Open a case again that was closed by mistake; then draft its next alert."""
    _decide(talk, case, "reopen", {"reason": reason}, key)


@app.command(epilog="Example: homeward case likenesses ABCD-EFGH")
@talks
def likenesses(talk: Talk, case: Case) -> None:
    """List open cases that may be of the same person; that you looked is recorded."""
    found = talk.run(lambda there: there.get(f"/v1/cases/{case}/likenesses"))
    if talk.json:
        as_json(found)
        return
    columns = ("code", "status", "category", "age_band", "sex", "apart_km", "apart_min")
    table(columns, ([one.get(name) for name in columns] for one in found["items"]))


@app.command(epilog="Example: homeward case merge ABCD-EFGH JKLM-NPQR")
@talks
def merge(
    talk: Talk,
    case: Case,
    into: Annotated[str, typer.Argument(help="The case that goes on, by its id or code.")],
    key: Key = None,
) -> None:
    """Let a case go on in another one of the same person; those told are told the code."""
    _decide(talk, case, "merge", {"into": into}, key)


@app.command(epilog="Example: homeward case part ABCD-EFGH")
@talks
def part(talk: Talk, case: Case, key: Key = None) -> None:
    """Let a merged case go by itself again: it was about somebody else."""
    _decide(talk, case, "part", {}, key)


@app.command("de-publish", epilog="Example: homeward case de-publish ABCD-EFGH --partner radio")
@talks
def de_publish(
    talk: Talk,
    case: Case,
    partner: Annotated[
        list[str] | None, typer.Option(help="Who holds a copy; again for more.")
    ] = None,
    key: Key = None,
) -> None:
    """Take down what was published of a case that is closed out or cancelled."""
    _decide(talk, case, "de-publish", {"partners": tuple(partner or ())}, key)


@app.command("confirm-partner", epilog="Example: homeward case confirm-partner ABCD-EFGH radio")
@talks
def confirm_partner(
    talk: Talk,
    case: Case,
    partner: Annotated[str, typer.Argument(help="As it was named.")],
    key: Key = None,
) -> None:
    """Say that a partner has taken its copy down."""
    _decide(talk, case, "confirm-partner", {"partner": partner}, key)


@app.command(epilog="Example: homeward case seal ABCD-EFGH --as s-chen")
@talks
def seal(talk: Talk, case: Case, key: Key = None) -> None:
    """Close the file: nothing is added any more, and only supervision opens what is sealed."""
    _decide(talk, case, "seal", {}, key)


@app.command("ask-expunge", epilog="Example: homeward case ask-expunge ABCD-EFGH --reason old")
@talks
def ask_expunge(talk: Talk, case: Case, reason: Reason, key: Key = None) -> None:
    """Ask that the persons in a sealed case be forgotten; another person agrees."""
    _decide(talk, case, "ask-expunge", {"reason": reason}, key)


@app.command(epilog="Example: homeward case expunge ABCD-EFGH --asked 0c5… --as o-li")
@talks
def expunge(
    talk: Talk,
    case: Case,
    asked: Annotated[str, typer.Option(help="As homeward case show has it: expunge_asked.")],
    key: Key = None,
) -> None:
    """Agree to it: the keys of everybody in the case are destroyed, for ever."""
    _decide(talk, case, "expunge", {"asked": asked}, key)


@app.command("close-out", epilog="Example: homeward case close-out ABCD-EFGH")
@talks
def close_out(talk: Talk, case: Case, key: Key = None) -> None:
    """Tell exactly those who were told that it is over."""
    _decide(talk, case, "close-out", {}, key)
