"""What processors share: kinds of facts, states as JSON, wakes, the live alert."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from pydantic import TypeAdapter

from homeward.facts.case import AlertIssued, AlertUpdated
from homeward.facts.clock import WakeDue
from homeward.messages import Fact
from homeward.words import Severity

S = TypeVar("S")


def kinds(*facts: type[Fact]) -> frozenset[str]:
    """Return the kinds of fact classes."""
    return frozenset(str(one.model_fields["kind"].default) for one in facts)


class Shape(Generic[S]):
    """Turns a state, a frozen dataclass, into JSON and back; the same state, the same bytes."""

    def __init__(self, of: type[S]) -> None:
        self._adapter = TypeAdapter(of)

    def dump(self, state: S) -> bytes:
        """Return the state as JSON in the order of its fields."""
        return self._adapter.dump_json(state)

    def load(self, raw: bytes) -> S:
        """Return the state that was dumped."""
        return self._adapter.validate_json(raw)


@dataclass(frozen=True, slots=True)
class Live:
    """The alert that goes out now."""

    alert: int
    version: int
    policy: str
    severity: Severity
    reach_km_max: int
    expires_at: datetime
    draft: str
    """The fact whose sealed texts are sent."""

    @classmethod
    def of(cls, fact: AlertIssued | AlertUpdated) -> "Live":
        """Return what an issued or updated alert says in clear."""
        return cls(
            alert=fact.alert,
            version=fact.version,
            policy=fact.policy,
            severity=fact.severity,
            reach_km_max=fact.reach_km_max,
            expires_at=fact.expires_at,
            draft=fact.draft,
        )

    def replaces(self, other: "Live | None") -> bool:
        """Whether this is news: a later alert, or a later version of the same."""
        return other is None or (self.alert, self.version) > (other.alert, other.version)


class _Asking(Protocol):
    @property
    def look_at(self) -> datetime | None: ...


def is_time(processor: str, state: _Asking, wake: WakeDue) -> bool:
    """Whether a wake is for this processor and not earlier than the moment it last asked for."""
    asked = state.look_at
    return wake.processor == processor and asked is not None and wake.due >= asked


def earliest(*moments: datetime | None) -> datetime | None:
    """Return the first of some moments that may be missing."""
    return min((one for one in moments if one is not None), default=None)
