"""The log in memory: what is on the disk, and a process's view of it."""

import asyncio
import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from homeward.ports import Appended, Conflict, Known, Outcome, Unit
from homeward.record.chain import chain_next, chain_start
from homeward.record.envelope import Entry, Row
from homeward.testing.memory.calls import Calls, port_call
from homeward.testing.memory.keeping import MemoryClock

KEPT_ANSWERS: Final = timedelta(days=7)
LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class LogDisk:
    """What a crash leaves of a log: rows and the ways to find them."""

    origin: str
    rows: list[Row] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    chains: list[bytes] = field(default_factory=list)
    streams: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    keys: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    cases: set[str] = field(default_factory=set)
    ids: dict[str, int] = field(default_factory=dict)
    answers: dict[str, tuple[Known, datetime]] = field(default_factory=dict)
    """By idempotency key, and by the id of the unit's first entry."""
    blobs: dict[str, bytes] = field(default_factory=dict)
    ciphertexts: dict[tuple[str, str], bytes] = field(default_factory=dict)
    grown: set[asyncio.Event] = field(default_factory=set)

    def head(self, stream: str) -> tuple[int, bytes]:
        """Return (version, chain hash) of a stream's end."""
        if not (indexes := self.streams.get(stream)):
            return 0, chain_start(self.origin, stream)
        return len(indexes), self.chains[indexes[-1]]

    def continues(self, entries: Sequence[Entry]) -> str | None:
        """Return the first stream that the entries do not continue; None when they all do."""
        ends: dict[str, int] = {}
        for entry in entries:
            expected = ends.get(entry.stream, len(self.streams.get(entry.stream, ()))) + 1
            if entry.version != expected:
                return entry.stream
            ends[entry.stream] = expected
        return None

    def insert(self, entries: Sequence[Entry], now: datetime) -> tuple[Row, ...]:
        """Insert entries that continue their streams; ``recorded_at`` never falls."""
        return tuple(self._insert(entry, now) for entry in entries)

    def _insert(self, entry: Entry, now: datetime) -> Row:
        _, chain = self.head(entry.stream)
        assert entry.id not in self.ids, f"{entry.kind} is in the log already"
        assert entry.chain == chain_next(chain, entry.leaf), f"{entry.stream} does not chain"
        index = len(self.rows)
        row = Row(
            log_index=index,
            key=entry.key,
            key_version=len(self.keys[entry.key]) + 1,
            recorded_at=max(now, self.rows[-1].recorded_at if self.rows else LONG_AGO),
            envelope=entry.envelope,
        )
        self.rows.append(row)
        self.kinds.append(entry.kind)
        self.chains.append(entry.chain)
        self.streams[entry.stream].append(index)
        self.keys[entry.key].append(index)
        self.ids[entry.id] = index
        if entry.key != entry.stream:
            self.cases.add(entry.key)
        for sealed in entry.sealed:
            self.ciphertexts[entry.id, sealed.field] = sealed.ciphertext
        for content, _ in entry.blobs:
            self.blobs[hashlib.sha256(content).hexdigest()] = content
        return row

    def ring(self) -> None:
        """Wake whoever waits for growth."""
        for event in self.grown:
            event.set()


