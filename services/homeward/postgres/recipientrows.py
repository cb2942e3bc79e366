"""Between recipients and the columns of the roster."""

from typing import Final

import asyncpg
import h3

from homeward.fanout.shards import shard_of
from homeward.ports import KeyRing, Limits, Recipient, Registered
from homeward.postgres.contacts import open_contacts, seal_contacts
from homeward.words import RES_VOLUNTEER_MAX, RecipientKind, Severity, Tier

CELLS_MAX: Final = 3
RES_MAX: Final = {RecipientKind.VOLUNTEER: RES_VOLUNTEER_MAX}
RES_OTHERS_MAX: Final = 10
KINDS: Final = {kind.value: kind for kind in RecipientKind}
TIERS: Final = {tier.value: tier for tier in Tier}
SEVERITIES: Final = list(Severity)


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


def limit_row(limits: Limits) -> tuple[object, ...]:
    """Return a recipient's own limits as ``limit_recipient`` takes them."""
    return (
        limits.reach_km_max, limits.severity_min.rank, limits.quiet_from_min, limits.quiet_to_min,
        limits.zone, limits.per_day, limits.paused_until, limits.lang,
    )  # fmt: skip


def stored_recipient(row: asyncpg.Record, ring: KeyRing) -> Registered:
    """Return a recipient as it registered."""
    recipient = Recipient(
        id=row["id"],
        kind=KINDS[row["kind"]],
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
        hours=row["hours"],
        shifts=tuple(row["shifts"]),
        per_day=row["per_day"],
        tier=TIERS[row["tier"]],
    )
    here, paused_until = cell_text(row["here"]), row["paused_until"]
    return Registered(recipient, row["ordinal"], row["revision"], here, paused_until)


def cell_number(cell: str | None) -> int | None:
    """Return a cell as it is stored. Raises ValueError for what is none."""
    if cell is not None and not h3.is_valid_cell(cell):
        raise ValueError("a place is an H3 cell")
    return None if cell is None else int(cell, 16)


def cell_text(number: int | None) -> str | None:
    """Return a stored cell."""
    return None if number is None else f"{number:x}"
