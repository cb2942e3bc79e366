"""How a case is shown: to staff, to its reporter, to those who search. Counts as buckets (I-17)."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from homeward.http.doors import Door, followed
from homeward.http.reporting import known_to, view_of
from homeward.http.rooms import Rooms
from homeward.messages import Actor
from homeward.timeline import Entry, status_of
from homeward.timeline.spans import span
from homeward.timeline.views import bucket
from homeward.words import Purpose, Role, case_code, instant_text

COUNTS_OF_PEOPLE: Final = frozenset(
    {
        *("people", "already_told", "suppressed", "unreachable", "leased", "accepted"),
        *("failed", "expired", "retried", "withdrawn", "unknown", "pending"),
        *("over_paused", "over_severity", "over_distance", "over_quiet"),
        *("over_budget", "over_alone"),
    }
)
MAP_FIGURES: Final = (
    *("people", "accepted", "failed", "expired"),
    *("withdrawn", "unknown", "pending"),
)
LedgerCounts: TypeAlias = Mapping[tuple[str, int, int], Mapping[str, int]]
"""What `Ledger.counts` answers."""
SEARCHERS: Final = frozenset({Role.HUB, Role.VOLUNTEER})


def sees_exactly(by: Actor) -> bool:
    """Whether somebody sees how many people there are; all others see buckets."""
    return by.role is Role.AUDITOR


def figures(counts: Mapping[str, Any], *, exact: bool) -> dict[str, Any]:
    """Return counts of people as somebody may see them; other values as they are."""
    if exact:
        return dict(counts)
    return {
        name: bucket(value) if name in COUNTS_OF_PEOPLE and isinstance(value, int) else value
        for name, value in counts.items()
    }


def entry_json(entry: Entry, *, exact: bool) -> dict[str, Any]:
    """Return a line of the timeline as somebody may see it."""
    shown = entry.json()
    shown["what"] = figures(shown["what"], exact=exact)
    return shown


def told_json(counts: LedgerCounts, version: int, *, exact: bool) -> dict[str, Any]:
    """Return what became of people so far, for a map: in spans, or exactly.

    The waves are those of one alert version; the totals hold whatever else was said, too.
    """
    totals: dict[str, Counter[str]] = {}
    waves: dict[int, Counter[str]] = {}
    for (purpose, of, wave), found in counts.items():
        mine = Counter({name: found[name] for name in MAP_FIGURES})
        if of == version or purpose != Purpose.ALERT:
            totals.setdefault(purpose, Counter()).update(mine)
        if of == version and purpose == Purpose.ALERT:
            waves.setdefault(wave, Counter()).update(mine)

    def shown(tally: Counter[str]) -> dict[str, int | str]:
        return {name: tally[name] if exact else span(tally[name]) for name in MAP_FIGURES}

    return {
        "what": "told",
        "version": version,
        "total": {purpose: shown(totals[purpose]) for purpose in sorted(totals)},
        "waves": [{"wave": wave, **shown(waves[wave])} for wave in sorted(waves)],
    }


async def case_json(rooms: Rooms, door: Door) -> dict[str, Any]:
    """Return the case as the caller may see it, without what is sealed."""
    if door.by.role is Role.REPORTER:
        return await _for_reporter(rooms, door)
    view = status_of(door.recorded, rooms.clock.now())
    raised = door.state.raised
    assert raised is not None
    shown = view.json()
    person = {"age_band": raised.age_band.value, "sex": raised.sex.value}
    if door.by.role in SEARCHERS:
        kept = ("case", "code", "status", "category", "mode", "alert")
        # Whom to look for; what became of the others is not for those who search.
        still = [one for one in shown["persons"] if not one["outcome"]]
        return {name: shown[name] for name in kept} | person | {"persons": still}
    exact, seen = sees_exactly(door.by), door.state.last_seen
    assert seen is not None
    answers = shown["answers"]
    return {
        **shown,
        **person,
        "told": {purpose: figures(one, exact=exact) for purpose, one in shown["told"].items()},
        "answers": answers if exact else {one: bucket(count) for one, count in answers.items()},
        "ledger": await _ledger(rooms, door),
        "custody": door.state.custody.value,
        "protection_order": door.state.protection_order,
        "last_seen_cell": seen.cell,
        "reported_by_role": raised.raised_by.value,
        "personal": None,
    }


async def _for_reporter(rooms: Rooms, door: Door) -> dict[str, Any]:
    there = await followed(rooms, door)
    known = known_to(door, there)
    view = view_of(door, there, rooms.clock.now())
    shown = view.json_for_reporter()  # on hold like any other: what differs is an answer
    released = [one for one in shown["released"] if one["sighting"] in known]
    return {**shown, "released": released}


OUTCOMES: Final = {
    "case.rejected/1": "rejected",
    "case.merged/1": "merged",
    "case.resolved/1": "resolved",
    "case.alert-cancelled/1": "cancelled",
    "case.withdrawn/1": "withdrawn",
    "escalation.report-lapsed/1": "lapsed",
}
"""What a tombstone says of how a case ended: the class, for what became of somebody is theirs."""


def tombstone(door: Door) -> dict[str, Any]:
    """Return all that is shown of an expunged case, to whoever may see it."""
    state = door.state
    assert state.raised
    assert state.ended
    assert state.expunged_at
    return {
        "case": door.case,
        "code": case_code(door.case),
        "status": state.status.value,
        "outcome": OUTCOMES[state.ended.kind],
        "raised_at": instant_text(state.raised.at),
        "ended_at": instant_text(state.ended.at),
        "expunged_at": instant_text(state.expunged_at),
    }


async def _ledger(rooms: Rooms, door: Door) -> list[dict[str, Any]]:
    counts = await rooms.ledger.counts(door.case)
    exact = sees_exactly(door.by)
    return [
        {"purpose": purpose, "version": version, "wave": wave, **figures(of_wave, exact=exact)}
        for (purpose, version, wave), of_wave in sorted(counts.items())
    ]
