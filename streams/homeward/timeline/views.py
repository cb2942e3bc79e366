"""The values that say how a case stands, and what of them the reporter may see."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from homeward.case.state import Status
from homeward.words import Instant, Outcome, instant_text

_FLOOR = 20
"""Of people counted together that outsiders may see (SAFETY I-17)."""


@dataclass(frozen=True, slots=True)
class AlertView:
    """The newest version of the alert."""

    number: int
    version: int
    policy: str
    severity: str
    reach_km_max: int
    expires_at: Instant
    state: str
    """live, expired, cancelled, over or merged."""
    lane: str
    """fast: on one officer's word; whole: two approved it."""
    people_max: int | None
    """On the fast lane."""
    draft: str
    """That it was issued on: what a second person approves."""


@dataclass(frozen=True, slots=True)
class DraftView:
    """The newest draft, while it waits: to be issued, or to be approved on the fast lane."""

    id: str
    alert: int
    version: int
    reach_km_max: int
    expires_at: Instant
    needs_approval: bool
    """To go beyond the fast lane."""
    approved: bool
    issued: bool
    """On the fast lane."""


@dataclass(frozen=True, slots=True)
class ExtensionView:
    """What somebody asks: that the version that is out live longer."""

    asked: str
    """What a second person approves."""
    version: int
    expires_at: Instant


@dataclass(frozen=True, slots=True)
class WaveView:
    """One wave of one version."""

    version: int
    wave: int
    at: Instant
    cells: int
    radius_m: int


@dataclass(frozen=True, slots=True)
class WatchView:
    """One watch, soonest arrival first."""

    watch: str
    hub: str
    hub_kind: str
    rank: int
    state: str
    window_from: Instant
    window_to: Instant
    acknowledge_by: Instant
    to_desk: bool


@dataclass(frozen=True, slots=True)
class SightingView:
    """One sighting, in the order of telling."""

    sighting: str
    state: str
    at: Instant
    seen_at: Instant
    cell: str
    released: bool
    """Whether the reporter sees its place and time."""


@dataclass(frozen=True, slots=True)
class Told:
    """Figures of who was to be told, from the log alone; the ledger knows more."""

    people: int = 0
    already_told: int = 0
    suppressed: int = 0
    unreachable: int = 0
    accepted: int = 0
    failed: int = 0
    expired: int = 0
    over_paused: int = 0
    """Of those suppressed, by the first reason; each look counts them anew."""
    over_severity: int = 0
    over_distance: int = 0
    over_quiet: int = 0
    over_budget: int = 0
    over_alone: int = 0


@dataclass(frozen=True, slots=True)
class ReviewView:
    """An alarm that one supervisor gave alone, and what another one said of it."""

    review: str
    draft: str
    alert: int
    version: int
    own_draft: bool
    """Whoever gave it had drafted it, too."""
    review_by: Instant
    state: str
    """open, overdue, justified or unjustified"""


@dataclass(frozen=True, slots=True)
class PersonView:
    """One of those whom a case is about."""

    person: int
    """Their number in the case."""
    age_band: str
    sex: str
    outcome: str
    """What became of them; empty: they are missing."""


@dataclass(frozen=True, slots=True)
class ProposalView:
    """What an outsider says of a verified case, for an officer to decide about."""

    proposal: str
    by: str
    """Their role."""
    at: Instant
    category: str | None
    mode: str | None
    custody: str | None
    protection_order: bool | None
    seen_at: Instant | None
    """Of a vehicle."""
    state: str
    """open, accepted or refused"""


@dataclass(frozen=True, slots=True)
class CaseView:
    """How a case stands after some facts, at a moment of the case clock."""

    case: str
    code: str
    status: Status
    version: int
    """Of the case's stream: the ETag of human decisions."""
    log_index: int
    """Of the last fact this was made from; -1: none."""
    at: Instant | None = None
    raised_at: Instant | None = None
    last_seen_at: Instant | None = None
    category: str = ""
    mode: str = ""
    unit: str = ""
    waiting: bool = False
    """Nobody has taken up the report yet."""
    clock_level: int = 0
    """How far the waiting report was escalated: 0 duty desk, 1 county, 2 province, 3 NGO desk."""
    outcome: str = ""
    alert: AlertView | None = None
    draft: DraftView | None = None
    extension: ExtensionView | None = None
    waves: tuple[WaveView, ...] = ()
    watches: tuple[WatchView, ...] = ()
    hubs_unreachable: tuple[str, ...] = ()
    sightings: tuple[SightingView, ...] = ()
    told: Mapping[str, Told] = field(default_factory=dict)
    """By purpose."""
    answers: Mapping[str, int] = field(default_factory=dict)
    """Each recipient's newest answer, counted."""
    partners: Mapping[str, bool] = field(default_factory=dict)
    """Who held a copy, and whether they have taken it down."""
    reviews: tuple[ReviewView, ...] = ()
    proposals: tuple[ProposalView, ...] = ()
    """The oldest first."""
    held: bool = False
    expunge_asked: str | None = None
    """What a second person agrees to."""
    into: str | None = None
    """The case that it goes on in."""
    joined: tuple[str, ...] = ()
    """Cases that go on in it."""
    persons: tuple[PersonView, ...] = ()
    """Whom it is about: several, if they went missing together."""

    @property
    def found(self) -> int:
        """How many of them are not missing any more."""
        return sum(bool(one.outcome) for one in self.persons)

    def json(self) -> dict[str, Any]:
        """Return the view as JSON values."""
        return {name: _json(value) for name, value in asdict(self).items()}

    @property
    def wants_no_contact(self) -> bool:
        """Whether it was about somebody who was located and wants no contact."""
        found = {self.outcome, *(one.outcome for one in self.persons)}
        return Outcome.LOCATED_NO_CONTACT.value in found

    def json_for_reporter(self) -> dict[str, Any]:
        """Return what the reporter may see: state and clock, and of sightings what was released."""
        shown = self.json()
        kept = (
            *("case", "code", "status", "raised_at", "category", "mode", "unit"),
            *("waiting", "clock_level", "outcome", "persons"),
        )
        alert = shown["alert"] and {
            name: shown["alert"][name] for name in ("number", "version", "expires_at", "state")
        }
        people = sum(one.people for name, one in self.told.items() if name in {"alert", "watch"})
        return {
            **{name: shown[name] for name in kept},
            "alert": alert,
            "told": bucket(people),
            "sightings": len(self.sightings),
            "released": [
                {name: one[name] for name in ("sighting", "seen_at", "cell")}
                for one in shown["sightings"]
                if one["released"]
            ],
        }


def bucket(people: int) -> str:
    """Return a count as outsiders may see it: none, below 20, or rounded down (I-17)."""
    if people < _FLOOR:
        return "0" if people == 0 else f"<{_FLOOR}"
    unit = 10 ** (len(str(people)) - 1)
    return f"{people // unit * unit}+"


def _json(value: object) -> object:
    match value:
        case datetime():
            return instant_text(value)
        case Enum():
            return value.value
        case dict():
            return {name: _json(one) for name, one in value.items()}
        case list() | tuple():
            return [_json(one) for one in value]
        case _:
            return value
