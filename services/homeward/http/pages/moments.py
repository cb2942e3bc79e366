"""Times and counts as people say them: with the day, in the reader's zone, without signs."""

from datetime import datetime, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from homeward.http.pages.phrases import PHRASES

ZONE: Final = ZoneInfo("Asia/Shanghai")
"""All of China keeps one time, and the pages say so."""


def zone_of(name: str) -> tzinfo:
    """Return a reader's zone; Beijing time where theirs is not known."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZONE


def moment(at: datetime, lang: str, zone: tzinfo = ZONE) -> str:
    """Return a day and a time; the offset only where the reader's clock is not Beijing's."""
    local = at.astimezone(zone)
    return f"{_day(local, lang)} {local:%H:%M}{_mark(at, zone)}"


def span(begin: datetime, end: datetime, lang: str, zone: tzinfo = ZONE) -> str:
    """Return from when to when; the second day only where it is another."""
    first, last = begin.astimezone(zone), end.astimezone(zone)
    until = "" if first.date() == last.date() else f"{_day(last, lang)} "
    return f"{_day(first, lang)} {first:%H:%M}–{until}{last:%H:%M}{_mark(begin, zone)}"


def elapsed(since: datetime, until: datetime, lang: str) -> str:
    """Return how long it is from one moment to another, in minutes, hours or days."""
    minutes = max(0, int((until - since).total_seconds()) // 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    units = (PHRASES[lang][name] for name in ("unit-days", "unit-hours", "unit-minutes"))
    counted = list(zip((days, hours, minutes), units, strict=True))
    first = next((at for at, (many, _) in enumerate(counted) if many), 2)
    return " ".join(f"{many} {unit}" for many, unit in counted[first : first + 2])


def people(bucket: str, lang: str) -> str:
    """Return a bucketed count (I-17) in words."""
    if bucket.startswith("<"):
        return PHRASES[lang]["people-fewer"].format(count=bucket[1:])
    if bucket.endswith("+"):
        return PHRASES[lang]["people-more"].format(count=bucket[:-1])
    return PHRASES[lang]["people"].format(count=bucket)


def _day(local: datetime, lang: str) -> str:
    month = PHRASES[lang][f"month-{local.month}"]
    return PHRASES[lang]["day"].format(day=local.day, month=month)


def _mark(at: datetime, zone: tzinfo) -> str:
    if at.astimezone(zone).utcoffset() == at.astimezone(ZONE).utcoffset():
        return ""
    offset = f"{at.astimezone(zone):%z}"
    return f" (UTC{offset[:3]}:{offset[3:]})"
