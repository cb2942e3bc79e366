"""Between chunks and the columns of the ledger."""

import asyncpg
from pyroaring import BitMap

from homeward.ports import Chunk, Settled
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


def outcomes_of(row: asyncpg.Record) -> list[BitMap]:
    """Return accepted, failed, expired and retried."""
    return [BitMap.deserialize(row[name]) if row[name] else BitMap() for name in OUTCOMES]


def earlier_of(row: asyncpg.Record) -> Settled | None:
    """Return what earlier senders recorded; None when none did."""
    sums = outcomes_of(row)
    accepted, failed, expired, retried = (one.serialize() for one in sums)
    return Settled(accepted, failed, expired, retried) if any(sums) else None


def rest_of(row: asyncpg.Record) -> bytes:
    """Return the recipients that have no outcome yet."""
    return BitMap.deserialize(row["recipients"]).difference(*outcomes_of(row)).serialize()
