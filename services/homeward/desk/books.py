"""The hubs around a place, written down at the moment a person decides.

The roster keeps last values only; so that a replay orders the same hubs, the fact that starts a
search names by hash the hubs as they were known then (public points, no contact).
"""

from dataclasses import dataclass

import h3

from homeward.geography.hubbook import HUBS_MAX, Hub, write_hub_book
from homeward.ports import Roster


@dataclass(frozen=True, slots=True)
class HubBooks:
    """Looks up the hubs around cells."""

    roster: Roster
    within_km: int
    at_most: int
    """Of each place."""

    async def near(self, *cells: str) -> list[Hub]:
        """Return the hubs around the centres of cells, each once, the first cell's before others'.

        Nearest first, at most so many of each that a book holds them all.
        """
        places = list(dict.fromkeys(cells))
        at_most = min(self.at_most, HUBS_MAX // len(places))
        found: dict[str, Hub] = {}
        for lat_deg, lon_deg in map(h3.cell_to_latlng, places):
            near = await self.roster.hubs_near(lat_deg, lon_deg, self.within_km * 1_000, at_most)
            for one in near:
                hub = Hub.at(one.id, one.kind, one.lat_deg, one.lon_deg, one.contacts, one.duty)
                found.setdefault(one.id, hub)
        return list(found.values())

    async def around(self, *cells: str) -> bytes:
        """Return the hub book of what is `near`."""
        return write_hub_book(await self.near(*cells))
