"""What a watch says on a page: why here, how sure somebody is there, and what may be tapped.

A hub is told how the person may come and how soon, and since when that is reckoned; never from
which place beyond what the approved words say.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final

from homeward.facts.case import CaseRaised
from homeward.facts.correcting import LastSeenCorrected
from homeward.facts.hub import WatchOrdered
from homeward.facts.sighting import SightingAccepted, SightingReported
from homeward.http.pages.moments import moment
from homeward.http.pages.phrases import PHRASES
from homeward.messages import Recorded
from homeward.policies.known import CREDIBLE_PPM
from homeward.watch import Status, Watch

NOT_HERE: Final = "not-here"
"""The hub watched, and the person did not come."""
CANNOT_WATCH: Final = "cannot-watch"
"""Nobody is there to watch: the police desk is told at once."""
ENDS: Final = frozenset({NOT_HERE, CANNOT_WATCH})

_BOARDED: Final = {
    **dict.fromkeys(("road-terminal", "bus", "coach"), "coach"),
    **dict.fromkeys(("rail", "rail-station"), "rail"),
    **dict.fromkeys(("port", "ferry"), "ship"),
    "airport": "air",
}
"""What is boarded at a kind of hub. `Mode` tells coaches as vehicles, and has no word for planes
and ships; the hub's kind says the rest."""


@dataclass(frozen=True, slots=True)
class Tapped:
    """What may be done about a watch now."""

    acknowledge: bool = False
    seen: bool = False
    ends: tuple[str, ...] = ()


NOTHING: Final = Tapped()


def why(order: WatchOrdered, facts: Sequence[Recorded], lang: str, zone: tzinfo) -> str:
    """Return how the person may come, how soon, where to look, and since when it is reckoned."""
    t, boarded = PHRASES[lang], _BOARDED.get(order.hub_kind, "")
    by = t.get(f"by-{order.mode.value}-{boarded}", t[f"by-{order.mode.value}"])
    if order.window_from <= order.at:
        said = t["why-now"].format(by=by)
    else:
        said = t["why"].format(by=by, when=moment(order.window_from, lang, zone))
    said += t.get(f"look-{boarded}", "")
    seen_at, sighted = _reckoned(order, facts)
    if seen_at is None:
        return said
    return said + t["why-sighting" if sighted else "why-seen"].format(
        when=moment(seen_at, lang, zone)
    )


def _reckoned(order: WatchOrdered, facts: Sequence[Recorded]) -> tuple[datetime | None, bool]:
    """Return when the person was seen that the order goes out from; whether in a sighting."""
    found: tuple[datetime | None, bool] = (None, False)
    for one in facts:
        match one.fact:
            case CaseRaised(last_seen_at=at):
                found = (at, False)
            case LastSeenCorrected(seen_at=at) if one.fact.at <= order.at and not found[1]:
                found = (at, False)
            case SightingAccepted() as fact if fact.credibility_ppm >= CREDIBLE_PPM:
                known = fact.at <= order.at and fact.seen_at <= order.at
                if known and (found[0] is None or fact.seen_at >= found[0]):
                    found = (fact.seen_at, True)
    return found


def tapped(duty: Watch, now: datetime) -> Tapped:
    """Return what a hub may do about its live watch; "not here" only once the window began."""
    order = duty.ordered
    if order is None or duty.status.over:
        return NOTHING
    waits = duty.status in {Status.ORDERED, Status.LAPSED}
    ends = (NOT_HERE, CANNOT_WATCH) if now >= order.window_from else (CANNOT_WATCH,)
    return Tapped(acknowledge=waits, seen=True, ends=ends)


def left_to_desk(duty: Watch) -> bool:
    """Whether a hub said that it cannot watch, so that the desk must see to it."""
    return duty.status is Status.STOOD_DOWN and duty.ended_for == CANNOT_WATCH


def seen_here(order: WatchOrdered, facts: Sequence[Recorded]) -> datetime | None:
    """Return when the hub last said of this watch that it saw the person."""
    said = [
        one.fact.at
        for one in facts
        if isinstance(one.fact, SightingReported) and one.by.id == order.hub
    ]
    return max((at for at in said if at >= order.at), default=None)


def said_to_hub(duty: Watch, facts: Sequence[Recorded], lang: str, zone: tzinfo) -> str:
    """Return what became of a watch, to those who watch."""
    t, order = PHRASES[lang], duty.ordered
    seen_at = seen_here(order, facts) if order else None
    if seen_at is not None:
        told = t["seen-told"].format(when=moment(seen_at, lang, zone))
        return told if not duty.status.over else f"{told} {t['watch-over']}"
    if duty.status.over:
        ended = f"ended-{duty.ended_for}"
        return t.get(ended, t["watch-over"])
    if duty.status is Status.ACKNOWLEDGED:
        return t["acked"]
    return t[f"unattended-{order.unattended}"] if order and order.unattended else ""


def said_to_desk(duty: Watch, lang: str) -> str:
    """Return what a desk must know of a hub's watch."""
    t, order = PHRASES[lang], duty.ordered
    if left_to_desk(duty):
        return t["desk-cannot-watch"]
    if duty.status.over:
        return t["watch-over"]
    if duty.status is Status.ACKNOWLEDGED:
        return t["desk-acked"]
    if order is not None and order.unattended:
        return t[f"desk-{order.unattended}"]
    return t["unacked"] if duty.to_desk else ""
