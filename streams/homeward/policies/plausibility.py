"""How plausible a reported sighting is: a band, with reasons and figures, for whoever judges it.

It sorts and explains and never drops anything: a person decides. Only public parts go in, and the
order in which sightings arrived does not matter: late ones and early ones get the same answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from homeward.geography.sphere import centre_deg
from homeward.policies.crediting import (
    LIMIT_KMH,
    LIMIT_RAIL_KMH,
    SLACK_MIN,
    Seen,
    Weight,
    away_km,
    between_kmh,
    can_be,
    needed_kmh,
    ppm_of,
    weights,
)
from homeward.policies.known import CERTAIN_PPM, CREDIBLE_PPM, Source
from homeward.words import Mode, Role

IMPOSSIBLE_KMH: Final = 300.0
"""From or to a credible place (SAFETY): faster is nobody who does not fly. Then the place or the
time was told wrong, or the credible place is: so a person looks."""
LIKELY_PPM: Final = 500_000
"""More likely true than not."""
DOUBTFUL_PPM: Final = 300_000
LATE: Final = timedelta(hours=72)
"""Tip so long after it was seen: it moves no search, and still belongs into the timeline."""
OTHERS_MAX: Final = 200
"""So many others are looked at, the nearest in time: a flood must not make the queue slow."""
LEGS_MAX: Final = 20
LAST_SEEN: Final = "last-seen"

ON_DUTY: Final = 0.5
"""Of hub desks and staff, who look for the person and say it by name (~)."""
REPUTE: Final = 0.3
"""For each sighting of the same account that was accepted, against each that was rejected (~)."""
REPUTE_MAX: Final = 2


class Band(StrEnum):
    """How plausible a sighting is, the best first."""

    LIKELY = "likely"
    POSSIBLE = "possible"
    DOUBTFUL = "doubtful"
    IMPOSSIBLE = "impossible-as-told"


class Teller(StrEnum):
    """Who told a sighting."""

    STAFF = "staff"
    HUB = "hub"
    VOLUNTEER = "volunteer"
    """Vetted: accepted by an organisation."""
    REPORTER = "reporter"
    """Who raised the case."""
    PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class Tip:
    """A sighting of the case that was not rejected, by its public parts."""

    sighting: str
    cell: str
    seen_at: datetime
    told_at: datetime
    error_m: int
    mode: Mode
    account: str
    teller: Teller
    credibility_ppm: int | None = None
    """None: nobody has judged it yet."""

    @property
    def credible(self) -> bool:
        """Whether it was accepted as one that moves the search."""
        return self.credibility_ppm is not None and self.credibility_ppm >= CREDIBLE_PPM


@dataclass(frozen=True, slots=True)
class Repute:
    """What became of other sightings of the same account."""

    accepted: int = 0
    rejected: int = 0


@dataclass(frozen=True, slots=True)
class Leg:
    """What it takes to be at a credible place and at the one reported."""

    place: str
    """``last-seen``, or the id of an accepted sighting."""
    credibility_ppm: int
    km: float
    minutes: float
    """From there to here; below 0: the person was here before they were there."""
    kmh: float
    """As the crow flies, with errors and `SLACK_MIN` in favour of the report."""


@dataclass(frozen=True, slots=True)
class Plausibility:
    """What a coordinator is shown beside a report."""

    band: Band
    credibility_ppm: int
    """A suggestion: 0 where the person cannot have been there the way they are said to move."""
    reasons: tuple[str, ...]
    legs: tuple[Leg, ...]
    """The fastest first."""
    told_after_min: float
    teller: Teller
    repute: Repute


def teller_of(role: Role, account: str, reporter: str) -> Teller:
    """Return who somebody is to the case whose reporter has that account."""
    match role:
        case Role.HUB:
            return Teller.HUB
        case Role.VOLUNTEER:
            return Teller.VOLUNTEER
        case Role.REPORTER:
            return Teller.REPORTER if account == reporter else Teller.PUBLIC
        case _:
            return Teller.STAFF


def plausibility(first: Source, one: Tip, others: Sequence[Tip], repute: Repute) -> Plausibility:
    """Return how plausible a sighting is beside the place last seen and the other sightings.

    ``others`` are all of the case that were not rejected, in any order; itself is passed over.
    """
    start = _start(first)
    here = _seen(first, one)
    beside = _beside(one, others)
    heard = [seen for seen in (_seen(first, other) for other in beside) if can_be(start, seen)]
    found = (*weights(start, here, heard), *_by_whom(one.teller, repute))
    legs = _legs(first, one, [other for other in others if other.credible])
    credible = can_be(start, here)
    ppm = ppm_of(found) if credible else 0
    reasons = (*(weight.reason for weight in found), *_against(start, here, one, legs))
    return Plausibility(
        band=_band(legs, ppm, credible=credible),
        credibility_ppm=ppm,
        reasons=reasons,
        legs=legs[:LEGS_MAX],
        told_after_min=_minutes(one.told_at - one.seen_at),
        teller=one.teller,
        repute=repute,
    )


def _band(legs: Sequence[Leg], ppm: int, *, credible: bool) -> Band:
    if legs[0].kmh > IMPOSSIBLE_KMH:
        return Band.IMPOSSIBLE
    if not credible or ppm < DOUBTFUL_PPM:
        return Band.DOUBTFUL
    return Band.LIKELY if ppm >= LIKELY_PPM else Band.POSSIBLE


def _by_whom(teller: Teller, repute: Repute) -> tuple[Weight, ...]:
    good, poor = min(repute.accepted, REPUTE_MAX), min(repute.rejected, REPUTE_MAX)
    found = (
        Weight(f"told-by-{teller.value}", ON_DUTY if teller in {Teller.HUB, Teller.STAFF} else 0.0),
        Weight("repute-good", REPUTE * good),
        Weight("repute-poor", -REPUTE * poor),
    )
    return tuple(weight for weight in found if weight.odds)


def _against(start: Seen, here: Seen, one: Tip, legs: Sequence[Leg]) -> tuple[str, ...]:
    found = {
        "before-last-seen": here.minute < -SLACK_MIN,
        "faster-than-said": here.minute >= -SLACK_MIN and needed_kmh(start, here) > here.limit_kmh,
        "faster-than-anybody": legs[0].kmh > IMPOSSIBLE_KMH,
        "told-late": one.told_at - one.seen_at > LATE,
    }
    return tuple(reason for reason, holds in found.items() if holds)


def _beside(one: Tip, others: Sequence[Tip]) -> list[Tip]:
    """Return the others nearest in time, whichever of them came first."""
    rest = [other for other in others if other.sighting != one.sighting]
    rest.sort(key=lambda other: (abs(other.seen_at - one.seen_at), other.sighting))
    return rest[:OTHERS_MAX]


def _legs(first: Source, one: Tip, credible: Sequence[Tip]) -> tuple[Leg, ...]:
    here = _seen(first, one)
    places = [
        (LAST_SEEN, CERTAIN_PPM, _start(first)),
        *(
            (other.sighting, other.credibility_ppm or 0, _seen(first, other))
            for other in credible
            if other.sighting != one.sighting
        ),
    ]
    found = [
        Leg(
            place=name,
            credibility_ppm=ppm,
            km=round(away_km(there, here), 1),
            minutes=round(here.minute - there.minute, 1),
            kmh=round(between_kmh(there, here), 1),
        )
        for name, ppm, there in places
    ]
    return tuple(sorted(found, key=lambda leg: (-leg.kmh, leg.minutes, leg.place)))


def _start(first: Source) -> Seen:
    return Seen(*centre_deg(first.cell), 0.0, first.error_m)


def _seen(first: Source, one: Tip) -> Seen:
    return Seen(
        *centre_deg(one.cell),
        minute=_minutes(one.seen_at - first.seen_at),
        error_m=one.error_m,
        told_minute=_minutes(one.told_at - first.seen_at),
        limit_kmh=LIMIT_RAIL_KMH if one.mode is Mode.RAIL else LIMIT_KMH,
        account=one.account,
    )


def _minutes(span: timedelta) -> float:
    return span.total_seconds() / 60
