"""P12, the replay half: a long case, typed, against pyeventsourcing reading one as long.

Ours is `streamed` in a `batch_job`, as the replay of a case runs it: rows a batch at a time, and
each fact looked at, so that it becomes an object of its class. pyeventsourcing reads an aggregate
that says the same public parts, one event object after another; it is on the same server.
"""

import asyncio
import time
from importlib.metadata import version
from typing import Final
from uuid import UUID

from homeward.codec import KINDS
from homeward.ports import Unit
from homeward.postgres.store import Store
from homeward.replay import batch_job, streamed
from homeward.testing.given import stream_of
from homeward.words import derived_id
from loadtests.figures import Figure, Measured, Size
from loadtests.ground import open_ground
from loadtests.peers.eventstore import EventStore, event_store
from loadtests.replay import long_case
from loadtests.writing import Writer

UNITS_AT_ONCE: Final = 500
FULL, QUICK = 100_000, 10_000


async def _kept(store: Store, peer: EventStore, many: int) -> tuple[str, UUID]:
    """Keep the same long case on both sides."""
    writer, case = Writer(store.log.origin), derived_id(store.log.origin, "long case", many)
    facts = list(long_case(case, many))
    for start in range(0, many, UNITS_AT_ONCE):
        some = facts[start : start + UNITS_AT_ONCE]
        await store.log.append([Unit((writer.entry(stream_of(one), one),)) for one in some])
    said = [(one.kind, one.public()) for one in facts]
    return case, await asyncio.to_thread(peer.keep, said)


async def _ours_s(store: Store, case: str, many: int) -> float:
    """Read every fact as an object; return the seconds it took."""
    began, read = time.perf_counter(), 0
    with batch_job():
        async for batch in streamed(store.log, case, kinds=KINDS):
            for one in batch:
                read += one.fact.case == case
    assert read == many
    return time.perf_counter() - began


async def _peer_s(peer: EventStore, case: UUID, many: int) -> float:
    began = time.perf_counter()
    read = await asyncio.to_thread(peer.read, case)
    assert read == many + 1  # an aggregate begins with an event of its own
    return time.perf_counter() - began


async def measure(size: Size) -> Measured:
    """Read a long case on both sides, in turn."""
    many, rounds = size.of(FULL, QUICK), []
    async with (
        open_ground() as ground,
        ground.store() as store,
        event_store(ground.server.dsn) as peer,
    ):
        ours, theirs = await _kept(store, peer, many)
        connection = await ground.connect()
        await connection.execute("VACUUM ANALYZE events")
        await connection.close()
        for number in range(size.of(7, 4) + 1):
            if number % 2:
                ours_s = await _ours_s(store, ours, many)
                peer_s = await _peer_s(peer, theirs, many)
            else:
                peer_s = await _peer_s(peer, theirs, many)
                ours_s = await _ours_s(store, ours, many)
            rounds.append((many / ours_s, many / peer_s))
    what = f"{many:,} facts streamed, typed / pyeventsourcing, an aggregate as long"
    figure = Figure.of_rounds("reread", what, "facts/s", rounds[1:])  # nobody is timed cold
    return Measured([figure], f"{ground.said}; eventsourcing {version('eventsourcing')}")
