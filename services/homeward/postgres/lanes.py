"""A lane of the roster as columns: read by COPY, and never a row as an object.

Every field of the copied rows has a fixed length and is never null, so that the stream is one
array of records: (count of fields, then for each its length and its value).
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Final

import asyncpg
import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from homeward.fanout.columns import NO_CELL, too_many
from homeward.ports import LaneChanges, LaneColumns
from homeward.postgres.database import Database, translated
from homeward.postgres.statements import sql
from homeward.words import RecipientKind

SHARDS: Final = 64
COPY_S_MAX: Final = 900.0
"""A whole lane: some 15 million recipients on a slow machine."""
HEAD_BYTES: Final = 19
"""PGCOPY, flags, and no extension."""
BLOCK_BYTES: Final = 4_000_000
"""Parsed at once: about 10 ms of the loop."""

Progress = Callable[[int, int], None]
Records = NDArray[np.void]


def _record(**fields: str) -> np.dtype[np.void]:
    parts = [("fields", ">i2")]
    for name, kind in fields.items():
        parts += [(f"{name}_bytes", ">i4"), (name, kind)]
    return np.dtype(parts)


RECIPIENT: Final = _record(
    ordinal=">i8", cell_1=">u8", cell_2=">u8", cell_3=">u8", reach_km_max=">i4",
    severity_min=">i2", quiet_from_min=">i2", quiet_to_min=">i2", zone=">i2", kind=">i2",
    level=">i2", per_day=">i2", tier=">i2", active="?", reachable="?",
)  # fmt: skip
PLACE: Final = _record(ordinal=">i8", here=">u8")
NOBODY: Final = np.zeros(0, RECIPIENT)
NOWHERE: Final = np.zeros(0, PLACE)
CELLS: Final = ("cell_1", "cell_2", "cell_3")


def shards_of(lane: int, lanes: int) -> tuple[int, int]:
    """Return the first shard of a lane and the first behind it (lane = shard * lanes // 64)."""
    if not 0 <= lane < lanes <= SHARDS:
        raise ValueError(f"there are 1 to {SHARDS} lanes, counted from 0")
    return -(-lane * SHARDS // lanes), -(-(lane + 1) * SHARDS // lanes)


async def read_columns(
    database: Database, shards: tuple[int, int], progress: Progress | None
) -> LaneColumns:
    """Return all of a lane as of one moment."""
    async with database.snapshot() as connection:
        (head,) = await connection.fetch(sql("lane_head"), *shards)
        found = await connection.fetch(sql("lane_zones"), *shards, timeout=COPY_S_MAX)
        zones = [row["zone"] for row in found]
        people, places = await _copies(connection, shards, zones, [], progress, head["given"])
    # Some 200 ms a million: beside the loop, which serves meanwhile.
    return await asyncio.to_thread(_columns, head["revision"], zones, people, places)


async def read_changes(
    database: Database, shards: tuple[int, int], after: int
) -> LaneChanges | None:
    """Return what changed in a lane after a revision; None: it is not known, or too much."""
    async with database.snapshot() as connection:
        (head,) = await connection.fetch(sql("lane_head"), *shards)
        if after < head["horizon"]:
            return None
        if after >= head["revision"]:
            return LaneChanges(_columns(head["revision"], [], NOBODY, NOWHERE))
        limit = 1
        while not too_many(limit, head["given"]):
            limit *= 2
        found = await connection.fetch(sql("lane_changed"), *shards, after, limit)
        if too_many(len(found), head["given"]):
            return None
        changed = [row["ordinal"] for row in found if row["zone"] is not None]
        zones = sorted({row["zone"] for row in found} - {None})
        people, places = NOBODY, NOWHERE
        if changed:
            people, places = await _copies(connection, shards, zones, changed)
    columns = _columns(head["revision"], zones, people, places)
    return LaneChanges(columns, BitMap(row["ordinal"] for row in found if row["zone"] is None))


async def _copies(
    connection: asyncpg.Connection,
    shards: tuple[int, int],
    zones: Sequence[str],
    only: Sequence[int],
    progress: Progress | None = None,
    there_are: int = 0,
) -> tuple[Records, Records]:
    kinds = [kind.value for kind in RecipientKind]
    people = _Copied(RECIPIENT, progress, there_are)
    await people.read(connection, "lane_recipients", *shards, kinds, zones, only)
    places = _Copied(PLACE)
    await places.read(connection, "lane_places", *shards, only)
    return people.records(), places.records()


class _Copied:
    """The records of one COPY, as they come in."""

    def __init__(
        self, record: np.dtype[np.void], progress: Progress | None = None, there_are: int = 0
    ) -> None:
        self._record, self._progress, self._there_are = record, progress, there_are
        self._blocks: list[Records] = []
        self._waiting = bytearray()
        self._begun = False
        self._count = 0

    async def read(self, connection: asyncpg.Connection, statement: str, *args: object) -> None:
        with translated():
            await connection.copy_from_query(
                sql(statement), *args, output=self._take, format="binary", timeout=COPY_S_MAX
            )
        self._parse()
        if self._progress is not None:
            self._progress(self._count, self._count)

    async def _take(self, data: bytes) -> None:
        self._waiting += data
        if len(self._waiting) >= BLOCK_BYTES:
            self._parse()
            if self._progress is not None:  # ordinals are given for ever: some have left
                self._progress(self._count, max(self._count, self._there_are))

    def _parse(self) -> None:
        start = 0 if self._begun else HEAD_BYTES
        count = max(0, len(self._waiting) - start) // self._record.itemsize
        block = np.frombuffer(bytes(self._waiting), self._record, count, start)
        if count and len(np.unique(block["fields"])) > 1:
            raise ValueError("a field of a lane's row is null")
        self._begun = True
        self._blocks.append(block)
        self._count += count
        del self._waiting[: start + count * self._record.itemsize]

    def records(self) -> Records:
        return np.concatenate(self._blocks)


def _columns(revision: int, zones: Sequence[str], people: Records, places: Records) -> LaneColumns:
    """Return records as columns: a row for each cell and for ``here``, the same one once."""
    cells = np.zeros((len(people), len(CELLS) + 1), np.uint64)
    for place, name in enumerate(CELLS):
        cells[:, place] = people[name]
    ordinals = people["ordinal"].astype(np.uint32)
    if len(places):
        order = np.argsort(ordinals)
        at = np.searchsorted(ordinals, places["ordinal"], sorter=order)
        cells[order[at], -1] = places["here"]
    rows = cells != NO_CELL
    for later in range(1, cells.shape[1]):
        for earlier in range(later):
            rows[:, later] &= cells[:, later] != cells[:, earlier]
    rows[:, 0] |= ~rows.any(axis=1)  # who has no place has a row all the same
    person, column = np.nonzero(rows)

    def attribute(name: str, kind: type[np.generic]) -> Any:  # noqa: ANN401 -- each its own
        return people[name].astype(kind)[person]

    return LaneColumns(
        revision=revision,
        cells=cells[person, column],
        ordinals=ordinals[person],
        kinds=attribute("kind", np.uint8),
        reach_km_max=attribute("reach_km_max", np.int32),
        severity_min=attribute("severity_min", np.uint8),
        quiet_from_min=attribute("quiet_from_min", np.int16),
        quiet_to_min=attribute("quiet_to_min", np.int16),
        zones=attribute("zone", np.uint16),
        active=attribute("active", np.bool_),
        reachable=attribute("reachable", np.bool_),
        levels=attribute("level", np.uint8),
        per_day=attribute("per_day", np.uint8),
        tiers=attribute("tier", np.uint8),
        zone_names=list(zones),
    )
