"""The districts of an authority: which one a place lies in.

Read from a GeoJSON file (RFC 7946) when a server starts; the file is the operator's own, for no two
countries draw districts alike. The district is written into the draft as cells, so a replay needs
no file.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from homeward.geography.cells import Cells
from homeward.geography.outlines import odd_to_the_east
from homeward.geography.rings import CORNERS_MIN, ring_distances_m
from homeward.geography.shapes import cover, shape_of
from homeward.geography.sphere import Floats, centre_deg, unit_of, units

NAMES: Final = ("name", "NAME", "name_en", "code", "CODE")
"""Properties that a district's name is looked for in, in this order."""
CODES: Final = ("code", "CODE", "adcode")
BYTES_MAX: Final = 500_000_000
PARTS_MAX: Final = 1_000
CORNERS_MAX: Final = 50_000
"""Of one district (DOMAIN "Standards": shapes beyond both are refused)."""
COAST_M: Final = 1_000.0
"""Whoever was last seen on a pier, or whose cell's centre lies in the river, was in the nearest."""
_NEAR_DEG: Final = 0.05
_LAT_MAX, _LON_MAX = 90.0, 180.0


class DistrictsRefused(ValueError):
    """The file holds no districts; the text is "what: mend"."""


@dataclass(frozen=True, slots=True)
class District:
    """One district."""

    name: str
    polygons: tuple[tuple[Floats, ...], ...]
    """Each its outer ring and then its holes, rows of latitude and longitude in degrees."""
    code: str = ""
    """As the file has it; "": it has none."""

    def cells(self) -> Cells:
        """Return compacted cells that hold all of it; takes up to a second or two."""
        return cover(
            shape_of(
                [[(lat, lon) for lat, lon in ring.tolist()] for ring in polygon]
                for polygon in self.polygons
            )
        )

    def holds(self, lat_deg: float, lon_deg: float) -> bool:
        """Whether a point lies inside: in a polygon and in none of its holes."""
        return any(
            _inside(lat_deg, lon_deg, first)
            and not any(_inside(lat_deg, lon_deg, hole) for hole in holes)
            for first, *holes in self.polygons
        )

    def away_m(self, point: Floats) -> float:
        """Return how far a point is from the nearest outer ring's inside."""
        rings = (units(*first.T) for first, *_ in self.polygons)
        return min(float(ring_distances_m(point[None, :], ring)[0]) for ring in rings)


@dataclass(frozen=True, slots=True)
class Districts:
    """All districts of a file."""

    all: tuple[District, ...]
    boxes: Floats
    """South, west, north and east of each, in degrees; width from the western end."""

    @classmethod
    def of(cls, districts: Sequence[District]) -> "Districts":
        """Return districts ready to be asked."""
        return cls(tuple(districts), np.array([_box(one) for one in districts]).reshape(-1, 4))

    def around(self, cell: str) -> District | None:
        """Return the district that holds the centre of a cell, or else is nearest within 1 km.

        Where districts overlap, the one that stands first in the file.
        """
        lat_deg, lon_deg = centre_deg(cell)
        near = [self.all[row] for row in self._near(lat_deg, lon_deg)]
        found = next((one for one in near if one.holds(lat_deg, lon_deg)), None)
        if found is not None or not near:
            return found
        point = unit_of(lat_deg, lon_deg)
        away_m, row = min((one.away_m(point), row) for row, one in enumerate(near))
        return near[row] if away_m <= COAST_M else None

    def named(self, said: str) -> District | None:
        """Return the first district with a name or code; case and spaces do not count."""
        wanted = _plain(said)
        found = (one for one in self.all if wanted in {_plain(one.name), _plain(one.code)})
        return next(found, None) if wanted else None

    def _near(self, lat_deg: float, lon_deg: float) -> list[int]:
        south, west, north, width = self.boxes.T
        margin = _NEAR_DEG / max(np.cos(np.radians(lat_deg)), 0.01)
        along = (lon_deg - west + margin) % 360
        fits = (south - _NEAR_DEG <= lat_deg) & (lat_deg <= north + _NEAR_DEG)
        found: list[int] = np.flatnonzero(fits & (along <= width + 2 * margin)).tolist()
        return found


def _plain(said: str) -> str:
    return "".join(said.split()).casefold()


