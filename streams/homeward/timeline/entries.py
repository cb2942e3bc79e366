"""Facts of one case as lines that people and programs read."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from homeward.messages import Recorded
from homeward.words import Instant, instant_text

SUMMARY: Final[Mapping[str, tuple[str, ...]]] = {
    "case.raised/1": (
        "raised_by",
        "category",
        "age_band",
        "sex",
        "mode",
        "last_seen_cell",
        "last_seen_at",
        "custody",
        "protection_order",
    ),
    "case.taken-up/1": ("unit",),
    "case.facts-added/1": ("category", "mode", "custody", "protection_order"),
    "case.person-added/1": ("person", "age_band", "sex"),
    "case.person-found/1": ("person", "outcome", "helped_by"),
    "case.person-missed/1": ("person",),
    "case.facts-proposed/1": ("category", "mode", "custody", "protection_order", "seen_at"),
    "case.proposal-accepted/1": ("proposal", "category", "mode", "custody", "protection_order"),
    "case.proposal-refused/1": ("proposal",),
    "case.last-seen-corrected/1": ("cell", "seen_at", "error_m"),
    "case.vehicle-identified/1": ("seen_at",),
    "case.suspect-noted/1": (),
    "case.withdrawn/1": (),
    "case.verified/1": ("unit",),
    "case.rejected/1": ("reason",),
    "case.alert-drafted/1": (
        "alert",
        "version",
        "policy",
        "severity",
        "reach_km_max",
        "expires_at",
    ),
    "case.alert-approved/1": ("draft", "alert", "version"),
    "case.alert-issued/1": (
        "draft",
        "alert",
        "version",
        "policy",
        "severity",
        "reach_km_max",
        "expires_at",
        "people_max",
    ),
    "case.alert-updated/1": (
        "draft",
        "alert",
        "version",
        "policy",
        "severity",
        "reach_km_max",
        "expires_at",
        "people_max",
    ),
    "case.alert-widened/1": ("draft", "alert", "version", "reach_km_max"),
    "case.attention-override-asked/1": ("draft", "alert", "version"),
    "case.attention-overridden/1": ("draft", "alert", "version", "asked"),
    "case.emergency-used/1": ("draft", "alert", "version", "own_draft", "review_by"),
    "case.emergency-reviewed/1": ("review", "verdict"),
    "case.ring-zero-asked/1": ("radius_m", "people_max", "expires_at"),
    "hold.placed/1": (),
    "hold.lifted/1": (),
    "case.extension-asked/1": ("alert", "version", "expires_at"),
    "case.alert-extended/1": ("alert", "version", "expires_at", "asked"),
    "case.alert-cancelled/1": ("alert", "version", "reason"),
    "case.resolved/1": ("outcome", "helped_by"),
    "case.closed-out/1": ("alert", "version"),
    "case.merged/1": ("into", "alert", "version"),
    "case.joined/1": ("joined",),
    "case.parted/1": ("of", "alert", "version"),
    "case.left/1": ("left",),
    "case.reopened/1": ("reason",),
    "case.de-published/1": ("partners",),
    "case.partner-confirmed/1": ("partner",),
    "case.sealed/1": (),
    "case.expunge-asked/1": ("reason",),
    "case.expunged/1": ("asked",),
    "sighting.reported/1": ("sighting", "cell", "seen_at", "accuracy_m", "claimed_mode", "source"),
    "sighting.accepted/1": ("sighting", "cell", "seen_at", "mode", "credibility_ppm"),
    "sighting.rejected/1": ("sighting", "reason"),
    "sighting.merged/1": ("sighting", "into"),
    "sighting.parted/1": ("sighting",),
    "sighting.released/1": ("sighting",),
    "sighting.withheld/1": ("sighting",),
    "reach.widened/1": (
        "alert",
        "version",
        "wave",
        "policy",
        "elapsed_s",
        "radius_m",
        "focus",
        "cell_count",
    ),
    "hubs.watch-ordered/1": (
        "watch",
        "hub",
        "hub_kind",
        "rank",
        "eta_s",
        "window_from",
        "window_to",
        "contacts",
        "acknowledge_by",
        "moved",
    ),
    "hubs.unreachable/1": ("hub", "hub_kind", "eta_s"),
    "hubs.watch-released/1": ("watch", "hub", "reason"),
    "callouts.ordered/1": (
        "audience",
        "purpose",
        "alert",
        "version",
        "wave",
        "hub",
        "watch",
        "contact",
        "level",
        "cell_count",
    ),
    "fanout.chunks-cut/1": (
        "order",
        "purpose",
        "audience",
        "version",
        "wave",
        "chunks",
        "people",
        "already_told",
        "suppressed",
        "unreachable",
    ),
    "watch.acknowledged/1": ("watch", "hub"),
    "watch.stood-down/1": ("watch", "hub", "reason"),
    "escalation.watch-lapsed/1": ("watch", "hub", "contact", "to_desk", "next_at"),
    "escalation.clock-lapsed/1": ("level", "waiting_s"),
    "escalation.report-lapsed/1": ("waiting_s",),
    "escalation.review-overdue/1": ("review", "version", "waiting_s"),
    "handover.attempted/1": (
        "purpose",
        "alert",
        "version",
        "attempt",
        "accepted",
        "failed",
        "expired",
        "retried",
    ),
    "answer.given/1": ("answer", "minutes"),
    "poster.opened/1": (),
    "poster.closed/1": (),
    "asking.opened/1": ("asking", "quota", "needed_by", "within_km"),
    "asking.changed/1": ("asking", "quota"),
    "asking.closed/1": ("asking",),
    "rounds.ordered/1": ("asking", "round", "people"),
    "rounds.filled/1": ("asking", "coming"),
    "rounds.over/1": ("asking", "reason"),
    "access.read/1": ("purpose",),
    "access.area-previewed/1": ("cell_count",),
    "access.alert-issued-alone/1": ("draft", "alert"),
    "access.report-claimed/1": (),
    "access.emergency-used/1": ("draft", "alert"),
    "access.field-shown/1": ("upto", "shown_at", "policy"),
    "access.likenesses-shown/1": ("found",),
    "clock.wake-due/1": ("processor", "due"),
}
"""What a line shows of each kind. Of an unknown kind, and of a new one, it shows nothing."""

REPORTER: Final[Mapping[str, tuple[str, ...]]] = {
    "case.raised/1": ("category", "age_band", "sex", "mode", "last_seen_at"),
    "case.taken-up/1": ("unit",),
    "case.facts-added/1": ("category", "mode"),
    "case.person-added/1": ("person", "age_band", "sex"),
    "case.person-found/1": ("person", "outcome"),
    "case.person-missed/1": ("person",),
    "case.vehicle-identified/1": (),
    "case.facts-proposed/1": ("category", "mode"),
    "case.withdrawn/1": (),
    "case.verified/1": ("unit",),
    "case.rejected/1": ("reason",),
    "case.alert-issued/1": ("alert", "version", "expires_at"),
    "case.alert-updated/1": ("alert", "version", "expires_at"),
    "case.alert-cancelled/1": ("alert", "version", "reason"),
    "case.resolved/1": ("outcome",),
    "case.closed-out/1": (),
    "case.alert-extended/1": ("alert", "version", "expires_at"),
    "case.merged/1": (),
    "case.joined/1": (),
    "case.parted/1": (),
    "case.left/1": (),
    "case.reopened/1": (),
    "case.sealed/1": (),
    "case.expunged/1": (),
    "escalation.clock-lapsed/1": ("level", "waiting_s"),
    "escalation.report-lapsed/1": ("waiting_s",),
}
"""What the reporter may see: never where or when the person was seen since, and no hub or wave,
for these give it away (SAFETY I-20)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a timeline."""

    log_index: int
    id: str
    at: Instant
    """The case clock."""
    recorded_at: Instant
    """The database's clock: what "as of a time" is measured against."""
    kind: str
    by: str
    """The actor's role; the account is for who may read access records."""
    what: Mapping[str, Any]
    """Public fields in short: JSON values, no prose, nothing personal."""

    def json(self) -> dict[str, Any]:
        """Return the line as JSON values."""
        return {
            "log_index": self.log_index,
            "id": self.id,
            "at": instant_text(self.at),
            "recorded_at": instant_text(self.recorded_at),
            "kind": self.kind,
            "by": self.by,
            "what": dict(self.what),
        }


