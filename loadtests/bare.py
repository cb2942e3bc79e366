"""The least a program can do: the same bytes into tables like the log's, and nothing else."""

from collections.abc import Sequence
from typing import Final

import asyncpg

from homeward.record.envelope import Entry
from homeward.testing.contracts.pen import AT

TABLES: Final = """
CREATE TABLE bare_events (LIKE events INCLUDING ALL);
CREATE TABLE bare_sealed (LIKE sealed_values INCLUDING ALL);
"""

INSERT: Final = """
WITH beside AS (
    INSERT INTO bare_sealed SELECT * FROM unnest($12::uuid[], $13::text[], $14::bytea[])
)
INSERT INTO bare_events SELECT * FROM unnest(
    $1::bigint[], $2::uuid[], $3::text[], $4::integer[], $5::text[], $6::integer[], $7::text[],
    $8::timestamptz[], $9::bytea[], $10::bytea[], $11::bytea[])
"""

INSERT_AND_NOTIFY: Final = """
WITH put AS (
    INSERT INTO bare_events VALUES ($1, $2::text::uuid, $3, $4, $5, $6, $7, $8, $9, $10, $11)
)
SELECT pg_notify('bare', $2::text)
"""

READ: Final = """
SELECT log_index, key, key_version, recorded_at, envelope FROM events
WHERE key = $1 ORDER BY key_version
"""


async def make_tables(connection: asyncpg.Connection) -> None:
    """Make tables beside the log with the same columns and indexes, and no triggers."""
    await connection.execute(TABLES)


def columns(entries: Sequence[Entry], after: int) -> tuple[list[object], ...]:
    """Return the arguments of `INSERT`; rows are numbered from ``after`` on.

    The numbers of a key are those of the log: unique is all that an index asks of them.
    """
    numbers = range(after, after + len(entries))
    sealed = [(one.id, value) for one in entries for value in one.sealed]
    return (
        list(numbers),
        [one.id for one in entries],
        [one.stream for one in entries],
        [one.version for one in entries],
        [one.key for one in entries],
        [number + 1 for number in numbers],
        [one.kind for one in entries],
        [AT] * len(entries),
        [one.envelope for one in entries],
        [one.leaf for one in entries],
        [one.chain for one in entries],
        [fact_id for fact_id, _ in sealed],
        [value.field for _, value in sealed],
        [value.ciphertext for _, value in sealed],
    )
