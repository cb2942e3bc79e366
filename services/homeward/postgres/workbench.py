"""The `Workbench` port on PostgreSQL: one SQL call commits a batch of turns."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

import asyncpg

from homeward.fanout.days import DayRow, ShardDay
from homeward.ports import KeyTurn, Parked, Position, Taken, Unit, Wake
from homeward.postgres.chunkrows import chunk_tuple
from homeward.postgres.database import Database
from homeward.postgres.rows import log_args, stored_rows
from homeward.record.envelope import Entry, Row

BROKEN: Final = "HW001"
"""SQLSTATE of a turn whose outputs do not continue their stream."""

OVERTAKEN: Final = "HW002"
"""SQLSTATE of a cascade that guessed wrong."""


class PostgresWorkbench:
    """`Workbench`: state rows, wakes and parked keys."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self, processor: str, keys: Collection[str]) -> Mapping[str, Position]:
        found = await self._database.fetch("positions", processor, list(keys))
        return {row["key"]: _position(row) for row in found}

    async def commit_turn(self, processor: str, turns: Sequence[KeyTurn]) -> frozenset[str]:
        left = sorted(turns, key=lambda turn: turn.key)
        broken: set[str] = set()
        while left:
            try:
                late = await self._database.value("commit_turns", processor, *_args(left))
            except asyncpg.PostgresError as failure:
                if failure.sqlstate != BROKEN:
                    raise
                broken.add(str(failure.detail))  # the others must not wait for it
                left = [turn for turn in left if turn.key not in broken]
            else:
                return frozenset(late) | broken
        return frozenset(broken)

    async def commit_cascade(
        self,
        turns: Sequence[tuple[str, KeyTurn]],
        entries: Sequence[Entry],
        first: int,
        taken: Taken | None = None,
    ) -> bool:
        heads, chunks, *_, days = _args([replace(turn, entries=()) for _, turn in turns])
        _, said, sealed, blobs = log_args([Unit(tuple(entries))])
        names = [name for name, _ in turns]
        live = [turn.live for _, turn in turns]
        leased = (None, None) if taken is None else (taken.chunk, taken.lease_s)
        args = names, heads, chunks, said, sealed, blobs, live, first, *leased, days
        try:
            await self._database.value("commit_cascade", *args)
        except asyncpg.PostgresError as failure:
            if failure.sqlstate not in {BROKEN, OVERTAKEN}:
                raise
            return False
        return True

    async def days(
        self, shards: range, since: int, known: Mapping[ShardDay, int]
    ) -> Sequence[DayRow]:
        shard, day = [at[0] for at in known], [at[1] for at in known]
        args = shards.start, shards.stop, since, shard, day, list(known.values())
        found = await self._database.fetch("told_days", *args)
        return [DayRow(r["shard"], r["day"], r["revision"], tuple(r["levels"])) for r in found]

    async def forget_days(self, before: int) -> int:
        return await self._database.run("forget_days", before)

    async def live(self, processor: str) -> Mapping[str, int]:
        found = await self._database.fetch("live_keys", processor)
        return {row["key"]: row["revision"] for row in found}

    async def unheard(
        self,
        processor: str,
        kinds: Collection[str],
        low: int,
        upto: int,
        limit: int = 500,
        keys: Collection[str] | None = None,
    ) -> Sequence[Row]:
        args = processor, sorted(kinds), low, upto, limit
        if keys is None:
            return stored_rows(await self._database.fetch("unheard", *args))
        return stored_rows(await self._database.fetch("unheard_of_keys", *args, list(keys)))

    async def start(self, processor: str) -> tuple[int, int]:
        await self._database.run("consumer_make", processor)
        found = await self._database.one("consumer", processor)
        assert found is not None
        return found["birth"], found["low"]

    async def raise_low(self, processor: str, low: int) -> None:
        await self._database.run("raise_low", processor, low)

    async def park(self, parked: Parked) -> None:
        await self._database.run(
            "park", parked.processor, parked.key, parked.key_version, parked.error
        )

    async def unpark(self, processor: str, key: str) -> bool:
        return await self._database.run("unpark", processor, key) > 0

    async def parked(self) -> Sequence[Parked]:
        found = await self._database.fetch("parked")
        return [Parked(r["processor"], r["key"], r["key_version"], r["error"]) for r in found]

    async def due(self, moment: datetime, limit: int = 100) -> Sequence[Wake]:
        found = await self._database.fetch("wakes_due", moment, limit)
        return [Wake(row["processor"], row["key"], row["due"], row["asked_by"]) for row in found]

    async def next_due(self) -> datetime | None:
        found: datetime | None = await self._database.value("wakes_next")
        return found

    async def drop_wake(self, wake: Wake) -> None:
        await self._database.run("wake_drop", wake.processor, wake.key, wake.due, wake.asked_by)


def _position(row: asyncpg.Record) -> Position:
    if row["revision"] is None:
        return Position(parked=row["parked"])
    return Position(
        heard=row["heard"],
        revision=row["revision"],
        state=row["state"],
        out_version=row["out_version"],
        out_chain=row["out_chain"],
        wake_at=row["wake_at"],
        parked=row["parked"],
    )


def _args(turns: Sequence[KeyTurn]) -> tuple[object, ...]:
    heads = []
    for of, turn in enumerate(turns, 1):
        wake = turn.wake
        mode, due, asked_by = (
            ("set", wake.due, wake.asked_by)
            if isinstance(wake, Wake)
            else ("drop" if wake is None else "keep", None, None)
        )
        heads.append(
            (
                of, turn.key, turn.expected_revision, turn.heard, turn.state, turn.out_version,
                turn.out_chain, mode, due, asked_by,
            )
        )  # fmt: skip
    chunks = [chunk_tuple(of, one) for of, turn in enumerate(turns, 1) for one in turn.chunks]
    _, entries, sealed, blobs = log_args([Unit(turn.entries) for turn in turns])
    days = [
        (of, one.shard, one.day, one.expected_revision, one.levels)
        for of, turn in enumerate(turns, 1)
        for one in turn.days
    ]
    live = [turn.key for turn in turns if turn.live]
    return heads, chunks, entries, sealed, blobs, live, days
