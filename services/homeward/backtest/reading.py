"""Reads a folder of histories; `reports` and `claims` never open what only the judge may know."""

from collections import defaultdict
from collections.abc import Collection
from pathlib import Path
from typing import Final

import numpy as np

from homeward.backtest.people import County
from homeward.backtest.rows import Claim, History, Report, Track, Truth, Visit
from homeward.backtest.sheets import CATEGORIES, MODES, SEXES, BadFolder, Row, rows
from homeward.geography.hubbook import Hub
from homeward.words import AgeBand, Category, Sex

MAY_READ: Final = (
    *("case_id", "reported_category", "age", "sex", "last_seen_hour", "report_lat", "report_lon"),
    *("report_accuracy_m", "datum", "reported_delay_min"),
)
"""The columns of cases.csv that a policy may read; the rest of that file is the judge's."""
CLAIM_COLUMNS: Final = (
    *("sighting_id", "case_id", "seen_minute", "received_minute", "lat", "lon", "accuracy_m"),
    *("datum", "claimed_mode"),
)
TRACK_COLUMNS: Final = ("case_id", "minute", "lat", "lon")
VISIT_COLUMNS: Final = ("case_id", "kind", "name", "lat", "lon", "arrive_min")
MINUTES_MAX: Final = 60 * 24 * 365
_ACCURACY_M_MAX: Final = 1_000_000
_AGE_MAX: Final = 130
COUNTY_COLUMNS: Final = (
    *("pop2020", "urban_share", "area_km2", "centroid_lat", "centroid_lon"),
    *("seat_lat", "seat_lon"),
)
_URBAN_SHARE: Final = 0.5
_PEOPLE_MAX: Final = 1e10
_KM2_MAX: Final = 2e7


def read_history(folder: Path, cases: int | None = None) -> History:
    """Return a folder's histories, or those of its first cases. Raises BadFolder.

    Sightings and hub visits may be missing: then nothing is judged by them.
    """
    if not folder.is_dir():
        raise BadFolder(f"{folder} is no folder", "name one, or make one: homeward backtest --make")
    told = reports(folder, cases)
    if not told:
        raise BadFolder("cases.csv holds no case", "see docs/backtest.md for its form")
    wanted = {one.case for one in told}
    has = {name: _is_there(folder / name) for name in ("sightings.csv", "sightings_truth.csv")}
    return History(
        reports=told,
        claims=claims(folder, wanted) if has["sightings.csv"] else {},
        truths=_truths(folder, wanted),
        true_claims=_true_claims(folder) if has["sightings_truth.csv"] else {},
    )


def reports(folder: Path, cases: int | None = None) -> list[Report]:
    """Return what was reported, and nothing else. Raises BadFolder."""
    found: list[Report] = []
    seen: set[str] = set()
    for row in rows(folder / "cases.csv", MAY_READ):
        if cases is not None and len(found) >= cases:
            break
        one = _report(row)
        if one.case in seen:
            raise row.bad(f"case {one.case} stands twice", "delete one of them")
        seen.add(one.case)
        found.append(one)
    return found


def claims(folder: Path, wanted: Collection[str]) -> dict[str, tuple[Claim, ...]]:
    """Return the sightings as they were reported, by case in the order of receipt."""
    found: defaultdict[str, list[Claim]] = defaultdict(list)
    for row in rows(folder / "sightings.csv", CLAIM_COLUMNS):
        if row.text("case_id") in wanted:
            one = _claim(row)
            found[one.case].append(one)
    return {
        case: tuple(sorted(many, key=lambda one: (one.received_min, one.id)))
        for case, many in found.items()
    }


def read_hubs(path: Path) -> list[Hub]:
    """Return the hubs of a file in the form of hubs.csv. Raises BadFolder."""
    return [
        Hub.at(f"{row.text('kind')}:{number}", row.text("kind"), *row.place(), 1)
        for number, row in enumerate(rows(path, ("kind", "name", "lat", "lon")), 2)
    ]


