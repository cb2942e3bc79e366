"""P2: the index that finds recipients says of each what the rule says of one.

The brute-force index and the pyramid against `fate`, the rule stated for one person, on areas drawn
by chance (the seed is fixed) around places that are hard: the antimeridian, a pole, a pentagon,
mixed resolutions, people with several cells and with none. Then the pyramid against brute force
with many people (`million`).
"""

import math
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

import h3.api.basic_int as h3
import numpy as np
from pyroaring import BitMap

from homeward.fanout.areas import Area, CellSet, Disk, Polygon, Polygons, Ring
from homeward.fanout.brute import BruteIndex
from homeward.fanout.columns import NO_CELL, LaneColumns
from homeward.fanout.eligible import Fate, Person, fate
from homeward.fanout.index import Query, RecipientIndex
from homeward.fanout.pyramid import PyramidIndex
from homeward.geography.covering import cover_disk
from homeward.words import RecipientKind, Severity, Tier
from loadtests.figures import Figure, Measured, Size
from loadtests.million import contest

SEED: Final = 20_260_314
KINDS, SEVERITIES = list(RecipientKind), list(Severity)
ZONES: Final = ["Asia/Shanghai", "Europe/Berlin", "America/New_York"]
MIDDLES: Final = (
    (33.0416, 115.2576),
    (-16.5, 179.99),
    (89.95, 20.0),
    h3.cell_to_latlng(h3.get_pentagons(7)[3]),
)
SHAPES: Final = (Disk, Ring, Polygon, CellSet, Polygons)
INDEXES: Final = (BruteIndex, PyramidIndex)
KM_PER_DEGREE: Final = 111.2
SPREAD_KM: Final = 60.0
SHARE_OPEN: Final = 0.8
"""Of people who are active, and of those who have a contact."""


def _near(draw: random.Random, middle: tuple[float, float], km: float) -> tuple[float, float]:
    """Return a place at most so far north and east of another."""
    lat = max(-90.0, min(90.0, middle[0] + draw.uniform(-km, km) / KM_PER_DEGREE))
    wide = max(0.02, math.cos(math.radians(lat)))
    lon = middle[1] + draw.uniform(-km, km) / KM_PER_DEGREE / wide
    return lat, (lon + 180) % 360 - 180


def _people(draw: random.Random, middle: tuple[float, float], many: int) -> list[Person]:
    return [_person(draw, middle, ordinal) for ordinal in draw.sample(range(2**32), many)]


def _person(draw: random.Random, middle: tuple[float, float], ordinal: int) -> Person:
    resolutions = draw.choices((4, 5, 7, 9, 10), k=draw.choice((0, 1, 1, 1, 2, 3)))
    minutes = (-1, 0, 60, 420, 1_320)
    return Person(
        ordinal=ordinal,
        kind=draw.choice([RecipientKind.VOLUNTEER, *KINDS]),
        cells=tuple(h3.latlng_to_cell(*_near(draw, middle, SPREAD_KM), res) for res in resolutions),
        reach_km_max=draw.choice((0, 0, 5, 40)),
        severity_min=draw.choice(SEVERITIES),
        quiet_from_min=draw.choice(minutes),
        quiet_to_min=draw.choice(minutes),
        zone=draw.choice(ZONES),
        active=draw.random() < SHARE_OPEN,
        reachable=draw.random() < SHARE_OPEN,
        level=draw.randrange(4),
    )


def _area(draw: random.Random, shape: type[object], middle: tuple[float, float]) -> Area:
    lat_deg, lon_deg = _near(draw, middle, SPREAD_KM / 3)
    radius_m = math.exp(draw.uniform(math.log(50), math.log(80_000)))
    if shape is Disk:
        return Disk(lat_deg, lon_deg, radius_m)
    if shape is Ring:
        return Ring(lat_deg, lon_deg, radius_m * draw.random(), radius_m)
    if shape is CellSet:
        fine = 4 + sum(radius_m < limit for limit in (50_000, 20_000, 5_000, 1_000))
        return CellSet(cover_disk(lat_deg, lon_deg, radius_m, fine))
    if shape is Polygons:
        far = _near(draw, middle, SPREAD_KM)
        return Polygons((_holed(draw, middle, radius_m), _holed(draw, far, radius_m / 2)))
    return Polygon(_ring(draw, (lat_deg, lon_deg), radius_m))


def _holed(draw: random.Random, place: tuple[float, float], radius_m: float) -> Polygon:
    """Return a square with a hole in the middle of it."""
    square = [(-1, -1), (-1, 1), (1, 1), (1, -1)]
    wide = max(0.02, math.cos(math.radians(place[0])))

    def ring(size_m: float) -> tuple[tuple[float, float], ...]:
        deg = min(size_m, 80_000) / 1_000 / KM_PER_DEGREE
        return tuple(
            (max(-90, min(90, place[0] + north * deg)), place[1] + east * deg / wide)
            for north, east in square
        )

    return Polygon(ring(radius_m), (ring(radius_m * draw.uniform(0.1, 0.6)),))


def _ring(
    draw: random.Random, place: tuple[float, float], radius_m: float
) -> tuple[tuple[float, float], ...]:
    lat_deg, lon_deg = place
    corners = [_near(draw, place, radius_m / 1_000) for _ in range(draw.randint(3, 9))]
    around = sorted(corners, key=lambda one: math.atan2(one[0] - lat_deg, one[1] - lon_deg))
    return tuple(around)


