"""Counts what the log says of people: how many became what, and how soon the first were told."""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from homeward.facts.callout import ChunksCut
from homeward.facts.case import AlertIssued, AlertUpdated
from homeward.facts.handover import HandoverAttempted
from homeward.messages import Recorded
from homeward.ports import Meter
from homeward.words import Purpose

WAITING_MAX: Final = 1_000
"""Alerts that nobody was told of yet; the oldest is forgotten beyond."""
_CUT: Final = {
    "people": "ordered",
    "already_told": "already",
    "suppressed": "suppressed",
    "unreachable": "unreachable",
}
_ATTEMPTED: Final = ("accepted", "failed", "expired")
KINDS: Final = frozenset(
    str(one.model_fields["kind"].default)
    for one in (AlertIssued, AlertUpdated, ChunksCut, HandoverAttempted)
)


@dataclass(slots=True)
class Tally:
    """One process's counts, from facts in log order, each heard once."""

    meter: Meter
    _waiting: OrderedDict[tuple[str, int, int], datetime] = field(default_factory=OrderedDict)
    """When alert versions of which nobody is told yet were accepted, by the database's clock."""

    def hear(self, heard: Recorded) -> None:
        """Count one fact."""
        match heard.fact:
            case AlertIssued() | AlertUpdated() as fact:
                self._waiting[heard.key, fact.alert, fact.version] = heard.recorded_at
                while len(self._waiting) > WAITING_MAX:
                    self._waiting.popitem(last=False)
            case ChunksCut() as fact:
                for name, outcome in _CUT.items():
                    self._count(outcome, getattr(fact, name))
            case HandoverAttempted() as fact:
                for outcome in _ATTEMPTED:
                    self._count(outcome, getattr(fact, outcome))
                if fact.accepted and fact.purpose is Purpose.ALERT:
                    self._told(heard, fact)
            case _:
                pass

    def _count(self, outcome: str, people: int) -> None:
        if people:
            self.meter.count("homeward_people_total", people, outcome=outcome)

    def _told(self, heard: Recorded, fact: HandoverAttempted) -> None:
        accepted_at = self._waiting.pop((heard.key, fact.alert, fact.version), None)
        if accepted_at is not None:
            took = heard.recorded_at - accepted_at
            self.meter.observe("homeward_alert_to_handover_seconds", took.total_seconds())
