"""Times and counts as people say them: with the day, in the reader's zone, without signs."""

from datetime import datetime, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

ZONE: Final = ZoneInfo("Asia/Shanghai")
"""All of China keeps one time, and the pages say so."""
MONTHS: Final = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)


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
    units = ("天", "小时", "分钟") if lang == "zh-Hans" else ("d", "h", "min")
    counted = list(zip((days, hours, minutes), units, strict=True))
    first = next((at for at, (many, _) in enumerate(counted) if many), 2)
    return " ".join(f"{many} {unit}" for many, unit in counted[first : first + 2])


def people(bucket: str, lang: str) -> str:
    """Return a bucketed count (I-17) in words."""
    if bucket.startswith("<"):
        return f"不到 {bucket[1:]} 人" if lang == "zh-Hans" else f"fewer than {bucket[1:]}"
    if bucket.endswith("+"):
        return f"{bucket[:-1]} 人以上" if lang == "zh-Hans" else f"{bucket[:-1]} or more"
    return f"{bucket} 人" if lang == "zh-Hans" else bucket


def _day(local: datetime, lang: str) -> str:
    if lang == "zh-Hans":
        return f"{local.month}月{local.day}日"
    return f"{local.day} {MONTHS[local.month - 1]}"


def _mark(at: datetime, zone: tzinfo) -> str:
    if at.astimezone(zone).utcoffset() == at.astimezone(ZONE).utcoffset():
        return ""
    offset = f"{at.astimezone(zone):%z}"
    return f" (UTC{offset[:3]}:{offset[3:]})"
