"""Handing messages over: the ledger, channels, the inbox."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from homeward.ports.workbench import Chunk
from homeward.record.envelope import Entry


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of some recipients of a leased chunk; bitmaps."""

    accepted: bytes
    failed: bytes
    expired: bytes
    retried: bytes
    retries: tuple[Chunk, ...] = ()
    """Chunks that take over those in ``retried``."""
    entries: tuple[Entry, ...] = ()
    """The summary fact, in the chunk's handover stream."""


@dataclass(frozen=True, slots=True)
class Leased:
    """A chunk in one sender's hands until the lease ends."""

    chunk: Chunk
    lease: int
    """Fencing number: an outcome under an older one is refused."""
    recipients: bytes
    """Those of the chunk that have no outcome yet (bitmap)."""
    earlier: Settled | None = None
    """What earlier senders of this chunk recorded, without retries and entries; None: nothing."""


class Ledger(Protocol):
    """Who is told what, by whom, and what came of it. Times are the database's."""

    async def lease(
        self,
        limit: int,
        lease_s: float,
        case_now: datetime,
        *,
        people: int | None = None,
        urgent: bool = False,
    ) -> list[Leased]:
        """Take up to ``limit`` open chunks, lowest (priority, seq) first.

        With ``people`` none is taken behind the one that reaches so many without an outcome; the
        first is taken however many it holds. ``urgent``: only what says that something is over.

        Skips what others hold, what is not due, and chunks of a closed alert unless their purpose
        ends it. Share-locks the alert's row, so that nobody is leased once `close` returned. From
        here on all recipients of the chunk count as told.
        """
        ...

    async def settle(self, leased: Leased, settled: Settled, *, done: bool) -> bool:
        """Record outcomes (and retries and the summary fact) in one transaction.

        Retries of a closed alert are kept as withdrawn, like every chunk that comes after `close`.
        ``done`` closes the chunk. False, and nothing written, when the lease was lost meanwhile.
        """
        ...

    async def renew(self, leased: Leased, lease_s: float) -> bool:
        """Prolong a lease; False when it was lost, and when its alert was closed meanwhile.

        One that has more than two thirds left is only looked at, which is cheap. Asked before each
        batch: after False nothing more is sent, which is how a cancel stops
        chunks that are already in a sender's hands (not those whose purpose ends the alert). Of a
        closed alert what is known may still be settled.
        """
        ...

    async def close(self, case: str, alert: int, version: int) -> None:
        """Close an alert up to a version: none of it is leased any more but what ends it.

        Also none that is added later. A higher version goes out as if nothing had been closed: that
        is how a case that was closed by mistake is opened again. Chunks never leased are marked
        withdrawn. Idempotent; never falls.
        """
        ...

    async def extend(self, case: str, alert: int, version: int, until: datetime) -> None:
        """Let chunks of a version leave until a later moment of the case clock.

        Those that wait and those that are added later (a retry); alerts and watches only, as
        nothing else expires. Idempotent; never falls.
        """
        ...

    async def expiry(self, leased: Leased) -> datetime | None:
        """Return until when a chunk may leave, as `extend` left it; None: it does not expire."""
        ...

    async def supersede(self, case: str, alert: int, version: int) -> None:
        """Let no message of an older version leave any more: the newest words are the ones to hear.

        After this returns no alert chunk of a lower version is leased or renewed, also none that
        is added later (a retry). Watches and what ends an alert go on. Idempotent; never falls.
        """
        ...

    async def supersede_watch(self, case: str, alert: int, watch: str, moved: int) -> None:
        """Let no message of a watch leave any more that names a window of before it was moved.

        After this returns no chunk of the watch that was moved less often is leased or renewed,
        also none that is added later (a retry). Idempotent; never falls.
        """
        ...

    async def ever_leased(self, case: str, alert: int) -> Sequence[tuple[int, bytes]]:
        """Return (contact, bitmap) of all chunks of an alert's versions that were ever leased.

        Only purposes that do not end: alert and watch. Unknown outcomes included.
        """
        ...

    async def leased_beyond(
        self, case: str, alert: int, known: Collection[int]
    ) -> Sequence[tuple[int, bytes]]:
        """Return (place, bitmap) of those chunks of `ever_leased` that are not known by place.

        A place is a chunk's own number for ever.
        """
        ...

    async def next_open_s(self) -> float | None:
        """Return real seconds until a chunk may be leased (0: now); None when none is open."""
        ...

    async def counts(self, case: str) -> Mapping[tuple[str, int, int], Mapping[str, int]]:
        """Return figures of a case by (purpose, version, wave).

        Each holds people, leased, accepted, failed, expired, withdrawn (never left), unknown (a
        sender held them when it was over; they count as told) and pending (will be sent).
        """
        ...

    async def trouble(self) -> Mapping[str, float]:
        """Return gauges: open_chunks, open_people, and ages in s of open chunks.

        ``oldest_s`` is that of the oldest one, ``urgent_s`` that of the oldest that ends something,
        ``hubs_s`` and ``people_s`` those of the oldest to hubs and to everybody else.
        """
        ...

    async def wait(self, timeout_s: float) -> None:
        """Return when chunks may have been added, or after the timeout."""
        ...


