"""Ring 0: how far an unverified report goes, to how many, for how long, and when it never does.

A report that is not true, or is made to find somebody who hides, must do no harm: few people hear
of it, all of whom an organisation knows, and they hear nothing that somebody typed.
"""

from datetime import timedelta
from typing import Final

from homeward.geography.cells import Cells
from homeward.geography.covering import cover_disk
from homeward.geography.sphere import centre_deg
from homeward.policies.figures import WALKS
from homeward.words import AgeBand, Category, Custody

RADIUS_KM_MAX: Final = 3.0
"""Half an hour on foot: the first minutes' area, wherever the person goes."""
PEOPLE_MAX: Final = 200
"""As many as look into every yard of a quarter, and few enough to be told that it is over."""
HUBS_MAX: Final = 20
LASTS: Final = timedelta(hours=2)
"""By then an officer has verified or rejected it; who comes later hears of the verified alert."""
COVER_RES: Final = 8
"""Cells of half a kilometre: the area exceeds the circle by less than one."""
_GROWN: Final = frozenset({AgeBand.ADULT, AgeBand.OLD, AgeBand.UNKNOWN})
_LOST: Final = frozenset({Category.DEMENTIA, Category.LOST_CHILD})
"""Nobody of these hides."""


def radius_km(age_band: AgeBand) -> float:
    """Return how far three in four who walk are found, at most 3 km (`figures.WALKS`)."""
    return min(WALKS[age_band].km_75, RADIUS_KM_MAX)


def ring_cells(last_seen_cell: str, age_band: AgeBand) -> Cells:
    """Return the cells of the area around the place last seen."""
    return cover_disk(*centre_deg(last_seen_cell), radius_km(age_band) * 1_000, COVER_RES)


def may_be_hunted(
    category: Category, age_band: AgeBand, custody: Custody, *, protection_order: bool
) -> bool:
    """Return whether the person may be hiding from whoever reports, so that nobody is told.

    A family that is at odds, an order of protection, and grown people, who may leave. An officer
    may still verify it, and an alert goes out on their word.
    """
    at_odds = category is Category.FAMILY_ABDUCTION or custody is not Custody.NONE
    grown = age_band in _GROWN and category not in _LOST
    return at_odds or protection_order or grown
