"""Simulated dispatch: leases chunks, hands them to a channel that writes down whom it told."""

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from pyroaring import BitMap

from homeward.facts.handover import HandoverAttempted
from homeward.fanout.message_id import message_id
from homeward.hosts.cascade import Hands
from homeward.hosts.pen import NOTHING_SEALED
from homeward.messages import Actor
from homeward.ports import Chunk, Leased, Registered, Settled
from homeward.record.chain import chain_start
from homeward.record.envelope import Entry, Origin, StreamHead, write
from homeward.testing.memory import ORIGIN, Calls, MemoryStore
from homeward.testing.memory.calls import port_call
from homeward.words import Role, derived_id

LEASE_S: Final = 30.0
CHUNKS_AT_ONCE: Final = 8
DISPATCH: Final = Actor(id="dispatch", role=Role.SYSTEM)


@dataclass(frozen=True, slots=True)
class Told:
    """One message that reached the far side, as the far side wrote it down."""

    message_id: str
    recipient: str
    case: str
    purpose: str
    alert: int
    version: int


@dataclass(slots=True)
class Sink:
    """The far side: outside every process, so nothing that dies here takes a line back."""

    lines: list[Told] = field(default_factory=list)


@dataclass(slots=True)
class SinkChannel:
    """A channel of one process to the sink; a call of it is a place to die too."""

    sink: Sink
    calls: Calls

    @port_call
    async def send(self, batch: Sequence[Told]) -> BitMap:
        """Take messages; return the places in the batch of those the far side refuses for good."""
        refused = BitMap([at for at, one in enumerate(batch) if one.recipient.endswith("7")])
        self.sink.lines.extend(one for at, one in enumerate(batch) if at not in refused)
        return refused


class Sending(Hands, Protocol):
    """Dispatch of one process, whoever does it."""

    async def drain(self) -> object:
        """Send all that is open."""
        ...


@dataclass(slots=True)
class Sender:
    """Dispatch of one process."""

    store: MemoryStore
    sink: Sink

    lease_s: float = LEASE_S

    def ready(self, leased: Leased) -> Callable[[], Awaitable[None]]:
        """As `homeward.hosts.cascade.Hands`; there is always room."""
        return lambda: self._send(leased, SinkChannel(self.sink, self.store.calls))

    async def drain(self) -> int:
        """Send all that is open, waiting (in real time only) for the leases of the dead."""
        sent, channel = 0, SinkChannel(self.sink, self.store.calls)
        while (wait_s := await self.store.ledger.next_open_s()) is not None:
            self.store.clock.linger_s(wait_s)
            now = self.store.clock.now()
            for leased in await self.store.ledger.lease(CHUNKS_AT_ONCE, LEASE_S, now):
                await self._send(leased, channel)
                sent += 1
        return sent

    async def _send(self, leased: Leased, channel: SinkChannel) -> None:
        people = BitMap.deserialize(leased.recipients)
        found = await self.store.roster.by_ordinals(list(people))
        gone = people - BitMap(list(found))  # left since: nobody to tell any more
        at_hand = [found[one] for one in people if one in found]
        refused = await channel.send([_message(leased.chunk, one) for one in at_hand])
        failed = BitMap([at_hand[at].ordinal for at in refused])
        settled = Settled(
            accepted=(people - gone - failed).serialize(),
            failed=failed.serialize(),
            expired=gone.serialize(),
            retried=BitMap().serialize(),
        )
        entry = self._summary(leased.chunk, settled)
        whole = Settled(
            settled.accepted, settled.failed, settled.expired, settled.retried, (), (entry,)
        )
        await self.store.ledger.settle(leased, whole, done=True)

    def _summary(self, chunk: Chunk, settled: Settled) -> Entry:
        log = self.store.log.origin
        stream = f"handover-{chunk.id}"
        accepted, failed, expired = (
            len(BitMap.deserialize(one))
            for one in (settled.accepted, settled.failed, settled.expired)
        )
        fact = HandoverAttempted(
            case=chunk.case,
            at=self.store.clock.now(),
            chunk=chunk.id,
            order=chunk.order,
            purpose=chunk.purpose,
            alert=chunk.alert,
            version=chunk.version,
            attempt=chunk.attempt,
            accepted=accepted,
            failed=failed,
            expired=expired,
            retried=0,
            digest=hashlib.sha256(settled.accepted).hexdigest(),
        )
        return write(
            fact,
            fact_id=derived_id(log, chunk.id, "attempted"),
            log=log,
            head=StreamHead(stream, 0, chain_start(log, stream)),
            origin=Origin(by=DISPATCH, cause=chunk.order),
            recorded=self.store.clock.real(),
            sealer=NOTHING_SEALED,
        )


def _message(chunk: Chunk, one: Registered) -> Told:
    return Told(
        message_id=message_id(
            ORIGIN,
            case=chunk.case,
            alert=chunk.alert,
            version=chunk.version,
            purpose=chunk.purpose,
            recipient=one.recipient.id,
            watch=chunk.watch,
            contact=chunk.contact,
            moved=chunk.moved,
        ),
        recipient=one.recipient.id,
        case=chunk.case,
        purpose=chunk.purpose.value,
        alert=chunk.alert,
        version=chunk.version,
    )
