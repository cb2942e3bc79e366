"""Areas as people draw them: a disk, a ring, GeoJSON polygons, cells."""

import math
from datetime import UTC, datetime
from typing import Annotated, Final, Literal, TypeAlias

import numpy as np
from pydantic import Field

from homeward.fanout.areas import Area, CellSet, Disk, Polygon, Polygons, Ring
from homeward.geography.cells import Cells, cells_from, compacted
from homeward.geography.shapes import Round, cover, shape_of
from homeward.geography.sphere import distances_m, unit_of, units
from homeward.http.bodies import Body, Degrees, Moment, Whole, place_of
from homeward.http.problems import AreaImpossible
from homeward.words import Cell, Datum, ReasonCode, Severity

KM_MAX: Final = 5_000.0
"""As far as an alert may reach."""
CELLS_MAX: Final = 5_000
PARTS_MAX: Final = 50
CORNERS_MAX: Final = 1_000
"""Of all rings together: the measuring takes cells times corners."""
_RING_MIN: Final = 3
_LAT_MAX, _LON_MAX = 90.0, 180.0

Km = Annotated[float, Field(strict=True, gt=0, le=KM_MAX)]
Point = Annotated[tuple[Degrees, Degrees], Field(description="Longitude, latitude (WGS 84).")]
Corners = Annotated[list[Point], Field(min_length=_RING_MIN, max_length=CORNERS_MAX)]
Rings = Annotated[list[Corners], Field(min_length=1, max_length=PARTS_MAX)]


class DiskBody(Body):
    """Everything within a distance of a point."""

    type: Literal["disk"]
    lat: Degrees
    lon: Degrees
    datum: Datum = Datum.WGS84
    radius_km: Km

    def area(self) -> Area:
        """Return the disk. Raises PlaceImpossible."""
        return Disk(*_centre(self), self.radius_km * 1_000)


class RingBody(Body):
    """Everything between two distances of a point."""

    type: Literal["ring"]
    lat: Degrees
    lon: Degrees
    datum: Datum = Datum.WGS84
    inner_km: Km
    outer_km: Km

    def area(self) -> Area:
        """Return the ring. Raises PlaceImpossible, AreaImpossible."""
        if self.inner_km >= self.outer_km:
            raise AreaImpossible("the inner distance is not below the outer one")
        return Ring(*_centre(self), self.inner_km * 1_000, self.outer_km * 1_000)


class PolygonBody(Body):
    """A GeoJSON polygon: its outer ring, then its holes."""

    type: Literal["Polygon"]
    coordinates: Rings

    def area(self) -> Area:
        """Return the polygon. Raises AreaImpossible."""
        return _polygons([self.coordinates])


class MultiPolygonBody(Body):
    """GeoJSON polygons, several parts."""

    type: Literal["MultiPolygon"]
    coordinates: Annotated[list[Rings], Field(min_length=1, max_length=PARTS_MAX)]

    def area(self) -> Area:
        """Return the polygons. Raises AreaImpossible."""
        return _polygons(self.coordinates)


class CellsBody(Body):
    """H3 cells of mixed resolutions."""

    type: Literal["cells"]
    cells: Annotated[list[Cell], Field(min_length=1, max_length=CELLS_MAX)]

    def area(self) -> Area:
        """Return the set of cells."""
        return CellSet(cells_from(self.cells))


Drawn: TypeAlias = Annotated[
    DiskBody | RingBody | PolygonBody | MultiPolygonBody | CellsBody, Field(discriminator="type")
]


Measured: TypeAlias = Annotated[
    Moment, Field(ge=datetime(1970, 1, 1, tzinfo=UTC), lt=datetime(9999, 1, 1, tzinfo=UTC))
]
"""Far enough from the ends of time to be told in any zone."""


class PreviewBody(Body):
    """An area, and what an alert to it would be."""

    area: Drawn
    severity: Severity = Severity.SEVERE
    at: Annotated[Measured | None, Field(description="Who sleeps then; without it: now.")] = None


Typed: TypeAlias = Literal["name", "clothing", "marks", "language", "medical_need", "place_text"]
"""What somebody typed of the person and the place, which texts hold."""


class DraftBody(Body):
    """The bounds of an alert; its words are made by the server."""

    policy: ReasonCode = "field"
    severity: Severity
    reach_km_max: Annotated[Whole, Field(ge=1, le=5_000)]
    expires_at: Moment | None = None
    expires_in_s: Annotated[Whole, Field(ge=0, le=10_000_000)] | None = None
    area: Annotated[
        Drawn | None,
        Field(description="For polygon, and for district instead of the one that the desk finds."),
    ] = None
    changes_what_to_do: Annotated[
        bool,
        Field(description="False: whoever an earlier version told is not told of this one."),
    ] = True
    leave_out: Annotated[
        tuple[Typed, ...],
        Field(max_length=10, description="Typed fields that no text of it shall hold."),
    ] = ()


def cells_of(area: Area) -> Cells:
    """Return compacted cells that hold all of a drawn area. Raises AreaImpossible."""
    match area:
        case Disk():
            found = cover(Round(unit_of(area.lat_deg, area.lon_deg), area.radius_m))
        case Ring():
            middle = unit_of(area.lat_deg, area.lon_deg)
            found = cover(Round(middle, area.outer_m, area.inner_m))
        case Polygon():
            found = cover(shape_of([(area.corners, *area.holes)]))
        case Polygons():
            found = cover(shape_of((one.corners, *one.holes) for one in area.parts))
        case CellSet():
            found = compacted(area.cells)
        case _:
            raise TypeError(f"nobody draws {type(area).__name__}")
    if not len(found):
        raise AreaImpossible("its holes leave nothing of it")
    return found


def _centre(said: DiskBody | RingBody) -> tuple[float, float]:
    place = place_of(said.lat, said.lon, said.datum, 0)
    return place.lat_deg, place.lon_deg


def _polygons(parts: list[list[list[tuple[float, float]]]]) -> Area:
    rings = [ring for part in parts for ring in part]
    if sum(map(len, rings)) > CORNERS_MAX:
        raise AreaImpossible(f"more than {CORNERS_MAX} corners")
    found = [[_ring(ring) for ring in part] for part in parts]
    made = tuple(Polygon(first, tuple(holes)) for first, *holes in found)
    return made[0] if len(made) == 1 else Polygons(made)


def _ring(ring: list[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """Return a ring as latitudes and longitudes. Raises AreaImpossible."""
    corners = tuple((lat, lon) for lon, lat in ring)
    if not all(_on_earth(*one) for one in corners):
        raise AreaImpossible("a corner is no place on Earth: GeoJSON says longitude first")
    if len(np.unique(np.array(corners), axis=0)) < _RING_MIN:
        raise AreaImpossible("a ring has three different corners at least")
    away_m = distances_m(units(*zip(*corners, strict=True)), unit_of(*corners[0]))
    if away_m.max() > KM_MAX * 1_000:  # which side of a ring around the Earth would be meant?
        raise AreaImpossible(f"a corner is more than {KM_MAX:,.0f} km from the first one")
    return corners


def _on_earth(lat_deg: float, lon_deg: float) -> bool:
    finite = math.isfinite(lat_deg) and math.isfinite(lon_deg)
    return finite and abs(lat_deg) <= _LAT_MAX and abs(lon_deg) <= _LON_MAX
