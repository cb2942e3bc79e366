"""Between chunks and the columns of the ledger."""

import asyncpg
import numpy as np
from pyroaring import BitMap

from homeward.ports import Chunk, Leased, Settled
from homeward.words import Purpose

OUTCOMES = ("accepted", "failed", "expired", "retried")


def chunk_tuple(of: int, one: Chunk) -> tuple[object, ...]:
    """Return a chunk as ``chunk_in``; ``of`` is the turn it comes with."""
    return (
        of, one.id, one.order, one.case, one.lane, one.seq, one.purpose.value, one.purpose.ends,
        one.priority, one.alert, one.version, one.wave, one.recipients, one.people, one.texts_of,
        one.contact, one.watch, one.window_from, one.window_to, one.expires_at, one.attempt,
        one.channel_step, one.delay_s,
    )  # fmt: skip


def stored_chunk(row: asyncpg.Record) -> Chunk:
    """Return a chunk as it was put in."""
    return Chunk(
        id=row["id"],
        order=row["order_id"],
        case=row["case_id"],
        lane=row["lane"],
        seq=row["seq"],
        purpose=Purpose(row["purpose"]),
        alert=row["alert"],
        version=row["version"],
        wave=row["wave"],
        recipients=row["recipients"],
        people=row["people"],
        texts_of=row["texts_of"],
        contact=row["contact"],
        watch=row["watch"],
        window_from=row["window_from"],
        window_to=row["window_to"],
        expires_at=row["expires_at"],
        attempt=row["attempt"],
        channel_step=row["channel_step"],
        delay_s=row["delay_s"],
    )


def bits_of(people: BitMap, some: BitMap) -> bytes | None:
    """Return some of a chunk's people as they are stored: a bit each; None for nobody."""
    if not some:
        return None
    member = np.isin(people.to_array(), some.to_array(), assume_unique=True)
    return np.packbits(member).tobytes()


def members_of(people: BitMap, bits: bytes) -> BitMap:
    """Return those of a chunk's people whose bit is set."""
    everybody = np.frombuffer(people.to_array(), np.uint32)
    member = np.unpackbits(np.frombuffer(bits, np.uint8), count=len(everybody))
    return BitMap(everybody[member.astype(np.bool_)])


def outcomes_of(row: asyncpg.Record, people: BitMap) -> list[BitMap]:
    """Return accepted, failed, expired and retried of a chunk's people."""
    return [_outcome(row, name, people) for name in OUTCOMES]


def _outcome(row: asyncpg.Record, name: str, people: BitMap) -> BitMap:
    bits = row[f"{name}_bits"]
    if bits is not None:
        return members_of(people, bits)
    before = row[name]  # a bitmap of ordinals, from before there were bits
    return BitMap.deserialize(before) if before else BitMap()


def leased_of(row: asyncpg.Record) -> Leased:
    """Return a chunk that was leased, with what earlier senders recorded of it."""
    people = BitMap.deserialize(row["recipients"])
    sums = outcomes_of(row, people)
    rest = people.difference(*sums)
    accepted, failed, expired, retried = (one.serialize() for one in sums)
    earlier = Settled(accepted, failed, expired, retried) if any(sums) else None
    return Leased(stored_chunk(row), row["lease"], rest.serialize(), earlier)
