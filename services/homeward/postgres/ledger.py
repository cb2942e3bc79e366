"""The `Ledger` port on PostgreSQL: leases by the database's clock, outcomes as bitmaps."""

import asyncio
import contextlib
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final, TypeAlias

import asyncpg
from pyroaring import BitMap

from homeward.ports import Leased, LogUnavailable, Settled, Unit
from homeward.postgres.bell import Bell
from homeward.postgres.chunkrows import (
    OUTCOMES,
    bits_of,
    chunk_tuple,
    leased_of,
    outcomes_of,
)
from homeward.postgres.database import Database
from homeward.postgres.rows import log_args
from homeward.postgres.workbench import BROKEN

EVERYBODY: Final = 2**32
LAST_PRIORITY: Final = 2**15 - 1
AGAIN_MAX: Final = 20
"""Slices of one chunk are settled by one sender, so they hardly ever meet."""
KNOWN_MAX: Final = 256
"""More chunks than any sender has in hand; of the others outcomes are read each time."""
_Known: TypeAlias = tuple[int, BitMap, list[BitMap]]
"""Revision, people, outcomes."""
FIGURES: Final = (
    *("people", "leased", "accepted", "failed", "expired"),
    *("withdrawn", "unknown", "pending"),
)


class PostgresLedger:
    """`Ledger` over the chunks table."""

    def __init__(self, database: Database, bell: Bell) -> None:
        self._database, self._bell = database, bell
        self._known: dict[tuple[str, int], _Known] = {}
        """What this process settled last of chunks in hand: the next settlement reads nothing."""

    async def lease(
        self,
        limit: int,
        lease_s: float,
        case_now: datetime,
        *,
        people: int | None = None,
        urgent: bool = False,
    ) -> list[Leased]:
        most = EVERYBODY if people is None else people
        last = 0 if urgent else LAST_PRIORITY
        if len(self._known) >= KNOWN_MAX:
            self._known.clear()  # of leases that were lost, nobody settles the rest
        found = await self._database.fetch("lease_chunks", limit, lease_s, most, last)
        ordered = sorted(found, key=lambda row: (row["priority"], row["seq"], row["place"]))
        return [leased_of(row) for row in ordered]

    async def settle(self, leased: Leased, settled: Settled, *, done: bool) -> bool:
        said = [BitMap.deserialize(getattr(settled, name)) for name in OUTCOMES]
        retries = [chunk_tuple(0, one) for one in settled.retries]
        entries = log_args([Unit(settled.entries)] if settled.entries else [])
        chunk, lease = leased.chunk.id, leased.lease
        for _ in range(AGAIN_MAX):
            # Taken out: what becomes of this settlement is not known until it is answered.
            known = self._known.pop((chunk, lease), None) or await self._outcomes(chunk, lease)
            if known is None:
                return False
            revision, people, before = known
            sums = [old | new for old, new in zip(before, said, strict=True)]
            try:
                answer = await self._database.value(
                    "settle_slice",
                    chunk,
                    lease,
                    revision,
                    done,
                    [bits_of(people, one) for one in sums],
                    [len(one) for one in sums],
                    retries,
                    *entries,
                )
            except asyncpg.PostgresError as failure:
                if failure.sqlstate != BROKEN:
                    raise
                return False
            if answer == "kept" and not done and len(self._known) < KNOWN_MAX:
                self._known[chunk, lease] = revision + 1, people, sums
            if answer != "again":
                return bool(answer == "kept")
        raise LogUnavailable("settled by too many at once")

    async def _outcomes(self, chunk: str, lease: int) -> _Known | None:
        """Return a chunk's revision, people and outcomes; None when another holds it."""
        row = await self._database.one("chunk_outcomes", chunk)
        if row is None or row["lease"] != lease:
            return None
        people = BitMap.deserialize(row["recipients"])
        return row["revision"], people, outcomes_of(row, people)

    async def renew(self, leased: Leased, lease_s: float) -> bool:
        return bool(await self._database.value("renew", leased.chunk.id, leased.lease, lease_s))

    async def close(self, case: str, alert: int, version: int) -> None:
        await self._database.run("close_alert", case, alert, version)

    async def extend(self, case: str, alert: int, version: int, until: datetime) -> None:
        await self._database.run("extend_alert", case, alert, version, until)

    async def expiry(self, leased: Leased) -> datetime | None:
        found = await self._database.value("chunk_expiry", leased.chunk.id)
        return found if isinstance(found, datetime) else None

    async def supersede(self, case: str, alert: int, version: int) -> None:
        await self._database.run("supersede_alert", case, alert, version)

    async def supersede_watch(self, case: str, alert: int, watch: str, moved: int) -> None:
        await self._database.run("supersede_watch", case, alert, watch, moved)

    async def ever_leased(self, case: str, alert: int) -> Sequence[tuple[int, bytes]]:
        rows = await self._database.fetch("ever_leased", case, alert)
        return [(row["contact"], row["recipients"]) for row in rows]

    async def leased_beyond(
        self, case: str, alert: int, known: Collection[int]
    ) -> Sequence[tuple[int, bytes]]:
        rows = await self._database.fetch("leased_beyond", case, alert, list(known))
        return [(row["place"], row["recipients"]) for row in rows]

    async def next_open_s(self) -> float | None:
        found = await self._database.value("next_open_s")
        return None if found is None else max(0.0, float(found))

    async def counts(self, case: str) -> Mapping[tuple[str, int, int], Mapping[str, int]]:
        found = await self._database.fetch("ledger_counts", case)
        return {
            (row["purpose"], row["version"], row["wave"]): {name: row[name] for name in FIGURES}
            for row in found
        }

    async def trouble(self) -> Mapping[str, float]:
        found = await self._database.one("ledger_trouble")
        assert found is not None
        return {name: float(value) for name, value in found.items()}

    async def wait(self, timeout_s: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._bell.event("ledger").wait(), timeout_s)
