"""Sets of cells as outlines: rings on the sphere for drawing, polygons in degrees for files.

Neighbours of one resolution share their corners, named by H3 itself; so an edge between two cells
of the set is the same edge twice, in opposite directions, and goes. What is left are rings that
have the area on their left. Cells of different resolutions do not fit together exactly (a child
strays outside its parent): where they meet an edge remains. `levelled` makes that seldom.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple, TypeAlias

import h3.api.basic_int as h3
import numpy as np
from numpy.typing import NDArray

from homeward.geography.cells import Cells, children, covers, outermost, resolutions
from homeward.geography.rings import CORNERS_MIN
from homeward.geography.sphere import Floats, degrees_of, unit_of, units

LEVELLED_MAX: Final = 10_000
"""Cells that a set may grow to for the sake of whole outlines: a tenth of a second to trace."""
STEEP_LAT_DEG: Final = 70.0
"""Nearer to a pole an edge bends so much on a map of degrees that it needs points between."""
STEP_DEG: Final = 2.0
STEPS_MAX: Final = 90
BESIDE: Final = 0.6
"""A point is looked at so far to the right of an edge, in halves of its length."""
SAME: Final = 1e-11
"""Corners that lie so near to each other are one; on the Earth 0.06 mm."""
HALF_TURN_DEG: Final = 180.0
POLE_DEG: Final = 90.0

Point: TypeAlias = tuple[float, float]
"""Latitude and longitude in degrees."""


class Polygon(NamedTuple):
    """One area without overlap: rings of (longitude, latitude), closed, on whole micro-degrees.

    The outer ring runs against the clock and the holes with it; none crosses the antimeridian.
    """

    outer: NDArray[np.float64]
    holes: tuple[NDArray[np.float64], ...]


def levelled(cells: Cells, cells_max: int = LEVELLED_MAX) -> Cells:
    """Return the same set with its coarse cells split as far as ``cells_max`` allows."""
    left = outermost(cells)
    for res in range(int(resolutions(left).max(initial=0))):
        here = resolutions(left) == res
        if len(left) + 6 * int(here.sum()) > cells_max:
            break
        left = np.concatenate([left[~here], children(left[here])])
    return np.sort(left)


def rings(cells: Cells) -> list[Floats]:
    """Return the rings of a set as unit vectors (n x 3), not closed, the area on their left."""
    return [units(*np.array(loop).T) for loop in _loops(cells)]


def rims(cells: Cells) -> list[Floats]:
    """Return the rings of a set without the edges between cells of different resolutions.

    Lines of unit vectors (n x 3); one that is a whole ring ends where it begins.
    """
    lines: list[Floats] = []
    finest = int(resolutions(cells).max(initial=0))
    for ring in rings(cells):
        after = np.roll(ring, -1, axis=0)
        outside = after + ring + BESIDE * np.cross(after, ring)
        near = [
            h3.latlng_to_cell(lat_deg, lon_deg, finest)
            for lat_deg, lon_deg in zip(*degrees_of(outside), strict=True)
        ]
        seam = covers(cells, np.array(near, np.uint64))
        if not seam.any():
            lines.append(np.concatenate([ring, ring[:1]]))
            continue
        start = int(np.argmax(seam)) + 1
        turned, kept = np.roll(ring, -start, axis=0), ~np.roll(seam, -start)
        runs = np.split(np.arange(len(ring)), np.flatnonzero(kept[1:] != kept[:-1]) + 1)
        lines += [
            turned[[*run, (run[-1] + 1) % len(ring)]] for run in runs if len(run) and kept[run[0]]
        ]
    return lines


def polygons(cells: Cells) -> list[Polygon]:
    """Return a set as polygons in degrees, cut at the antimeridian (RFC 7946 3.1.9).

    An area around a pole reaches up to latitude +-90. Polygons do not overlap where all cells are
    of one resolution; so that is what a set should be, or be asked for one at a time.
    """
    flat = [_ring(loop) for loop in _cut([_bent(loop) for loop in _loops(cells)])]
    return _nested([one for one in flat if len(one) > CORNERS_MIN])  # closed


def _loops(cells: Cells) -> list[list[Point]]:
    """Return the rings of a set, point by point; always in the same order."""
    owners: list[int] = []
    corners: list[int] = []
    following: list[int] = []
    for cell in np.unique(cells).tolist():
        named = h3.cell_to_vertexes(cell)
        corners += named
        following += [*named[1:], named[0]]
        owners += [cell] * len(named)
    alone = _unshared(np.array(corners, np.uint64), np.array(following, np.uint64))
    edges = {corners[row]: (following[row], owners[row]) for row in alone.tolist()}
    bends: dict[int, dict[int, Point]] = {}
    loops: list[list[Point]] = []
    while edges:
        corner = start = next(iter(edges))
        loop: list[Point] = []
        while True:
            after, owner = edges.pop(corner)
            loop.append(h3.vertex_to_latlng(corner))
            if owner not in bends:
                bends[owner] = _bends(owner)
            if corner in bends[owner]:
                loop.append(bends[owner][corner])
            if (corner := after) == start:
                break
        loops.append(loop)
    return loops


def _unshared(corners: Cells, following: Cells) -> NDArray[np.intp]:
    """Return the rows of edges that no other row has, in either direction."""
    low, high = np.minimum(corners, following), np.maximum(corners, following)
    order = np.lexsort((high, low))
    low, high = low[order], high[order]
    same = (low[1:] == low[:-1]) & (high[1:] == high[:-1])
    alone = np.ones(len(order), np.bool_)
    alone[1:] &= ~same
    alone[:-1] &= ~same
    rows: NDArray[np.intp] = np.sort(order[alone])
    return rows


def _bends(cell: int) -> dict[int, Point]:
    """Return the points between two corners, by the first: where the icosahedron has an edge."""
    named, around = h3.cell_to_vertexes(cell), h3.cell_to_boundary(cell)
    found: dict[int, Point] = {}
    passed = 0
    for at in around if len(around) > len(named) else ():
        if passed < len(named) and _same(at, h3.vertex_to_latlng(named[passed])):
            passed += 1
        else:
            found[named[passed - 1]] = at
    return found


def _same(one: Point, other: Point) -> bool:
    return bool(np.abs(unit_of(*one) - unit_of(*other)).max() < SAME)


def _bent(loop: Sequence[Point]) -> list[Point]:
    """Put points on edges near a pole, where straight in degrees is far from straight."""
    if max(abs(lat_deg) for lat_deg, _ in loop) < STEEP_LAT_DEG:
        return list(loop)
    found: list[Point] = []
    for one, other in _pairs(loop):
        found.append(one)
        turn_deg = abs((other[1] - one[1] + HALF_TURN_DEG) % 360 - HALF_TURN_DEG)
        steps = min(int(turn_deg / STEP_DEG), STEPS_MAX)
        parts = np.arange(1, steps + 1)[:, None] / (steps + 1)
        chord = unit_of(*one) * (1 - parts) + unit_of(*other) * parts
        lats, lons = degrees_of(chord)
        found += zip(lats.tolist(), lons.tolist(), strict=True)
    return found


def _pairs(loop: Sequence[Point]) -> Iterator[tuple[Point, Point]]:
    return zip(loop, [*loop[1:], loop[0]], strict=True)


def _cut(loops: Sequence[list[Point]]) -> Iterator[list[Point]]:
    """Yield rings cut at the antimeridian, joined along it with the area on their left."""
    strands: list[list[Point]] = []
    for loop in loops:
        found = _strands(loop)
        if found[0] is loop:
            yield loop
        else:
            strands += found
    left = dict(enumerate(strands))
    while left:
        first = row = next(iter(left))
        ring: list[Point] = []
        while True:
            ring += left.pop(row)
            corners, row = _next(ring[-1], strands)
            ring += corners
            if row == first or row not in left:
                break
        yield ring


def _strands(loop: list[Point]) -> list[list[Point]]:
    """Return the parts of a ring between its crossings, each with its ends on the antimeridian."""
    runs: list[list[Point]] = [[]]
    for one, other in _pairs(loop):
        runs[-1].append(one)
        if abs(other[1] - one[1]) > HALF_TURN_DEG:  # the short way is across
            lat_deg, side = _crossing(one, other), HALF_TURN_DEG if one[1] > 0 else -HALF_TURN_DEG
            runs[-1].append((lat_deg, side))
            runs.append([(lat_deg, -side)])
    if len(runs) == 1:
        return [loop]
    return [*runs[1:-1], runs[-1] + runs[0]]


def _crossing(one: Point, other: Point) -> float:
    """Return the latitude at which an edge meets the antimeridian."""
    before, after = HALF_TURN_DEG - abs(one[1]), HALF_TURN_DEG - abs(other[1])
    part = before / (before + after) if before + after else 0.5
    return one[0] + (other[0] - one[0]) * part


def _next(end: Point, strands: Sequence[list[Point]]) -> tuple[list[Point], int]:
    """Return how to go on from where a strand ends, and which strand begins there.

    With the area on the left the way leads north along +180, over the pole, south along -180.
    """
    corners: list[Point] = []
    lat_deg, side = end
    while True:
        ahead = [
            (abs(strand[0][0] - lat_deg), row)
            for row, strand in enumerate(strands)
            if strand[0][1] == side and (strand[0][0] - lat_deg) * side >= 0
        ]
        if ahead:
            return corners, min(ahead)[1]
        pole = POLE_DEG if side > 0 else -POLE_DEG
        corners += [(pole, side), (pole, -side)]
        lat_deg, side = pole, -side


def _ring(points: Sequence[Point]) -> NDArray[np.float64]:
    """Return a closed ring on whole micro-degrees (0.1 m), without repeated points."""
    ring = np.round(np.array(points, np.float64)[:, ::-1], 6) + 0.0  # no -0.0
    kept = np.any(ring != np.roll(ring, 1, axis=0), axis=1)
    ring = ring[kept]
    return np.concatenate([ring, ring[:1]])


def _signed(ring: NDArray[np.float64]) -> float:
    """Return twice the area of a ring in degrees squared, positive against the clock."""
    x, y = ring[:, 0] - ring[0, 0], ring[:, 1] - ring[0, 1]
    return float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum())


def _nested(loops: Sequence[NDArray[np.float64]]) -> list[Polygon]:
    """Put each hole into the smallest outer ring around it."""
    sized = [(loop, _signed(loop)) for loop in loops]
    outers = sorted(((loop, size) for loop, size in sized if size > 0), key=lambda one: one[1])
    holes: list[list[NDArray[np.float64]]] = [[] for _ in outers]
    for loop, size in sized:
        if size < 0:
            for row, (outer, _) in enumerate(outers):
                if _inside(loop[0], outer):
                    holes[row].append(loop)
                    break
    return [Polygon(outer, tuple(inner)) for (outer, _), inner in zip(outers, holes, strict=True)][
        ::-1
    ]


def _inside(point: NDArray[np.float64], ring: NDArray[np.float64]) -> bool:
    """Whether a point lies inside a ring, by crossings of a ray to the east."""
    return odd_to_the_east(*(ring[:-1] - point).T)


def odd_to_the_east(x: Floats, y: Floats) -> bool:
    """Whether a ray from 0, 0 to the east crosses a ring of corners an odd number of times."""
    next_x, next_y = np.roll(x, -1), np.roll(y, -1)
    spans = (y > 0) != (next_y > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        at = x - y / (next_y - y) * (next_x - x)
    return bool((spans & (at > 0)).sum() % 2)
