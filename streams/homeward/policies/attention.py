"""An alert that does not tire people: when they are let sleep, and of how many a day they hear.

**Sleep**, a rule by severity, hour and distance:

* ``extreme`` wakes whoever is near (30 km, what one officer may decide alone); who is farther away
  sleeps until their quiet hours end. Rings at 3 a.m. a day's drive away made people switch alerts
  off.
* ``severe`` keeps everybody's own quiet hours.
* ``moderate`` and ``minor`` are told by day only, 07:00 to 21:00 where the recipient lives, whether
  or not they asked for quiet.

Quiet hours are what the clock on the recipient's wall shows: an hour that it passes over cannot be
slept through, and one that it shows twice is quiet both times.

**The day**: of so many alerts as they say, three unless they say so, somebody is told for the first
time on one date of their own zone. ``extreme`` within 30 km is told whatever the day held, and
counts. Whose day is spent is told of the next ones when their date turns.

Only volunteers and camera owners sleep and have a day: hubs and desks are on duty. Who is passed
over is remembered and looked at again when that ends. Each rule stands here for one person and,
counting whole columns, for many; the two share no arithmetic of clocks.
"""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from homeward.policies.clocks import DAY_MIN, Clocks, Minutes, local_minutes
from homeward.words import Severity

WAKES_WITHIN_M: Final = 30_000.0
DAY_FROM_MIN: Final = 7 * 60
DAY_TO_MIN: Final = 21 * 60
PER_DAY: Final = 3
"""Alerts a day of somebody who set no number: a fourth one in a day is where people switch off."""
PER_DAY_MAX: Final = 10
AWAKE: Final = 0
"""Stands for the minute at which somebody wakes who does not sleep."""
_MINUTE: Final = timedelta(minutes=1)


def wakes_everybody(severity: Severity, away_m: float) -> bool:
    """Return whether an alert is told at any hour, however many there were that day."""
    return severity is Severity.EXTREME and away_m <= WAKES_WITHIN_M


def day_limit(per_day: int) -> int:
    """Return of how many alerts a day somebody hears who set that number; 0: none was set."""
    return min(per_day, PER_DAY_MAX) if per_day > 0 else PER_DAY


def quiet_left_min(now_min: int, from_min: int, to_min: int) -> int:
    """Return how many minutes of a wall clock quiet hours go on; 0 outside, or without any.

    They run past midnight when they end before they begin; alike ends mean none.
    """
    if from_min < 0 or to_min < 0 or from_min == to_min:
        return 0
    length, into = (to_min - from_min) % DAY_MIN, (now_min - from_min) % DAY_MIN
    return length - into if into < length else 0


def sleeps_until(
    severity: Severity,
    away_m: float,
    zone: str,
    at: datetime,
    quiet_from_min: int,
    quiet_to_min: int,
) -> datetime | None:
    """Return when a recipient wakes who is let sleep, on the full minute; None: told now."""
    if wakes_everybody(severity, away_m):
        return None
    rests = [(quiet_from_min, quiet_to_min)]
    if severity.rank < Severity.SEVERE.rank:
        rests.append((DAY_TO_MIN, DAY_FROM_MIN))
    ends = [_ends(zone, at, *rest) for rest in rests]
    return max((one for one in ends if one is not None), default=None)


@lru_cache(maxsize=4_096)
def _ends(zone: str, at: datetime, from_min: int, to_min: int) -> datetime | None:
    """Return the first minute at which the clock shows none of these hours, by looking at it."""
    moment = at.replace(second=0, microsecond=0)
    if not quiet_left_min(local_minutes(zone, moment), from_min, to_min):
        return None
    while quiet_left_min(local_minutes(zone, moment), from_min, to_min):
        moment += _MINUTE
    return moment


def sleeping_until(
    severity: Severity,
    away_m: NDArray[np.float64],
    clocks: Clocks,
    quiet_from_min: NDArray[np.int16],
    quiet_to_min: NDArray[np.int16],
) -> Minutes:
    """Return `sleeps_until` of many recipients in minutes since 1970; AWAKE for who is told."""
    asked = _rested(clocks, quiet_from_min.astype(np.int64), quiet_to_min.astype(np.int64))
    if severity is Severity.EXTREME:
        return np.where(away_m <= WAKES_WITHIN_M, AWAKE, asked)
    if severity is Severity.SEVERE:
        return asked
    return np.maximum(asked, _rested(clocks, np.int64(DAY_TO_MIN), np.int64(DAY_FROM_MIN)))


def day_limits(per_day: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Return `day_limit` of many recipients."""
    own = np.minimum(per_day.astype(np.int64), PER_DAY_MAX)
    return np.where(own > 0, own, PER_DAY)


def _rested(clocks: Clocks, from_min: Minutes | np.int64, to_min: Minutes | np.int64) -> Minutes:
    """Return when hours end for those in them, over a change of the clocks."""
    left = _quiet_left(clocks.now_min, from_min, to_min)
    after = clocks.change_min + _quiet_left(clocks.then_min, from_min, to_min)
    left = np.where(left < clocks.change_min, left, after * (left > 0))
    found: Minutes = np.where(left > 0, clocks.at_min + left, AWAKE)
    return found


def _quiet_left(
    now_min: Minutes, from_min: Minutes | np.int64, to_min: Minutes | np.int64
) -> Minutes:
    length, into = (to_min - from_min) % DAY_MIN, (now_min - from_min) % DAY_MIN
    some = (from_min >= 0) & (to_min >= 0) & (into < length)
    found: Minutes = np.where(some, length - into, 0)
    return found
