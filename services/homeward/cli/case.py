"""``homeward case``: what officers decide, one command a decision."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from homeward.cli.areas import drawn
from homeward.cli.options import Case, Key
from homeward.cli.output import Complaint, as_json, note, pairs, say, table
from homeward.cli.talking import Talk, talks
from homeward.client import Content, Server

app = typer.Typer(
    no_args_is_help=True,
    help="Decide about cases: look, verify, draft, approve, issue, end.",
    epilog="Example: homeward case verify ABCD-EFGH --unit 'Linquan PSB' --as o-wang",
)

Unit = Annotated[str, typer.Option(help="The unit that acts, as it stands in the record.")]
Draft = Annotated[
    str | None,
    typer.Option(help="Id of the draft.", show_default="the newest", metavar="DRAFT"),
]


@app.command("list", epilog="Example: homeward case list --limit 20")
@talks
def list_(talk: Talk, limit: Annotated[int, typer.Option(min=1, max=200)] = 50) -> None:
    """List cases, newest first."""
    found = talk.run(lambda there: there.get("/v1/cases", limit=limit))
    if talk.json:
        as_json(found)
        return
    columns = ("code", "status", "category", "at", "version")
    table(columns, ([one.get(name) for name in columns] for one in found["items"]))


@app.command(epilog="Example: homeward case show ABCD-EFGH")
@talks
def show(
    talk: Talk,
    case: Case,
    purpose: Annotated[
        str | None,
        typer.Option(help="Opens names and places for you; the reading is recorded."),
    ] = None,
) -> None:
    """Show how a case stands: its clock, draft, alert and who was told."""
    found = talk.run(lambda there: there.get(f"/v1/cases/{case}", purpose=purpose))
    if talk.json:
        as_json(found)
        return
    plain = {k: v for k, v in found.items() if not isinstance(v, dict | list) and v is not None}
    pairs(plain)
    for part in ("draft", "alert", "told", "answers", "personal"):
        if found.get(part):
            say()
            say((part, "bold"))
            pairs(found[part])
    for part in ("waves", "watches", "sightings", "ledger"):
        if found.get(part):
            say()
            say((part, "bold"))
            table(list(found[part][0]), (one.values() for one in found[part]))


@app.command(epilog="Example: homeward case texts ABCD-EFGH")
@talks
def texts(talk: Talk, case: Case, draft: Draft = None) -> None:
    """Show a draft word for word: what you approve is what is sent."""

    async def work(there: Server) -> Content:
        named = await newest_draft(there, case, draft)
        return await there.get(f"/v1/cases/{case}/alerts/{named}", purpose="approval")

    found = talk.run(work)
    if talk.json:
        as_json(found)
        return
    say("draft ", (found["draft"], "bold"), f"  alert {found['alert']} version {found['version']}")
    if found["cells"]:
        say("area ", (f"{len(found['cells'])} cells", "bold"), " (--json names them)")
    for lane, blast in (found.get("blast") or {}).items():
        where = f" people within {blast['reach_km_max']} km, {blast['hubs']} hubs ahead"
        say(f"{lane} lane ", (blast["people"], "bold"), where)
    say("digest ", (found["digest"], "bold"), "  approve it by this")
    for name, worded in _worded(found):
        for one in worded:
            say()
            say((f"{name}, {one['lang']}", "bold"))
            said = {form: one.get(form) for form in ("title", "short", "medium", "full", "spoken")}
            pairs({form: text for form, text in said.items() if text})


def _worded(found: Mapping[str, Any]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return all that a draft would say, and to whom."""
    others = [
        (f"{one['wording']}{', once approved' if one['approved'] else ''}", one["texts"])
        for one in found.get("wordings", ())
    ]
    first = "public" if others else "texts"
    return [(first, found["texts"]), *others, ("retraction", found["retraction"])]


