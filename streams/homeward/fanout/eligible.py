"""THE RULE: who is inside an area, and who of those is told. Every index is judged by it.

A recipient is inside a disk, a ring or polygons when the bounding ball of one of their cells meets
it; inside a cell set when one of their cells is in it, above a cell of it or below one. So a coarse
cell never loses anybody. Of those inside, in this order: who was told already is not told again;
who has no contact is unreachable; who is paused, wants no alert so mild, wants none from so far,
sleeps, or has a day that is spent (`policies.attention`) is passed over and looked at again; the
rest is told. Who heard of the alert before hears what is new of it whatever their day held.

Stated once for one person (`inside`, `fate`) and once for columns (`rows_inside`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

import h3.api.basic_int as h3
import numpy as np
from numpy.typing import NDArray

from homeward.fanout.areas import Among, Anywhere, Area, CellSet, Disk, Polygon, Polygons, Ring
from homeward.fanout.columns import NO_CELL
from homeward.fanout.index import PassedOver, Query
from homeward.geography.cells import Cells, meets
from homeward.geography.rings import holed_distances_m
from homeward.geography.sphere import (
    EARTH_RADIUS_M,
    Floats,
    ball_of,
    centre_deg,
    distances_m,
    unit_of,
    units,
)
from homeward.policies.attention import day_limit, sleeps_until, wakes_everybody
from homeward.policies.clocks import local_day
from homeward.words import RecipientKind, Severity, Tier

_QUARTER_TURN_M = EARTH_RADIUS_M * np.pi / 2 - 1
SLEEPERS = frozenset({RecipientKind.VOLUNTEER, RecipientKind.CAMERA_OWNER})
"""Hubs and desks are on duty."""


class Fate(Enum):
    """What becomes of a recipient under an order."""

    OUTSIDE = auto()
    ALREADY = auto()
    UNREACHABLE = auto()
    SUPPRESSED = auto()
    TOLD = auto()


@dataclass(frozen=True, slots=True)
class Person:
    """A recipient as the rule sees them."""

    ordinal: int
    kind: RecipientKind
    cells: Sequence[int]
    reach_km_max: int = 0
    severity_min: Severity = Severity.MINOR
    quiet_from_min: int = -1
    quiet_to_min: int = -1
    zone: str = "Asia/Shanghai"
    active: bool = True
    reachable: bool = True
    level: int = 0
    per_day: int = 0
    tier: Tier = Tier.PUBLIC


def inside(area: Area, person: Person) -> bool:
    """Return whether a person is inside an area."""
    match area:
        case Anywhere():
            return True
        case Among():
            return person.ordinal in area.ordinals
        case CellSet():
            return any(_kin(int(cell), mine) for cell in area.cells for mine in person.cells)
        case _:
            return any(_ball_meets(area, mine) for mine in person.cells)


def _kin(one: int, other: int) -> bool:
    """Whether one cell is the other, above it or below it."""
    res = min(h3.get_resolution(one), h3.get_resolution(other))
    return bool(h3.cell_to_parent(one, res) == h3.cell_to_parent(other, res))


def _ball_meets(area: Disk | Ring | Polygon | Polygons, cell: int) -> bool:
    ball = ball_of(cell)
    point = np.array([ball[:3]])
    match area:
        case Disk():
            away_m = distances_m(point, unit_of(area.lat_deg, area.lon_deg))[0]
            return bool(away_m - ball.radius_m <= area.radius_m)
        case Ring():
            away_m = distances_m(point, unit_of(area.lat_deg, area.lon_deg))[0]
            near_m, far_m = away_m - ball.radius_m, away_m + ball.radius_m
            return bool(near_m <= area.outer_m and far_m >= area.inner_m)
        case Polygon() | Polygons():
            return bool(polygon_distances_m(point, area)[0] <= ball.radius_m)


def polygon_distances_m(points: Floats, area: Polygon | Polygons) -> Floats:
    """Return each point's distance from what polygons enclose; 0 within."""
    if isinstance(area, Polygon):
        return holed_distances_m(points, corners(area.corners), [*map(corners, area.holes)])
    nowhere = np.full(len(points), np.inf)
    parts = [polygon_distances_m(points, part) for part in area.parts]
    nearest: Floats = np.minimum.reduce([nowhere, *parts])
    return nearest


