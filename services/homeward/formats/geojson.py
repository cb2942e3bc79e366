"""A case's field and a course's waves as GeoJSON (RFC 7946): WGS-84, longitude first.

Outlines of cells are cut at the antimeridian and have the area on their left. Cells of different
resolutions do not fit together exactly, so each band is a feature for each resolution in it.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

import numpy as np

from homeward.geography.cells import Cells, from_bytes, resolutions
from homeward.geography.outlines import Polygon, levelled, polygons
from homeward.geography.sphere import centre_deg
from homeward.picture.course import Course
from homeward.picture.field import CaseField, HubAhead
from homeward.policies.known import Source
from homeward.policies.surface import KM2
from homeward.words import instant_text

MEDIA_TYPE: Final = "application/geo+json"


def field_json(found: CaseField, names: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return a field as a FeatureCollection; ``names`` of hubs, by id, where they are known.

    Features by ``kind``: ``band`` (percent), ``reachable`` (within_s from ``at``), ``told``,
    ``source`` and ``hub``, hubs soonest first.
    """
    share = found.surface.share()
    features = [
        *(
            feature
            for percent, cells in found.bands
            for feature in _areas(cells, {"kind": "band", "percent": percent})
        ),
        *(
            feature
            for within, cells in found.reached
            for feature in _areas(cells, {"kind": "reachable", "within_s": _seconds(within)})
        ),
        *_areas(found.told, {"kind": "told", "waves": found.waves}),
        *(
            _source(one, weight, first=one is found.known.sources[0])
            for one, weight in zip(found.known.sources, found.weights, strict=True)
        ),
        *(_hub(one, names or {}) for one in found.hubs),
    ]
    return {
        "type": "FeatureCollection",
        "case": found.case,
        "as_of": found.log_index,
        "at": instant_text(found.at),
        "policy": found.policy,
        "policy_version": found.policy_version,
        "reach_km_max": found.known.reach_km_max,
        "focus": found.focus,
        "cells": int((share > 0).sum()),
        "features": features,
    }


def course_json(course: Course) -> dict[str, Any]:
    """Return a course's waves as a FeatureCollection: one feature a wave, with its time.

    A wave's cells are those that were new; where they are of several resolutions its parts may
    overlap by the width of a cell's rim.
    """
    return {
        "type": "FeatureCollection",
        "policy": course.policy,
        "features": [
            {
                "type": "Feature",
                "geometry": _shape(
                    [
                        part
                        for _, cells in _by_resolution(from_bytes(wave.cells or b""))
                        for part in polygons(cells)
                    ]
                ),
                "properties": {
                    "kind": "wave",
                    "version": wave.version,
                    "wave": wave.wave,
                    "time": instant_text(wave.at),
                    "minutes": course.minutes(wave.at),
                    "policy": wave.policy,
                    "radius_m": wave.radius_m,
                    "cells": wave.cell_count,
                },
            }
            for wave in course.waves
        ],
    }


def _seconds(span: timedelta) -> int:
    return int(span.total_seconds())


def _by_resolution(cells: Cells) -> Iterator[tuple[int, Cells]]:
    """Yield a set's cells, finest first, with coarse ones split as far as is sensible."""
    even = levelled(cells)
    of_each = resolutions(even)
    for res in np.unique(of_each)[::-1].tolist():
        yield res, even[of_each == res]


def _areas(cells: Cells, properties: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for res, some in _by_resolution(cells):
        km2 = float(KM2[res]) * len(some)
        said = {**properties, "resolution": res, "cells": len(some), "km2": round(km2, 3)}
        yield {"type": "Feature", "geometry": _shape(polygons(some)), "properties": said}


def _shape(parts: Sequence[Polygon]) -> dict[str, Any]:
    return {
        "type": "MultiPolygon",
        "coordinates": [[ring.tolist() for ring in (one.outer, *one.holes)] for one in parts],
    }


def _point(lat_deg: float, lon_deg: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [round(lon_deg, 6), round(lat_deg, 6)]}


def _source(one: Source, weight: float, *, first: bool) -> dict[str, Any]:
    properties = {
        "kind": "source",
        "what": "last-seen" if first else "sighting",
        "cell": one.cell,
        "seen_at": instant_text(one.seen_at),
        "error_m": one.error_m,
        "mode": one.mode.value,
        "credibility_ppm": one.credibility_ppm,
        "weight": round(weight, 4),
    }
    return {"type": "Feature", "geometry": _point(*centre_deg(one.cell)), "properties": properties}


def _hub(one: HubAhead, names: Mapping[str, str]) -> dict[str, Any]:
    properties = {
        "kind": "hub",
        "hub": one.hub.id,
        "name": names.get(one.hub.id),
        "hub_kind": one.hub.kind,
        "earliest_at": instant_text(one.earliest_at),
        "latest_at": instant_text(one.latest_at),
        "mode": one.mode.value,
        "watch": one.watch or None,
        "contacts": one.hub.contacts,
    }
    place = _point(one.hub.lat_deg, one.hub.lon_deg)
    return {"type": "Feature", "id": one.hub.id, "geometry": place, "properties": properties}
