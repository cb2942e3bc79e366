"""Who can be told: last values only, no history."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, NamedTuple, Protocol

from homeward.fanout.columns import LaneChanges, LaneColumns
from homeward.geography.hubbook import Duty
from homeward.words import RecipientKind, Severity, Tier

FOREVER: Final = datetime(9999, 1, 1, tzinfo=UTC)
"""When a pause ends that lasts until its owner ends it."""


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
    hours: str = ""
    """When a hub is open, in `zone`, as `policies.duty` reads it; empty: always."""
    per_day: int = 0
    """Of how many alerts a day they want to hear; 0: of as many as the policy says."""
    tier: Tier = Tier.PUBLIC
    """Of a volunteer: how far an organisation trusts them."""
    shifts: tuple[str, ...] = ()
    """When each of a hub's contacts is on duty, in their order; empty or missing: always."""

    @property
    def duty(self) -> Duty | None:
        """What the hub book says of hours and shifts; None: always."""
        if not self.hours and not any(self.shifts):
            return None
        return Duty(self.zone, self.hours, self.shifts)


class Listener(NamedTuple):
    """What sending needs of a recipient, and no more: it is read for each message."""

    id: str
    ordinal: int
    lang: str
    contacts: tuple[tuple[Contact, ...], ...]
    """As `Recipient.contacts`."""
    kind: RecipientKind = RecipientKind.VOLUNTEER
    tier: Tier = Tier.PUBLIC
    level: int = 0


@dataclass(frozen=True, slots=True)
class Registered:
    """A recipient and the ordinal that stands for them in bitmaps, never used again."""

    recipient: Recipient
    ordinal: int
    revision: int
    here: str | None = None
    """Where they are now, as they last said: a cell no finer than those they may register. It
    counts beside the registered ones."""
    paused_until: datetime | None = None
    """By their own word, on the case clock; `FOREVER`: until they say otherwise. None: not."""

    @property
    def limits(self) -> "Limits":
        """What they want to be told of."""
        one = self.recipient
        return Limits(
            one.reach_km_max,
            one.severity_min,
            one.quiet_from_min,
            one.quiet_to_min,
            one.zone,
            one.per_day,
            self.paused_until,
            one.lang,
        )


@dataclass(frozen=True, slots=True)
class Limits:
    """What a recipient wants to be told of, as they say by their own link."""

    reach_km_max: int = 0
    severity_min: Severity = Severity.MINOR
    quiet_from_min: int = -1
    quiet_to_min: int = -1
    zone: str = "Asia/Shanghai"
    per_day: int = 0
    paused_until: datetime | None = None
    lang: str = "zh-Hans"


@dataclass(frozen=True, slots=True)
class Move:
    """A recipient says where they are."""

    recipient: str
    cell: str | None
    """None: forget it."""
    at: datetime
    """Claimed; an older one than the stored one changes nothing (positions come out of order)."""


@dataclass(frozen=True, slots=True)
class HubPlace:
    """A hub as the search needs it: public points, so exact."""

    id: str
    kind: str
    lat_deg: float
    lon_deg: float
    contacts: int
    duty: Duty | None = None


class Roster(Protocol):
    """Registration, look-up, and the lane's columns for the index."""

    async def register(self, recipients: Sequence[Recipient]) -> Sequence[Registered]:
        """Insert or replace by id; each change takes its lane's next revision.

        New recipients get the next ordinal of their shard: the first 6 bits of SHA-256(id), then
        26 bits counted up. Cells finer than their kind may keep raise ValueError.
        """
        ...

    async def limit(self, recipient: str, limits: Limits) -> bool:
        """Keep what a recipient says they want to be told of; False: there is none such.

        Takes the lane's next revision. A later registration leaves these limits as they are.
        """
        ...

    async def end_pauses(self, now: datetime) -> int:
        """End the pauses that are over, each with its lane's next revision; return how many."""
        ...

    async def remove(self, recipient: str) -> bool:
        """Forget a recipient; the ordinal stays used."""
        ...

    async def get(self, recipient: str) -> Registered | None:
        """Return one by id."""
        ...

    async def known(self, ids: Collection[str]) -> frozenset[str]:
        """Return which of these are registered."""
        ...

    async def by_ordinals(self, ordinals: Collection[int]) -> Mapping[int, Registered]:
        """Return those still registered."""
        ...

    async def listeners(self, ordinals: Collection[int]) -> Mapping[int, Listener]:
        """Return how those still registered are reached."""
        ...

    async def move(self, moves: Sequence[Move]) -> Sequence[bool]:
        """Keep where recipients are; say for each whether there is such a recipient.

        Last value only. A new place takes its lane's next revision; the same one, and an older
        ``at`` than the stored one, take none. Cells finer than their kind may keep are coarsened to
        what it may. What is no cell raises ValueError, and nothing is kept.
        """
        ...

    async def forget_places(self, before: datetime) -> int:
        """Forget where recipients were who said it before a moment; return how many."""
        ...

    async def columns(
        self, lane: int, lanes: int, progress: Callable[[int, int], None] | None = None
    ) -> LaneColumns:
        """Return a lane's rows (lane = shard * lanes // 64), one for each cell and for ``here``.

        ``progress`` is told (recipients read, recipients there are) now and then.
        """
        ...

    async def changes(self, lane: int, lanes: int, after: int) -> LaneChanges | None:
        """Return what changed in a lane after a revision; None: too long ago, or too much.

        Then `columns` is read again.
        """
        ...

    async def wait(self, timeout_s: float, mark: str = "") -> str:
        """Return a mark of the newest change known here, once it is not ``mark``.

        Or after the timeout. Each who waits hands in the mark of their last call, taken before
        they looked: so one lane's look-out takes no change away from another's.
        """
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


__all__ = [
    "FOREVER",
    "Contact",
    "HubPlace",
    "LaneChanges",
    "LaneColumns",
    "Limits",
    "Listener",
    "Move",
    "Recipient",
    "Registered",
    "Roster",
]