def _columns(people: list[Person]) -> LaneColumns:
    rows = [(one, cell) for one in people for cell in one.cells or (NO_CELL,)]
    owners = [one for one, _ in rows]
    return LaneColumns(
        revision=1,
        cells=np.array([cell for _, cell in rows], np.uint64),
        ordinals=np.array([one.ordinal for one in owners], np.uint32),
        kinds=np.array([KINDS.index(one.kind) for one in owners], np.uint8),
        reach_km_max=np.array([one.reach_km_max for one in owners], np.int32),
        severity_min=np.array([one.severity_min.rank for one in owners], np.uint8),
        quiet_from_min=np.array([one.quiet_from_min for one in owners], np.int16),
        quiet_to_min=np.array([one.quiet_to_min for one in owners], np.int16),
        zones=np.array([ZONES.index(one.zone) for one in owners], np.uint16),
        active=np.array([one.active for one in owners], np.bool_),
        reachable=np.array([one.reachable for one in owners], np.bool_),
        levels=np.array([one.level for one in owners], np.uint8),
        per_day=np.array([one.per_day for one in owners], np.uint8),
        tiers=np.array([list(Tier).index(one.tier) for one in owners], np.uint8),
        zone_names=ZONES,
    )


def _query(
    draw: random.Random, area: Area, middle: tuple[float, float], people: list[Person]
) -> Query:
    focus = f"{h3.latlng_to_cell(*_near(draw, middle, SPREAD_KM), 9):x}"
    everybody = [one.ordinal for one in people]
    return Query(
        area=area,
        kinds=draw.choice((frozenset(KINDS), frozenset({RecipientKind.VOLUNTEER}))),
        at=datetime(2026, 3, 1, draw.randrange(24), 30, tzinfo=UTC),
        severity=draw.choice(SEVERITIES),
        focus=draw.choice((None, focus, focus)),
        level=draw.choice((None, None, None, 1)),
        told=BitMap(draw.sample(everybody, len(everybody) // 8)),
        again=BitMap(draw.sample(everybody, len(everybody) // 16)),
    )


@dataclass(slots=True)
class Tally:
    """What index and rule said."""

    asked: int = 0
    same: int = 0
    inside: int = 0
    """By the rule."""
    found: int = 0
    """By the index."""
    both: int = 0
    index_s: float = 0.0
    rule_s: float = 0.0
    differing: list[str] = field(default_factory=list)

    def compare(
        self, indexes: Sequence[RecipientIndex], query: Query, people: list[Person]
    ) -> None:
        """Ask all about everybody."""
        began = time.perf_counter()
        ruled = {one.ordinal: fate(query, one) for one in people}
        self.rule_s += time.perf_counter() - began
        for index in indexes:
            self._count(index, query, ruled)

    def _count(self, index: RecipientIndex, query: Query, ruled: dict[int, Fate]) -> None:
        began = time.perf_counter()
        matched = index.match(query)
        self.index_s += time.perf_counter() - began
        parts = (
            (Fate.TOLD, matched.ordinals),
            (Fate.ALREADY, matched.already),
            (Fate.UNREACHABLE, matched.unreachable),
            (Fate.SUPPRESSED, matched.suppressed),
        )
        found = {ordinal: said for said, part in parts for ordinal in part.tolist()}
        assert matched.inside == len(found), "somebody stands in two parts"
        for ordinal, rule in ruled.items():
            said = found.pop(ordinal, Fate.OUTSIDE)
            self.asked += 1
            self.same += said is rule
            self.inside += rule is not Fate.OUTSIDE
            self.found += said is not Fate.OUTSIDE
            self.both += Fate.OUTSIDE not in {said, rule}
            if said is not rule:
                asked = f"{type(index).__name__}, {type(query.area).__name__} {self.asked}"
                where = f"{asked}: {said.name}, not {rule.name}"
                self.differing.append(where)
        self.found += len(found)  # people whom nobody registered


async def measure(size: Size) -> Measured:
    """Ask about some hundred areas of each shape."""
    draw, tally = random.Random(SEED), Tally()
    areas, many = size.of(400, 120), size.of(300, 150)
    for number in range(areas):
        middle = MIDDLES[number // len(SHAPES) % len(MIDDLES)]
        people = _people(draw, middle, many)
        area = _area(draw, SHAPES[number % len(SHAPES)], middle)
        indexes = [build(_columns(people)) for build in INDEXES]
        tally.compare(indexes, _query(draw, area, middle, people), people)
    lines = (
        ("exact-recall", "inside by the rule and found / inside by the rule", tally.inside),
        ("exact-precision", "inside by the rule and found / found", tally.found),
    )
    figures = [
        Figure.of_rounds(name, what, "people", [(tally.both, of)]) for name, what, of in lines
    ]
    fates = [(tally.same, tally.asked)]
    figures.append(Figure.of_rounds("exact-fate", "same fate / asked", "people", fates))
    differing = f"; first difference: {tally.differing[0]}" if tally.differing else ""
    wide = contest(size.of(1_000_000, 100_000), size.of(1_000, 100), SEED)
    what = "answers alike, person by person and in order / asked, pyramid against brute force"
    figures.append(Figure.of_rounds("exact-million", what, "areas", [(wide.same, wide.asked)]))
    said = f"{areas} areas x {many} people by the rule; {wide.said}; seed {SEED}"
    return Measured(figures, said + differing)
