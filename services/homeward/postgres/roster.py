"""The `Roster` port on PostgreSQL."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from homeward.ports import HubPlace, KeyRing, LaneColumns, Recipient, Registered
from homeward.postgres.database import Database, translated
from homeward.postgres.hubs import HubMap
from homeward.postgres.recipientrows import (
    check_cells,
    lane_columns,
    recipient_tuple,
    stored_recipient,
)
from homeward.postgres.statements import sql
from homeward.words import RecipientKind

BATCH: Final = 5_000
"""Recipients a statement: the roster's head is held for about a quarter of a second."""
SHARDS: Final = 64


class PostgresRoster:
    """`Roster`: contacts are sealed before they leave the process."""

    def __init__(self, database: Database, ring: KeyRing) -> None:
        self._database, self._ring = database, ring
        self._hubs = HubMap(database)

    async def register(self, recipients: Sequence[Recipient]) -> Sequence[Registered]:
        for one in recipients:
            check_cells(one)
        last = list({one.id: one for one in recipients}.values())
        found: dict[str, Registered] = {}
        for start in range(0, len(last), BATCH):
            batch = {one.id: one for one in last[start : start + BATCH]}
            given = [recipient_tuple(n, one, self._ring) for n, one in enumerate(batch.values(), 1)]
            for row in await self._database.fetch("register_recipients", given):
                name = row["id"]
                found[name] = Registered(batch[name], row["ordinal"], row["revision"])
        return [found[one.id] for one in recipients]

    async def remove(self, recipient: str) -> bool:
        return bool(await self._database.value("remove_recipient", recipient))

    async def get(self, recipient: str) -> Registered | None:
        row = await self._database.one("recipient", recipient)
        return None if row is None else stored_recipient(row, self._ring)

    async def by_ordinals(self, ordinals: Collection[int]) -> Mapping[int, Registered]:
        rows = await self._database.fetch("recipients_by_ordinal", list(ordinals))
        return {row["ordinal"]: stored_recipient(row, self._ring) for row in rows}

    async def columns(self, lane: int, lanes: int) -> LaneColumns:
        low, high = _shards(lane, lanes)
        async with self._database.snapshot() as connection:
            with translated():
                revision = await connection.fetchval(sql("lane_revision"), low, high)
                rows = await connection.fetch(sql("lane_recipients"), low, high)
        return lane_columns(revision, rows)

    async def revision(self, lane: int, lanes: int) -> int:
        return int(await self._database.value("lane_revision", *_shards(lane, lanes)))

    async def hubs_near(
        self, lat_deg: float, lon_deg: float, within_m: float, limit: int
    ) -> Sequence[HubPlace]:
        return await self._hubs.near(lat_deg, lon_deg, within_m, limit)

    async def page(
        self, kind: RecipientKind | None, after: str, limit: int
    ) -> Sequence[Registered]:
        if kind is None:
            rows = await self._database.fetch("recipients_page", after, limit)
        else:
            rows = await self._database.fetch("recipients_page_of_kind", after, limit, kind.value)
        return [stored_recipient(row, self._ring) for row in rows]

    async def count(self) -> Mapping[RecipientKind, int]:
        rows = await self._database.fetch("recipients_count")
        counts = {row["kind"]: row["count"] for row in rows}
        return {kind: counts.get(kind.value, 0) for kind in RecipientKind}


def _shards(lane: int, lanes: int) -> tuple[int, int]:
    """Return the first shard of a lane and the first behind it (lane = shard * lanes // 64)."""
    if not 0 <= lane < lanes <= SHARDS:
        raise ValueError(f"there are 1 to {SHARDS} lanes, counted from 0")
    return -(-lane * SHARDS // lanes), -(-(lane + 1) * SHARDS // lanes)
