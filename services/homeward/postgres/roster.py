"""The `Roster` port on PostgreSQL."""

import asyncio
import contextlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

from homeward.ports import (
    HubPlace,
    KeyRing,
    LaneChanges,
    LaneColumns,
    Limits,
    Listener,
    Move,
    Recipient,
    Registered,
)
from homeward.postgres.bell import Bell
from homeward.postgres.contacts import open_contacts
from homeward.postgres.database import Database
from homeward.postgres.hubs import HubMap
from homeward.postgres.lanes import SHARDS, read_changes, read_columns, shards_of
from homeward.postgres.recipientrows import (
    KINDS,
    TIERS,
    cell_number,
    cell_text,
    check_cells,
    limit_row,
    recipient_tuple,
    stored_recipient,
)
from homeward.words import RecipientKind

BATCH: Final = 5_000
"""Recipients a statement: the roster's head is held for about a quarter of a second."""


class PostgresRoster:
    """`Roster`: contacts are sealed before they leave the process."""

    def __init__(self, database: Database, ring: KeyRing, bell: Bell) -> None:
        self._database, self._ring, self._bell = database, ring, bell
        self._hubs = HubMap(database)

    async def register(self, recipients: Sequence[Recipient]) -> Sequence[Registered]:
        for one in recipients:
            check_cells(one)
        last = list({one.id: one for one in recipients}.values())
        found: dict[str, Registered] = {}
        for start in range(0, len(last), BATCH):
            batch = {one.id: one for one in last[start : start + BATCH]}
            given = [recipient_tuple(n, one, self._ring) for n, one in enumerate(batch.values(), 1)]
            hours = [one.hours for one in batch.values()]
            shifts = [json.dumps(one.shifts) for one in batch.values()]
            per_day = [one.per_day for one in batch.values()]
            tiers = [one.tier.value for one in batch.values()]
            args = given, hours, shifts, per_day, tiers
            for row in await self._database.fetch("register_recipients", *args):
                name, here = row["id"], cell_text(row["here"])
                found[name] = Registered(batch[name], row["ordinal"], row["revision"], here)
        return [found[one.id] for one in recipients]

    async def remove(self, recipient: str) -> bool:
        return bool(await self._database.value("remove_recipient", recipient))

    async def limit(self, recipient: str, limits: Limits) -> bool:
        return bool(await self._database.value("limit_recipient", recipient, *limit_row(limits)))

    async def end_pauses(self, now: datetime) -> int:
        ended = BATCH
        total = 0
        while ended == BATCH:
            ended = int(await self._database.value("end_pauses", now, BATCH))
            total += ended
        return total

    async def get(self, recipient: str) -> Registered | None:
        row = await self._database.one("recipient", recipient)
        return None if row is None else stored_recipient(row, self._ring)

    async def known(self, ids: Collection[str]) -> frozenset[str]:
        rows = await self._database.fetch("recipients_known", list(ids))
        return frozenset(row["id"] for row in rows)

    async def by_ordinals(self, ordinals: Collection[int]) -> Mapping[int, Registered]:
        rows = await self._database.fetch("recipients_by_ordinal", list(ordinals))
        return {row["ordinal"]: stored_recipient(row, self._ring) for row in rows}

    async def listeners(self, ordinals: Collection[int]) -> Mapping[int, Listener]:
        rows = await self._database.fetch("listeners", list(ordinals))
        ring = self._ring
        return {
            ordinal: Listener(
                name,
                ordinal,
                lang,
                open_contacts(ring, name, sealed),
                KINDS[kind],
                TIERS[tier],
                level,
            )
            for name, ordinal, lang, sealed, kind, tier, level in rows
        }

    async def move(self, moves: Sequence[Move]) -> Sequence[bool]:
        cells = [cell_number(one.cell) for one in moves]
        known: list[bool] = []
        for start in range(0, len(moves), BATCH):
            batch = moves[start : start + BATCH]
            ids, at = [one.recipient for one in batch], [one.at for one in batch]
            there = cells[start : start + BATCH]
            known += await self._database.value("move_recipients", ids, there, at)
        return known

    async def forget_places(self, before: datetime) -> int:
        await self._database.run("forget_departures")
        # A shard at a time: the head is held for a few milliseconds a time.
        shards = range(SHARDS)
        return sum([await self._database.value("forget_places", one, before) for one in shards])

    async def columns(
        self, lane: int, lanes: int, progress: Callable[[int, int], None] | None = None
    ) -> LaneColumns:
        return await read_columns(self._database, shards_of(lane, lanes), progress)

    async def changes(self, lane: int, lanes: int, after: int) -> LaneChanges | None:
        return await read_changes(self._database, shards_of(lane, lanes), after)

    async def wait(self, timeout_s: float, mark: str = "") -> str:
        rung = self._bell.event("roster")
        if (self._bell.last("roster") or "") == mark:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(rung.wait(), timeout_s)
        return self._bell.last("roster") or ""

    async def revision(self, lane: int, lanes: int) -> int:
        return int(await self._database.value("lane_revision", *shards_of(lane, lanes)))

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
