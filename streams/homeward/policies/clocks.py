"""What the clocks on people's walls show, as columns over zones, with every change of the clocks.

Everything is whole minutes: of an instant since 1970, of a clock since its midnight, of a date in
days since the year 1. A day of somebody's may have 23 or 25 hours, and a clock may pass over an
hour or show it twice, so no minute of a wall is ever counted on to an instant across such a change.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from numpy.typing import NDArray

DAY_MIN: Final = 24 * 60
FALLBACK_ZONE: Final = "Asia/Shanghai"
_NEVER_MIN: Final = 1 << 30
"""Of a clock that does not change within a day."""
_MINUTE: Final = timedelta(minutes=1)

Minutes = NDArray[np.int64]


@lru_cache(maxsize=1_024)
def zone_of(name: str) -> ZoneInfo:
    """Return a zone; an unknown one counts as China's."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(FALLBACK_ZONE)


def local_minutes(zone: str, at: datetime) -> int:
    """Return the minutes after midnight in a zone."""
    there = at.astimezone(zone_of(zone))
    return there.hour * 60 + there.minute


def local_day(zone: str, at: datetime) -> int:
    """Return the date in a zone, in days since the year 1."""
    return at.astimezone(zone_of(zone)).toordinal()


def day_ends(zone: str, at: datetime) -> datetime:
    """Return when the date in a zone is over: where midnight is left out, at what follows it."""
    tomorrow = date.fromordinal(local_day(zone, at) + 1)
    # Of a time that is left out, the one before the change is meant: it is the change itself.
    return datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=zone_of(zone)).astimezone(
        UTC
    )


def since_epoch_min(at: datetime) -> int:
    """Return the minute that an instant lies in."""
    return int(at.timestamp() // 60)


def instant_of(minute: int) -> datetime:
    """Return when a minute begins."""
    return datetime.fromtimestamp(minute * 60, UTC)


class _Shown(NamedTuple):
    now_min: int
    change_min: int
    then_min: int
    day: int
    day_ends_min: int


@lru_cache(maxsize=4_096)
def _shown(zone: str, minute: int) -> _Shown:
    at = instant_of(minute)
    change_min = _change_min(zone, at)
    then = at + timedelta(minutes=change_min) if change_min < _NEVER_MIN else at
    return _Shown(
        now_min=local_minutes(zone, at),
        change_min=change_min,
        then_min=local_minutes(zone, then),
        day=local_day(zone, at),
        day_ends_min=since_epoch_min(day_ends(zone, at)),
    )


def _change_min(zone: str, at: datetime) -> int:
    """Return in how many minutes a clock changes; no zone changes it twice in a day."""
    there = zone_of(zone)

    def offset(minutes: int) -> timedelta | None:
        return (at + minutes * _MINUTE).astimezone(there).utcoffset()

    before, low, high = offset(0), 0, DAY_MIN
    if offset(high) == before:
        return _NEVER_MIN
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if offset(middle) == before else (low, middle)
    return high


@dataclass(frozen=True, slots=True)
class Clocks:
    """The clocks of zones, or of people, one entry each, at one minute."""

    at_min: int
    """The minute since 1970 that they are read in."""
    now_min: Minutes
    change_min: Minutes
    """In how many minutes the clock is put forward or back; far off when not within a day."""
    then_min: Minutes
    """What it shows then."""
    day: Minutes
    day_ends_min: Minutes
    """When the date is over, in minutes since 1970."""

    @classmethod
    def of(cls, zones: Sequence[str], at: datetime) -> "Clocks":
        """Return the clocks of zones by name."""
        minute = since_epoch_min(at)
        shown = np.array([_shown(zone, minute) for zone in zones], np.int64)
        return cls(minute, *shown.reshape(-1, len(_Shown._fields)).T)

    def take(self, zones: NDArray[np.integer]) -> "Clocks":
        """Return the clocks of people, each by the place of their zone; of no zones: midnight."""
        if not len(self.now_min):
            nothing = np.zeros(len(zones), np.int64)
            return Clocks(self.at_min, *[nothing] * len(_Shown._fields))
        columns = [getattr(self, one.name) for one in fields(self)[1:]]
        return Clocks(self.at_min, *(one[zones] for one in columns))
