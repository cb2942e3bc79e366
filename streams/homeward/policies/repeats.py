"""Which sightings are near one another: perhaps two people saw the same, perhaps one said it twice.

It only points them out; that two are one and the same, a person says.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from homeward.geography.sphere import centre_deg
from homeward.policies.crediting import VAGUE_M, Seen, away_km
from homeward.policies.plausibility import Tip

WITHIN: Final = timedelta(minutes=10)
"""Memories and clocks are wrong by as much (~)."""
WITHIN_M: Final = 400.0
"""Beyond both errors: a cell is as wide, and people and vehicles move within minutes (~)."""
NEAR_MAX: Final = 20


@dataclass(frozen=True, slots=True)
class Near:
    """Another sighting at about the same place and time."""

    sighting: str
    why: str
    """``same-account``: a repeat; ``other-account``: two people at once bear each other out."""
    km: float
    minutes: float
    """From this one to the other."""


def near(one: Tip, others: Sequence[Tip]) -> tuple[Near, ...]:
    """Return what is near a sighting, the nearest in time first, at most `NEAR_MAX`."""
    timely = [
        other
        for other in others
        if other.sighting != one.sighting and abs(other.seen_at - one.seen_at) <= WITHIN
    ]
    timely.sort(key=lambda other: (abs(other.seen_at - one.seen_at), other.sighting))
    here, found = _place(one), list[Near]()
    for other in timely:
        away_m = away_km(here, _place(other)) * 1_000
        if away_m > _error_m(one) + _error_m(other) + WITHIN_M:
            continue
        why = "same-account" if other.account == one.account else "other-account"
        minutes = (other.seen_at - one.seen_at).total_seconds() / 60
        found.append(Near(other.sighting, why, round(away_m / 1_000, 1), round(minutes, 1)))
        if len(found) == NEAR_MAX:
            break
    return tuple(found)


def _place(one: Tip) -> Seen:
    """Return where it was, for `away_km`, which asks for nothing else."""
    return Seen(*centre_deg(one.cell), 0.0, 0)


def _error_m(one: Tip) -> float:
    """Return how far off a place may be; one that is vague would be near to everything."""
    return min(one.error_m, VAGUE_M)
