"""Invented people around real places in true proportions: counties of China, cities of the US.

Nobody in here exists. The counts come from real data that is read in place and never copied
(`HOMEWARD_REAL_DATA`, else ``../shared/data``).
"""

import csv
import gzip
import json
import math
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final, TypeVar

import h3.api.basic_int as h3
import numpy as np
from numpy.typing import NDArray

from homeward.fanout.columns import LaneColumns
from homeward.words import RecipientKind, Severity

SEED: Final = 20_260_314
KM_PER_DEGREE: Final = 111.2
US_PEOPLE: Final = 335_000_000
"""Shared out among its cities of 15,000 and more."""
ZONES: Final = ["Asia/Shanghai", "America/Chicago"]
KINDS: Final = list(RecipientKind)

SEVERAL: Final = 0.1
"""Of people: they have three cells (home, work, now); the others have one."""
PRIVATE: Final = 0.05
"""Of cells: as coarse as res 5."""
CAMERAS: Final = 0.02
"""Of people: owners of cameras, with cells as fine as res 10."""
COMMUTE_KM: Final = 8.0

Floats = NDArray[np.float64]
Number = TypeVar("Number", np.int32, np.uint8)


@dataclass(frozen=True, slots=True)
class Crowd:
    """People as the roster hands them to an index, and the points behind their cells."""

    columns: LaneColumns
    lat_deg: Floats
    """Of each row: where somebody really is. Our index never sees it; peers keep points."""
    lon_deg: Floats
    people: int


