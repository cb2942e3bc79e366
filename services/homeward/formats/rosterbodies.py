"""Recipients as the API takes them, in batches that stay below its limits."""

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

from homeward.formats.rosterfiles import Kept
from homeward.ports import Contact, Recipient
from homeward.words import RecipientKind

BATCH_ROWS: Final = 500
"""The API takes 1,000; half of it answers sooner, so that a progress bar moves."""
BATCH_BYTES: Final = 600_000
"""Of the 1,000,000 that a body may have."""
_MINUTES: Final = 60


def body_of(one: Recipient) -> dict[str, Any]:
    """Return the body that registers a recipient."""
    body: dict[str, Any] = {
        "recipient": one.id,
        "cells": list(one.cells),
        "lang": one.lang,
        "reach_km_max": one.reach_km_max,
        "active": one.active,
        "severity_min": one.severity_min.value,
        "contacts": [[_way(way) for way in contact] for contact in one.contacts],
        "hub_kind": one.hub_kind,
        "name": one.name,
        "level": one.level,
        "per_day": one.per_day,
        "tier": one.tier.value,
    }
    if one.kind is not RecipientKind.HUB:
        body["kind"] = one.kind.value
    elif one.duty is not None:
        body |= {"zone": one.zone, "hours": one.hours, "shifts": list(one.shifts)}
    if one.quiet_from_min >= 0:
        body["quiet"] = {
            "from": _clock(one.quiet_from_min),
            "to": _clock(one.quiet_to_min),
            "zone": one.zone,
        }
    return body


def batches(lines: Iterable[Kept]) -> Iterator[tuple[list[Kept], list[dict[str, Any]]]]:
    """Yield lines and their bodies, as many as one request may hold."""
    rows: list[Kept] = []
    bodies: list[dict[str, Any]] = []
    size = 0
    for line in lines:
        body = body_of(line.recipient)
        length = len(json.dumps(body, ensure_ascii=False).encode()) + 2
        if rows and (len(rows) == BATCH_ROWS or size + length > BATCH_BYTES):
            yield rows, bodies
            rows, bodies, size = [], [], 0
        rows.append(line)
        bodies.append(body)
        size += length
    if rows:
        yield rows, bodies


def _way(way: Contact) -> dict[str, str]:
    return {"channel": way.channel} | ({"address": way.address} if way.address else {})


def _clock(minutes: int) -> str:
    return f"{minutes // _MINUTES:02}:{minutes % _MINUTES:02}"
