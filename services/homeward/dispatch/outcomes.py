"""From what a channel said to what becomes of a recipient: pure, and counted chunk by chunk."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import ceil
from typing import Final, TypeAlias

from pyroaring import BitMap

from homeward.dispatch.knobs import Knobs
from homeward.facts.handover import HandoverAttempted
from homeward.formats.wordings import wording_of
from homeward.hosts.pen import NOTHING_SEALED
from homeward.messages import Actor
from homeward.ports import Chunk, Contact, Leased, Listener, Result, Verdict
from homeward.record.chain import chain_start
from homeward.record.envelope import Entry, Origin, StreamHead, write
from homeward.words import Role, Wording, derived_id

DISPATCH: Final = Actor(id="dispatch", role=Role.SYSTEM)


Reads: TypeAlias = tuple[str, Wording]
"""In which language somebody reads, and whose texts."""


def reads(one: Listener) -> Reads:
    """Return what a recipient reads, by what they are now."""
    return one.lang, wording_of(one.kind, one.tier, one.level)


@dataclass(frozen=True, slots=True)
class Addressed:
    """A recipient and the channel that is tried now."""

    listener: Listener
    way: Contact
    step: int
    """Which of the contact's channels it is."""
    next_step: int | None
    """The one after it; None: this is the last."""


@dataclass(frozen=True, slots=True)
class Again:
    """How recipients go on in another chunk."""

    step: int
    attempt: int
    not_before_s: float = 0.0
    """What the far side asked for, or what makes room for others."""
    backoff: int | None = None
    """Exponent of the back-off that is added; None: none, another channel is tried at once."""


def addressed(listener: Listener, chunk: Chunk, channels: Collection[str]) -> Addressed | None:
    """Return how a recipient is reached in this chunk; None when no channel is left.

    Channels that this house does not have are passed over.
    """
    contacts = listener.contacts
    if chunk.contact >= len(contacts):
        return None
    ways = [
        (step, way)
        for step, way in enumerate(contacts[chunk.contact])
        if step >= chunk.channel_step and way.channel in channels
    ]
    if not ways:
        return None
    step, way = ways[0]
    return Addressed(listener, way, step, ways[1][0] if len(ways) > 1 else None)


@dataclass(slots=True)
class Outcomes:
    """What became of some recipients, by ordinal."""

    accepted: BitMap = field(default_factory=BitMap)
    failed: BitMap = field(default_factory=BitMap)
    expired: BitMap = field(default_factory=BitMap)
    again: dict[Again, BitMap] = field(default_factory=dict)

    @property
    def retried(self) -> BitMap:
        """All who go on in another chunk."""
        return BitMap.union(BitMap(), *self.again.values())

    def put_back(self, people: BitMap, chunk: Chunk, not_before_s: float) -> None:
        """Let people who were not tried go on later, without counting it as a try.

        Attempt 0 is the order's own chunk, so they go on as the first attempt.
        """
        again = Again(chunk.channel_step, max(1, chunk.attempt), not_before_s)
        self.again[again] = self.again.get(again, BitMap()) | people

    def add(self, one: Addressed, result: Result, chunk: Chunk, knobs: Knobs) -> None:
        """Add what a channel said of one message."""
        ordinal = one.listener.ordinal
        if result.verdict is Verdict.ACCEPTED:
            self.accepted.add(ordinal)
            return
        last = one.next_step is None
        most = knobs.attempts_last_max if last else knobs.attempts_max
        if result.verdict is Verdict.RETRY and chunk.attempt + 1 < most:
            asked_s = min(result.retry_after_s or 0.0, knobs.retry_after_max_s)
            again = Again(one.step, chunk.attempt + 1, float(ceil(asked_s)), chunk.attempt)
        elif one.next_step is not None:
            again = Again(one.next_step, 1)
        else:
            self.failed.add(ordinal)
            return
        self.again.setdefault(again, BitMap()).add(ordinal)


def delay_s(again: Again, knobs: Knobs, chance: float) -> float:
    """Return how long a chunk waits: exponential with full jitter, after what was asked for.

    ``chance`` lies in [0, 1).
    """
    if again.backoff is None:
        return again.not_before_s
    most = min(knobs.backoff_max_s, knobs.backoff_base_s * 2.0**again.backoff)
    return again.not_before_s + most * chance


def successors(
    outcomes: Outcomes, chunk: Chunk, origin: str, delays_s: Mapping[Again, float]
) -> tuple[Chunk, ...]:
    """Return the chunks that take over; their ids follow from whom they hold and how they go on."""
    return tuple(
        replace(
            chunk,
            id=derived_id(origin, chunk.id, "retry", again.step, again.attempt, digest(people)),
            recipients=people.serialize(),
            people=len(people),
            attempt=again.attempt,
            channel_step=again.step,
            delay_s=delays_s[again],
        )
        for again, people in outcomes.again.items()
    )


def digest(people: BitMap) -> str:
    """Return the SHA-256 of a serialised bitmap."""
    return hashlib.sha256(people.serialize()).hexdigest()


@dataclass(slots=True)
class Tally:
    """Everybody of a leased chunk: who is open, and the sums of all its senders."""

    open: BitMap
    accepted: BitMap
    failed: BitMap
    expired: BitMap
    retried: BitMap

    @classmethod
    def of(cls, leased: Leased) -> "Tally":
        """Begin where earlier senders of the chunk stopped."""
        rest = BitMap.deserialize(leased.recipients)
        known = leased.earlier
        if known is None:
            return cls(rest, BitMap(), BitMap(), BitMap(), BitMap())
        read = BitMap.deserialize
        sums = (known.accepted, known.failed, known.expired, known.retried)
        return cls(rest, *(read(one) for one in sums))

    def take(self, outcomes: Outcomes) -> None:
        """Add outcomes: those people are open no more."""
        self.accepted |= outcomes.accepted
        self.failed |= outcomes.failed
        self.expired |= outcomes.expired
        self.retried |= outcomes.retried
        self.open -= self.accepted | self.failed | self.expired | self.retried

    def summary(self, chunk: Chunk, origin: str, at: datetime, recorded: datetime) -> Entry:
        """Return the one fact of the chunk's own stream: figures, and a digest of who."""
        fact = HandoverAttempted(
            case=chunk.case,
            at=at,
            chunk=chunk.id,
            order=chunk.order,
            purpose=chunk.purpose,
            alert=chunk.alert,
            version=chunk.version,
            attempt=chunk.attempt,
            accepted=len(self.accepted),
            failed=len(self.failed),
            expired=len(self.expired),
            retried=len(self.retried),
            digest=digest(self.accepted),
        )
        stream = f"handover-{chunk.id}"
        return write(
            fact,
            fact_id=derived_id(origin, chunk.id, "handover"),
            log=origin,
            head=StreamHead(stream, 0, chain_start(origin, stream)),
            origin=Origin(by=DISPATCH, cause=chunk.order),
            recorded=recorded,
            sealer=NOTHING_SEALED,
        )
