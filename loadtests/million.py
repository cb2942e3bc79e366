"""The pyramid against brute force with many people: before, during and after merges, told-minus.

Brute force looks at everybody, each time. People live in towns around the world, some across the
antimeridian and at a pole, in cells of mixed resolutions; a quarter of them have three.
"""

import math
import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import Final, TypeVar

import h3.api.basic_int as h3
import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from homeward.fanout.areas import Area, CellSet, Disk, Polygon, Ring
from homeward.fanout.brute import BruteIndex
from homeward.fanout.changing import COLUMNS
from homeward.fanout.columns import LaneChanges, LaneColumns
from homeward.fanout.index import Matched, Query
from homeward.fanout.pyramid import PyramidIndex
from homeward.geography.covering import cover_disk
from homeward.words import RecipientKind, Severity

TOWNS: Final = [(33.0416, 115.2576), (-16.5, 179.99), (89.95, 20.0), (40.7, -74.0)]
TOWN_KM: Final = 40.0
KM_PER_DEGREE: Final = 111.2
ROUNDS: Final = 3
MOVED: Final = 30_000
"""People who change between two rounds: enough that a merge is worth it."""
RADIUS_M: Final = 50_000.0
KINDS: Final = list(RecipientKind)
_T = TypeVar("_T", bound=np.generic)


@dataclass(slots=True)
class Contest:
    """What both said."""

    asked: int = 0
    same: int = 0
    merging: int = 0
    """Of the areas: asked while a merge was under way."""
    inside: int = 0
    said: str = ""
    differing: list[str] = field(default_factory=list)

    def compare(self, one: PyramidIndex, other: BruteIndex, query: Query) -> None:
        """Ask both."""
        found, expected = one.match(query), other.match(query)
        unlike = [
            part.name
            for part in fields(Matched)
            if not np.array_equal(getattr(found, part.name), getattr(expected, part.name))
        ]
        self.asked += 1
        self.same += not unlike
        self.inside += expected.inside
        if unlike:
            self.differing.append(f"{type(query.area).__name__} {self.asked}: {unlike}")


def contest(people: int, areas: int, seed: int) -> Contest:
    """Ask about so many areas of an index with so many people, through changes and merges."""
    draw, found = random.Random(seed), Contest()
    columns = roster(people, np.random.default_rng(seed))
    pyramid, brute = PyramidIndex(columns), BruteIndex(columns)
    each = areas // (3 * ROUNDS)
    for number in range(ROUNDS):
        change(pyramid, brute, columns, draw)
        for _ in range(each):
            found.compare(pyramid, brute, question(draw, columns))
        merging = pyramid.merging()
        assert merging is not None, "too little changed"
        with ThreadPoolExecutor(1) as thread:
            swap = thread.submit(merging)
            change(pyramid, brute, columns, draw)
            for _ in range(each):
                found.compare(pyramid, brute, question(draw, columns))
                found.merging += 1
            swap.result()()
        rest = areas - found.asked if number == ROUNDS - 1 else each
        for _ in range(rest):
            found.compare(pyramid, brute, question(draw, columns))
    found.said = (
        f"{found.asked} areas x {people:,} people by brute force, {found.merging} of them while a "
        f"merge was under way, {found.inside / found.asked:,.0f} inside on average"
    )
    if found.differing:
        found.said += f"; first difference: {found.differing[0]}"
    return found


def roster(people: int, draw: np.random.Generator) -> LaneColumns:
    """Return people in towns."""
    towns = np.array([*TOWNS, *draw.uniform((28, 110), (38, 121), (60, 2)).tolist()])
    town = draw.choice(len(towns), people)
    rows = np.arange(people).repeat(draw.choice((1, 1, 1, 3), people))
    away, turn = draw.exponential(TOWN_KM, len(rows)), draw.uniform(0, 2 * np.pi, len(rows))
    lat = np.clip(towns[town[rows], 0] + away * np.sin(turn) / KM_PER_DEGREE, -90, 90)
    wide = np.maximum(0.02, np.cos(np.radians(lat)))
    lon = towns[town[rows], 1] + away * np.cos(turn) / KM_PER_DEGREE / wide
    res = draw.choice((7, 7, 7, 7, 5, 9), len(rows))
    places = zip(lat.tolist(), lon.tolist(), res.tolist(), strict=True)
    cells = np.fromiter((h3.latlng_to_cell(*place) for place in places), np.uint64, len(rows))
    shard = np.sort(draw.integers(0, 64, people))
    local = np.arange(people) - np.searchsorted(shard, shard)

    def each(values: tuple[int, ...], dtype: type[_T]) -> NDArray[_T]:
        return draw.choice(values, people).astype(dtype)[rows]

    return LaneColumns(
        revision=1,
        cells=cells,
        ordinals=((shard << 26) + local).astype(np.uint32)[rows],
        kinds=each((0, 0, 0, 1, 2, 3), np.uint8),
        reach_km_max=each((0, 0, 5, 40), np.int32),
        severity_min=each((0, 0, 1, 2, 3), np.uint8),
        quiet_from_min=each((-1, -1, 1_320, 60), np.int16),
        quiet_to_min=each((-1, 420, 480), np.int16),
        zones=each((0, 0, 1), np.uint16),
        active=each((1, 1, 1, 1, 0), np.bool_),
        reachable=each((1, 1, 1, 1, 0), np.bool_),
        levels=each((0, 1), np.uint8),
        per_day=each((0, 0, 1, 3), np.uint8),
        tiers=each((0, 0, 1), np.uint8),
        zone_names=["Asia/Shanghai", "Europe/Berlin"],
    )


