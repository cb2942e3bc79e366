"""A course in figures, to stand beside other courses: waves, hubs, minutes."""

from collections.abc import Sequence
from statistics import median
from typing import Any

from homeward.facts.hub import WatchOrdered
from homeward.picture.course import Course
from homeward.words import instant_text


def figures(course: Course) -> dict[str, Any]:
    """Return a course as JSON values, without people; minutes count from the place last seen.

    ``lead_min`` of an order is how long before the earliest arrival it was said: 0 where they can
    have been there already. ``ahead_min`` of a sighting is how long before it people at its place
    were told: negative when they were told after it, null when they never were. ``cut_at``: nothing
    is known from then on, for it took too many looks; null: it was followed to the end.
    """
    leads = [_minutes(one.eta_s) for one in course.ahead]
    return {
        "policy": course.policy,
        "waves": len(course.waves),
        "first_wave_s": course.first_wave_s,
        "last_wave_min": course.minutes(course.waves[-1].at) if course.waves else None,
        "radius_km": round(max((one.radius_m for one in course.waves), default=0) / 1_000, 1),
        "hubs_ordered": len({one.hub for one in course.orders}),
        "hubs_ahead": len({one.hub for one in course.ahead}),
        "hubs_released": len({one.hub for one in course.released if one.reason == "not-ahead"}),
        "hubs_unreachable": len({one.hub for one in course.unreachable}),
        "lead_min_median": round(median(leads), 1) if leads else None,
        "lead_min_least": min(leads, default=None),
        "sightings": [
            {
                "sighting": one.sighting,
                "seen_at": instant_text(one.seen_at),
                "ahead_min": None if one.ahead_s is None else _minutes(one.ahead_s),
            }
            for one in course.sightings
        ],
        "cut_at": None if course.cut_at is None else instant_text(course.cut_at),
    }


def order_rows(course: Course) -> Sequence[dict[str, Any]]:
    """Return one row for each order: when it was said, and when anybody could be there."""
    return [_order(course, one) for one in course.orders]


def wave_rows(course: Course) -> Sequence[dict[str, Any]]:
    """Return one row for each wave; hosts add the people in it."""
    return [
        {
            "version": one.version,
            "wave": one.wave,
            "at": instant_text(one.at),
            "minutes": course.minutes(one.at),
            "radius_km": round(one.radius_m / 1_000, 1),
            "cells": one.cell_count,
        }
        for one in course.waves
    ]


def _order(course: Course, one: WatchOrdered) -> dict[str, Any]:
    ordered_min = course.minutes(one.at)
    return {
        "hub": one.hub,
        "hub_kind": one.hub_kind,
        "ordered_min": ordered_min,
        "arrival_min": round(ordered_min + one.eta_s / 60, 1),
        "lead_min": _minutes(one.eta_s),
        "mode": one.mode.value,
    }


def _minutes(seconds: float) -> float:
    return round(seconds / 60, 1)