def in_order(recorded: Iterable[Recorded]) -> tuple[Recorded, ...]:
    """Return facts in log order, each once."""
    by_index = {one.log_index: one for one in recorded}
    return tuple(by_index[index] for index in sorted(by_index))


def as_of(
    recorded: Iterable[Recorded],
    *,
    position: int | None = None,
    moment: datetime | None = None,
) -> tuple[Recorded, ...]:
    """Return what was known after the fact at a log index, or when the database showed a time.

    Both bounds are inclusive; with neither everything is returned, in log order.
    """
    return tuple(
        one
        for one in in_order(recorded)
        if (position is None or one.log_index <= position)
        and (moment is None or one.recorded_at <= moment)
    )


def timeline(recorded: Iterable[Recorded]) -> tuple[Entry, ...]:
    """Return one line a fact, in log order; who shows a page of a long case gives that page."""
    return tuple(_entry(one, SUMMARY.get(one.kind, ())) for one in in_order(recorded))


def for_reporter(recorded: Iterable[Recorded]) -> tuple[Entry, ...]:
    """Return the lines that the reporter may see, in log order."""
    return tuple(
        _entry(one, REPORTER[one.kind]) for one in in_order(recorded) if one.kind in REPORTER
    )


def _entry(heard: Recorded, shown: Sequence[str]) -> Entry:
    said = heard.in_short(shown)
    return Entry(
        log_index=heard.log_index,
        id=said.id,
        at=said.at,
        recorded_at=heard.recorded_at,
        kind=heard.kind,
        by=said.role,
        what={name: said.public[name] for name in shown if name in said.public},
    )