def read_counties(path: Path) -> list[County]:
    """Return the counties of a file in the form of cn_counties_census2020.csv. Raises BadFolder.

    Rows without people are left out; without a seat, the town stands at the centroid; without an
    urban share, half of the people live in it.
    """
    found = []
    for row in rows(path, COUNTY_COLUMNS):
        if not row.text("pop2020"):
            continue
        middle = row.place_in("centroid_lat", "centroid_lon")
        seat = row.place_in("seat_lat", "seat_lon") if row.text("seat_lat") else middle
        share = row.number("urban_share", 0, 1) if row.text("urban_share") else _URBAN_SHARE
        people = row.number("pop2020", 0, _PEOPLE_MAX)
        area_km2 = row.number("area_km2", 0, _KM2_MAX) if row.text("area_km2") else 0.0
        found.append(County(people, share, area_km2, *middle, *seat))
    if not found:
        raise BadFolder(f"{path.name} holds no county with people", "name another with --people")
    return found


def _report(row: Row) -> Report:
    lat, lon = row.place_in("report_lat", "report_lon")
    age = row.text("age")
    years = None if age.lower() in {"", "unknown"} else int(row.number("age", 0, _AGE_MAX))
    return Report(
        case=row.text("case_id"),
        category=row.word("reported_category", CATEGORIES),
        age_band=AgeBand.of(years),
        sex=SEXES.get(row.text("sex").lower(), Sex.UNKNOWN),
        last_seen_hour=row.number("last_seen_hour", 0, 24),
        lat_deg=lat,
        lon_deg=lon,
        accuracy_m=round(row.number("report_accuracy_m", 0, _ACCURACY_M_MAX)),
        delay_min=row.number("reported_delay_min", 0, MINUTES_MAX),
    )


def _claim(row: Row) -> Claim:
    lat, lon = row.place()
    return Claim(
        id=row.text("sighting_id"),
        case=row.text("case_id"),
        seen_min=row.number("seen_minute", -MINUTES_MAX, MINUTES_MAX),
        received_min=row.number("received_minute", 0, MINUTES_MAX),
        lat_deg=lat,
        lon_deg=lon,
        accuracy_m=round(row.number("accuracy_m", 0, _ACCURACY_M_MAX)),
        claimed_mode=row.text("claimed_mode").lower(),
        mode=row.word("claimed_mode", MODES),
    )


def _truths(folder: Path, wanted: Collection[str]) -> dict[str, Truth]:
    tracks = _tracks(folder, wanted)
    visits = _visits(folder, wanted) if _is_there(folder / "hub_visits.csv") else {}
    found: dict[str, Truth] = {}
    for row in rows(folder / "cases.csv", ("case_id", "true_delay_min")):
        case = row.text("case_id")
        if case not in wanted or case in found:
            continue
        if case not in tracks:
            raise row.bad(f"case {case} has no rows in tracks.csv", "add its way or delete it")
        category: Category | None = None
        if row.text("category"):
            category = row.word("category", CATEGORIES)
        delay_min = row.number("true_delay_min", 0, MINUTES_MAX)
        found[case] = Truth(case, delay_min, tracks[case], category, tuple(visits.get(case, ())))
    return found


def _tracks(folder: Path, wanted: Collection[str]) -> dict[str, Track]:
    points: defaultdict[str, list[tuple[float, float, float]]] = defaultdict(list)
    for row in rows(folder / "tracks.csv", TRACK_COLUMNS):
        case = row.text("case_id")
        if case not in wanted:
            continue
        minute = row.number("minute", 0, MINUTES_MAX)
        way = points[case]
        if way and minute < way[-1][0]:
            raise row.bad(f"minute {minute:g} comes after {way[-1][0]:g}", "sort a case's rows")
        way.append((minute, row.number("lat", -90, 90), row.number("lon", -180, 180)))
    found = {}
    for case, way in points.items():
        minutes, lat, lon = np.array(way, np.float64).T
        found[case] = Track(minutes, lat, np.unwrap(lon, period=360.0))
    return found


def _visits(folder: Path, wanted: Collection[str]) -> dict[str, list[Visit]]:
    found: defaultdict[str, list[Visit]] = defaultdict(list)
    for row in rows(folder / "hub_visits.csv", VISIT_COLUMNS):
        case = row.text("case_id")
        if case in wanted:
            arrives = row.number("arrive_min", 0, MINUTES_MAX)
            found[case].append(Visit(row.text("kind"), row.text("name"), *row.place(), arrives))
    return found


def _true_claims(folder: Path) -> dict[str, bool]:
    table = rows(folder / "sightings_truth.csv", ("sighting_id", "is_true"))
    return {row.text("sighting_id"): row.text("is_true") == "1" for row in table}


def _is_there(path: Path) -> bool:
    return path.exists() or path.with_name(path.name + ".gz").exists()
