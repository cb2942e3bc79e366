"""When the person can be at hubs: on foot, by road, and by what is boarded at one of them.

Each way has a soonest arrival, bounded by its greatest speed, and times by which most of those are
through who go that way and so far (`passing`).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from homeward.geography.hubbook import Hub, degrees
from homeward.geography.sphere import Floats, centre_deg, distances_m, unit_of, units
from homeward.policies import figures, motion, passing
from homeward.policies.figures import PublicWay, Way
from homeward.policies.hypotheses import Hypothesis
from homeward.policies.known import Arrivals, Known, elapsed_s
from homeward.policies.laying import slack_m
from homeward.policies.spreads import walking
from homeward.words import Mode

_PUBLIC_OF: Final = {
    kind: row for row, public in enumerate(figures.PUBLIC) for kind in public.kinds
}
"""The public way that serves a kind of hub."""


class _Spots(NamedTuple):
    """Hubs as arrays."""

    points: Floats
    public: NDArray[np.intp]
    """The row of the public way that serves each; -1: none does."""


class _Times(NamedTuple):
    """In seconds from the moment the person was seen; a row a way of `_TOLD`, a column a hub."""

    least: Floats
    """The soonest arrival; infinite: nobody comes this way."""
    shown: Floats
    """When so many have left again as a window shows (`figures.SHOWN`); minus infinite: none."""
    through: Floats
    """When nearly all have (`figures.THROUGH`)."""


_TOLD: Final = (Mode.FOOT, Mode.VEHICLE, Mode.VEHICLE, *(one.told for one in figures.PUBLIC))
_FOOT, _LOCAL, _ROAD, _FIRST_PUBLIC = range(4)
_NEVER: Final = (-np.inf, -np.inf)
_Hubs = slice | NDArray[np.intp]
_ALL: Final = slice(None)


class _Way(NamedTuple):
    """How most go who come one way."""

    way: Way
    under_way: bool = False
    until_m: float = np.inf
    """So few go farther that no window waits for them."""


def arrivals_of(
    known: Known, told: Sequence[Hypothesis], hubs: Sequence[Hub], at: datetime
) -> Arrivals:
    """Return when the person can be at each hub, by any of some hypotheses."""
    spots = _Spots(
        units(*degrees(hubs)),
        np.array([_PUBLIC_OF.get(hub.kind_word, -1) for hub in hubs], np.intp),
    )
    each = [_arrivals_from(known, one, spots, at) for one in told]
    if len(each) == 1:
        return each[0]
    soonest = np.stack([one.earliest_s for one in each]).argmin(axis=0)
    ahead: NDArray[np.bool_] = np.logical_or.reduce([one.ahead for one in each])
    return Arrivals(
        earliest_s=np.stack([one.earliest_s for one in each]).min(axis=0),
        latest_s=np.stack([one.latest_s for one in each]).max(axis=0),
        modes=tuple(each[row].modes[hub] for hub, row in enumerate(soonest.tolist())),
        ahead=ahead,
    )


def _arrivals_from(known: Known, one: Hypothesis, spots: _Spots, at: datetime) -> Arrivals:
    """Return when they can be at each hub if that place is the last true one."""
    away_m = distances_m(spots.points, unit_of(*centre_deg(one.source.cell)))
    times = _times(known, one, spots, away_m)
    gone_s = elapsed_s(one.source, at)
    shown_s, through_s = times.shown.max(axis=0) - gone_s, times.through.max(axis=0) - gone_s
    # A window that is all but over is of no use to a desk: it gets the longer one.
    latest_s = np.where(shown_s >= figures.DWELL_S, shown_s, through_s)
    within = away_m <= known.reach_km_max * 1_000
    return Arrivals(
        earliest_s=times.least.min(axis=0) - gone_s,
        latest_s=latest_s,
        modes=tuple(_TOLD[row] for row in times.least.argmin(axis=0).tolist()),
        ahead=within & (latest_s >= 0) & ~_left_behind(one, spots.points, away_m),
    )


def _times(known: Known, one: Hypothesis, spots: _Spots, away_m: Floats) -> _Times:
    """Return when they can be at the hubs by each way that enough people go."""
    times = _Times(*(np.full((len(_TOLD), len(away_m)), none) for none in (np.inf, *_NEVER)))
    how, walk = motion.shares(known.category, one.mode(known)), figures.WALKS[known.age_band]
    slack, driving = slack_m(one.source), one.under_way(Mode.VEHICLE)
    near_m, far_m = np.maximum(away_m - slack, 0), away_m + slack
    walked_s = motion.walk_s(near_m, walk)
    driven_s = motion.drive_s(near_m, under_way=driving)
    local_m = passing.end_m(figures.LOCAL)
    if how.foot >= figures.SHARE_MIN:
        way = _Way(walking(walk), until_m=walk.km_95 * 1_000)
        near = np.flatnonzero(np.isfinite(walked_s))
        _fill(times, _FOOT, near, walked_s[near], far_m[near], way)
    if how.vehicle >= figures.SHARE_MIN:
        way = _Way(figures.LOCAL, driving, until_m=local_m)
        near = np.flatnonzero(near_m <= local_m * figures.WALK_END)
        _fill(times, _LOCAL, near, driven_s[near], far_m[near], way)
        _fill(times, _ROAD, _ALL, driven_s, far_m, _Way(figures.ROAD, driving))
    access_s = np.minimum(walked_s, driven_s)
    for row, public in enumerate(figures.PUBLIC):
        served = np.flatnonzero(spots.public == row)
        share = how.rail if public.among == "rail" else how.road
        if not len(served) or share < figures.SHARE_MIN:
            continue
        riding = public.told is Mode.RAIL and one.under_way(Mode.RAIL)
        least_s = (
            motion.ride_s(near_m[served], under_way=True)  # at whichever station the train stops
            if riding
            else _ridden_s(public, spots.points[served], access_s[served])
        )
        way = _Way(public.way, riding)
        _fill(times, _FIRST_PUBLIC + row, served, least_s, far_m[served], way)
    return times


def _fill(times: _Times, row: int, hubs: _Hubs, least_s: Floats, far_m: Floats, how: _Way) -> None:
    """Write down a way's times at some hubs, of these soonest arrivals and distances."""
    times.least[row, hubs] = least_s
    far = far_m > how.until_m
    for into, share, nobody in (
        (times.shown, figures.SHOWN, far | np.isinf(least_s)),
        (times.through, figures.THROUGH, np.isinf(least_s)),
    ):
        come_s = passing.come_s(how.way, far_m, share, under_way=how.under_way)
        left_s = np.maximum(come_s, least_s) + figures.DWELL_S
        into[row, hubs] = np.where(nobody, -np.inf, left_s)


