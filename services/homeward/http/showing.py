"""How a case is shown: to staff, to its reporter, to those who search. Counts as buckets (I-17)."""

from collections.abc import Mapping
from typing import Any, Final

from homeward.http.doors import Door
from homeward.http.rooms import Rooms
from homeward.messages import Actor
from homeward.timeline import Entry, status_of
from homeward.timeline.views import bucket
from homeward.words import Role

COUNTS_OF_PEOPLE: Final = frozenset(
    {
        *("people", "already_told", "suppressed", "unreachable", "leased", "accepted"),
        *("failed", "expired", "retried", "withdrawn", "unknown", "pending"),
    }
)
SEARCHERS: Final = frozenset({Role.HUB, Role.VOLUNTEER})


def figures(by: Actor, counts: Mapping[str, Any]) -> dict[str, Any]:
    """Return counts of people as the caller may see them; other values as they are."""
    if by.role is Role.AUDITOR:
        return dict(counts)
    return {
        name: bucket(value) if name in COUNTS_OF_PEOPLE and isinstance(value, int) else value
        for name, value in counts.items()
    }


def entry_json(by: Actor, entry: Entry) -> dict[str, Any]:
    """Return a line of the timeline as the caller may see it."""
    shown = entry.json()
    shown["what"] = figures(by, shown["what"])
    return shown


async def case_json(rooms: Rooms, door: Door) -> dict[str, Any]:
    """Return the case as the caller may see it, without what is sealed."""
    view = status_of(door.recorded, rooms.clock.now())
    raised = door.state.raised
    assert raised is not None
    if door.by.role is Role.REPORTER:
        return view.json_for_reporter()
    shown = view.json()
    person = {"age_band": raised.age_band.value, "sex": raised.sex.value}
    if door.by.role in SEARCHERS:
        kept = ("case", "code", "status", "category", "mode", "alert")
        return {name: shown[name] for name in kept} | person
    by = door.by
    answers = shown["answers"]
    return {
        **shown,
        **person,
        "told": {purpose: figures(by, one) for purpose, one in shown["told"].items()},
        "answers": answers
        if by.role is Role.AUDITOR
        else {one: bucket(count) for one, count in answers.items()},
        "ledger": await _ledger(rooms, door),
        "custody": raised.custody.value,
        "protection_order": raised.protection_order,
        "last_seen_cell": raised.last_seen_cell,
        "reported_by_role": raised.raised_by.value,
        "personal": None,
    }


async def _ledger(rooms: Rooms, door: Door) -> list[dict[str, Any]]:
    counts = await rooms.ledger.counts(door.case)
    return [
        {"purpose": purpose, "version": version, "wave": wave, **figures(door.by, of_wave)}
        for (purpose, version, wave), of_wave in sorted(counts.items())
    ]
