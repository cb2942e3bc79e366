"""The ledger in memory: chunks, leases with fencing, outcomes; and the inbox."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from pyroaring import BitMap

from homeward.ports import Chunk, InboxMessage, Leased, Settled
from homeward.testing.memory.calls import Calls, port_call
from homeward.testing.memory.keeping import MemoryClock
from homeward.testing.memory.log import LogDisk
from homeward.words import Purpose

NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
TELLS: Final = frozenset({Purpose.ALERT, Purpose.WATCH})
NEVER_CLOSED: Final = -1
"""Below every version; what desks are told of a waiting report has version 0."""


@dataclass(slots=True)
class LedgerRow:
    """A chunk and what became of it."""

    chunk: Chunk
    added_at: datetime
    place: int
    """Order of arrival, between chunks of the same priority and seq."""
    lease: int = 0
    leased_until: datetime = NEVER
    lease_s: float = 0.0
    settled: bool = False
    done: bool = False
    withdrawn: bool = False
    accepted: BitMap = field(default_factory=BitMap)
    failed: BitMap = field(default_factory=BitMap)
    expired: BitMap = field(default_factory=BitMap)
    retried: BitMap = field(default_factory=BitMap)

    @property
    def due_at(self) -> datetime:
        """When it may be leased first."""
        return self.added_at + timedelta(seconds=self.chunk.delay_s)

    @property
    def rest(self) -> BitMap:
        """Recipients without an outcome."""
        people = BitMap.deserialize(self.chunk.recipients)
        return people - self.accepted - self.failed - self.expired - self.retried


@dataclass(slots=True)
class LedgerDisk:
    """What a crash leaves of the ledger."""

    rows: dict[str, LedgerRow] = field(default_factory=dict)
    closed: dict[tuple[str, int], int] = field(default_factory=dict)
    """The version of an alert up to which nothing leaves any more but what ends it."""
    lasts: dict[tuple[str, int], tuple[int, datetime]] = field(default_factory=dict)
    """The version of an alert that was extended last, and until when."""
    newest: dict[tuple[str, int], int] = field(default_factory=dict)
    """The version of an alert below which no alert chunk leaves any more."""
    moved: dict[tuple[str, int, str], int] = field(default_factory=dict)
    """How often a watch was moved; no chunk of it leaves any more that was moved less often."""
    inboxes: defaultdict[str, list[InboxMessage]] = field(default_factory=lambda: defaultdict(list))
    added: set[asyncio.Event] = field(default_factory=set)

    def add(self, chunks: Iterable[Chunk], now: datetime) -> None:
        """Add chunks; known ids are skipped."""
        for chunk in chunks:
            if chunk.id not in self.rows:
                place, withdrawn = len(self.rows), self.over(chunk)
                self.rows[chunk.id] = LedgerRow(
                    self.lasting(chunk), now, place, withdrawn=withdrawn
                )
                for event in self.added:
                    event.set()

    def open(self, row: LedgerRow) -> bool:
        """Whether a sender may still take it, now or later."""
        return not (row.done or row.withdrawn or self.over(row.chunk))

    def over(self, chunk: Chunk) -> bool:
        """Whether its alert is closed, or a newer version or window has replaced its words."""
        of = chunk.case, chunk.alert
        if chunk.purpose is Purpose.WATCH:
            old = chunk.moved < self.moved.get((*of, chunk.watch or ""), 0)
        else:
            old = chunk.purpose is Purpose.ALERT and chunk.version < self.newest.get(of, 0)
        closed = chunk.version <= self.closed.get(of, NEVER_CLOSED)
        return (closed and not chunk.purpose.ends) or old

    def lasting(self, chunk: Chunk) -> Chunk:
        """Return a chunk that may leave for as long as its version was made to live."""
        version, until = self.lasts.get((chunk.case, chunk.alert), (0, NEVER))
        ends, mine = chunk.expires_at, chunk.purpose in TELLS and chunk.version == version
        return replace(chunk, expires_at=until) if mine and ends and ends < until else chunk

    def free_at(self, row: LedgerRow, now: datetime) -> datetime:
        """When it may be leased next."""
        if row.lease:
            free, wait_s = row.leased_until, row.lease_s
        else:
            free, wait_s = row.due_at, row.chunk.delay_s
        # Nobody waits longer than was asked for: the clock was set back meanwhile.
        return free if free <= now + timedelta(seconds=wait_s + 1) else now


class MemoryLedger:
    """`Ledger` over a `LedgerDisk`; its time is the store's real clock."""

    def __init__(self, disk: LedgerDisk, log: LogDisk, clock: MemoryClock, calls: Calls) -> None:
        self.disk, self.log, self.clock, self.calls = disk, log, clock, calls

    @port_call
    async def lease(
        self,
        limit: int,
        lease_s: float,
        case_now: datetime,
        *,
        people: int | None = None,
        urgent: bool = False,
    ) -> list[Leased]:
        now, taken = self.clock.real(), list[Leased]()
        free = [
            row
            for row in self.disk.rows.values()
            if self.disk.open(row) and self.disk.free_at(row, now) <= now
        ]
        for row in sorted(free, key=lambda row: (row.chunk.priority, row.chunk.seq, row.place)):
            full = len(taken) >= limit or (people is not None and people <= 0)
            if full or (urgent and not row.chunk.purpose.ends):
                break
            taken.append(self._lease(row, now, lease_s))
            people = None if people is None else people - len(row.rest)
        return taken

    def _lease(self, row: LedgerRow, now: datetime, lease_s: float) -> Leased:
        row.lease += 1
        row.leased_until, row.lease_s = now + timedelta(seconds=lease_s), lease_s
        earlier = Settled(
            accepted=row.accepted.serialize(),
            failed=row.failed.serialize(),
            expired=row.expired.serialize(),
            retried=row.retried.serialize(),
        )
        return Leased(row.chunk, row.lease, row.rest.serialize(), earlier if row.settled else None)

    def _held(self, leased: Leased) -> LedgerRow | None:
        row = self.disk.rows.get(leased.chunk.id)
        return row if row and row.lease == leased.lease and not row.done else None

    @port_call
    async def settle(self, leased: Leased, settled: Settled, *, done: bool) -> bool:
        row = self._held(leased)
        if row is None or self.log.continues(settled.entries) is not None:
            return False
        row.accepted |= BitMap.deserialize(settled.accepted)
        row.failed |= BitMap.deserialize(settled.failed)
        row.expired |= BitMap.deserialize(settled.expired)
        row.retried |= BitMap.deserialize(settled.retried)
        row.settled, row.done = True, done
        self.disk.add(settled.retries, self.clock.real())
        self.log.insert(settled.entries, self.clock.real())
        self.log.ring()
        return True

    @port_call
    async def renew(self, leased: Leased, lease_s: float) -> bool:
        row = self._held(leased)
        if row is None or not self.disk.open(row):
            return False
        row.leased_until = self.clock.real() + timedelta(seconds=lease_s)
        row.lease_s = lease_s
        return True

    @port_call
    async def close(self, case: str, alert: int, version: int) -> None:
        known = self.disk.closed.get((case, alert), NEVER_CLOSED)
        self.disk.closed[case, alert] = max(version, known)
        for row in self.disk.rows.values():
            if self.disk.over(row.chunk) and not row.lease:
                row.withdrawn = True

    @port_call
    async def extend(self, case: str, alert: int, version: int, until: datetime) -> None:
        known = self.disk.lasts.get((case, alert), (0, NEVER))
        self.disk.lasts[case, alert] = max(known, (version, until))
        for row in self.disk.rows.values():
            if not row.done:
                row.chunk = self.disk.lasting(row.chunk)

    @port_call
    async def expiry(self, leased: Leased) -> datetime | None:
        return self.disk.rows[leased.chunk.id].chunk.expires_at

    @port_call
    async def supersede(self, case: str, alert: int, version: int) -> None:
        self.disk.newest[case, alert] = max(version, self.disk.newest.get((case, alert), 0))
        for row in self.disk.rows.values():
            if self.disk.over(row.chunk) and not row.lease:
                row.withdrawn = True

    @port_call
    async def supersede_watch(self, case: str, alert: int, watch: str, moved: int) -> None:
        of = case, alert, watch
        self.disk.moved[of] = max(moved, self.disk.moved.get(of, 0))
        for row in self.disk.rows.values():
            if self.disk.over(row.chunk) and not row.lease:
                row.withdrawn = True

    @port_call
    async def ever_leased(self, case: str, alert: int) -> Sequence[tuple[int, bytes]]:
        return [
            (row.chunk.contact, row.chunk.recipients)
            for row in self.disk.rows.values()
            if (row.chunk.case, row.chunk.alert) == (case, alert)
            and row.lease
            and row.chunk.purpose in TELLS
        ]

    @port_call
    async def leased_beyond(
        self, case: str, alert: int, known: Collection[int]
    ) -> Sequence[tuple[int, bytes]]:
        return [
            (row.place, row.chunk.recipients)
            for row in self.disk.rows.values()
            if (row.chunk.case, row.chunk.alert) == (case, alert)
            and row.lease
            and row.chunk.purpose in TELLS
            and row.place not in known
        ]

    @port_call
    async def next_open_s(self) -> float | None:
        now, rows = self.clock.real(), self.disk.rows.values()
        free = [self.disk.free_at(row, now) for row in rows if self.disk.open(row)]
        if not free:
            return None
        return max(0.0, (min(free) - now).total_seconds())

    @port_call
    async def counts(self, case: str) -> Mapping[tuple[str, int, int], Mapping[str, int]]:
        found: dict[tuple[str, int, int], dict[str, int]] = {}
        names = (
            *("people", "leased", "accepted", "failed", "expired"),
            *("withdrawn", "unknown", "pending"),
        )
        for row in self.disk.rows.values():
            chunk = row.chunk
            if chunk.case != case:
                continue
            wave = found.setdefault(
                (chunk.purpose.value, chunk.version, chunk.wave), dict.fromkeys(names, 0)
            )
            rest = len(row.rest)
            if chunk.attempt == 0:  # whoever is retried was counted by the first chunk
                wave["people"] += chunk.people
                wave["leased"] += chunk.people if row.lease else 0
            wave["accepted"] += len(row.accepted)
            wave["failed"] += len(row.failed)
            wave["expired"] += len(row.expired)
            wave["withdrawn"] += rest if row.withdrawn else 0
            wave["pending"] += rest if self.disk.open(row) else 0
            wave["unknown"] += 0 if row.withdrawn or self.disk.open(row) else rest
        return found

    @port_call
    async def trouble(self) -> Mapping[str, float]:
        rows = [row for row in self.disk.rows.values() if self.disk.open(row)]
        now = self.clock.real()
        ages = [((now - row.added_at).total_seconds(), row.chunk.priority) for row in rows]
        return {
            "open_chunks": float(len(rows)),
            "open_people": float(sum(len(row.rest) for row in rows)),
            "oldest_s": max((age for age, _ in ages), default=0.0),
            **{
                name: max((age for age, of in ages if of == priority), default=0.0)
                for priority, name in enumerate(("urgent_s", "hubs_s", "people_s"))
            },
        }

    async def wait(self, timeout_s: float) -> None:
        rung = asyncio.Event()
        self.disk.added.add(rung)
        try:
            await asyncio.wait_for(rung.wait(), timeout_s)
        except TimeoutError:
            pass
        finally:
            self.disk.added.discard(rung)


class MemoryInbox:
    """`Inbox` over a `LedgerDisk`."""

    def __init__(self, disk: LedgerDisk, calls: Calls) -> None:
        self.disk, self.calls = disk, calls

    @port_call
    async def put(self, messages: Sequence[tuple[str, InboxMessage]]) -> None:
        for recipient, message in messages:
            kept = self.disk.inboxes[recipient]
            if all(one.message_id != message.message_id for one in kept):
                kept.append(replace(message, seq=len(kept) + 1))

    @port_call
    async def newest(self, recipients: Collection[str]) -> Mapping[str, int]:
        kept = {one: self.disk.inboxes.get(one, []) for one in recipients}
        return {one: messages[-1].seq for one, messages in kept.items() if messages}

    @port_call
    async def since(self, recipient: str, seq: int, limit: int = 100) -> Sequence[InboxMessage]:
        kept = self.disk.inboxes.get(recipient, [])
        return [message for message in kept if message.seq > seq][:limit]

    @port_call
    async def forget(self, recipient: str) -> None:
        self.disk.inboxes.pop(recipient, None)
