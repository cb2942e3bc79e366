"""The roster of a lane as an index reads it: columns, no rows of objects."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

NO_CELL: Final = 0
"""Stands in a row for a place that its recipient does not have: nobody is inside an area by it."""
_FEW: Final = 1_000


@dataclass(slots=True)
class LaneColumns:
    """The roster of a lane as columns: one row per (recipient, cell).

    A recipient without a place, such as a desk, has one row with NO_CELL.
    """

    revision: int
    cells: NDArray[np.uint64]
    ordinals: NDArray[np.uint32]
    kinds: NDArray[np.uint8]
    """Index into list(RecipientKind)."""
    reach_km_max: NDArray[np.int32]
    severity_min: NDArray[np.uint8]
    quiet_from_min: NDArray[np.int16]
    quiet_to_min: NDArray[np.int16]
    zones: NDArray[np.uint16]
    """Index into zone_names."""
    active: NDArray[np.bool_]
    reachable: NDArray[np.bool_]
    """Has at least one contact."""
    levels: NDArray[np.uint8]
    per_day: NDArray[np.uint8]
    """Of how many alerts a day they want to hear; 0: of as many as the policy says."""
    tiers: NDArray[np.uint8]
    """Index into list(Tier); of volunteers alone does it mean anything."""
    zone_names: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class LaneChanges:
    """What changed in a lane's roster after some revision."""

    columns: LaneColumns
    """Whole recipients as they are now, all their rows; its revision is the newest of the lane."""
    gone: BitMap = field(default_factory=BitMap)
    """Ordinals of those who left; none of them stands in the columns."""

    @property
    def changed(self) -> BitMap:
        """Those who registered, moved, or changed what they want to hear."""
        return BitMap(self.columns.ordinals)


def too_many(changed: int, people: int) -> bool:
    """Return whether a lane is read again rather than so many of its people."""
    return changed > max(_FEW, people // 4)