class MemoryLog:
    """`Log` over a `LogDisk`."""

    def __init__(self, disk: LogDisk, clock: MemoryClock, calls: Calls) -> None:
        self.disk, self.clock, self.calls = disk, clock, calls
        self.origin = disk.origin

    @port_call
    async def append(self, units: Sequence[Unit]) -> list[Outcome]:
        lost: set[str] = set()
        outcomes = [self._append(unit, lost) for unit in units]
        self.disk.ring()
        return outcomes

    def _append(self, unit: Unit, lost: set[str]) -> Outcome:
        disk, now, first = self.disk, self.clock.real(), unit.entries[0].id if unit.entries else ""
        key = unit.idempotency.key if unit.idempotency else None
        if key is not None and (kept := self._kept(key)):
            return kept
        if first in disk.ids:
            return disk.answers.get(first, (Known(None, None), now))[0]
        streams = [entry.stream for entry in unit.entries]
        stale = next((one for one in streams if one in lost), None) or disk.continues(unit.entries)
        if stale is not None:
            lost.update(streams)
            return Conflict(stale)
        rows = disk.insert(unit.entries, now)
        if unit.idempotency is not None:
            known = Known(unit.idempotency.request_hash, unit.idempotency.references)
            disk.answers[unit.idempotency.key] = known, now
            if first:
                disk.answers[first] = known, now
        return Appended(rows)

    def _kept(self, key: str) -> Known | None:
        known, since = self.disk.answers.get(key, (None, LONG_AGO))
        return known if self.clock.real() - since < KEPT_ANSWERS else None

    @port_call
    async def size(self) -> int:
        return len(self.disk.rows)

    @port_call
    async def rows(
        self,
        after: int,
        upto: int,
        *,
        kinds: Collection[str] | None = None,
        limit: int = 1_000,
    ) -> list[Row]:
        indexes = range(max(after + 1, 0), min(upto + 1, len(self.disk.rows)))
        return self._of(indexes, kinds)[:limit]

    @port_call
    async def at(self, indexes: Collection[int]) -> list[Row]:
        size = len(self.disk.rows)
        return [self.disk.rows[one] for one in sorted(set(indexes)) if 0 <= one < size]

    @port_call
    async def key_rows(
        self,
        key: str,
        after: int = 0,
        upto: int | None = None,
        *,
        kinds: Collection[str] | None = None,
    ) -> list[Row]:
        return self._of(self.disk.keys.get(key, [])[max(after, 0) : upto], kinds)

    @port_call
    async def stream_rows(self, stream: str) -> list[Row]:
        return self._of(self.disk.streams.get(stream, ()), None)

    def _of(self, indexes: Sequence[int], kinds: Collection[str] | None) -> list[Row]:
        disk = self.disk
        return [disk.rows[one] for one in indexes if kinds is None or disk.kinds[one] in kinds]

    @port_call
    async def stream_head(self, stream: str) -> tuple[int, bytes]:
        return self.disk.head(stream)

    @port_call
    async def by_id(self, fact_id: str) -> Row | None:
        index = self.disk.ids.get(fact_id)
        return None if index is None else self.disk.rows[index]

    @port_call
    async def newest(self, kind: str, *, before: int | None = None, limit: int = 50) -> list[Row]:
        end = len(self.disk.rows) if before is None else before
        return self._of(range(end - 1, -1, -1), {kind})[:limit]

    @port_call
    async def case_with_prefix(self, prefix: str) -> str | None:
        found = [case for case in self.disk.cases if case.startswith(prefix)]
        return found[0] if len(found) == 1 else None

    @port_call
    async def blobs(self, digests: Collection[str]) -> Mapping[str, bytes]:
        return {one: self.disk.blobs[one] for one in digests if one in self.disk.blobs}

    @port_call
    async def ciphertexts(self, fact_ids: Collection[str]) -> Mapping[tuple[str, str], bytes]:
        wanted, kept = set(fact_ids), self.disk.ciphertexts
        return {name: text for name, text in kept.items() if name[0] in wanted}

    @port_call
    async def answered(self, key: str) -> Known | None:
        return self._kept(key)


class MemoryFeed:
    """`Feed` over a `LogDisk`: rung by each append, so it needs no poll."""

    def __init__(self, disk: LogDisk) -> None:
        self.disk = disk

    async def beyond(self, size: int, timeout_s: float) -> bool:
        rung = asyncio.Event()
        self.disk.grown.add(rung)
        try:
            if len(self.disk.rows) > size:
                return True
            await asyncio.wait_for(rung.wait(), timeout_s)
            return True
        except TimeoutError:
            return False
        finally:
            self.disk.grown.discard(rung)


def said(row: Row) -> tuple[str, str, str, str]:
    """Return what "the same words" compares: (derived id, stream, kind, public part)."""
    body = json.loads(row.envelope)
    return body["id"], body["stream"], body["kind"], str(body["pub"])  # canonical, so in order