def _ridden_s(public: PublicWay, points: Floats, access_s: Floats) -> Floats:
    """Return soonest arrivals at a public way's hubs: to one of the nearest, and on from there."""
    ridden = np.full(len(points), np.inf)
    for hub in np.argsort(access_s, kind="stable")[: public.boardings_max]:
        ride_m = distances_m(points, points[hub])
        ride_s = ride_m * public.detour / (public.kmh_max * 1_000) * 3_600
        arrives_s = access_s[hub] + public.boarding_s + ride_s
        rides = (ride_m > 0) & (ride_m >= public.km_min * 1_000)
        ridden = np.where(rides, np.minimum(ridden, arrives_s), ridden)
    return ridden


def _left_behind(one: Hypothesis, points: Floats, away_m: Floats) -> NDArray[np.bool_]:
    """Return the hubs that a person on the way there would not have been seen here."""
    if one.before is None:
        return np.zeros(len(away_m), np.bool_)
    before = unit_of(*centre_deg(one.before.cell))
    here = unit_of(*centre_deg(one.source.cell))
    over_here_m = float(distances_m(before, here)) + away_m
    direct_m = distances_m(points, before)
    longer = over_here_m > direct_m * figures.TURN_BACK
    found: NDArray[np.bool_] = longer & (over_here_m - direct_m > figures.TURN_BACK_M)
    return found
