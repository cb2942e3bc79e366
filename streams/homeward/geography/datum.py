"""Chinese phones and maps give shifted coordinates; here they are shifted back.

GCJ-02 is off by 265-700 m, which is the wrong res-9 cell nearly always. The forward formulas are
the published ones; the ways back are found by iteration, so that there and back again is exact.
"""

import math
from collections.abc import Callable
from typing import Final, TypeAlias

import h3

from homeward.words import Datum, Place

LAT_DEG_MAX: Final = 90
LON_DEG_MAX: Final = 180
_AXIS_M: Final = 6_378_245.0
_ECCENTRICITY_2: Final = 0.00669342162296594323
"""Krasovsky 1940, on which GCJ-02 is built."""
_BD_PI: Final = math.pi * 3000 / 180
_TURNS: Final = 30
"""Each turn leaves under a hundredth of the error, so ten reach the last bit of a float."""
_ENOUGH_DEG: Final = 1e-13
_SHIFT_DEG_MAX: Final = 0.04
"""Both shifts together stay below it."""
_WEST, _EAST, _SOUTH, _NORTH = 72.004, 137.8347, 0.8293, 55.8271
"""The rectangle in which maps shift; outside it nothing is changed."""

LatLon: TypeAlias = tuple[float, float]


def in_china(lat_deg: float, lon_deg: float) -> bool:
    """Whether maps shift a place there."""
    return _SOUTH <= lat_deg <= _NORTH and _WEST <= lon_deg <= _EAST


def wgs84_to_gcj02(lat_deg: float, lon_deg: float) -> LatLon:
    """Return where a Chinese map draws the place."""
    return _gcj(lat_deg, lon_deg) if in_china(lat_deg, lon_deg) else (lat_deg, lon_deg)


def wgs84_to_bd09(lat_deg: float, lon_deg: float) -> LatLon:
    """Return where Baidu draws the place."""
    shifted = _bd(*_gcj(lat_deg, lon_deg))
    return shifted if in_china(lat_deg, lon_deg) else (lat_deg, lon_deg)


def gcj02_to_wgs84(lat_deg: float, lon_deg: float) -> LatLon:
    """Return the place that a Chinese map draws there."""
    return _back(_gcj, lat_deg, lon_deg)


def bd09_to_wgs84(lat_deg: float, lon_deg: float) -> LatLon:
    """Return the place that Baidu draws there."""
    return _back(lambda lat, lon: _bd(*_gcj(lat, lon)), lat_deg, lon_deg)


def place_from(lat_deg: float, lon_deg: float, datum: Datum, accuracy_m: int = 0) -> Place:
    """Return the place as given and as WGS-84. Raises ValueError for what is no place."""
    if not (abs(lat_deg) <= LAT_DEG_MAX and abs(lon_deg) <= LON_DEG_MAX):  # NaN fails too
        raise ValueError("latitude must lie within 90 and longitude within 180 degrees")
    lat, lon = _TO_WGS84[datum](lat_deg, lon_deg)
    return Place(
        lat_e7=round(lat * 1e7),
        lon_e7=round(lon * 1e7),
        given_lat_e7=round(lat_deg * 1e7),
        given_lon_e7=round(lon_deg * 1e7),
        datum=datum,
        accuracy_m=accuracy_m,
    )


def cell_of(place: Place, res: int) -> str:
    """Return the cell that holds the place, as facts write it."""
    return str(h3.latlng_to_cell(place.lat_deg, place.lon_deg, res))


def _gcj(lat_deg: float, lon_deg: float) -> LatLon:
    x, y = lon_deg - 105.0, lat_deg - 35.0
    root = math.sqrt(abs(x))
    wave = 20 * math.sin(6 * x * math.pi) + 20 * math.sin(2 * x * math.pi)
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north += (wave + 20 * math.sin(y * math.pi) + 40 * math.sin(y / 3 * math.pi)) * 2 / 3
    north += (160 * math.sin(y / 12 * math.pi) + 320 * math.sin(y * math.pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east += (wave + 20 * math.sin(x * math.pi) + 40 * math.sin(x / 3 * math.pi)) * 2 / 3
    east += (150 * math.sin(x / 12 * math.pi) + 300 * math.sin(x / 30 * math.pi)) * 2 / 3
    lat = math.radians(lat_deg)
    bend = 1 - _ECCENTRICITY_2 * math.sin(lat) ** 2
    meridian_m = _AXIS_M * (1 - _ECCENTRICITY_2) / (bend * math.sqrt(bend))
    parallel_m = _AXIS_M / math.sqrt(bend) * math.cos(lat)
    return lat_deg + math.degrees(north / meridian_m), lon_deg + math.degrees(east / parallel_m)


def _bd(lat_deg: float, lon_deg: float) -> LatLon:
    far = math.hypot(lon_deg, lat_deg) + 0.00002 * math.sin(lat_deg * _BD_PI)
    turn = math.atan2(lat_deg, lon_deg) + 0.000003 * math.cos(lon_deg * _BD_PI)
    return far * math.sin(turn) + 0.006, far * math.cos(turn) + 0.0065


def _back(forward: Callable[[float, float], LatLon], lat_deg: float, lon_deg: float) -> LatLon:
    """Return the place that ``forward`` shifts to the given one; itself outside the rectangle.

    A given point within a kilometre of the rectangle's edge can stand for two places; the one
    inside is meant.
    """
    nearest_lat, nearest_lon = min(max(lat_deg, _SOUTH), _NORTH), min(max(lon_deg, _WEST), _EAST)
    if max(abs(lat_deg - nearest_lat), abs(lon_deg - nearest_lon)) > _SHIFT_DEG_MAX:
        return lat_deg, lon_deg
    lat, lon = lat_deg, lon_deg
    for _ in range(_TURNS):
        there_lat, there_lon = forward(lat, lon)
        off_lat, off_lon = there_lat - lat_deg, there_lon - lon_deg
        lat, lon = lat - off_lat, lon - off_lon
        if max(abs(off_lat), abs(off_lon)) < _ENOUGH_DEG:
            break
    return (lat, lon) if in_china(lat, lon) else (lat_deg, lon_deg)


_TO_WGS84: Final[dict[Datum, Callable[[float, float], LatLon]]] = {
    Datum.WGS84: lambda lat_deg, lon_deg: (lat_deg, lon_deg),
    Datum.GCJ02: gcj02_to_wgs84,
    Datum.BD09: bd09_to_wgs84,
}