def corners(ring: Sequence[tuple[float, float]]) -> Floats:
    """Return the unit vectors of a ring's corners in degrees."""
    lat_deg, lon_deg = zip(*ring, strict=True)
    return units(lat_deg, lon_deg)


def away_m(query: Query, person: Person) -> float:
    """Return how far the nearest of a person's balls is from the focus, at least 0."""
    if query.focus is None or not person.cells:
        return 0.0
    focus = unit_of(*centre_deg(query.focus))
    balls = [ball_of(cell) for cell in person.cells]
    gaps = [float(distances_m(np.array(one[:3]), focus)) - one.radius_m for one in balls]
    return max(0.0, min(gaps))


def fate(query: Query, person: Person) -> Fate:
    """Return what becomes of a person under an order."""
    if person.kind not in query.kinds or query.level not in {None, person.level}:
        return Fate.OUTSIDE
    if query.tier not in {None, person.tier}:
        return Fate.OUTSIDE
    if not (inside(query.area, person) or person.ordinal in query.again):
        return Fate.OUTSIDE
    if person.ordinal in query.told:
        return Fate.ALREADY
    if not person.reachable:
        return Fate.UNREACHABLE
    return Fate.TOLD if why_not(query, person) is None else Fate.SUPPRESSED


def why_not(query: Query, person: Person) -> str | None:
    """Return the first reason (of `PassedOver`) why somebody inside is not told; None: they are."""
    gap_m, order = away_m(query, person), PassedOver._fields
    reasons = {
        "paused": not person.active,
        "severity": query.severity.rank < person.severity_min.rank,
        "distance": bool(person.reach_km_max) and gap_m > person.reach_km_max * 1_000,
        "quiet": _asleep(query, person, gap_m),
        "budget": _spent(query, person, gap_m),
    }
    return next((reason for reason in order if reasons.get(reason)), None)


def _asleep(query: Query, person: Person, gap_m: float) -> bool:
    if person.kind not in SLEEPERS or query.overridden:
        return False
    clock = (person.zone, query.at, person.quiet_from_min, person.quiet_to_min)
    return sleeps_until(query.severity, gap_m, *clock) is not None


def _spent(query: Query, person: Person, gap_m: float) -> bool:
    if person.kind not in SLEEPERS or query.overridden or person.ordinal in query.known:
        return False
    if wakes_everybody(query.severity, gap_m):
        return False
    today = local_day(person.zone, query.at)
    return person.ordinal in query.days.spent(today, day_limit(person.per_day))


def rows_inside(
    area: Area, cells: Cells, ordinals: NDArray[np.uint32], points: Floats, radii_m: Floats
) -> NDArray[np.bool_]:
    """Return `inside` for rows of (cell, ordinal, ball); without a cell one is inside no place."""
    placed = cells != NO_CELL
    found: NDArray[np.bool_]
    match area:
        case Anywhere():
            return np.ones(len(cells), np.bool_)
        case Among():
            return np.isin(ordinals, np.array(area.ordinals.to_array(), np.uint32))
        case CellSet():
            found = placed & meets(area.cells, cells)
        case Disk():
            away = distances_m(points, unit_of(area.lat_deg, area.lon_deg))
            found = placed & (away - radii_m <= area.radius_m)
        case Ring():
            away = distances_m(points, unit_of(area.lat_deg, area.lon_deg))
            found = placed & (away - radii_m <= area.outer_m) & (away + radii_m >= area.inner_m)
        case Polygon() | Polygons():
            near = np.flatnonzero(placed & _perhaps(points, radii_m, area))
            found = np.zeros(len(cells), np.bool_)
            found[near] = polygon_distances_m(points[near], area) <= radii_m[near]
    return found


def _perhaps(points: Floats, radii_m: Floats, area: Polygon | Polygons) -> NDArray[np.bool_]:
    """Return whose ball is as near to a first corner as the farthest corner: nobody else can be in.

    What a ring encloses lies within any cap of up to a hemisphere that holds its corners.
    """
    found = np.zeros(len(points), np.bool_)
    for part in (area,) if isinstance(area, Polygon) else area.parts:
        ring = corners(part.corners)
        wide_m = distances_m(ring, ring[0]).max()
        if wide_m >= _QUARTER_TURN_M:
            return np.ones(len(points), np.bool_)
        found |= distances_m(points, ring[0]) - radii_m <= wide_m + 1
    return found