class Verdict(StrEnum):
    """What a channel says of one message."""

    ACCEPTED = "accepted"
    RETRY = "retry"
    """A passing fault: the same channel, later."""
    FAILED = "failed"
    """This channel cannot reach this recipient: the next one is tried."""


@dataclass(slots=True)
class Outgoing:
    """One message to one recipient; the id is the same over retries and channels.

    Nobody changes one; it is not frozen because it is made for each message, five times as fast.
    """

    message_id: str
    """Derived from (case, alert, version, purpose, recipient[, watch, contact, moved])."""
    recipient: str
    """Their id."""
    address: str
    """Of the channel: a webhook's URL; empty for the inbox."""
    purpose: str
    case: str
    case_code: str
    alert: int
    version: int
    texts_of: str
    """The fact the texts are from: a page opens them again and keeps no copy."""
    lang: str
    title: str
    short: str
    full: str
    link: str
    """The recipient's page of this alert."""
    sent_at: datetime
    expires_at: datetime | None = None
    watch: str | None = None
    window_from: datetime | None = None
    window_to: datetime | None = None
    drill: bool = True


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one message."""

    message_id: str
    verdict: Verdict
    retry_after_s: float | None = None
    detail: str = ""
    """For the operator: a status or an error's class; nothing personal."""


class Channel(Protocol):
    """A way to people. A drill's channels are of another type than a live one's."""

    name: str
    batch_max: int

    async def send(self, batch: Sequence[Outgoing]) -> Sequence[Result]:
        """Hand a batch over and say what became of each; never raises for a far side's fault."""
        ...

    async def close(self) -> None:
        """Let go of sockets."""
        ...


@dataclass(frozen=True, slots=True)
class InboxMessage:
    """One message as the recipient's page shows it."""

    seq: int
    message_id: str
    case: str
    purpose: str
    alert: int
    version: int
    texts_of: str
    watch: str | None
    window_from: datetime | None
    window_to: datetime | None
    at: datetime


class Inbox(Protocol):
    """Messages that wait on a recipient's page."""

    async def put(self, messages: Sequence[tuple[str, InboxMessage]]) -> None:
        """Keep (recipient, message) pairs; a known message_id adds nothing. seq is given here."""
        ...

    async def newest(self, recipients: Collection[str]) -> Mapping[str, int]:
        """Return the number of each one's newest message; who never had one is missing."""
        ...

    async def since(self, recipient: str, seq: int, limit: int = 100) -> Sequence[InboxMessage]:
        """Return a recipient's messages after ``seq``, oldest first."""
        ...

    async def forget(self, recipient: str) -> None:
        """Delete a recipient's messages; whoever gets that id again begins at none."""
        ...
