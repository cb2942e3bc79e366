"""Writes an invented folder in the form of ``movements/``, with its own people and hubs."""

import csv
import gzip
import math
import random
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from homeward.backtest.making.land import Land, Spot, make_land
from homeward.backtest.making.ways import Way, by_rail, by_road, on_foot, place_at

CASES: Final = 600
_PAST_MIN: Final = 380.0
"""A track reaches so far past the report."""
_WRONG: Final = 0.08
"""How often the category is reported wrongly."""
_HOW: Final = {
    # Weights of on foot, near by car, far by car, by rail; age from, to. Weights are our own (~).
    "stranger_abduction": ((0.12, 0.38, 0.30, 0.20), (0, 15)),
    "family_abduction": ((0.05, 0.35, 0.45, 0.15), (0, 14)),
    "lost_child": ((0.92, 0.05, 0.03, 0.0), (2, 12)),
    "endangered_runaway": ((0.35, 0.30, 0.15, 0.20), (11, 17)),
    "dementia_or_disability": ((0.90, 0.07, 0.03, 0.0), (60, 94)),
}
_NEAR_KM, _FAR_KM = 6.0, 90.0
_SIGHTINGS_MAX: Final = 3
_IN_TOWN: Final = 0.5
_CASE_COLUMNS: Final = (
    *("case_id", "category", "reported_category", "age", "sex", "adcode", "last_seen_hour"),
    *("report_lat", "report_lon", "report_accuracy_m", "datum", "reported_delay_min"),
    *("true_lat", "true_lon", "true_delay_min"),
)
_SIGHTING_COLUMNS: Final = (
    *("sighting_id", "case_id", "seen_minute", "received_minute", "lat", "lon", "accuracy_m"),
    *("datum", "claimed_mode"),
)
_COUNTY_COLUMNS: Final = (
    *("adcode", "pop2020", "urban_share", "area_km2", "centroid_lat", "centroid_lon"),
    *("seat_lat", "seat_lon"),
)


class _Tables(NamedTuple):
    cases: list[Sequence[object]]
    tracks: list[Sequence[object]]
    sightings: list[Sequence[object]]
    truths: list[Sequence[object]]
    visits: list[Sequence[object]]


