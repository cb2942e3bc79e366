"""When people are let sleep: a rule by severity, hour and distance, and the same for columns.

* ``extreme`` wakes whoever is near (30 km, what one officer may decide alone); who is farther away
  sleeps until their quiet hours end. Rings at 3 a.m. a day's drive away made people switch alerts
  off.
* ``severe`` keeps everybody's own quiet hours.
* ``moderate`` and ``minor`` are told by day only, 07:00 to 21:00 where the recipient lives, whether
  or not they asked for quiet.

Only volunteers and camera owners sleep: hubs and desks are on duty. Who is let sleep is remembered
and looked at again when their quiet ends.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from numpy.typing import NDArray

from homeward.words import Severity

WAKES_WITHIN_M: Final = 30_000.0
DAY_FROM_MIN: Final = 7 * 60
DAY_TO_MIN: Final = 21 * 60
DAY_MIN: Final = 24 * 60
FALLBACK_ZONE: Final = "Asia/Shanghai"

Minutes = NDArray[np.int64]


@lru_cache(maxsize=1_024)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(FALLBACK_ZONE)


def local_minutes(zone: str, at: datetime) -> int:
    """Return the minutes after midnight in a zone; an unknown zone counts as China's."""
    there = at.astimezone(_zone(zone))
    return there.hour * 60 + there.minute


def quiet_left_min(now_min: int, from_min: int, to_min: int) -> int:
    """Return how many minutes quiet hours go on; 0 outside them or when there are none.

    They run past midnight when they end before they begin; alike ends mean none.
    """
    if from_min < 0 or to_min < 0 or from_min == to_min:
        return 0
    length, into = (to_min - from_min) % DAY_MIN, (now_min - from_min) % DAY_MIN
    return length - into if into < length else 0


def sleeps_min(
    severity: Severity, away_m: float, now_min: int, quiet_from_min: int, quiet_to_min: int
) -> int:
    """Return for how many minutes a recipient is let sleep; 0: they are told now."""
    asked = quiet_left_min(now_min, quiet_from_min, quiet_to_min)
    if severity is Severity.EXTREME:
        return 0 if away_m <= WAKES_WITHIN_M else asked
    if severity is Severity.SEVERE:
        return asked
    return max(asked, quiet_left_min(now_min, DAY_TO_MIN, DAY_FROM_MIN))


def zone_minutes(zones: Sequence[str], at: datetime) -> Minutes:
    """Return the local minutes of each zone."""
    return np.array([local_minutes(zone, at) for zone in zones], np.int64)


def sleeping_min(
    severity: Severity,
    away_m: NDArray[np.float64],
    now_min: Minutes,
    quiet_from_min: NDArray[np.int16],
    quiet_to_min: NDArray[np.int16],
) -> Minutes:
    """Return `sleeps_min` of many recipients."""
    asked = _quiet_left(now_min, quiet_from_min.astype(np.int64), quiet_to_min.astype(np.int64))
    if severity is Severity.EXTREME:
        return np.where(away_m <= WAKES_WITHIN_M, 0, asked)
    if severity is Severity.SEVERE:
        return asked
    night = _quiet_left(now_min, np.int64(DAY_TO_MIN), np.int64(DAY_FROM_MIN))
    return np.maximum(asked, night)


def _quiet_left(
    now_min: Minutes, from_min: Minutes | np.int64, to_min: Minutes | np.int64
) -> Minutes:
    length, into = (to_min - from_min) % DAY_MIN, (now_min - from_min) % DAY_MIN
    some = (from_min >= 0) & (to_min >= 0) & (into < length)
    found: Minutes = np.where(some, length - into, 0)
    return found


def wakes_at(at: datetime, sleeps: int) -> datetime:
    """Return when so many minutes of quiet are over: on the full minute."""
    return at.replace(second=0, microsecond=0) + timedelta(minutes=sleeps)
