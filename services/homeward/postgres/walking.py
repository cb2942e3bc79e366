"""The log's stored lines for `homeward.record.walk`, which believes none of them."""

from collections.abc import AsyncIterator
from typing import Final

from homeward.postgres.database import Database
from homeward.record.walk import StoredLine

BATCH_ROWS: Final = 2_000


async def stored_lines(database: Database, key: str | None = None) -> AsyncIterator[StoredLine]:
    """Yield every line in order, or those of one ordering key. Raises LogUnavailable."""
    after = -1
    while True:
        rows = await database.fetch("whole_rows", after, key, BATCH_ROWS)
        for row in rows:
            yield StoredLine(**dict(row.items()))
        if len(rows) < BATCH_ROWS:
            return
        after = rows[-1]["log_index"]
