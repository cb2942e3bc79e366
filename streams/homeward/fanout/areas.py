"""Where people are looked for."""

from dataclasses import dataclass
from typing import TypeAlias

from pyroaring import BitMap

from homeward.geography.cells import Cells


@dataclass(frozen=True, slots=True)
class Disk:
    """Everything within a distance of a point."""

    lat_deg: float
    lon_deg: float
    radius_m: float


@dataclass(frozen=True, slots=True)
class Ring:
    """Everything between two distances of a point."""

    lat_deg: float
    lon_deg: float
    inner_m: float
    outer_m: float


@dataclass(frozen=True, slots=True)
class Polygon:
    """What a ring of great-circle arcs encloses (its smaller side), less what its holes enclose."""

    corners: tuple[tuple[float, float], ...]
    """Latitude and longitude in degrees, closed or not."""
    holes: tuple[tuple[tuple[float, float], ...], ...] = ()
    """Rings within; what lies on a hole's edge is inside the polygon."""


@dataclass(frozen=True, slots=True)
class Polygons:
    """Several polygons: inside is who is inside any of them."""

    parts: tuple[Polygon, ...]


@dataclass(frozen=True, slots=True)
class CellSet:
    """The places below some cells of mixed resolutions: what a reach policy answers."""

    cells: Cells


@dataclass(frozen=True, slots=True)
class Among:
    """These people, wherever they are: who was let sleep is looked at again."""

    ordinals: BitMap


@dataclass(frozen=True, slots=True)
class Anywhere:
    """Everybody of the kinds asked for: desks have no place."""


Area: TypeAlias = Disk | Ring | Polygon | Polygons | CellSet | Among | Anywhere
