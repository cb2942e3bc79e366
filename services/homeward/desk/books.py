"""The hubs around a place, written down at the moment a person decides.

The roster keeps last values only; so that a replay orders the same hubs, the fact that starts a
search names by hash the hubs as they were known then (public points, no contact).
"""

from dataclasses import dataclass

import h3

from homeward.geography.hubbook import Hub, write_hub_book
from homeward.ports import Roster


@dataclass(frozen=True, slots=True)
class HubBooks:
    """Looks up the hubs around a cell."""

    roster: Roster
    within_km: int
    at_most: int

    async def around(self, cell: str) -> bytes:
        """Return the hub book around a cell's centre, nearest first."""
        lat_deg, lon_deg = h3.cell_to_latlng(cell)
        near = await self.roster.hubs_near(lat_deg, lon_deg, self.within_km * 1_000, self.at_most)
        return write_hub_book(
            Hub(one.id, one.kind, round(one.lat_deg * 1e7), round(one.lon_deg * 1e7), one.contacts)
            for one in near
        )
