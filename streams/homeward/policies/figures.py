"""The figures of the `field` policy, each with where it comes from.

(~) marks our own judgement where no figure was found; those are the first to be measured.
"""

from typing import Final, NamedTuple

from homeward.words import AgeBand, Category, Mode


class Shares(NamedTuple):
    """How likely the person moves how; they add up to 1."""

    foot: float
    vehicle: float
    rail: float


class Walk(NamedTuple):
    """Straight-line distances at which lost persons were found, and the speed that bounds them."""

    km_25: float
    km_50: float
    km_75: float
    km_95: float
    speed_kmh: float


SHARES: Final[dict[Category, Shares]] = {
    # DOMAIN "Reach". The others (~) keep 8 % for "the reported category is wrong": 7-11 % are.
    Category.STRANGER_ABDUCTION: Shares(0.10, 0.60, 0.30),
    Category.FAMILY_ABDUCTION: Shares(0.05, 0.65, 0.30),
    Category.LOST_CHILD: Shares(0.92, 0.06, 0.02),
    Category.RUNAWAY: Shares(0.40, 0.30, 0.30),
    Category.DEMENTIA: Shares(0.92, 0.06, 0.02),
    Category.OTHER: Shares(0.50, 0.35, 0.15),
}

SHARES_SEEN: Final[dict[Mode, Shares]] = {
    # What a witness saw counts for half, the category for the other half (~): who was carried off
    # on foot is often driven on.
    Mode.FOOT: Shares(0.90, 0.08, 0.02),
    Mode.VEHICLE: Shares(0.03, 0.92, 0.05),
    Mode.RAIL: Shares(0.05, 0.25, 0.70),
}

WALKS: Final[dict[AgeBand, Walk]] = {
    # Distances to 13-15: DOMAIN "Reach" (composites of lost-person statistics). Older and all
    # speeds (~): a brisk walk of that age, kept up.
    AgeBand.TODDLER: Walk(0.2, 0.5, 1.0, 2.4, 2.5),
    AgeBand.SMALL: Walk(0.3, 0.8, 1.6, 3.6, 3.5),
    AgeBand.CHILD: Walk(0.5, 1.2, 2.8, 5.6, 5.0),
    AgeBand.TEEN: Walk(0.8, 2.0, 3.8, 8.0, 6.0),
    AgeBand.YOUTH: Walk(1.0, 2.5, 5.0, 11.0, 6.0),
    AgeBand.ADULT: Walk(1.0, 2.5, 5.0, 12.0, 6.0),
    AgeBand.OLD: Walk(0.3, 0.9, 2.2, 9.0, 4.0),
    AgeBand.UNKNOWN: Walk(1.0, 2.5, 5.0, 12.0, 6.0),
}

WALK_END: Final = 2.0
"""Nobody is taken to walk farther than twice the 95 % distance (~)."""

DETOUR: Final = 1.3
"""A road is so much longer than the straight line (DOMAIN "Reach")."""
TOWN_S: Final = 15 * 60
TOWN_KMH: Final = 40.0
"""The first quarter of an hour is spent on the way to the motorway (~); a county town's streets."""
MOTORWAY_KMH: Final = 120.0
"""The legal limit on Chinese motorways: bounds the earliest arrival at a hub."""
SUSTAINED_KMH: Final = 100.0
"""With tolls, slow stretches and stops (~): bounds the area, where being wrong by a little is not
fatal, since hubs are ordered by the limit."""
DRIVE_EXPONENT: Final = 0.5
"""Most drives end early: a quarter of the farthest distance holds half of them (~)."""

RAIL_KMH: Final = 160.0
"""Stop to stop, between conventional (80-120) and high-speed (200-300) trains (~)."""
RAIL_DETOUR: Final = 1.15
BOARDING_S: Final = 15 * 60
"""Ticket, identity check, platform: at the least (~)."""
BOARDINGS_MAX: Final = 3
"""Only the stations that can be reached soonest are boarded at."""
RAIL_KINDS: Final = frozenset({"rail"})

CONTAINMENT: Final = 0.90
"""The share of cases in which the person is to be inside. 95 % would triple the people told
(movements/README); those beyond are reached by the hubs and by later waves."""

LATE_FACTOR: Final = 2.0
DWELL_S: Final = 20 * 60
"""A slow way takes twice the fastest one, and people wait before they leave a hub (~)."""

TURN_BACK: Final = 2.0
TURN_BACK_M: Final = 10_000.0
"""A hub lies behind when the way to it past the newest sighting is more than twice the direct way
from where the person was before, and more than 10 km longer: whoever wanted to go there would not
have been seen here (~)."""

HORIZON_S: Final = 2 * 3600
"""Hubs are ordered two hours before the earliest arrival: time for three contacts, each 3 minutes,
and for staff to be called in. Farther ahead, a guess is not worth their attention."""
