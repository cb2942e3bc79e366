"""What messages are made of: what stands in every one, and what is known of who is missing."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo
from typing import Final

from homeward.words import Category, Description, Relation

CHINA: Final = timezone(timedelta(hours=8), "CST")


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands in every message."""

    code: str
    """Of the case; empty where the message carries code and version beside its words."""
    version: int
    authority: str
    drill: bool
    zone: tzinfo = CHINA


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom an alert is about, and what is known."""

    description: Description
    category: Category
    last_seen_at: datetime
    expires_at: datetime
    place_text: str | None = None
    vehicle: str | None = None
    licence_plate: str | None = None
    suspect: str | None = None
    relation: Relation | None = None
    age_band: str = ""
    """Where the years are not said."""
    others: tuple[Description, ...] = ()
    """Who is missing together with them."""
    bands: tuple[str, ...] = ()
    """Of several, of each: where the years are not said."""

    @property
    def persons(self) -> tuple[Description, ...]:
        """Everybody whom it is about."""
        return (self.description, *self.others)


def moment(at: datetime, frame: Frame) -> str:
    """Return a day and a time in the frame's zone."""
    return at.astimezone(frame.zone).strftime("%Y-%m-%d %H:%M")


def clock_of(at: datetime, frame: Frame) -> str:
    """Return a time of day in the frame's zone."""
    return at.astimezone(frame.zone).strftime("%H:%M")


def span(window: tuple[datetime, datetime], frame: Frame) -> str:
    """Return a window with its day: an order of the evening may be for after midnight."""
    begin, end = (moment.astimezone(frame.zone) for moment in window)
    until = f"{end:%H:%M}" if begin.date() == end.date() else f"{end:%m-%d %H:%M}"
    return f"{begin:%m-%d %H:%M}-{until}"
