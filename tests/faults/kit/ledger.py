"""What the ledger's own rows say of an alert, decoded here: the product's readers are not asked.

    said = outcomes(dsn, case, version)
    said.accepted == everybody

A row is a chunk of people: a bitmap of their ordinals, and one bit a person for each outcome.
"""

import asyncio
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import asyncpg
import numpy as np
from pyroaring import BitMap
from tests.faults.kit.judging import SCHEMA

CHUNKS = f"""
    SELECT recipients, people, attempt, leasable, accepted_bits, accepted_n, failed_n, expired_n,
           retried_n
    FROM {SCHEMA}.chunks WHERE case_id = $1 AND purpose = 'alert' AND version = $2
"""
ATTEMPTS = f"""
    SELECT envelope FROM {SCHEMA}.events WHERE key = $1 AND kind LIKE 'handover.attempted/%'
"""


@dataclass(frozen=True)
class Outcomes:
    """One version of an alert in the ledger, by recipient."""

    people: frozenset[str]
    """Whom orders named."""
    named_again: int
    """How often somebody was named who was named already; retries do not count."""
    accepted: frozenset[str]
    accepted_again: int
    failed: int
    expired: int
    open: int
    """People whom somebody may still be leased."""
    unrecorded: int
    """People of chunks that are over, without an outcome: a sender died before a newer version."""
    counted: int
    """Accepted, as the rows' own counts say."""
    summed_up: int
    """Accepted, as the facts of the log say that sum up each chunk."""


def outcomes(dsn: str, case: str, version: int) -> Outcomes:
    """Read the rows of one version."""

    async def read() -> Outcomes:
        connection = await asyncpg.connect(dsn)
        try:
            async with connection.transaction(isolation="repeatable_read"):
                chunks = await connection.fetch(CHUNKS, case, version)
                names = dict(await connection.fetch(f"SELECT ordinal, id FROM {SCHEMA}.recipients"))
                attempts = await connection.fetch(ATTEMPTS, case)
        finally:
            await connection.close()
        return _outcomes(chunks, names, _summed_up(attempts, version))

    return asyncio.run(read())


def _outcomes(chunks: Iterable[Any], names: dict[int, str], summed_up: int) -> Outcomes:
    named, accepted = BitMap(), BitMap()
    again = twice = failed = expired = open_ = unrecorded = counted = 0
    for one in chunks:
        people = BitMap.deserialize(one["recipients"])
        assert len(people) == one["people"]
        if one["attempt"] == 0:
            again += len(named & people)
            named |= people
        took = _some(people, one["accepted_bits"])
        twice += len(accepted & took)
        accepted |= took
        counted += one["accepted_n"]
        failed += one["failed_n"]
        expired += one["expired_n"]
        done = one["accepted_n"] + one["failed_n"] + one["expired_n"] + one["retried_n"]
        rest = one["people"] - done
        open_, unrecorded = (
            (open_ + rest, unrecorded) if one["leasable"] else (open_, unrecorded + rest)
        )
    return Outcomes(
        people=frozenset(names[one] for one in named),
        named_again=again,
        accepted=frozenset(names[one] for one in accepted),
        accepted_again=twice,
        failed=failed,
        expired=expired,
        open=open_,
        unrecorded=unrecorded,
        counted=counted,
        summed_up=summed_up,
    )


def _some(people: BitMap, bits: bytes | None) -> BitMap:
    """Return those whose bit is set; bits stand in the order of ordinals, highest bit first."""
    if bits is None:
        return BitMap()
    member = np.unpackbits(np.frombuffer(bits, np.uint8))
    return BitMap(one for one, said in zip(people, member, strict=False) if said)


def _summed_up(rows: Iterable[Any], version: int) -> int:
    facts = [json.loads(row["envelope"])["pub"] for row in rows]
    return sum(
        int(one["accepted"])
        for one in facts
        if (one["purpose"], one["version"]) == ("alert", version)
    )


def holders(dsn: str) -> dict[str, str]:
    """Return lease -> process of those that have not run out."""

    async def read() -> dict[str, str]:
        connection = await asyncpg.connect(dsn)
        try:
            rows = await connection.fetch(
                f"SELECT name, holder FROM {SCHEMA}.leases WHERE until > clock_timestamp()"
            )
        finally:
            await connection.close()
        return {row["name"]: row["holder"] for row in rows}

    return asyncio.run(read())
