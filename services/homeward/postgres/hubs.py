"""All active hubs as columns: a search is one pass of numpy over at most some 100,000."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import asyncpg
import h3
import numpy as np
from numpy.typing import NDArray

from homeward.geography.hubbook import Duty
from homeward.ports import HubPlace
from homeward.postgres.database import Database

EARTH_M: Final = 6_371_007.180918475
"""The sphere that H3 measures on."""

_Row: TypeAlias = tuple[str, str, int, int, Duty | None]
"""(id, kind, cell, contacts, duty)"""


@dataclass(frozen=True, slots=True)
class _Hubs:
    revision: int
    places: Sequence[HubPlace]
    lat_rad: NDArray[np.float64]
    lon_rad: NDArray[np.float64]

    @classmethod
    def of(cls, revision: int, rows: Iterable[_Row]) -> "_Hubs":
        places = [
            HubPlace(name, kind, lat_deg, lon_deg, contacts, duty)
            for name, kind, cell, contacts, duty in rows
            for lat_deg, lon_deg in (h3.cell_to_latlng(f"{cell:x}"),)
        ]
        lat = np.radians(np.array([one.lat_deg for one in places], np.float64))
        lon = np.radians(np.array([one.lon_deg for one in places], np.float64))
        return cls(revision, places, lat, lon)

    def near(self, lat_deg: float, lon_deg: float, within_m: float, limit: int) -> list[HubPlace]:
        lat, lon = np.radians(lat_deg), np.radians(lon_deg)
        half = (
            np.sin((self.lat_rad - lat) / 2) ** 2
            + np.cos(self.lat_rad) * np.cos(lat) * np.sin((self.lon_rad - lon) / 2) ** 2
        )
        away_m = 2 * EARTH_M * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0)))
        inside = np.flatnonzero(away_m <= within_m)
        # Read by id, sorted stably: of two at the same distance the lower id comes first.
        nearest = inside[np.argsort(away_m[inside], kind="stable")][: max(limit, 0)]
        return [self.places[one] for one in nearest]


def _duty(row: asyncpg.Record) -> Duty | None:
    if not row["hours"] and not any(row["shifts"]):
        return None
    return Duty(row["zone"], row["hours"], tuple(row["shifts"]))


class HubMap:
    """Read again when a hub changed, and only then."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._hubs = _Hubs.of(-1, [])
        self._reading = asyncio.Lock()

    async def near(
        self, lat_deg: float, lon_deg: float, within_m: float, limit: int
    ) -> list[HubPlace]:
        """Return active hubs within a great-circle distance, nearest first."""
        async with self._reading:
            if self._hubs.revision != await self._database.value("hub_revision"):
                await self._read()
        return self._hubs.near(lat_deg, lon_deg, within_m, limit)

    async def _read(self) -> None:
        rows = await self._database.fetch("hubs")
        revision = rows[0]["hub_revision"]
        given = [
            (row["id"], row["hub_kind"], row["cell"], row["contact_count"], _duty(row))
            for row in rows
            if row["id"] is not None
        ]
        self._hubs = await asyncio.to_thread(_Hubs.of, revision, given)
