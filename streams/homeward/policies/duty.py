"""Who answers at a hub, and when: hours like ``Mo-Fr 08:00-20:00; Sa 09:00-13:00``.

A hub has opening hours and each of its contacts a shift; where nothing is written it is always. The
text is the plain part of what OpenStreetMap writes under ``opening_hours``: days are single, lists
or ranges (``Mo,We-Fr``), none means every day; several spans stand after one another with commas;
rules are joined with semicolons and add up; an end that is not after its begin lies on the next day
(``22:00-06:00``), and ``24/7`` is always.

Times are what a clock on the wall shows in the hub's zone. When clocks are put forward, an hour
that no clock shows is nobody's; when they are put back, who is on from 02:00 to 03:00 is on for
both.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from homeward.geography.hubbook import Duty
from homeward.words import ReasonCode

DAYS: Final = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
DAY_MIN: Final = 24 * 60
WEEK_MIN: Final = 7 * DAY_MIN
HOURS_CHARS_MAX: Final = 200
ALWAYS: Final = frozenset({"", "24/7"})

CLOSED: Final[ReasonCode] = "closed"
"""The hub is closed for as long as the person may come."""
OFF_DUTY: Final[ReasonCode] = "off-duty"
"""None of its contacts is on duty when the order goes out."""

_STEP: Final = timedelta(hours=12)
"""No zone changes its clocks twice within so long."""
_RULE: Final = re.compile(r"(?:(?P<days>[A-Z][A-Za-z,-]*)\s+)?(?P<times>[0-9:,\s-]+)")
_TIME: Final = r"([01]?[0-9]|2[0-4]):([0-5][0-9])"
_SPAN: Final = re.compile(rf"{_TIME}\s*-\s*{_TIME}")

Span = tuple[int, int]
"""Minutes after Monday midnight, from and to; the end may lie in the next week."""


class NotHours(ValueError):
    """A text that says no hours."""


@lru_cache(maxsize=4_096)
def spans_of(text: str) -> tuple[Span, ...]:
    """Return when in a week something is open; (): always. Raises NotHours."""
    if text.strip() in ALWAYS:
        return ()
    if len(text) > HOURS_CHARS_MAX:
        raise NotHours(f"hours have at most {HOURS_CHARS_MAX} characters")
    return tuple(sorted({span for rule in text.split(";") for span in _spans(rule.strip())}))


def _spans(rule: str) -> Iterator[Span]:
    found = _RULE.fullmatch(rule)
    if found is None:
        raise NotHours("hours must be like Mo-Fr 08:00-20:00; Sa 09:00-13:00, or 24/7")
    days = _days(found["days"] or "Mo-Su")
    for said in found["times"].split(","):
        times = _SPAN.fullmatch(said.strip())
        if times is None:
            raise NotHours("hours must have times like 08:00-20:00")
        begin, end = (int(times[at]) * 60 + int(times[at + 1]) for at in (1, 3))
        if max(begin, end) > DAY_MIN or begin == DAY_MIN:
            raise NotHours("a day has the times 00:00 to 24:00")
        length = end - begin if end > begin else end - begin + DAY_MIN
        yield from ((day * DAY_MIN + begin, day * DAY_MIN + begin + length) for day in days)


def _days(text: str) -> set[int]:
    days: set[int] = set()
    for part in text.split(","):
        first, to, last = part.partition("-")
        if first not in DAYS or (to and last not in DAYS):
            raise NotHours(f"days are {' '.join(DAYS)}")
        begin, end = DAYS.index(first), DAYS.index(last if to else first)
        days |= {day % 7 for day in range(begin, end + 1 + 7 * (end < begin))}
    return days


def is_on(text: str, zone: str, at: datetime) -> bool:
    """Return whether hours hold at a moment. Raises NotHours."""
    spans = spans_of(text)
    return not spans or _meets(spans, minute := _minute(at, zone), minute)


def is_on_within(text: str, zone: str, begin: datetime, end: datetime) -> bool:
    """Return whether hours hold at any moment from ``begin`` to ``end``. Raises NotHours."""
    spans = spans_of(text)
    if not spans or end - begin >= timedelta(days=7):
        return True
    return any(
        _meets(
            spans,
            first := _minute(low, zone),
            first + _whole_min(high - low.replace(second=0, microsecond=0)),
        )
        for low, high in _even(begin, max(begin, end), zone)
    )


def ask_order(
    duty: Duty | None, contacts: int, at: datetime, window: tuple[datetime, datetime]
) -> tuple[tuple[int, ...], ReasonCode | None]:
    """Return in which order contacts are asked, and why nobody may be there to hear it.

    Whoever is on duty when the order goes out comes first, each group in the order of the file. A
    hub that is closed for the whole window, or has nobody on duty now, is asked all the same; but
    silence is then to be expected, so the police desk is told at once. Hours that cannot be read
    count as always: a hub is not lost by a slip of the pen.
    """
    everybody = tuple(range(contacts))
    if duty is None:
        return everybody, None
    shifts = (*duty.shifts, *("",) * contacts)
    on = tuple(one for one in everybody if is_on(_legible(shifts[one]), duty.zone, at))
    asked = (*on, *(one for one in everybody if one not in on))
    if not is_on_within(_legible(duty.hours), duty.zone, *window):
        return asked, CLOSED
    return asked, None if on else OFF_DUTY


def _legible(text: str) -> str:
    try:
        spans_of(text)
    except NotHours:
        return ""
    return text


def _meets(spans: tuple[Span, ...], first: int, last: int) -> bool:
    """Whether minutes of a week, both included, meet a span; each may run into the next week."""
    weeks = (-WEEK_MIN, 0, WEEK_MIN)
    return any(begin + by <= last and first < end + by for begin, end in spans for by in weeks)


def _minute(at: datetime, zone: str) -> int:
    local = at.astimezone(zone_of(zone))
    return local.weekday() * DAY_MIN + local.hour * 60 + local.minute


def _even(begin: datetime, end: datetime, zone: str) -> Iterator[tuple[datetime, datetime]]:
    """Cut a time into parts in which clocks are not changed; a part ends where the next begins."""
    low = begin
    while True:
        high = min(low + _STEP, end)
        if _offset(low, zone) == _offset(high, zone):
            yield low, high
            if high == end:
                return
            low = high
            continue
        before, after = low, high  # clocks are changed at some minute between
        while after - before > timedelta(minutes=1):
            middle = before + (after - before) / 2
            if _offset(middle, zone) == _offset(low, zone):
                before = middle
            else:
                after = middle
        yield low, before
        low = after


def _offset(at: datetime, zone: str) -> timedelta | None:
    return at.astimezone(zone_of(zone)).utcoffset()


def _whole_min(length: timedelta) -> int:
    return int(length.total_seconds() // 60)


@lru_cache(maxsize=1_024)
def zone_of(name: str) -> ZoneInfo:
    """Return a zone; China's where the name is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("Asia/Shanghai")
