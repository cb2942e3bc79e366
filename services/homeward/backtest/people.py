"""One model of where people live, for all policies alike: from a table of counties.

Rural people lie evenly over a disc of the county's area around its centroid; urban ones as a
Gaussian around its seat, of some 6,000 people per km2 in the middle. A cell of resolution 7 or
finer holds the density at its centre, averaged over the cell (a Gaussian as wide as a hexagon);
a coarser one holds the sum of its cells of resolution 7. So there are no steps, resolutions agree,
and each county keeps its people.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import h3.api.basic_int as h3
import numpy as np

from homeward.backtest.centres import centres
from homeward.geography.cells import Cells, keys, parents, range_starts, resolutions
from homeward.geography.lattice import EDGE_M
from homeward.geography.sphere import Floats, centres_of, degrees_of, distances_m, unit_of, units
from homeward.policies.surface import KM2

RES_BASE: Final = 7
"""5 km2: a town has several, a country has two million."""
URBAN_PER_KM2: Final = 6_000.0
URBAN_KM_MIN: Final = 1.5
"""The smallest town's radius."""
SIGMA_PART: Final = 1.5
"""A town's radius in standard deviations: the middle then holds 6,750 per km2."""
_CELL_SIGMA_EDGES: Final = math.sqrt(5 / 24)
"""Standard deviation of a hexagon along an axis, in edges."""
_SIGMAS_MAX: Final = 5.0
_NARROWEST: Final = 0.8
"""Neighbouring cells lie at least so many mean distances apart (H3)."""
_GROUP_RES: Final = 4
_GROUP_M: Final = 40_000.0
"""Farther from the middle of a cell of resolution 4 lies nothing of it."""


class County(NamedTuple):
    """A county as a table has it."""

    people: float
    urban_share: float
    area_km2: float
    lat_deg: float
    lon_deg: float
    """Of its centroid."""
    seat_lat_deg: float
    seat_lon_deg: float


@dataclass(frozen=True, slots=True)
class _Blobs:
    """Discs or Gaussians: middles, sizes in m, and what they hold per km2 in the middle."""

    middles: Floats
    size_m: Floats
    dense: Floats
    gaussian: bool

    def reach_m(self, res: int) -> Floats:
        sigma_m = _CELL_SIGMA_EDGES * float(EDGE_M[res])
        if self.gaussian:
            return _SIGMAS_MAX * np.hypot(self.size_m, sigma_m)
        return self.size_m + _SIGMAS_MAX * sigma_m

    def density(self, row: int, points: Floats, res: int) -> Floats:
        """Return people per km2 of one blob, averaged over cells at the points."""
        sigma_m = _CELL_SIGMA_EDGES * float(EDGE_M[res])
        away_m, size_m = distances_m(points, self.middles[row]), float(self.size_m[row])
        if self.gaussian:
            wide_2 = size_m**2 + sigma_m**2
            peak = float(self.dense[row]) * size_m**2 / wide_2
            found: Floats = peak * np.exp(-(away_m**2) / (2 * wide_2))
            return found
        # The normal distribution's integral, as near as a tanh comes to it (0.02).
        inside: Floats = 0.5 + 0.5 * np.tanh(math.sqrt(2 / math.pi) * (size_m - away_m) / sigma_m)
        return float(self.dense[row]) * inside


