"""What processors share: kinds of facts, states as JSON, wakes, the live alert."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar, Generic, Protocol, TypeVar

from pydantic import ConfigDict, TypeAdapter

from homeward.facts.case import AlertExtended, AlertIssued, AlertUpdated, AlertWidened
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

    __pydantic_config__: ClassVar = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    alert: int
    version: int
    policy: str
    severity: Severity
    reach_km_max: int
    expires_at: datetime
    draft: str
    """The fact whose sealed texts are sent."""
    given: bytes = b""
    """Cells of the area that was approved with it, as facts keep a set; empty: none was."""
    people_max: int | None = None
    """So many people hear of it on one officer's word; None: two have approved it."""
    last_seen_km_max: int | None = None
    """So far from the place last seen, on one officer's word."""
    hubs_max: int | None = None
    """So many hubs watch on one officer's word."""
    same_since: int | None = None
    """Whom a version from this one on told is not told again; None: all are told."""
    by: str = ""
    """The account that issued it, where it matters."""

    @classmethod
    def of(cls, fact: AlertIssued | AlertUpdated, by: str = "") -> "Live":
        """Return what an alert says in clear that an account issued or updated."""
        return cls(
            alert=fact.alert,
            version=fact.version,
            policy=fact.policy,
            severity=fact.severity,
            reach_km_max=fact.reach_km_max,
            expires_at=fact.expires_at,
            draft=fact.draft,
            given=fact.given or b"",
            people_max=fact.people_max,
            last_seen_km_max=fact.last_seen_km_max,
            hubs_max=fact.hubs_max,
            same_since=fact.same_since if isinstance(fact, AlertUpdated) else None,
            by=by,
        )

    def widened(self, fact: AlertWidened) -> "Live | None":
        """Return the same to its whole bound; None: that is another version, or known already."""
        same = (fact.alert, fact.version) == (self.alert, self.version)
        if not same or self.people_max is None:
            return None
        return replace(
            self,
            reach_km_max=fact.reach_km_max,
            people_max=None,
            last_seen_km_max=None,
            hubs_max=None,
        )

    def extended(self, fact: AlertExtended) -> "Live | None":
        """Return the same for longer; None: that is another version, or known already."""
        same = (fact.alert, fact.version) == (self.alert, self.version)
        longer = same and fact.expires_at > self.expires_at
        return replace(self, expires_at=fact.expires_at) if longer else None

    def without_area(self) -> "Live":
        """Return the same for who asks no policy: an area is tens of kilobytes in each state."""
        return replace(self, given=b"") if self.given else self

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
