"""AMBER: everybody in the area that an officer draws, like a CAP area.

Kept for comparison and for alerts that come in with an area of their own. Nothing grows; who wants
another area issues another version.
"""

from typing import ClassVar

from homeward.policies.given import Given
from homeward.policies.known import Known


class Polygon(Given):
    """The given area, from the first moment to the last."""

    name: ClassVar[str] = "polygon"

    def stand_in_m(self, known: Known) -> float:
        """Return all of the bound."""
        return known.reach_km_max * 1_000.0