@dataclass(frozen=True, slots=True)
class People:
    """Where people live."""

    _blobs: tuple[_Blobs, ...]
    _keys: Cells
    """Of all occupied cells of the base resolution, sorted."""
    _sums: Floats
    """People in all of them before each, one longer."""

    @classmethod
    def of(cls, counties: Sequence[County]) -> "People":
        """Spread counties' people out."""
        blobs: list[_Blobs] = []
        found: list[Cells] = []
        held: list[Floats] = []
        for one in (_urban(counties), _rural(counties)):
            cells, each, factors = _spread(one)
            # What the cells hold is made the county's people exactly.
            blobs.append(_Blobs(one.middles, one.size_m, one.dense * factors, one.gaussian))
            found.append(cells)
            held.append(each)
        cells, rows = np.unique(np.concatenate(found), return_inverse=True)
        people = np.bincount(rows, np.concatenate(held), len(cells)).astype(np.float64)
        order = np.argsort(keys(cells))
        sums = np.concatenate([[0.0], np.cumsum(people[order])])
        return cls(tuple(blobs), keys(cells)[order], sums)

    @property
    def total(self) -> float:
        """All people there are."""
        return float(self._sums[-1])

    def within(self, cells: Cells) -> Floats:
        """Return how many people live in each cell."""
        low = np.searchsorted(self._keys, range_starts(cells), side="left")
        high = np.searchsorted(self._keys, keys(cells), side="right")
        found: Floats = self._sums[high] - self._sums[low]
        res = resolutions(cells).astype(np.int64)
        for fine in np.unique(res[res > RES_BASE]).tolist():
            rows = np.flatnonzero(res == fine)
            found[rows] = self._fine(cells[rows], fine)
        return found

    def _fine(self, cells: Cells, res: int) -> Floats:
        points = centres(cells)
        groups = cells
        for _ in range(res - _GROUP_RES):
            groups = parents(groups)
        dense = np.zeros(len(cells))
        for group in np.unique(groups).tolist():
            rows = np.flatnonzero(groups == group)
            middle = unit_of(*h3.cell_to_latlng(group))
            for blobs in self._blobs:
                near = distances_m(blobs.middles, middle) <= blobs.reach_m(res) + _GROUP_M
                for one in np.flatnonzero(near).tolist():
                    dense[rows] += blobs.density(one, points[rows], res)
        return dense * float(KM2[res])


def _rural(counties: Sequence[County]) -> _Blobs:
    table = _columns(counties)
    km = np.maximum(np.sqrt(table.area_km2 / math.pi), URBAN_KM_MIN)
    people = table.people * (1 - table.urban_share)
    middles = units(table.lat_deg, table.lon_deg)
    return _Blobs(middles, km * 1_000, people / (math.pi * km**2), gaussian=False)


def _urban(counties: Sequence[County]) -> _Blobs:
    table = _columns(counties)
    people = table.people * table.urban_share
    km = np.maximum(np.sqrt(people / URBAN_PER_KM2 / math.pi), URBAN_KM_MIN)
    # A town is no larger than its county.
    km = np.minimum(km, np.maximum(np.sqrt(table.area_km2 / math.pi), URBAN_KM_MIN)) / SIGMA_PART
    middles = units(table.seat_lat_deg, table.seat_lon_deg)
    return _Blobs(middles, km * 1_000, people / (2 * math.pi * km**2), gaussian=True)


class _Table(NamedTuple):
    people: Floats
    urban_share: Floats
    area_km2: Floats
    lat_deg: Floats
    lon_deg: Floats
    seat_lat_deg: Floats
    seat_lon_deg: Floats


def _columns(counties: Sequence[County]) -> _Table:
    return _Table(*np.array(counties, np.float64).reshape(-1, len(County._fields)).T)


def _spread(blobs: _Blobs) -> tuple[Cells, Floats, Floats]:
    """Return base cells and what they hold, each blob's alone, and each blob's correction."""
    kept, owners = [], []
    spacing_m = _NARROWEST * math.sqrt(3) * float(EDGE_M[RES_BASE])
    for row, reach_m in enumerate(blobs.reach_m(RES_BASE).tolist()):
        lat, lon = degrees_of(blobs.middles[row])
        steps = math.ceil(reach_m / spacing_m) + 1
        disk = np.array(h3.grid_disk(h3.latlng_to_cell(lat, lon, RES_BASE), steps), np.uint64)
        kept.append(disk)
        owners.append(row)
    seen, rows = np.unique(np.concatenate(kept), return_inverse=True)
    points = centres_of(seen)
    cells, people, factors, start = [], [], [], 0
    for row, disk in zip(owners, kept, strict=True):
        mine = rows[start : start + len(disk)]
        start += len(disk)
        held = blobs.density(row, points[mine], RES_BASE) * float(KM2[RES_BASE])
        whole = blobs.dense[row] * _area_km2(float(blobs.size_m[row]), gaussian=blobs.gaussian)
        factor = whole / held.sum() if held.sum() > 0 else 1.0
        some = held > 0
        cells.append(disk[some])
        people.append(held[some] * factor)
        factors.append(factor)
    return np.concatenate(cells), np.concatenate(people), np.array(factors)


def _area_km2(size_m: float, *, gaussian: bool) -> float:
    return (2 if gaussian else 1) * math.pi * (size_m / 1_000) ** 2
