"""An area as people paste it: GeoJSON, or the lines of a CAP message, into a body of the API."""

import json
import re
from collections.abc import Sequence
from itertools import chain
from typing import Any, Final

from homeward.http.drawing import CORNERS_MAX, PARTS_MAX
from homeward.http.problems import AreaImpossible
from homeward.refusals import Refused

CHARS_MAX: Final = 60_000
"""A thousand corners in full precision; whoever pastes more has not simplified it."""
DEPTH_MAX: Final = 20
"""Of brackets in GeoJSON; a FeatureCollection of MultiPolygons has nine."""
_NUMBER: Final = r"[+-]?\d{1,3}(?:\.\d{1,20})?"
_PAIR: Final = rf"{_NUMBER},{_NUMBER}"
_LINE: Final = re.compile(rf"{_PAIR}(?: {_PAIR})*")
_CIRCLE: Final = re.compile(rf"({_NUMBER}),({_NUMBER}) (\d{{1,4}}(?:\.\d{{1,20}})?)")
_TAGS: Final = re.compile(r"</?(?:\w{1,20}:)?(?:polygon|circle)>")


class AreaUnreadable(Refused):
    """What was pasted is no area: neither GeoJSON nor lines of latitudes and longitudes."""

    code = "area-unreadable"
    status = 422
    mend = "Paste a GeoJSON polygon, or for each polygon a line of 'latitude,longitude' pairs."


def area_of(text: str) -> dict[str, Any]:
    """Return an area as the API takes it. Raises AreaUnreadable, AreaImpossible."""
    if len(text) > CHARS_MAX:
        raise AreaImpossible(f"more than {CHARS_MAX:,} characters")
    return _geojson(text) if text.startswith(("{", "[")) else _cap(text)


def _geojson(text: str) -> dict[str, Any]:
    depth = deepest = 0
    for sign in text:
        depth += (sign in "[{") - (sign in "]}")
        deepest = max(deepest, depth)
    if deepest > DEPTH_MAX:
        raise AreaUnreadable
    try:
        said = json.loads(text)
        parts = list(_parts([said] if isinstance(said, dict) else []))
        parts = [[[list(corner[:2]) for corner in ring] for ring in part] for part in parts]
    except (ValueError, TypeError, KeyError, AttributeError):
        raise AreaUnreadable from None
    return _shaped(parts)


def _parts(said: Sequence[dict[str, Any]]) -> chain[Any]:
    """Return the polygons of what GeoJSON has: each its rings."""
    found: list[Any] = []
    for one in said:
        match one["type"]:
            case "FeatureCollection":
                found += _parts(one["features"])
            case "Feature":
                found += _parts([one["geometry"]])
            case "Polygon":
                found.append(one["coordinates"])
            case "MultiPolygon":
                found += one["coordinates"]
            case _:
                raise AreaUnreadable
    return chain(found)


def _cap(text: str) -> dict[str, Any]:
    """Return the area of `polygon` lines (OASIS CAP 1.2, latitude first), or of one `circle`."""
    lines = [" ".join(one.replace(", ", ",").split()) for one in _TAGS.sub("\n", text).split("\n")]
    lines = [one for one in lines if one]
    if len(lines) == 1 and (round_ := _CIRCLE.fullmatch(lines[0])):
        lat, lon, km = map(float, round_.groups())
        return {"type": "disk", "lat": lat, "lon": lon, "radius_km": km}
    if not lines or not all(map(_LINE.fullmatch, lines)):
        raise AreaUnreadable
    if all(" " not in one for one in lines):  # a corner a line
        lines = [" ".join(lines)]
    return _shaped([[[_corner(pair) for pair in one.split(" ")]] for one in lines])


def _corner(pair: str) -> list[float]:
    lat, _, lon = pair.partition(",")
    return [float(lon), float(lat)]


def _shaped(parts: list[Any]) -> dict[str, Any]:
    if not parts:
        raise AreaUnreadable
    corners = sum(len(ring) for part in parts for ring in part)
    if len(parts) > PARTS_MAX or corners > CORNERS_MAX:
        raise AreaImpossible(f"{len(parts)} parts, {corners} corners")
    if len(parts) == 1:
        return {"type": "Polygon", "coordinates": parts[0]}
    return {"type": "MultiPolygon", "coordinates": parts}
