"""The roster of a lane as an index reads it: columns, no rows of objects."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(slots=True)
class LaneColumns:
    """The roster of a lane as columns: one row per (recipient, cell).

    A recipient without a place, such as a desk, has one row with cell 0.
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
    zone_names: list[str] = field(default_factory=list)