def _box(district: District) -> tuple[float, float, float, float]:
    corners = np.concatenate([first for first, *_ in district.polygons])
    lon = np.sort(corners[:, 1] % 360)
    gaps = np.diff(np.append(lon, lon[0] + 360))  # the widest one lies outside
    widest = int(gaps.argmax())
    west, south, north = lon[(widest + 1) % len(lon)], corners[:, 0].min(), corners[:, 0].max()
    return float(south), float(west), float(north), 360 - float(gaps[widest])


def _inside(lat_deg: float, lon_deg: float, ring: Floats) -> bool:
    """Whether a line to the east crosses the ring an odd number of times; 180 degrees is no end."""
    lat, lon = ring.T
    return odd_to_the_east((lon - lon_deg + 180) % 360 - 180, lat - lat_deg)


def read_districts(path: Path) -> Districts:
    """Return the districts of a file. Raises DistrictsRefused."""
    try:
        if path.stat().st_size > BYTES_MAX:
            msg = f"{path} is larger than {BYTES_MAX:,} bytes: simplify its outlines"
            raise DistrictsRefused(msg)
        said = json.loads(path.read_bytes())
    except OSError as failure:
        msg = f"{path} cannot be read ({failure.strerror}): mend HOMEWARD_DISTRICTS"
        raise DistrictsRefused(msg) from None
    except (ValueError, RecursionError):
        msg = f"{path} is no JSON: HOMEWARD_DISTRICTS names a GeoJSON FeatureCollection"
        raise DistrictsRefused(msg) from None
    if not isinstance(said, dict) or not isinstance(features := said.get("features"), list):
        msg = f"{path} is no FeatureCollection: HOMEWARD_DISTRICTS names a GeoJSON file (RFC 7946)"
        raise DistrictsRefused(msg)
    found = [_district(path, number, one) for number, one in enumerate(features, 1)]
    if not found:
        msg = f"{path} holds no district: give it a feature a district"
        raise DistrictsRefused(msg)
    return Districts.of(found)


def _district(path: Path, number: int, feature: object) -> District:
    where = f"{path}, feature {number}"
    shape = feature.get("geometry") if isinstance(feature, dict) else None
    kind = shape.get("type") if isinstance(shape, dict) else None
    if not isinstance(shape, dict) or kind not in {"Polygon", "MultiPolygon"}:
        msg = f"{where} is no area: give each a Polygon or MultiPolygon"
        raise DistrictsRefused(msg)
    said: Any = shape.get("coordinates")
    try:
        polygons = tuple(_polygons([said] if kind == "Polygon" else said))
    except (TypeError, ValueError, IndexError) as wrong:
        msg = f"{where} cannot be drawn ({wrong}): say longitude, latitude in degrees, in rings"
        raise DistrictsRefused(msg) from None
    corners = sum(len(ring) for polygon in polygons for ring in polygon)
    if not polygons or len(polygons) > PARTS_MAX or corners > CORNERS_MAX:
        most = f"between 1 and {PARTS_MAX:,}, and at most {CORNERS_MAX:,}: simplify it"
        msg = f"{where} has {len(polygons):,} parts and {corners:,} corners: {most}"
        raise DistrictsRefused(msg)
    assert isinstance(feature, dict)
    properties = feature.get("properties")
    said_of = properties if isinstance(properties, dict) else {}
    code = next((str(said_of[one])[:200] for one in CODES if said_of.get(one)), "")
    return District(_name(said_of, number), polygons, code)


def _name(properties: Mapping[str, Any], number: int) -> str:
    named = (properties[one] for one in NAMES if properties.get(one) not in {None, ""})
    return str(next(named, f"district {number}"))[:200]


def _polygons(said: Iterable[Iterable[Iterable[Sequence[Any]]]]) -> Iterator[tuple[Floats, ...]]:
    for polygon in said:
        rings = tuple(_ring(one) for one in polygon)
        if not rings:
            msg = "a polygon without a ring"
            raise ValueError(msg)
        yield rings


def _ring(said: Iterable[Sequence[Any]]) -> Floats:
    ring = np.array([(float(lat), float(lon)) for lon, lat, *_ in said]).reshape(-1, 2)
    if not (np.abs(ring) <= (_LAT_MAX, _LON_MAX)).all():
        msg = "a corner that is no place on Earth"
        raise ValueError(msg)
    if len(np.unique(ring, axis=0)) < CORNERS_MIN:
        msg = "a ring of fewer than three corners"
        raise ValueError(msg)
    return ring
