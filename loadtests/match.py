"""P1 and P3: who is inside, against PostGIS, Redis and scipy's cKDTree.

Geometry alone: the rows inside an area (`PyramidIndex.find`), as ranges of arrays that this process
holds; peers hand over an id each. Whole: what fan-out asks, `match`, with ids on both sides: a
person of three cells once, filters, told-minus, nearest first; PostGIS has the same filters,
DISTINCT and an anti-join, and need not sort. Whom the alert told stands ready on both sides: in a
table there, in the bits that an index keeps from one question about an alert to the next. We hold
cells, peers points, so we find a few more at the rim; a peer's disk is as much wider as makes it
answer just as many rows.
What `match` answers is held against brute force over the same people, all of it.
"""

import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

import h3.api.basic_int as h3
import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from homeward.fanout.areas import CellSet, Disk, Polygon
from homeward.fanout.brute import BruteIndex
from homeward.fanout.index import Matched, Query
from homeward.fanout.pyramid import PyramidIndex
from homeward.fanout.pyramid.fast import steps
from homeward.fanout.pyramid.shapes import Drawn
from homeward.geography.covering import cover_disk
from homeward.geography.sphere import distances_m, unit_of, units
from homeward.words import RecipientKind, Severity
from loadtests.crowd import KINDS, Crowd, county, crowd
from loadtests.figures import Figure, Measured, Size
from loadtests.peers import postgis as gis
from loadtests.peers.redis import Redis, redis, search
from loadtests.peers.tree import tree

CITY: Final = (22.5329, 113.9303)
"""Nanshan, Shenzhen: at 5 M people 68,000 within 50 km, 380,000 within 300."""
COUNTY: Final = "006037"
"""Los Angeles; its mainland."""
COUNTY_SEAT: Final = (34.05, -118.24)
KM: Final = (3, 10, 50, 300)
CELLS_KM: Final = 50
CELLS_RES: Final = 7
WIDER_M: Final = 1_500.0
"""A peer's county: the radius of a ball of a res-7 cell."""
AT: Final = datetime(2026, 3, 14, 14, 30, tzinfo=UTC)
"""22:30 in China: who asked for quiet sleeps."""
MINUTES: Final = (22 * 60 + 30, 9 * 60 + 30)
"""The same in `ZONES`."""
SEVERITY: Final = Severity.SEVERE
TOLD_SHARE: Final = 0.2
"""Of those within the widest disk: told by an earlier wave."""
TIMED_S: Final = 0.03
"""Short calls are repeated for so long."""
FAST: Final = "match-10km"
"""Asked of the extra, too, where it is installed."""
FULL, QUICK = 5_000_000, 300_000


@dataclass(slots=True)
class Target:
    """One area, and what peers are asked instead."""

    name: str
    area: Drawn | CellSet
    query: Query
    geometry: str
    """PostGIS's question."""
    whole: str
    rows: int
    """How many of ours are inside."""
    disk: tuple[float, float, float] | None = None
    """Latitude, longitude and metres for those peers that know disks only."""


@dataclass(slots=True)
class Bench:
    """Both sides of the comparison, with the same people."""

    crowd: Crowd
    index: PyramidIndex
    gis: gis.PostGis
    redis: Redis
    within: Callable[[float, float, float], NDArray[np.uint32]]
    rounds: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    what: dict[str, str] = field(default_factory=dict)

    async def target(self, name: str, area: Drawn | CellSet, told: BitMap) -> Target:
        """Return an area with the questions that answer about as much."""
        middle = COUNTY_SEAT if isinstance(area, Polygon) else CITY
        query = Query(
            area=area,
            kinds=frozenset({RecipientKind.VOLUNTEER}),
            at=AT,
            severity=SEVERITY,
            focus=f"{h3.latlng_to_cell(*middle, 9):x}",
            told=told,
        )
        rows = len(self.index.find(area))
        disk = None
        if isinstance(area, Polygon):
            inside = await self.gis.shape(area.corners, WIDER_M)
        else:
            disk = (*CITY, self._reach_m(rows))
            inside = gis.disk(*disk)
        whole = gis.WHOLE.format(
            inside=inside,
            kind=KINDS.index(RecipientKind.VOLUNTEER),
            severity=SEVERITY.rank,
            focus=gis.POINT.format(lat=middle[0], lon=middle[1]),
            now=",".join(map(str, MINUTES)),
        )
        return Target(name, area, query, gis.GEOMETRY.format(inside=inside), whole, rows, disk)

    def _reach_m(self, rows: int) -> float:
        """Return the radius around the city that holds so many points."""
        away_m = distances_m(units(self.crowd.lat_deg, self.crowd.lon_deg), unit_of(*CITY))
        return float(np.partition(away_m, rows - 1)[rows - 1]) + 0.01

    async def geometry(self, one: Target) -> None:
        """Time an area alone: ours, then each peer."""
        ours = await per_s(called(lambda: self.index.find(one.area)))
        found = f"{one.rows:,} rows, geometry alone /"
        there = await self.gis.ordinals(one.geometry)
        theirs = await per_s(lambda: self.gis.ordinals(one.geometry))
        self._note(f"{one.name}-postgis", ours, theirs, f"{found} PostGIS, {len(there):,}")
        if one.disk is None or isinstance(one.area, CellSet):
            return
        disk, asked = one.disk, search(*one.disk)
        many = self.redis.rows(asked)
        theirs = await per_s(called(lambda: self.redis.rows(asked)))
        self._note(f"{one.name}-redis", ours, theirs, f"{found} Redis GEOSEARCH, {many:,}")
        many = len(self.within(*disk))
        theirs = await per_s(called(lambda: self.within(*disk)))
        self._note(f"{one.name}-tree", ours, theirs, f"{found} cKDTree in this process, {many:,}")

    async def whole(self, one: Target) -> None:
        """Time what fan-out asks, and PostGIS with the same filters."""
        many, there = len(self.index.match(one.query).ordinals), await self.gis.ordinals(one.whole)
        ours = await per_s(called(lambda: self.index.match(one.query)))
        theirs = await per_s(lambda: self.gis.ordinals(one.whole))
        what = f"{many:,} to be told, whole / PostGIS, {len(there):,}"
        self._note(f"{one.name}-whole", ours, theirs, what)

    async def fast(self, one: Target, rounds: int) -> None:
        """Time an area alone with the extra ``fast``."""
        swift = PyramidIndex(self.crowd.columns, fast=True)
        for _ in range(rounds):
            ours = await per_s(called(lambda: swift.find(one.area)))
            theirs = await per_s(lambda: self.gis.ordinals(one.geometry))
            what = f"{len(swift.find(one.area)):,} rows, geometry alone, numba / PostGIS"
            self._note(f"{one.name}-fast", ours, theirs, what)

    def _note(self, name: str, ours: float, theirs: float, what: str) -> None:
        self.rounds.setdefault(name, []).append((ours, theirs))
        self.what[name] = what


