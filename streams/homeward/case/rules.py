"""Limits and checks that more than one decision of a case needs."""

from datetime import datetime, timedelta
from typing import Final

from homeward.refusals import (
    AgeContradicts,
    NotForRole,
    SeenBeforeMissing,
    SeenInFuture,
    SeenTooLongAgo,
    TextsIncomplete,
)
from homeward.requests import Request
from homeward.words import AgeBand, Category, Role, Texts, Worded

CLOCK_ERROR: Final = timedelta(minutes=5)
"""How far a reporter's clock may run ahead of ours."""
LAST_SEEN_AGO_MAX: Final = timedelta(days=30)
"""Older reports are real, but where the person can be by now is everywhere."""
SEEN_BEFORE_MAX: Final = timedelta(hours=24)
"""How long before "last seen" a sighting may lie: the report's own time is often wrong."""
EXPIRY_MIN: Final = timedelta(minutes=5)
EXPIRY_MAX: Final = timedelta(days=7)

SUPERVISORS: Final = frozenset({Role.SUPERVISOR})
OFFICERS: Final = frozenset({Role.OFFICER, Role.SUPERVISOR})
DRAFTERS: Final = OFFICERS | {Role.COORDINATOR}
JUDGES_OF_SIGHTINGS: Final = OFFICERS | {Role.COORDINATOR}
TRIAGE: Final = OFFICERS | {Role.NGO}

_AGE_CANNOT_BE: Final = {
    Category.LOST_CHILD: frozenset({AgeBand.ADULT, AgeBand.OLD}),
    Category.RUNAWAY: frozenset({AgeBand.TODDLER}),
}


def only(roles: frozenset[Role], request: Request) -> None:
    """Refuse whoever has none of the roles."""
    if request.by.role not in roles:
        raise NotForRole(request.by.role.value)


def check_last_seen(seen_at: datetime, at: datetime) -> None:
    """Refuse a last moment that no search can start from."""
    if seen_at > at + CLOCK_ERROR:
        raise SeenInFuture
    if seen_at < at - LAST_SEEN_AGO_MAX:
        raise SeenTooLongAgo


def check_seen(seen_at: datetime, at: datetime, last_seen_at: datetime) -> None:
    """Refuse a moment at which the person cannot have been seen; late and out of order is fine."""
    if seen_at > at + CLOCK_ERROR:
        raise SeenInFuture
    if seen_at < last_seen_at - SEEN_BEFORE_MAX:
        raise SeenBeforeMissing


def check_age(category: Category, *bands: AgeBand) -> None:
    """Refuse a category that nobody of these ages can have; a big brother takes a small one."""
    if set(bands) <= _AGE_CANNOT_BE.get(category, frozenset()):
        raise AgeContradicts(category.value)


def check_texts(texts: tuple[Texts, ...], *others: tuple[Texts, ...]) -> None:
    """Refuse texts that lack zh-Hans, repeat a language, or differ in it from one another."""
    langs = [one.lang for one in texts]
    if len(set(langs)) != len(langs) or "zh-Hans" not in langs:
        raise TextsIncomplete
    if any(sorted(one.lang for one in other) != sorted(langs) for other in others):
        raise TextsIncomplete


def check_worded(
    texts: tuple[Texts, ...], retraction: tuple[Texts, ...], *worded: tuple[Worded, ...] | None
) -> None:
    """Refuse a draft that lacks a language in a wording, or has a wording twice."""
    check_texts(texts, retraction, *(one.texts for some in worded for one in some or ()))
    for some in worded:
        named = [one.wording for one in some or ()]
        if len(set(named)) != len(named):
            raise TextsIncomplete