def real_data() -> Path:
    """Return the folder of real inputs. Raises SystemExit where there is none."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    folder = Path(os.environ.get("HOMEWARD_REAL_DATA") or beside)
    if not (folder / "population").is_dir():
        raise SystemExit(f"this bench needs real data: no {folder}; set HOMEWARD_REAL_DATA")
    return folder


def county(same: str) -> list[list[tuple[float, float]]]:
    """Return the outer rings of a US county as (lat, lon), the largest first."""
    text = (real_data() / "polygons" / "us_counties.geojson").read_text(encoding="utf-8")
    for one in json.loads(text)["features"]:
        if one["properties"]["same"] == same:
            shape = one["geometry"]
            parts = shape["coordinates"]
            polygons = [parts] if shape["type"] == "Polygon" else parts
            rings = [[(lat, lon) for lon, lat in polygon[0]] for polygon in polygons]
            return sorted(rings, key=len, reverse=True)
    raise LookupError(same)


def _places() -> tuple[Floats, ...]:
    """Return lat, lon, people, scale in km (how far out they live) and zone of real places."""
    folder, rows = real_data() / "population", []
    with (folder / "cn_counties_census2020.csv").open(encoding="utf-8") as lines:
        for one in csv.DictReader(lines):
            people, urban = float(one["pop2020"] or 0), float(one["urban_share"] or 0)
            wide_km = math.sqrt(float(one["area_km2"]))
            middle = (float(one["centroid_lat"]), float(one["centroid_lon"]))
            seat = (float(one["seat_lat"] or middle[0]), float(one["seat_lon"] or middle[1]))
            rows.append((*seat, people * urban, min(4.0, wide_km / 4), 0))
            rows.append((*middle, people * (1 - urban), wide_km / 3, 0))
    cities = []
    with gzip.open(folder / "cities15000_world.csv.gz", "rt", encoding="utf-8") as lines:
        for one in csv.DictReader(lines):
            if one["country"] == "US":
                people = float(one["population"])
                near_km = 0.3 * math.sqrt(people / 10_000)
                cities.append((float(one["lat"]), float(one["lon"]), people, near_km, 1))
    more = US_PEOPLE / sum(one[2] for one in cities)
    rows += [(lat, lon, people * more, km, zone) for lat, lon, people, km, zone in cities]
    return tuple(np.array(column, np.float64) for column in zip(*rows, strict=True))


def _around(
    draw: np.random.Generator, lat: Floats, lon: Floats, km: Floats | float
) -> tuple[Floats, Floats]:
    """Return points around others; how far away is drawn from an exponential of that mean."""
    away = draw.exponential(km, len(lat)) / KM_PER_DEGREE
    turn = draw.random(len(lat)) * 2 * math.pi
    north = np.clip(lat + away * np.sin(turn), -89.9, 89.9)
    return north, lon + away * np.cos(turn) / np.cos(np.radians(north))


@lru_cache(maxsize=1)
def crowd(people: int) -> Crowd:
    """Return so many people; the same every time, kept for the next bench of this run."""
    draw = np.random.default_rng(SEED)
    lat, lon, weight, km, zone = _places()
    home = draw.choice(len(weight), people, p=weight / weight.sum())
    home_lat, home_lon = _around(draw, lat[home], lon[home], km[home])
    several = np.flatnonzero(draw.random(people) < SEVERAL)
    others = np.repeat(several, 2)
    work_lat, work_lon = _around(draw, home_lat[others], home_lon[others], COMMUTE_KM)
    owners = np.concatenate([np.arange(people), others])
    lat_deg, lon_deg = np.concatenate([home_lat, work_lat]), np.concatenate([home_lon, work_lon])
    camera = draw.random(people) < CAMERAS
    res = np.where(draw.random(len(owners)) < PRIVATE, 5, 7)
    res[camera[owners]] = 10
    cells = map(h3.latlng_to_cell, lat_deg.tolist(), lon_deg.tolist(), res.tolist())
    columns = _columns(draw, people, np.fromiter(cells, np.uint64, len(owners)), owners)
    columns.kinds[camera[owners]] = KINDS.index(RecipientKind.CAMERA_OWNER)
    columns.zones[:] = zone[home][owners]
    return Crowd(columns, lat_deg, lon_deg, people)


def ordinals(draw: np.random.Generator, people: int) -> NDArray[np.uint32]:
    """Return what a roster gives them one by one: 6 bits of shard, then 26 bits counted up."""
    shards = draw.integers(0, 64, people)
    order = np.argsort(shards, kind="stable")
    counts = np.bincount(shards, minlength=64)
    places = np.empty(people, np.int64)
    places[order] = np.arange(people) - np.repeat(np.cumsum(counts) - counts, counts)
    return ((shards << 26) | places).astype(np.uint32)


def _columns(
    draw: np.random.Generator, people: int, cells: NDArray[np.uint64], owners: NDArray[np.int64]
) -> LaneColumns:
    """Return rows of people with wishes; every row of a person says the same."""

    def wish(values: list[int], parts: list[float], kind: type[Number]) -> NDArray[Number]:
        return draw.choice(np.array(values, kind), people, p=parts)[owners]

    severities = [one.rank for one in (Severity.MINOR, Severity.MODERATE, Severity.EXTREME)]
    quiet = draw.random(people)[owners] < 0.3  # noqa: PLR2004 -- a share that was made up
    return LaneColumns(
        revision=1,
        cells=cells,
        ordinals=ordinals(draw, people)[owners],
        kinds=np.full(len(owners), KINDS.index(RecipientKind.VOLUNTEER), np.uint8),
        reach_km_max=wish([0, 20, 100], [0.8, 0.1, 0.1], np.int32),
        severity_min=wish(severities, [0.7, 0.25, 0.05], np.uint8),
        quiet_from_min=np.where(quiet, 1_320, -1).astype(np.int16),
        quiet_to_min=np.where(quiet, 420, -1).astype(np.int16),
        zones=np.zeros(len(owners), np.uint16),
        active=draw.random(people)[owners] < 0.97,  # noqa: PLR2004 -- the same
        reachable=draw.random(people)[owners] < 0.98,  # noqa: PLR2004 -- the same
        levels=np.zeros(len(owners), np.uint8),
        per_day=np.zeros(len(owners), np.uint8),
        tiers=np.zeros(len(owners), np.uint8),
        zone_names=ZONES,
    )
