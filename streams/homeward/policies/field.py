"""Where this person can be by now: on foot as people like them walk, by road, and by rail to hubs.

First version: round about each place the person was seen, as far as a mixture of ways of moving
holds them with 90 %. It knows no roads and no timetables, and no direction except for hubs.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from homeward.geography.hubbook import Hub, degrees
from homeward.geography.sphere import (
    Floats,
    ball_of,
    centre_deg,
    distances_m,
    inflated,
    unit_of,
    units,
)
from homeward.policies import figures, motion
from homeward.policies.known import Area, Arrivals, Known, Source, anchors, area_of, elapsed_s
from homeward.words import Mode

LOOK_MIN_S: Final = 3 * 60
"""On a motorway 4.6 km as the crow flies: a wave more often would be a handful of people."""
LOOK_MAX_S: Final = 30 * 60
LOOK_PART: Final = 10
"""A wave each time a tenth more time has passed: the area then grows by about a fifth."""
GROWN_S: Final = 48 * 3600
"""An area that will not have grown in two days grows no more."""
MODES: Final = (Mode.FOOT, Mode.VEHICLE, Mode.RAIL)
_SHARE_MIN: Final = 0.02


class _Ways(NamedTuple):
    """Seconds from the moment the person was seen; one row a mode, one column a hub."""

    least_s: Floats
    most_s: Floats


class Field:
    """The default policy; its figures are in `figures`."""

    name: ClassVar[str] = "field"
    horizon_s: ClassVar[int] = figures.HORIZON_S

    def area(self, known: Known, at: datetime) -> Area:
        """Return where the person can be until the next look."""
        until = at + timedelta(seconds=_pause_s(known, at))
        return area_of([(one, _radius_m(known, one, until)) for one in anchors(known, at)])

    def next_look(self, known: Known, at: datetime) -> datetime | None:
        """Return a moment in 3 to 30 minutes, later as time passes; None when all is covered."""
        pause = timedelta(seconds=_pause_s(known, at))
        much_later = at + timedelta(seconds=GROWN_S)
        grows = any(
            _radius_m(known, one, at + pause) < _radius_m(known, one, much_later)
            for one in anchors(known, at)
        )
        waiting = any(one.seen_at > at for one in known.sources)
        return at + pause if grows or waiting else None

    def arrivals(self, known: Known, hubs: Sequence[Hub], at: datetime) -> Arrivals:
        """Return when the person can be at each hub, from the newest credible place."""
        source = anchors(known, at)[0]
        spots = units(*degrees(hubs))
        away_m = distances_m(spots, unit_of(*centre_deg(source.cell)))
        ways = _ways(known, source, hubs, spots, away_m)
        gone_s = elapsed_s(source, at)
        reached = np.isfinite(ways.least_s)
        earliest_s = ways.least_s.min(axis=0, initial=np.inf) - gone_s
        latest_s = np.where(reached, ways.most_s, -np.inf).max(axis=0, initial=-np.inf) - gone_s
        first = ways.least_s.argmin(axis=0)
        within = away_m <= known.reach_km_max * 1_000
        ahead = reached.any(axis=0) & within & (latest_s >= 0)
        return Arrivals(
            earliest_s=earliest_s,
            latest_s=latest_s,
            modes=tuple(MODES[row] for row in first.tolist()),
            ahead=ahead & ~_left_behind(known, source, spots, away_m),
        )


def _pause_s(known: Known, at: datetime) -> float:
    """Return the time between looks."""
    part = elapsed_s(anchors(known, at)[0], at) / LOOK_PART
    return min(max(part, LOOK_MIN_S), LOOK_MAX_S)


def _mode(known: Known, source: Source) -> Mode:
    return known.mode if source.mode is Mode.UNKNOWN else source.mode


def _under_way(known: Known, source: Source) -> bool:
    """Whether the person was seen in a moving vehicle: it needs no way out of town first."""
    return source is not known.sources[0] and source.mode is Mode.VEHICLE


def _slack_m(source: Source) -> float:
    """Return how far from the cell's centre the person can have been when seen."""
    return source.error_m + ball_of(int(source.cell, 16)).radius_m


def _radius_m(known: Known, source: Source, at: datetime) -> float:
    how = motion.shares(known.category, _mode(known, source))
    walk = figures.WALKS[known.age_band]
    gone_s = elapsed_s(source, at)
    moved_m = motion.contained_radius_m(how, walk, gone_s, under_way=_under_way(known, source))
    return min(inflated(moved_m + _slack_m(source)), known.reach_km_max * 1_000.0)


def _ways(
    known: Known, source: Source, hubs: Sequence[Hub], spots: Floats, away_m: Floats
) -> _Ways:
    how = motion.shares(known.category, _mode(known, source))
    under_way = _under_way(known, source)
    near_m = np.maximum(away_m - _slack_m(source), 0)
    walked = motion.walk_s(near_m, figures.WALKS[known.age_band])
    driven = motion.drive_s(near_m, under_way=under_way)
    ridden = _ridden_s(hubs, spots, np.minimum(walked, driven))
    least = np.stack([walked, driven, ridden])
    likely = np.array([how.foot, how.vehicle, how.rail]) >= _SHARE_MIN
    least = np.where(likely[:, None], least, np.inf)
    return _Ways(least, least * figures.LATE_FACTOR + figures.DWELL_S)


def _ridden_s(hubs: Sequence[Hub], spots: Floats, access_s: Floats) -> Floats:
    """Return arrivals by rail: to one of the nearest stations, wait, and on to the others."""
    rail = np.array([hub.kind in figures.RAIL_KINDS for hub in hubs], np.bool_)
    ridden = np.full(len(hubs), np.inf)
    stations = np.flatnonzero(rail)
    for station in stations[np.argsort(access_s[stations], kind="stable")][: figures.BOARDINGS_MAX]:
        ride_m = distances_m(spots, spots[station]) * figures.RAIL_DETOUR
        ride_s = ride_m / (figures.RAIL_KMH * 1_000) * 3_600
        arrives = access_s[station] + figures.BOARDING_S + ride_s
        ridden = np.where(rail & (ride_m > 0), np.minimum(ridden, arrives), ridden)
    return ridden


def _left_behind(known: Known, source: Source, spots: Floats, away_m: Floats) -> NDArray[np.bool_]:
    """Return the hubs that a person on the way there would not have been seen here."""
    older = [one for one in known.sources if one.seen_at < source.seen_at]
    if not older:
        return np.zeros(len(away_m), np.bool_)
    before = unit_of(*centre_deg(max(older, key=lambda one: one.seen_at).cell))
    here = unit_of(*centre_deg(source.cell))
    over_here_m = float(distances_m(before, here)) + away_m
    direct_m = distances_m(spots, before)
    longer = over_here_m > direct_m * figures.TURN_BACK
    found: NDArray[np.bool_] = longer & (over_here_m - direct_m > figures.TURN_BACK_M)
    return found
