"""Places that people know, for a map without roads and rivers to be read by."""

from functools import cache
from typing import Final

import numpy as np

from homeward.formats.mapsvg import GREY, Mark
from homeward.geography.sphere import Floats, centre_deg, distances_m, unit_of, units
from homeward.http.pages.whereabouts import Seat, seats

LANDMARKS_MAX: Final = 80
"""Most find no room for their name, and are left out."""
LANDMARKS_M: Final = 600_000


@cache
def _everywhere() -> tuple[tuple[Seat, ...], Floats]:
    by_place = {(seat.lat, seat.lon): seat for some in seats().values() for seat in some}
    found = tuple(by_place[place] for place in sorted(by_place))
    return found, units([seat.lat for seat in found], [seat.lon for seat in found])


def landmarks(cell: str, many: int = LANDMARKS_MAX) -> tuple[Mark, ...]:
    """Return the nearest seats of Chinese counties, nearest first; abroad there are none."""
    found, spots = _everywhere()
    away_m = distances_m(spots, unit_of(*centre_deg(cell)))
    return tuple(
        Mark(found[row].lat, found[row].lon, found[row].county, "name", GREY, optional=True)
        for row in np.argsort(away_m, kind="stable")[:many].tolist()
        if away_m[row] <= LANDMARKS_M
    )
