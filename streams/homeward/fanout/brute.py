"""The index that looks at everybody: slow, exact, and the judge of every faster one, for ever."""

from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from homeward.fanout.changing import changed
from homeward.fanout.columns import NO_CELL, LaneChanges, LaneColumns
from homeward.fanout.eligible import SLEEPERS, rows_inside
from homeward.fanout.index import Matched, Query
from homeward.fanout.nearness import nearest_first
from homeward.geography.sphere import Floats, balls_of, centre_deg, distances_m, unit_of
from homeward.policies.attention import sleeping_min, wakes_at, zone_minutes
from homeward.words import RecipientKind

_KINDS = list(RecipientKind)


class BruteIndex:
    """A `RecipientIndex` over a lane's columns; built anew when the roster changes."""

    def __init__(self, columns: LaneColumns) -> None:
        self._columns = columns
        order = np.argsort(columns.ordinals, kind="stable")
        self.revision = columns.revision
        self._cells = columns.cells[order]
        self._owners = columns.ordinals[order]
        self._people, self._starts = np.unique(self._owners, return_index=True)
        self._points, self._radii_m = _balls(self._cells)
        first = order[self._starts]
        self._kinds = columns.kinds[first]
        self._levels = columns.levels[first]
        self._reach_km_max = columns.reach_km_max[first]
        self._severity_min = columns.severity_min[first]
        self._quiet_from_min = columns.quiet_from_min[first]
        self._quiet_to_min = columns.quiet_to_min[first]
        self._zones = columns.zones[first]
        self._zone_names = list(columns.zone_names)
        self._active = columns.active[first]
        self._reachable = columns.reachable[first]

    def __len__(self) -> int:
        """Return how many people it knows."""
        return len(self._people)

    def match(self, query: Query) -> Matched:
        """Return everybody inside, by the rule."""
        found = np.flatnonzero(self._inside(query))
        people = self._people[found]
        near_m = self._away(query)
        already = np.isin(people, np.array(query.told.to_array(), np.uint32))
        unreachable = ~already & ~self._reachable[found]
        asleep_min = self._asleep(query, found, near_m[found])
        out = self._out_of_limits(query, found, near_m[found])
        open_ = ~already & ~unreachable
        suppressed = open_ & (out | (asleep_min > 0))
        told = open_ & ~suppressed
        sleepers = asleep_min[open_ & ~out & (asleep_min > 0)]
        return Matched(
            ordinals=nearest_first(people[told], near_m[found][told]),
            already=people[already],
            unreachable=people[unreachable],
            suppressed=people[suppressed],
            wakes_at=_first_awake(query.at, sleepers),
        )

    def apply(self, changes: LaneChanges) -> None:
        """Look at everybody anew."""
        if changes.columns.revision >= self.revision:
            type(self).__init__(self, changed(self._columns, changes))

    def merging(self) -> None:
        """Nothing stands beside it, so there is nothing to take in."""

    def _inside(self, query: Query) -> NDArray[np.bool_]:
        """Return who is inside, one entry a person."""
        if not len(self._people):
            return np.zeros(0, np.bool_)
        rows = rows_inside(query.area, self._cells, self._owners, self._points, self._radii_m)
        inside = np.logical_or.reduceat(rows, self._starts)
        if query.again:
            inside |= np.isin(self._people, np.array(query.again.to_array(), np.uint32))
        wanted = np.isin(self._kinds, [_KINDS.index(kind) for kind in query.kinds])
        if query.level is not None:
            wanted &= self._levels == query.level
        if query.only is not None:
            wanted &= np.isin(self._people, np.array(query.only.to_array(), np.uint32))
        return inside & wanted

    def _away(self, query: Query) -> Floats:
        """Return the distance of each person's nearest ball from the focus."""
        if query.focus is None or not len(self._people):
            return np.zeros(len(self._people))
        away_m = distances_m(self._points, unit_of(*centre_deg(query.focus)))
        away_m[self._cells == NO_CELL] = 0.0
        near_m: Floats = np.minimum.reduceat(np.maximum(away_m - self._radii_m, 0.0), self._starts)
        return near_m

    def _out_of_limits(
        self, query: Query, found: NDArray[np.intp], near_m: Floats
    ) -> NDArray[np.bool_]:
        limit_km = self._reach_km_max[found]
        far = (limit_km > 0) & (near_m > limit_km * 1_000.0)
        mild = query.severity.rank < self._severity_min[found]
        out: NDArray[np.bool_] = far | mild | ~self._active[found]
        return out

    def _asleep(self, query: Query, found: NDArray[np.intp], near_m: Floats) -> NDArray[np.int64]:
        """Return for how many minutes each one sleeps on."""
        now_min = zone_minutes(self._zone_names, query.at)
        minutes = sleeping_min(
            query.severity,
            near_m,
            now_min[self._zones[found]] if len(now_min) else np.zeros(len(found), np.int64),
            self._quiet_from_min[found],
            self._quiet_to_min[found],
        )
        sleepers = np.isin(self._kinds[found], [_KINDS.index(kind) for kind in SLEEPERS])
        asleep: NDArray[np.int64] = np.where(sleepers, minutes, 0)
        return asleep


def _balls(cells: NDArray[np.uint64]) -> tuple[Floats, Floats]:
    """Return the balls of rows; a row without a cell has none."""
    points, radii_m = np.zeros((len(cells), 3)), np.zeros(len(cells))
    placed = cells != NO_CELL
    points[placed], radii_m[placed] = balls_of(cells[placed])
    return points, radii_m


def _first_awake(at: datetime, sleepers: NDArray[np.int64]) -> datetime | None:
    return wakes_at(at, int(sleepers.min())) if len(sleepers) else None