async def per_s(call: Callable[[], Awaitable[object]]) -> float:
    """Return how often a second a call is answered."""
    began, times = time.perf_counter(), 0
    while (taken_s := time.perf_counter() - began) < TIMED_S or not times:
        await call()
        times += 1
    return times / taken_s


def called(call: Callable[[], object]) -> Callable[[], Awaitable[object]]:
    """Return a call as one that is awaited, as the peers' are."""

    async def run() -> object:
        return call()

    return run


def areas() -> Iterator[tuple[str, Drawn | CellSet]]:
    """Yield what is looked for."""
    for km in KM:
        yield f"match-{km}km", Disk(*CITY, km * 1_000.0)
    cells = cover_disk(*CITY, CELLS_KM * 1_000.0, CELLS_RES)
    yield f"match-{CELLS_KM}km-cells", CellSet(cells)
    yield "match-county", Polygon(tuple(county(COUNTY)[0]))


def told_before(crowd: Crowd) -> BitMap:
    """Return a fifth of those in the widest disks: whom an earlier wave told."""
    points = units(crowd.lat_deg, crowd.lon_deg)
    away_m = [distances_m(points, unit_of(*one)) for one in (CITY, COUNTY_SEAT)]
    near = np.unique(crowd.columns.ordinals[np.minimum(*away_m) <= KM[-1] * 1_000.0])
    draw = np.random.default_rng(1)
    return BitMap(near[draw.random(len(near)) < TOLD_SHARE])


def same(ours: Matched, judged: Matched) -> int:
    """Return for how many people both say the same, in the same order; nobody twice."""
    names = ("ordinals", "already", "unreachable", "suppressed")
    pairs = [(getattr(ours, name), getattr(judged, name)) for name in names]
    return sum(len(one) for one, other in pairs if np.array_equal(one, other))


def held(index: PyramidIndex) -> int:
    """Return the bytes of all arrays that the index holds, people's wishes apart."""
    seen: dict[int, int] = {}
    left: list[object] = [index]
    while left:
        one = left.pop()
        if isinstance(one, np.ndarray):
            base = one
            while isinstance(base.base, np.ndarray):
                base = base.base
            seen[id(base)] = base.nbytes
        elif isinstance(one, list | tuple):
            left.extend(one)
        elif type(one).__module__.startswith("homeward.fanout.pyramid"):
            slots = [name for kind in type(one).__mro__ for name in getattr(kind, "__slots__", ())]
            names = [*slots, *getattr(one, "__dict__", {})]
            left.extend(getattr(one, name) for name in names if "wishes" not in name)
    return sum(seen.values())


async def measure(size: Size) -> Measured:
    """Ask ours and the peers about the same areas, in turn."""
    people = crowd(size.of(FULL, QUICK))
    index, rows = PyramidIndex(people.columns, fast=False), len(people.lat_deg)
    told = told_before(people)
    async with AsyncExitStack() as stack:
        store = stack.enter_context(redis(people))
        shapes = await stack.enter_async_context(gis.postgis(people))
        await shapes.tell(told)
        bench = Bench(people, index, shapes, store, tree(people))
        targets = [await bench.target(name, area, told) for name, area in areas()]
        for _ in range(size.of(7, 3)):
            for one in targets:
                await bench.geometry(one)
                await bench.whole(one)
        if steps() is not None:
            for one in targets:
                if one.name == FAST:
                    await bench.fast(one, size.of(9, 3))
        bytes_said = (
            f"bytes a row: PostGIS {await shapes.bytes() / rows:.0f}, "
            f"Redis {store.bytes() / rows:.0f}"
        )
        versions = f"PostGIS {shapes.version}, Redis {store.version}"
    figures = [
        Figure.of_rounds(name, bench.what[name], "/s", rounds)
        for name, rounds in bench.rounds.items()
    ]
    judge = BruteIndex(people.columns)
    answers = [(index.match(one.query), judge.match(one.query)) for one in targets]
    agreed = (sum(same(*one) for one in answers), sum(other.inside for _, other in answers))
    figures.append(
        Figure.of_rounds("match-exact", "same, in order / inside by brute force", "", [agreed])
    )
    told_bytes = len(told.serialize()) / max(1, len(told))
    per_row = held(index) / rows + told_bytes
    what = "bytes a (person, cell): index and told-state / 1"
    figures.append(Figure.of_rounds("match-bytes", what, "B", [(per_row, 1.0)]))
    said = f"{people.people:,} people, {rows:,} rows around real places; {versions}; {bytes_said}"
    return Measured(figures, said)
