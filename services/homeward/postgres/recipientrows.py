"""Between recipients and the columns of the roster."""

import hashlib
from collections.abc import Sequence
from typing import Any, Final

import asyncpg
import h3
import numpy as np

from homeward.fanout.columns import NO_CELL
from homeward.ports import KeyRing, LaneColumns, Recipient, Registered
from homeward.postgres.contacts import open_contacts, seal_contacts
from homeward.words import RES_VOLUNTEER_MAX, RecipientKind, Severity

SHARD_BITS: Final = 6
CELLS_MAX: Final = 3
RES_MAX: Final = {RecipientKind.VOLUNTEER: RES_VOLUNTEER_MAX}
RES_OTHERS_MAX: Final = 10
KINDS: Final = list(RecipientKind)
SEVERITIES: Final = list(Severity)


def shard_of(recipient: str) -> int:
    """Return a recipient's shard: the first 6 bits of SHA-256(id)."""
    return hashlib.sha256(recipient.encode()).digest()[0] >> (8 - SHARD_BITS)


def check_cells(one: Recipient) -> None:
    """Raise ValueError for too many cells, what is no cell, and cells finer than may be kept."""
    finest = RES_MAX.get(one.kind, RES_OTHERS_MAX)
    if len(one.cells) > CELLS_MAX or any(
        not h3.is_valid_cell(cell) or h3.get_resolution(cell) > finest for cell in one.cells
    ):
        raise ValueError(f"a {one.kind} has up to {CELLS_MAX} cells, res <= {finest}")


def recipient_tuple(n: int, one: Recipient, ring: KeyRing) -> tuple[object, ...]:
    """Return a recipient as ``recipient_in``."""
    return (
        n, one.id, shard_of(one.id), one.kind.value, [int(cell, 16) for cell in one.cells],
        one.lang, one.reach_km_max, one.severity_min.rank, one.quiet_from_min, one.quiet_to_min,
        one.zone, one.active, one.level, one.hub_kind, seal_contacts(ring, one.id, one.contacts),
        len(one.contacts), any(one.contacts), one.name,
    )  # fmt: skip


def stored_recipient(row: asyncpg.Record, ring: KeyRing) -> Registered:
    """Return a recipient as it registered."""
    recipient = Recipient(
        id=row["id"],
        kind=RecipientKind(row["kind"]),
        cells=tuple(f"{cell:x}" for cell in row["cells"]),
        lang=row["lang"],
        reach_km_max=row["reach_km_max"],
        severity_min=SEVERITIES[row["severity_min"]],
        quiet_from_min=row["quiet_from_min"],
        quiet_to_min=row["quiet_to_min"],
        zone=row["zone"],
        active=row["active"],
        level=row["level"],
        hub_kind=row["hub_kind"],
        contacts=open_contacts(ring, row["id"], row["contacts"]),
        name=row["name"],
    )
    return Registered(recipient, row["ordinal"], row["revision"])


def lane_columns(revision: int, rows: Sequence[asyncpg.Record]) -> LaneColumns:
    """Return rows of a lane as columns, one entry a (recipient, cell)."""
    zones = sorted({row["zone"] for row in rows})
    zone_index = {zone: place for place, zone in enumerate(zones)}
    kind_index = {kind.value: place for place, kind in enumerate(KINDS)}
    places = [row["cells"] or (NO_CELL,) for row in rows]  # who has none has a row all the same
    repeat = np.array([len(cells) for cells in places], np.int64)

    def column(values: list[Any], kind: type[np.generic]) -> Any:  # noqa: ANN401 -- each its own
        return np.repeat(np.array(values, kind), repeat)

    return LaneColumns(
        revision=revision,
        cells=np.array([cell for cells in places for cell in cells], np.uint64),
        ordinals=column([row["ordinal"] for row in rows], np.uint32),
        kinds=column([kind_index[row["kind"]] for row in rows], np.uint8),
        reach_km_max=column([row["reach_km_max"] for row in rows], np.int32),
        severity_min=column([row["severity_min"] for row in rows], np.uint8),
        quiet_from_min=column([row["quiet_from_min"] for row in rows], np.int16),
        quiet_to_min=column([row["quiet_to_min"] for row in rows], np.int16),
        zones=column([zone_index[row["zone"]] for row in rows], np.uint16),
        active=column([row["active"] for row in rows], np.bool_),
        reachable=column([row["reachable"] for row in rows], np.bool_),
        levels=column([row["level"] for row in rows], np.uint8),
        zone_names=zones,
    )
