"""The `Log` and `Feed` ports on PostgreSQL."""

import asyncio
import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from homeward.ports import Known, LogUnavailable, Outcome, Unit
from homeward.postgres.bell import Bell
from homeward.postgres.database import Database
from homeward.postgres.group import GroupWriter
from homeward.postgres.rows import stored_rows
from homeward.record.chain import chain_start
from homeward.record.envelope import Row

POLL_S: Final = 1.0
"""Backs up LISTEN, as the `Feed` port promises."""
INDEX_MAX: Final = 2**63 - 1
VERSION_MAX: Final = 2**31 - 1


class PostgresLog:
    """`Log`: one SQL function appends, groups of waiting callers share its flush."""

    def __init__(self, database: Database, writer: GroupWriter, origin: str) -> None:
        self._database, self._writer = database, writer
        self.origin = origin

    async def append(self, units: Sequence[Unit]) -> list[Outcome]:
        return await self._writer.append(units) if units else []

    async def none_under_way(self, timeout_s: float) -> None:
        """Wait until an append that is on its way from here is answered, but not longer."""
        await self._writer.none_under_way(timeout_s)

    async def size(self) -> int:
        return int(await self._database.value("log_size"))

    async def rows(
        self,
        after: int,
        upto: int,
        *,
        kinds: Collection[str] | None = None,
        limit: int = 1_000,
    ) -> list[Row]:
        upto = min(upto, INDEX_MAX)
        if kinds is None:
            return stored_rows(await self._database.fetch("log_rows", after, upto, limit))
        wanted = sorted(kinds)
        return stored_rows(
            await self._database.fetch("log_rows_of_kinds", after, upto, limit, wanted)
        )

    async def at(self, indexes: Collection[int]) -> list[Row]:
        wanted = [one for one in indexes if one <= INDEX_MAX]
        return stored_rows(await self._database.fetch("log_rows_at", wanted))

    async def key_rows(
        self,
        key: str,
        after: int = 0,
        upto: int | None = None,
        *,
        kinds: Collection[str] | None = None,
    ) -> list[Row]:
        end = VERSION_MAX if upto is None else min(upto, VERSION_MAX)
        wanted = None if kinds is None else sorted(kinds)
        return stored_rows(await self._database.fetch("key_rows", key, after, end, wanted))

    async def stream_rows(self, stream: str) -> list[Row]:
        return stored_rows(await self._database.fetch("stream_rows", stream))

    async def stream_head(self, stream: str) -> tuple[int, bytes]:
        found = await self._database.one("stream_head", stream)
        if found is None:
            return 0, chain_start(self.origin, stream)
        return found["version"], found["chain_hash"]

    async def by_id(self, fact_id: str) -> Row | None:
        if (known := _uuid(fact_id)) is None:
            return None
        found = stored_rows(await self._database.fetch("row_by_id", known))
        return found[0] if found else None

    async def newest(self, kind: str, *, before: int | None = None, limit: int = 50) -> list[Row]:
        end = INDEX_MAX if before is None else before
        return stored_rows(await self._database.fetch("newest_rows", kind, end, limit))

    async def case_with_prefix(self, prefix: str) -> str | None:
        found = await self._database.fetch("cases_with_prefix", prefix, f"{prefix}\U0010ffff")
        return found[0]["key"] if len(found) == 1 else None

    async def blobs(self, digests: Collection[str]) -> Mapping[str, bytes]:
        wanted = [bytes.fromhex(one) for one in digests]
        found = await self._database.fetch("blobs", wanted)
        return {one["digest"].hex(): one["content"] for one in found}

    async def ciphertexts(self, fact_ids: Collection[str]) -> Mapping[tuple[str, str], bytes]:
        wanted = [known for one in fact_ids if (known := _uuid(one)) is not None]
        found = await self._database.fetch("ciphertexts", wanted)
        return {(str(one["fact_id"]), one["field"]): one["ciphertext"] for one in found}

    async def answered(self, key: str) -> Known | None:
        found = await self._database.one("answered", key)
        return None if found is None else Known(found["request_hash"], found["reference_json"])


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


class PostgresFeed:
    """`Feed`: woken by NOTIFY, backed up by a poll."""

    def __init__(self, log: PostgresLog, bell: Bell) -> None:
        self._log, self._bell = log, bell

    async def beyond(self, size: int, timeout_s: float) -> bool:
        loop = asyncio.get_running_loop()
        end = loop.time() + timeout_s
        if self._bell.last("log") is None and await self._grown(size):
            return True
        while True:
            rung = self._bell.event("log")
            heard = self._bell.last("log")
            if heard is not None and int(heard) > size:
                return True
            left_s = end - loop.time()
            if left_s <= 0:
                return False
            try:
                await asyncio.wait_for(rung.wait(), min(left_s, POLL_S))
            except TimeoutError:
                if await self._grown(size):
                    return True

    async def _grown(self, size: int) -> bool:
        try:
            return await self._log.size() > size
        except LogUnavailable:
            return False
