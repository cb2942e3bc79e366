"""Who can be told: last values only, no history."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from homeward.fanout.columns import LaneColumns
from homeward.words import RecipientKind, Severity


@dataclass(frozen=True, slots=True)
class Contact:
    """One way to one person or desk of a recipient."""

    channel: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who wants to be told, as they register."""

    id: str
    kind: RecipientKind
    cells: tuple[str, ...]
    """Up to three; volunteers res <= 7, camera owners <= 10, hubs exact (res 10)."""
    lang: str = "zh-Hans"
    reach_km_max: int = 0
    """Only what happens so near; 0: no limit."""
    severity_min: Severity = Severity.MINOR
    quiet_from_min: int = -1
    """Minutes after local midnight, -1: no quiet hours."""
    quiet_to_min: int = -1
    zone: str = "Asia/Shanghai"
    active: bool = True
    level: int = 0
    """Of a desk: 0 duty, 1 county, 2 province, 3 NGO."""
    hub_kind: str = ""
    contacts: tuple[tuple[Contact, ...], ...] = ()
    """One after another for a hub (a shift, a manager), each with channels in order of preference;
    others have one. Empty: unreachable."""
    name: str | None = None
    """A hub's public name; never a volunteer's."""


@dataclass(frozen=True, slots=True)
class Registered:
    """A recipient and the ordinal that stands for them in bitmaps, never used again."""

    recipient: Recipient
    ordinal: int
    revision: int


@dataclass(frozen=True, slots=True)
class HubPlace:
    """A hub as the search needs it: public points, so exact."""

    id: str
    kind: str
    lat_deg: float
    lon_deg: float
    contacts: int


class Roster(Protocol):
    """Registration, look-up, and the lane's columns for the index."""

    async def register(self, recipients: Sequence[Recipient]) -> Sequence[Registered]:
        """Insert or replace by id; each change takes its lane's next revision.

        New recipients get the next ordinal of their shard: the first 6 bits of SHA-256(id), then
        26 bits counted up. Cells finer than their kind may keep raise ValueError.
        """
        ...

    async def remove(self, recipient: str) -> bool:
        """Forget a recipient; the ordinal stays used."""
        ...

    async def get(self, recipient: str) -> Registered | None:
        """Return one by id."""
        ...

    async def by_ordinals(self, ordinals: Collection[int]) -> Mapping[int, Registered]:
        """Return those still registered."""
        ...

    async def columns(self, lane: int, lanes: int) -> LaneColumns:
        """Return a lane's rows (lane = shard * lanes // 64)."""
        ...

    async def revision(self, lane: int, lanes: int) -> int:
        """Return the newest revision of a lane."""
        ...

    async def hubs_near(
        self, lat_deg: float, lon_deg: float, within_m: float, limit: int
    ) -> Sequence[HubPlace]:
        """Return active hubs within a great-circle distance, nearest first."""
        ...

    async def page(
        self, kind: RecipientKind | None, after: str, limit: int
    ) -> Sequence[Registered]:
        """Return recipients by id, after one."""
        ...

    async def count(self) -> Mapping[RecipientKind, int]:
        """Return how many there are of each kind."""
        ...


__all__ = ["Contact", "HubPlace", "LaneColumns", "Recipient", "Registered", "Roster"]
