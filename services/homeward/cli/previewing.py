"""``homeward area preview`` and ``case preview``: about how many, before anybody is told."""

from pathlib import Path
from typing import Annotated, Any

import typer

from homeward.cli.areas import drawn
from homeward.cli.case import app as case_app
from homeward.cli.options import Case
from homeward.cli.output import as_json, say
from homeward.cli.talking import Talk, talks
from homeward.client import Content

app = typer.Typer(
    no_args_is_help=True,
    help="Areas: about how many people and which hubs they hold.",
    epilog="Example: homeward area preview --lat 33.07 --lon 115.28 --km 30 --as o-wang",
)
Severity = Annotated[
    str | None, typer.Option(help="minor, moderate, severe, extreme", show_default="as the alert")
]


@app.command(epilog="Example: homeward area preview --geojson county.json --as o-wang")
@talks
def preview(  # noqa: PLR0913, PLR0917 -- a flag each
    talk: Talk,
    lat: Annotated[float | None, typer.Option(help="Of the middle of a disk or ring.")] = None,
    lon: Annotated[float | None, typer.Option(help="Of the middle of a disk or ring.")] = None,
    km: Annotated[float | None, typer.Option(help="The radius.")] = None,
    inner_km: Annotated[float | None, typer.Option(help="Makes it a ring.")] = None,
    datum: Annotated[str, typer.Option(help="wgs84, gcj02, bd09")] = "wgs84",
    geojson: Annotated[
        Path | None, typer.Option(help="A file with a Polygon or MultiPolygon instead.")
    ] = None,
    cells: Annotated[str | None, typer.Option(help="H3 cells instead, commas between.")] = None,
    severity: Severity = None,
) -> None:
    """Say about how many people and hubs an area holds; it is grown to cells of 36 km2."""
    area = drawn(lat, lon, km, inner_km, datum, geojson, cells)
    body: dict[str, Any] = {"area": area, **({"severity": severity} if severity else {})}
    _show(talk, talk.run(lambda there: there.post("/v1/areas/preview", body)))


@case_app.command("preview", epilog="Example: homeward case preview ABCD-EFGH --as o-wang")
@talks
def case(
    talk: Talk,
    case: Case,
    policy: Annotated[
        str | None,
        typer.Option(help="field, circles, district, polygon", show_default="as the draft"),
    ] = None,
    severity: Severity = None,
    reach_km: Annotated[
        int | None, typer.Option(min=1, max=5_000, show_default="as the draft")
    ] = None,
) -> None:
    """Say about how many people the first wave would reach if the alert were issued now."""
    asked = {"policy": policy, "severity": severity, "reach_km_max": reach_km}
    _show(talk, talk.run(lambda there: there.get(f"/v1/cases/{case}/alerts/preview", **asked)))


def _show(talk: Talk, found: Content) -> None:
    if talk.json:
        as_json(found)
        return
    say(
        (found["world"].upper(), "bold"),
        f"  {found['people']} people, {found['hubs']} hubs, {found['area_km2']:,} km2  ",
        (f"({found['suppressed']} passed over, {found['unreachable']} unreachable)", "dim"),
    )
