"""The index that looks at everybody: slow, exact, and the judge of every faster one, for ever."""

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from homeward.fanout.changing import changed
from homeward.fanout.columns import NO_CELL, LaneChanges, LaneColumns
from homeward.fanout.eligible import SLEEPERS, rows_inside
from homeward.fanout.index import Matched, PassedOver, Query
from homeward.fanout.nearness import nearest_first
from homeward.geography.sphere import Floats, balls_of, centre_deg, distances_m, unit_of
from homeward.policies.attention import (
    AWAKE,
    WAKES_WITHIN_M,
    day_limits,
    sleeping_until,
)
from homeward.policies.clocks import Clocks, Minutes, instant_of
from homeward.words import RecipientKind, Severity, Tier

_KINDS = list(RecipientKind)
_TIERS = list(Tier)


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
        self._tiers = columns.tiers[first]
        self._reach_km_max = columns.reach_km_max[first]
        self._severity_min = columns.severity_min[first]
        self._quiet_from_min = columns.quiet_from_min[first]
        self._quiet_to_min = columns.quiet_to_min[first]
        self._zones = columns.zones[first]
        self._zone_names = list(columns.zone_names)
        self._active = columns.active[first]
        self._reachable = columns.reachable[first]
        self._limits = day_limits(columns.per_day[first])

    def __len__(self) -> int:
        """Return how many people it knows."""
        return len(self._people)

    def match(self, query: Query) -> Matched:
        """Return everybody inside, by the rule."""
        found = np.flatnonzero(self._inside(query))
        people = self._people[found]
        near_m = self._away(query)[found]
        already = np.isin(people, np.array(query.told.to_array(), np.uint32))
        unreachable = ~already & ~self._reachable[found]
        clocks = Clocks.of(self._zone_names, query.at).take(self._zones[found])
        sleepers = np.isin(self._kinds[found], [_KINDS.index(kind) for kind in SLEEPERS])
        asleep = self._asleep(query, found, near_m, clocks) * sleepers
        spent = self._spent(query, found, near_m, clocks) & sleepers
        out = self._out_of_limits(query, found, near_m)
        open_ = ~already & ~unreachable
        reasons = (*out, asleep > AWAKE, spent)
        suppressed = open_ & np.logical_or.reduce(reasons)
        told = open_ & ~suppressed
        waits = open_ & ~np.logical_or.reduce(out)
        spent &= waits & (asleep == AWAKE)
        moments = np.concatenate([asleep[waits & (asleep > AWAKE)], clocks.day_ends_min[spent]])
        return Matched(
            ordinals=nearest_first(people[told], near_m[told]),
            already=people[already],
            unreachable=people[unreachable],
            suppressed=people[suppressed],
            wakes_at=instant_of(int(moments.min())) if len(moments) else None,
            passed_over=_first_reasons(open_, reasons),
            dates=tuple(
                (int(day), BitMap(people[told & sleepers & (clocks.day == day)]))
                for day in np.unique(clocks.day[told & sleepers])
            ),
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
        if query.tier is not None:
            wanted &= self._tiers == _TIERS.index(query.tier)
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
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
        """Return who is paused, who wants nothing so mild, and who nothing so far away."""
        limit_km = self._reach_km_max[found]
        far = (limit_km > 0) & (near_m > limit_km * 1_000.0)
        return ~self._active[found], query.severity.rank < self._severity_min[found], far

    def _asleep(
        self, query: Query, found: NDArray[np.intp], near_m: Floats, clocks: Clocks
    ) -> Minutes:
        """Return until when each one sleeps on."""
        if query.overridden:
            return np.zeros(len(found), np.int64)
        quiet = self._quiet_from_min[found], self._quiet_to_min[found]
        return sleeping_until(query.severity, near_m, clocks, *quiet)

    def _spent(
        self, query: Query, found: NDArray[np.intp], near_m: Floats, clocks: Clocks
    ) -> NDArray[np.bool_]:
        """Return whose day is spent."""
        people, limits = self._people[found], self._limits[found]
        spent = np.zeros(len(found), np.bool_)
        for day, limit in {*zip(clocks.day.tolist(), limits.tolist(), strict=True)}:
            these = query.days.spent(day, limit) - query.known
            mine = np.isin(people, np.array(these.to_array(), np.uint32))
            spent |= mine & (clocks.day == day) & (limits == limit)
        if query.severity is Severity.EXTREME:
            spent &= near_m > WAKES_WITHIN_M
        return spent & (not query.overridden)


def _first_reasons(open_: NDArray[np.bool_], reasons: tuple[NDArray[np.bool_], ...]) -> PassedOver:
    counts = []
    for reason in reasons:
        counts.append(int((open_ & reason).sum()))
        open_ = open_ & ~reason
    return PassedOver(*counts)


def _balls(cells: NDArray[np.uint64]) -> tuple[Floats, Floats]:
    """Return the balls of rows; a row without a cell has none."""
    points, radii_m = np.zeros((len(cells), 3)), np.zeros(len(cells))
    placed = cells != NO_CELL
    points[placed], radii_m[placed] = balls_of(cells[placed])
    return points, radii_m
