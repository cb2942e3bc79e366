"""``homeward hubs`` and ``homeward recipients``: who can be told."""

from pathlib import Path
from typing import Annotated

import typer

from homeward.cli.loading import Kind, load
from homeward.cli.moving import move
from homeward.cli.output import Complaint, as_json, note, pairs, table
from homeward.cli.talking import Talk, talks

hubs = typer.Typer(
    no_args_is_help=True,
    help="Stations, ports, airports and service areas that can be headed off.",
    epilog="Example: homeward hubs load hubs.csv",
)
recipients = typer.Typer(
    no_args_is_help=True,
    help="Volunteers, camera owners and duty desks.",
    epilog="Example: homeward recipients import volunteers.csv",
)

File = Annotated[Path, typer.Argument(help="A CSV file in UTF-8.", metavar="FILE")]
Bad = Annotated[int, typer.Option("--bad-lines", min=0, help="List at most so many bad lines.")]


@hubs.command("load", epilog="Example: homeward hubs load hubs.csv --bad-lines 100")
@talks
def load_hubs(talk: Talk, file: File, bad_lines: Bad = 20) -> None:
    """Load hubs from a CSV; loading again changes nothing.

    Columns: kind,name,lat,lon,source,ref and, if wanted, country,precision_m,datum, contact1 to
    contact5, and zone,hours, shift1 to shift5. A contact is asked after the one before it stayed
    silent; it lists its channels in order: "webhook:https://station.example/alerts inbox". A hub
    without contact is unreachable: it is listed and alarmed, and never counted as told.

    hours say when a hub is open and shift1 when contact1 is on duty, on the clocks of the hub's
    zone (Asia/Shanghai when left out): "Mo-Fr 06:00-22:00; Sa 08:00-12:00", or "22:00-06:00" for
    every night. Nothing means always. Whoever is on duty is asked first; of a hub that is closed,
    or where nobody is, the police desk is told at once.
    """
    load(talk, file, Kind.HUBS, bad_lines)


@recipients.command("import", epilog="Example: homeward recipients import volunteers.csv")
@talks
def import_recipients(talk: Talk, file: File, bad_lines: Bad = 20) -> None:
    """Load volunteers, camera owners and desks from a CSV; loading again changes nothing.

    Columns: kind (volunteer, camera-owner, desk), a place as lat,lon[,datum] or cell1 to cell3,
    and, if wanted, id, lang, reach_km_max, severity_min, quiet_from, quiet_to, zone, channel
    (inbox, webhook; inbox when left out, and none for a desk: it is unreachable), address, level
    (of a desk), private (yes, no), tier (of a volunteer: public, vetted; public when left out).
    Points of volunteers leave this machine as cells of about 5 km2, of private ones of about 250.
    Without ids an edited file would be other people: give ids to load it again.
    """
    load(talk, file, Kind.RECIPIENTS, bad_lines)


@recipients.command("move", epilog="Example: homeward recipients move positions.jsonl")
@talks
def move_recipients(
    talk: Talk,
    file: Annotated[Path, typer.Argument(help="JSON lines in UTF-8.", metavar="FILE")],
    bad_lines: Bad = 20,
) -> None:
    """Say where recipients are; who comes into a live area is told.

    A line is {"recipient": "v-1", "cell": "8740e3cecffffff", "at": "2026-03-01T10:30:00+08:00"}, or
    with lat, lon and datum (wgs84, gcj02, bd09) for the cell: points leave this machine as cells of
    about 5 km2. Without "at" it is now, "cell": null forgets. Of each recipient the newest counts,
    whatever the order.
    """
    move(talk, file, bad_lines)


@hubs.command("list", epilog="Example: homeward hubs list --near 33.04,115.26 --within-km 60")
@talks
def list_hubs(
    talk: Talk,
    near: Annotated[str, typer.Option(help="lat,lon", metavar="LAT,LON")],
    within_km: Annotated[float, typer.Option(min=0.1, max=2_000)] = 100,
    datum: Annotated[str, typer.Option(help="wgs84, gcj02, bd09")] = "wgs84",
    limit: Annotated[int, typer.Option(min=1, max=200)] = 200,
) -> None:
    """List hubs around a place, nearest first."""
    lat, comma, lon = near.partition(",")
    if not comma or not all(_is_number(one) for one in (lat, lon)):
        raise Complaint("--near is no place", "give it like: --near 33.04,115.26", code=2)
    found = talk.run(
        lambda there: there.get(
            "/v1/hubs", near=near, within_km=f"{within_km:g}", datum=datum, limit=limit
        )
    )
    if talk.json:
        as_json(found)
        return
    columns = ("away_km", "kind", "name", "contacts", "hours", "hub")
    table(columns, ([one.get(name) for name in columns] for one in found["items"]))
    silent = sum(1 for one in found["items"] if not one["contacts"])
    note((f"{len(found['items'])} hubs, {silent} of them unreachable", "dim"))


@recipients.command(epilog="Example: homeward recipients count")
@talks
def count(talk: Talk) -> None:
    """Count who is registered, by kind."""
    found = talk.run(lambda there: there.get("/v1/recipients"))
    if talk.json:
        as_json(found)
    else:
        pairs(found["counts"])


def _is_number(text: str) -> bool:
    try:
        return float(text) == float(text)
    except ValueError:
        return False