@app.command(epilog="Example: homeward case draft ABCD-EFGH --reach-km 300 --severity extreme")
@talks
def draft(  # noqa: PLR0913, PLR0917 -- a flag each
    talk: Talk,
    case: Case,
    reach_km: Annotated[int, typer.Option(min=1, max=5_000, help="No further than this.")] = 300,
    severity: Annotated[str, typer.Option(help="minor, moderate, severe, extreme")] = "extreme",
    policy: Annotated[
        str,
        typer.Option(
            help="Which area: field and circles grow, district and polygon are given and stay."
        ),
    ] = "field",
    hours: Annotated[float, typer.Option(min=0.1, max=168, help="Until it expires.")] = 24,
    geojson: Annotated[
        Path | None, typer.Option(help="The area, for polygon: a Polygon or MultiPolygon.")
    ] = None,
    lat: Annotated[float | None, typer.Option(help="The area: the middle of a disk.")] = None,
    lon: Annotated[float | None, typer.Option(help="The area: the middle of a disk.")] = None,
    km: Annotated[float | None, typer.Option(help="The area: the disk's radius.")] = None,
    datum: Annotated[str, typer.Option(help="Of the middle: wgs84, gcj02, bd09")] = "wgs84",
    cells: Annotated[str | None, typer.Option(help="The area: H3 cells, commas between.")] = None,
    leave_out: Annotated[
        list[str] | None,
        typer.Option(help="A typed field that no text shall hold, like clothing; several times."),
    ] = None,
    changes: Annotated[
        bool,
        typer.Option(
            "--changes-what-to-do/--changes-nothing",
            help="Of an update: whether those told before hear of it again.",
        ),
    ] = True,
    key: Key = None,
) -> None:
    """Draft an alert; the server renders its texts and its retraction.

    Under polygon you draw the area; under district the server finds the district, unless you do.
    """
    body: dict[str, Any] = {
        "policy": policy,
        "severity": severity,
        "reach_km_max": reach_km,
        "expires_in_s": round(hours * 3_600),
    }
    if leave_out:
        body["leave_out"] = leave_out
    if not changes:
        body["changes_what_to_do"] = False
    if any(one is not None for one in (geojson, lat, lon, km, cells)):
        body["area"] = drawn(lat, lon, km, None, datum, geojson, cells)
    answer = talk.run(lambda there: there.post(f"/v1/cases/{case}/alerts", body, key))
    talk.receipt(answer)
    if not talk.json and answer.get("district"):
        note(("the area is the district ", "dim"), answer["district"])
    if not talk.json:
        note(("read it before it is approved: ", "dim"), f"homeward case texts {case}")


@app.command(epilog="Example: homeward case approve ABCD-EFGH --draft 0c5… --digest 9f3… --as o-li")
@talks
def approve(
    talk: Talk,
    case: Case,
    draft: Annotated[str, typer.Option(help="Id of the draft that you have read.")],
    digest: Annotated[str, typer.Option(help="As homeward case texts shows it below the draft.")],
    key: Key = None,
) -> None:
    """Approve a draft that somebody else made (homeward case texts shows it)."""
    path = f"/v1/cases/{case}/alerts/{draft}/approve"
    talk.receipt(talk.run(lambda there: there.post(path, {"digest": digest}, key)))


@app.command(epilog="Example: homeward case issue ABCD-EFGH --as o-wang")
@talks
def issue(talk: Talk, case: Case, draft: Draft = None, key: Key = None) -> None:
    """Make a draft live: from here its waves go out.

    At once to the nearest within 30 km on your word alone; as far as it was drafted when another
    officer has approved it, or as soon as one does.
    """

    async def work(there: Server) -> Content:
        named = await newest_draft(there, case, draft)
        return await there.post(f"/v1/cases/{case}/alerts/{named}/issue", {}, key)

    answer = talk.run(work)
    talk.receipt(answer)
    if not talk.json and answer.get("lane") == "fast":
        note(
            ("on the fast lane: the nearest ", "dim"),
            (f"{answer['people_max']:,}", "bold"),
            (f" within {answer['reach_km_max']} km; it goes on when a second officer ", "dim"),
            f"approves {answer['widens']}",
        )


async def newest_draft(there: Server, case: str, named: str | None) -> str:
    """Return the draft that was named, else the newest of the case."""
    if named:
        return named
    found = (await there.get(f"/v1/cases/{case}")).get("draft")
    if found is None:
        raise Complaint("the case has no draft", f"make one: homeward case draft {case}")
    return str(found["id"])
