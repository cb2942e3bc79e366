"""Which sightings a coordinator would accept, and how far they would believe them.

The rule is the one that sorts sightings for coordinators, `policies.crediting`: it sees only what
they see, the report and the claims received so far. What cannot be is not accepted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from homeward.backtest.rows import Claim, Report
from homeward.policies.crediting import (
    ACCEPTED_PPM,
    LIMIT_AIR_KMH,
    LIMIT_KMH,
    LIMIT_RAIL_KMH,
    Seen,
    can_be,
    ppm_of,
    weights,
)

LIMITS_KMH: Final = {"rail": LIMIT_RAIL_KMH, "air": LIMIT_AIR_KMH}
"""By the mode that a claim says; all others go by road at the most."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A claim that is acted on."""

    claim: Claim
    credibility_ppm: int


def accepted(report: Report, claims: Sequence[Claim], now_min: float) -> tuple[Accepted, ...]:
    """Return the claims received by now that are accepted, as they came in."""
    first = Seen(report.lat_deg, report.lon_deg, 0.0, report.accuracy_m)
    told = [(one, _seen(one)) for one in claims if one.received_min <= now_min]
    heard = [(one, seen) for one, seen in told if can_be(first, seen)]
    found = []
    for one, seen in heard:
        others = [other for claim, other in heard if claim is not one]
        ppm = ppm_of(weights(first, seen, others))
        if ppm >= ACCEPTED_PPM:
            found.append(Accepted(one, ppm))
    return tuple(found)


def _seen(one: Claim) -> Seen:
    return Seen(
        lat_deg=one.lat_deg,
        lon_deg=one.lon_deg,
        minute=one.seen_min,
        error_m=one.accuracy_m,
        told_minute=one.received_min,
        limit_kmh=LIMITS_KMH.get(one.claimed_mode, LIMIT_KMH),
        account=one.id,  # nobody knows who told what: each counts as a person of their own
    )