def make_folder(folder: Path, seed: int, cases: int) -> dict[str, int]:
    """Write a folder of invented histories; the same seed writes the same.

    Raises FileExistsError when the folder holds something, OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise FileExistsError(folder)
    draw = random.Random(seed)  # noqa: S311 -- invented histories, no secrets
    land, tables = make_land(draw), _Tables([], [], [], [], [])
    for number in range(cases):
        _case(draw, land, f"M{number:05}", tables)
    _write(folder / "cases.csv", _CASE_COLUMNS, tables.cases)
    _write(folder / "tracks.csv.gz", ("case_id", "minute", "lat", "lon", "mode"), tables.tracks)
    _write(folder / "sightings.csv", _SIGHTING_COLUMNS, tables.sightings)
    _write(folder / "sightings_truth.csv", ("sighting_id", "is_true"), tables.truths)
    visit = ("case_id", "kind", "name", "lat", "lon", "arrive_min", "leave_min", "role")
    _write(folder / "hub_visits.csv", visit, tables.visits)
    stations = [*(one for line in land.railways for one in line), *land.coaches]
    hubs = ((one.kind, one.name, *_degrees(one.spot)) for one in stations)
    _write(folder / "hubs.csv", ("kind", "name", "lat", "lon"), hubs)
    (folder / "population").mkdir()
    counties = (
        (
            *(one.code, one.people, one.urban_share, one.area_km2),
            *(*_degrees(one.middle), *_degrees(one.seat)),
        )
        for one in land.districts
    )
    _write(folder / "population" / "counties.csv", _COUNTY_COLUMNS, counties)
    return {name: len(rows) for name, rows in tables._asdict().items()}


def _case(draw: random.Random, land: Land, case: str, tables: _Tables) -> None:
    category = draw.choice(list(_HOW))
    weights, ages = _HOW[category]
    age = draw.randint(*ages)
    district = draw.choices(land.districts, [one.people for one in land.districts])[0]
    start = _home(draw, district.middle, district.seat, district.area_km2)
    delay_min = round(min(max(55 * math.exp(draw.gauss(0, 1.0)), 4), 900), 1)
    until_min = delay_min + _PAST_MIN
    how = draw.choices(("foot", "near", "far", "rail"), weights)[0]
    way = _way(draw, land, start, how, age, until_min)
    reported = draw.choice(list(_HOW)) if draw.random() < _WRONG else category
    accuracy_m = round(60 * math.exp(draw.gauss(0, 1.2)))
    told = _off(draw, start, accuracy_m)
    told_min = max(1, round(delay_min * math.exp(draw.gauss(0, 0.12))))
    tables.cases.append(
        (
            *(case, category, reported, age, draw.choice("MF"), district.code),
            *(f"{draw.uniform(6, 21):.2f}", *_degrees(told), accuracy_m, "wgs84", told_min),
            *(*_degrees(start), delay_min),
        )
    )
    tables.tracks.extend(
        (case, f"{one.minute:.1f}", *_degrees(one.spot), one.mode) for one in way.steps
    )
    tables.visits.extend(
        (
            *(case, one.station.kind, one.station.name, *_degrees(one.station.spot)),
            *(f"{one.arrive_min:.1f}", f"{one.leave_min:.1f}", one.role),
        )
        for one in way.stops
    )
    _sightings(draw, case, way, start, delay_min, tables)


def _way(draw: random.Random, land: Land, start: Spot, how: str, age: int, until_min: float) -> Way:
    match how:
        case "foot":
            return on_foot(draw, start, age, until_min)
        case "rail":
            return by_rail(draw, land, start, until_min)
        case _:
            return by_road(draw, start, _NEAR_KM if how == "near" else _FAR_KM, until_min)


def _home(draw: random.Random, middle: Spot, seat: Spot, area_km2: float) -> Spot:
    """Return a place in the town, or in the country round about."""
    if draw.random() < _IN_TOWN:
        return seat.moved(draw.gauss(0, 2.5), draw.gauss(0, 2.5))
    km = math.sqrt(area_km2 / math.pi * draw.random())
    heading = draw.uniform(0, 2 * math.pi)
    return middle.moved(km * math.cos(heading), km * math.sin(heading))


def _sightings(
    draw: random.Random, case: str, way: Way, start: Spot, delay_min: float, tables: _Tables
) -> None:
    """Add what people say they saw, most of it after the report."""
    for true in (True, False):
        for _ in range(draw.randint(0, _SIGHTINGS_MAX)):
            seen_min = draw.uniform(0, delay_min + _PAST_MIN / 2)
            was = place_at(way.steps, seen_min)
            accuracy_m = round(150 * math.exp(draw.gauss(0, 0.9)))
            spot, mode = _off(draw, was.spot, accuracy_m), was.mode
            if not true:
                km, heading = seen_min / 60 * draw.uniform(0, 110), draw.uniform(0, 2 * math.pi)
                spot = start.moved(km * math.cos(heading), km * math.sin(heading))
                mode = draw.choice(("foot", "car", "still", "rail"))
            received = max(delay_min, seen_min + 12 * math.exp(draw.gauss(0, 1.0)))
            number = len(tables.sightings) + 1
            tables.sightings.append(
                (
                    *(number, case, round(seen_min), math.ceil(received)),
                    *(*_degrees(spot), accuracy_m, "wgs84", mode),
                )
            )
            tables.truths.append((number, int(true)))


def _off(draw: random.Random, spot: Spot, accuracy_m: float) -> Spot:
    return spot.moved(*(draw.gauss(0, accuracy_m / 1_000 / 1.5) for _ in range(2)))


def _degrees(spot: Spot) -> tuple[str, str]:
    return f"{spot.lat:.5f}", f"{spot.lon:.5f}"


def _write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    if path.suffix == ".gz":
        # Without a time in it, so that the same seed writes the same bytes.
        raw = gzip.GzipFile(path, "wb", mtime=0)
        lines = [",".join(columns), *(",".join(map(str, row)) for row in rows), ""]
        with raw:
            raw.write("\n".join(lines).encode())
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(columns)
        table.writerows(rows)
