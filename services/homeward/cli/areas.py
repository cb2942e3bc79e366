"""Areas as they are drawn on a command line."""

import json as texts
from pathlib import Path
from typing import Any

from homeward.cli.output import Complaint


def drawn(
    lat: float | None,
    lon: float | None,
    km: float | None,
    inner_km: float | None,
    datum: str,
    geojson: Path | None,
    cells: str | None,
) -> dict[str, Any]:
    """Return the area that the options draw. Raises Complaint."""
    if geojson is not None:
        try:
            found = texts.loads(geojson.read_text())
        except (OSError, ValueError):
            raise Complaint(f"{geojson} cannot be read as JSON", "see RFC 7946") from None
        shape = found.get("geometry", found) if isinstance(found, dict) else {}
        return {name: shape.get(name) for name in ("type", "coordinates")}
    if cells is not None:
        return {"type": "cells", "cells": [one.strip() for one in cells.split(",")]}
    if lat is None or lon is None or km is None:
        mend = "give --lat, --lon and --km, or --geojson, or --cells: homeward area preview --help"
        raise Complaint("no area is drawn", mend, code=2)
    middle = {"lat": lat, "lon": lon, "datum": datum}
    if inner_km is None:
        return {"type": "disk", **middle, "radius_km": km}
    return {"type": "ring", **middle, "inner_km": inner_km, "outer_km": km}