def change(
    pyramid: PyramidIndex, brute: BruteIndex, columns: LaneColumns, draw: random.Random
) -> None:
    """Let some people move and want something else, some leave and some come."""
    dice = np.random.default_rng(draw.getrandbits(32))
    known = np.unique(columns.ordinals)
    moved = dice.choice(known, MOVED, replace=False)
    gone, stay = np.split(moved, [len(moved) // 10])
    new = dice.integers(0, 2**32, len(gone), np.uint32)
    stay = np.unique(np.concatenate([stay, new]))
    like = dice.integers(0, len(columns.cells), len(stay))
    rows = {name: getattr(columns, name)[like] for name in COLUMNS}
    rows["ordinals"] = stay
    rows["cells"] = columns.cells[dice.integers(0, len(columns.cells), len(stay))]
    revision = pyramid.revision + 1
    changed = LaneColumns(revision=revision, zone_names=columns.zone_names, **rows)
    changes = LaneChanges(changed, BitMap(gone) - BitMap(stay))
    pyramid.apply(changes)
    brute.apply(changes)


def question(draw: random.Random, columns: LaneColumns) -> Query:
    """Return what is asked about a place where people are."""
    cell = int(columns.cells[draw.randrange(len(columns.cells))])
    lat_deg, lon_deg = h3.cell_to_latlng(cell)
    told = columns.ordinals[draw.randrange(20) :: draw.choice((2, 5, 20))]
    return Query(
        area=area_around(draw, lat_deg, lon_deg),
        kinds=draw.choice((frozenset(KINDS), frozenset({RecipientKind.VOLUNTEER}))),
        at=datetime(2026, 3, 1, draw.randrange(24), 30, tzinfo=UTC),
        severity=draw.choice(list(Severity)),
        focus=draw.choice((None, f"{h3.latlng_to_cell(lat_deg, lon_deg, 9):x}")),
        told=draw.choice((BitMap(), BitMap(told))),
        again=draw.choice((BitMap(), BitMap(), BitMap(told[::100]))),
    )


def area_around(draw: random.Random, lat_deg: float, lon_deg: float) -> Area:
    """Return an area of about 50 km, or of some other size."""
    size = draw.choice((RADIUS_M, RADIUS_M, math.exp(draw.uniform(5, 12.6))))
    match draw.randrange(6):
        case 0:
            return Ring(lat_deg, lon_deg, size * draw.random(), size)
        case 1:
            finest = 4 + sum(size < limit for limit in (100_000, 20_000, 5_000, 1_000))
            return CellSet(cover_disk(lat_deg, lon_deg, size, finest))
        case 2:
            rings = [
                tuple(
                    _off(lat_deg, lon_deg, part * size * draw.uniform(0.7, 1), turn)
                    for turn in np.linspace(0, 2 * math.pi, 24, endpoint=False).tolist()
                )
                for part in (1, 0.4)
            ]
            return Polygon(rings[0], (rings[1],))
        case _:
            return Disk(lat_deg, lon_deg, size)


def _off(lat_deg: float, lon_deg: float, away_m: float, turn: float) -> tuple[float, float]:
    """Return the place so far off, on the sphere."""
    lat, arc = math.radians(lat_deg), away_m / 6_371_007
    north = math.asin(
        math.sin(lat) * math.cos(arc) + math.cos(lat) * math.sin(arc) * math.cos(turn)
    )
    east = math.atan2(
        math.sin(turn) * math.sin(arc) * math.cos(lat),
        math.cos(arc) - math.sin(lat) * math.sin(north),
    )
    return math.degrees(north), lon_deg + math.degrees(east)
