"""Korea's alert texts: everybody in the whole district where the person was last seen.

Kept for comparison and for authorities that alert so by law. It knows neither who the person is nor
how they move; nothing grows, and a sighting elsewhere tells nobody there.
"""

import math
from typing import ClassVar, Final

from homeward.policies.given import Given
from homeward.policies.known import Known

MEAN_KM2: Final = 100_449 / 229
"""Of Korea's districts: its land (100,449 km2, cadastral statistics of 2023) over its 226 cities,
counties and wards with a council, Sejong, and Jeju's two cities: 439 km2."""
STAND_IN_M: Final = 1_000 * math.sqrt(MEAN_KM2 / math.pi)
"""11.8 km: a disk as large as the mean district, for a case that was never given one."""


class District(Given):
    """The given district, from the first moment to the last."""

    name: ClassVar[str] = "district"

    def stand_in_m(self, known: Known) -> float:
        """Return the mean district's radius."""
        del known
        return STAND_IN_M
