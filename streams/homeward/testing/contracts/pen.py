"""What the suites write with: real facts, chained and sealed as the desk does it."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, Protocol

from homeward.facts.callout import CalloutOrdered
from homeward.facts.case import CaseWithdrawn
from homeward.facts.roster import RosterLoaded
from homeward.messages import Actor, Fact
from homeward.ports import (
    Appended,
    Feed,
    Hearing,
    Idempotency,
    Inbox,
    Invites,
    Leases,
    Ledger,
    Log,
    Outcome,
    Processes,
    Protected,
    Published,
    Roster,
    Unit,
    Workbench,
)
from homeward.record.chain import chain_next, chain_start, leaf_hash
from homeward.record.envelope import Entry, Origin, Sealer, StreamHead, write
from homeward.words import Audience, Purpose, RecipientKind, Role, derived_id

AT: Final = datetime(2026, 3, 1, 8, tzinfo=UTC)
BY: Final = Origin(by=Actor(id="officer-1", role=Role.OFFICER))


class Ports(Protocol):
    """What a store under test offers."""

    log: Log
    feed: Feed
    workbench: Workbench
    ledger: Ledger
    inbox: Inbox
    roster: Roster
    invites: Invites
    protected: Protected
    leases: Leases
    processes: Processes
    hearing: Hearing
    published: Published


class Pen:
    """Writes entries that continue their streams, as far as this pen knows them."""

    def __init__(self, origin: str, name: str = "pen") -> None:
        self.origin, self.name = origin, name
        self.heads: dict[str, StreamHead] = {}
        self.said = 0

    def case(self, number: int) -> str:
        """Return the id of a case."""
        return derived_id(self.origin, "contract", number)

    def head(self, stream: str) -> StreamHead:
        """Return the end of a stream as this pen knows it."""
        start = StreamHead(stream, 0, chain_start(self.origin, stream))
        return self.heads.setdefault(stream, start)

    def at(self, stream: str, version: int, chain: bytes) -> None:
        """Go on from a known end."""
        self.heads[stream] = StreamHead(stream, version, chain)

    def forked(self, name: str) -> "Pen":
        """Return another writer who knows what this one knows."""
        other = Pen(self.origin, name)
        other.heads = {
            stream: StreamHead(stream, head.version, head.chain)
            for stream, head in self.heads.items()
        }
        return other

    def _write(self, stream: str, fact: Fact, fact_id: str | None = None) -> Entry:
        self.said += 1
        nonces = iter(range(self.said * 100, self.said * 100 + 100))
        return write(
            fact,
            fact_id=fact_id or derived_id(self.origin, self.name, self.said),
            log=self.origin,
            head=self.head(stream),
            origin=BY,
            recorded=AT,
            sealer=Sealer(
                data_key=lambda subject: hashlib.sha256(subject.encode()).digest(),
                nonce=lambda: next(nonces).to_bytes(12, "big"),
            ),
        )

    def note(self, case: str, stream: str | None = None, *, fact_id: str | None = None) -> Entry:
        """Write a fact of a case with one sealed field."""
        said = CaseWithdrawn(case=case, at=AT, note=f"by {self.name}")
        return self._write(stream or f"case-{case}", said, fact_id)

    def order(self, case: str, cells: bytes) -> Entry:
        """Write a fact with a blob."""
        said = CalloutOrdered(
            case=case, at=AT, audience=Audience.AREA, purpose=Purpose.ALERT, texts_of=case,
            cells=cells,
        )  # fmt: skip
        return self._write(f"callouts-{case}", said)

    def loaded(self) -> Entry:
        """Write a fact of no case."""
        said = RosterLoaded(
            at=AT, of=RecipientKind.HUB, file="0" * 64, rows=1, kept=1, refused=0, unreachable=0
        )
        return self._write("roster-files", said)


def unit(*entries: Entry, answer: tuple[str, str] | None = None) -> Unit:
    """Return a unit; ``answer`` is an idempotency key and the references kept under it."""
    kept = None
    if answer is not None:
        key, references = answer
        kept = Idempotency(key, hashlib.sha256(references.encode()).digest(), references)
    return Unit(entries, kept)


async def appended(log: Log, *entries: Entry) -> Appended:
    """Append one unit that must win."""
    (outcome,) = await log.append([unit(*entries)])
    assert isinstance(outcome, Appended), outcome
    return outcome


def kinds_of(outcomes: list[Outcome]) -> list[str]:
    """Return the names of outcomes."""
    return [type(outcome).__name__ for outcome in outcomes]


async def log_is_sound(log: Log) -> int:
    """Check the whole log and return its size: dense, in order, every link of every chain.

    Raises AssertionError naming the first line that is not what it should be.
    """
    size, after = await log.size(), -1
    versions: defaultdict[str, int] = defaultdict(int)
    key_versions: defaultdict[str, int] = defaultdict(int)
    chains: dict[str, bytes] = {}
    recorded = AT.replace(year=1970)
    while rows := await log.rows(after, size - 1):
        for row in rows:
            body: Mapping[str, Any] = json.loads(row.envelope)
            stream, after = body["stream"], after + 1
            assert row.log_index == after, f"a hole before {row.log_index}"
            versions[stream] += 1
            key_versions[row.key] += 1
            assert body["ver"] == versions[stream], f"{stream} breaks at {after}"
            assert row.key_version == key_versions[row.key], f"key {row.key} breaks at {after}"
            assert row.recorded_at >= recorded, f"time falls at {after}"
            recorded = row.recorded_at
            chain = chains.get(stream, chain_start(log.origin, stream))
            assert body["prev"] == chain.hex(), f"the chain of {stream} breaks at {after}"
            chains[stream] = chain_next(chain, leaf_hash(row.envelope))
    assert after == size - 1, f"{size} facts are claimed, {after + 1} are there"
    for stream, chain in chains.items():
        assert await log.stream_head(stream) == (versions[stream], chain), stream
    return size
