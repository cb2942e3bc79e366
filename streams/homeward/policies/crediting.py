"""How far a sighting is to be believed, by what a coordinator sees of it; the backtest's rule, too.

It adds up reasons as log-odds: how fast the person must have come from the place last seen, whether
other sightings point the same way, how exactly the place is known. All figures are our own
judgement (~), made before any history was looked at. It never drops anything: it sorts, and says
why.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from homeward.geography.sphere import EARTH_RADIUS_M

LIMIT_KMH: Final = 110.0
"""As the crow flies by road: who was farther was not there, unless they rode a train."""
LIMIT_RAIL_KMH: Final = 250.0
LIMIT_AIR_KMH: Final = 700.0
"""With the way to the station or airport, and the wait."""
SLACK_MIN: Final = 5.0
"""Clocks and memories are wrong by so much; so no required speed is ever infinite."""
ACCEPTED_PPM: Final = 150_000
"""Below it the backtest puts a claim aside; people decide themselves."""
CAUTION: Final = -0.3
"""Log-odds of a sighting of which nothing else is known: a little under a half are true."""
AGREES: Final = 1.3
CONFLICTS: Final = -1.0
COUNTED_MAX: Final = 2
"""More that agree, or conflict, add nothing: rumours copy each other."""
NEAR_KM: Final = 3.0
NEAR: Final = 0.5
FAST_KMH: Final = 60.0
FAST: Final = -0.6
VAGUE_M: Final = 1_000
VAGUE: Final = -0.3
ALONG_KMH: Final = 60.0
"""Two sightings agree when an easy drive leads from one to the other ..."""
ALONG_PART: Final = 0.5
"""... and they lie nearer to each other than half their way from the place last seen, or this: """
ALONG_KM: Final = 5.0


@dataclass(frozen=True, slots=True)
class Seen:
    """A place where somebody says to have seen the person; the place last seen is one, too."""

    lat_deg: float
    lon_deg: float
    minute: float
    """Since the person was last seen; below 0: before."""
    error_m: int
    told_minute: float = math.inf
    """When it was told; nobody sees what is yet to come."""
    limit_kmh: float = LIMIT_KMH
    account: str = ""
    """Who told it: one account speaks once, however often it says the same."""


@dataclass(frozen=True, slots=True)
class Weight:
    """One reason and what it does to the log-odds."""

    reason: str
    odds: float


def can_be(first: Seen, one: Seen) -> bool:
    """Whether the person can have been there at that time, the way they are said to have moved."""
    timely = -SLACK_MIN <= one.minute <= one.told_minute + SLACK_MIN
    return timely and needed_kmh(first, one) <= one.limit_kmh


def weights(first: Seen, one: Seen, others: Sequence[Seen]) -> tuple[Weight, ...]:
    """Return what speaks for a sighting and what against it; ``others`` are those that can be."""
    with_it = {other.account for other in others if _agree(first, one, other)} - {one.account}
    against = {other.account for other in others if conflicts(one, other)}
    found = (
        Weight("near-last-seen", NEAR if away_km(first, one) <= NEAR_KM else 0.0),
        Weight("fast", FAST if needed_kmh(first, one) > FAST_KMH else 0.0),
        Weight("place-vague", VAGUE if one.error_m > VAGUE_M else 0.0),
        Weight("others-agree", AGREES * min(len(with_it), COUNTED_MAX)),
        Weight("others-conflict", CONFLICTS * min(len(against), COUNTED_MAX)),
    )
    return tuple(weight for weight in found if weight.odds)


def ppm_of(found: Sequence[Weight]) -> int:
    """Return the credibility that reasons come to."""
    odds = CAUTION + sum(weight.odds for weight in found)
    return round(1_000_000 / (1 + math.exp(-odds)))


def conflicts(one: Seen, other: Seen) -> bool:
    """Whether nobody can have been at both places, whichever was first."""
    return between_kmh(one, other) > max(one.limit_kmh, other.limit_kmh)


def needed_kmh(first: Seen, one: Seen) -> float:
    """Return how fast they must have come from the place last seen; there they set out."""
    clear_km = away_km(first, one) - (first.error_m + one.error_m) / 1_000
    return max(clear_km, 0.0) / (max(one.minute, 0.0) + SLACK_MIN) * 60


def between_kmh(one: Seen, other: Seen) -> float:
    """Return how fast they must have gone from the one to the other, whichever was first."""
    clear_km = away_km(one, other) - (one.error_m + other.error_m) / 1_000
    return max(clear_km, 0.0) / (abs(one.minute - other.minute) + SLACK_MIN) * 60


def away_km(one: Seen, other: Seen) -> float:
    """Return how far two places lie apart; pairs are many, so without numpy's cost of a call."""
    lat, to_lat = math.radians(one.lat_deg), math.radians(other.lat_deg)
    half_lon = math.radians(other.lon_deg - one.lon_deg) / 2
    half_chord2 = (
        math.sin((to_lat - lat) / 2) ** 2
        + math.cos(lat) * math.cos(to_lat) * math.sin(half_lon) ** 2
    )
    return 2 * EARTH_RADIUS_M / 1_000 * math.asin(min(1.0, math.sqrt(half_chord2)))


def _agree(first: Seen, one: Seen, other: Seen) -> bool:
    out_km = max(away_km(first, one), away_km(first, other))
    along_km = max(ALONG_PART * out_km, ALONG_KM)
    return between_kmh(one, other) <= ALONG_KMH and away_km(one, other) <= along_km
