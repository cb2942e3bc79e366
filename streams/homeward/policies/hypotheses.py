"""Which of the places where the person was seen was the last true one, and how surely.

Each sighting can be false, and nobody knows which. So each place is a hypothesis: that it is true
and all newer ones are not. The newest counts first; what it leaves is divided among the others,
down to the place last seen. A false sighting therefore never closes the area where the others
point, and two that disagree share it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from homeward.geography.sphere import centre_deg, distance_m
from homeward.policies import figures, motion
from homeward.policies.known import CERTAIN_PPM, CREDIBLE_PPM, Known, Source, elapsed_s
from homeward.words import Mode

_HAIR: Final = 1e-9
WEIGHT_MIN: Final = 0.01
"""Less is nobody's hypothesis, and takes no place from others."""
HYPOTHESES_MAX: Final = 8
CLOCK_ERROR: Final = timedelta(minutes=10)
"""A sighting may be dated so long before the place last seen and still count as after it: both
times were read off some clock."""


class Hypothesis(NamedTuple):
    """That the person was last truly seen there."""

    source: Source
    weight: float
    before: Source | None
    """The newest firm place before it; None: it is where the case begins."""

    def under_way(self, mode: Mode) -> bool:
        """Whether they were seen moving that way: then they wait for nothing first.

        The place last seen is where they set out from, however they go.
        """
        return self.before is not None and self.source.mode is mode

    def mode(self, known: Known) -> Mode:
        """Return how they moved on from there."""
        return known.mode if self.source.mode is Mode.UNKNOWN else self.source.mode


def hypotheses(known: Known, at: datetime) -> tuple[Hypothesis, ...]:
    """Return the hypotheses, newest first; their weights add up to 1.

    What is dated ahead of ``at`` waits for its moment.
    """
    first = known.sources[0]
    later = [one for one in known.sources[1:] if first.seen_at - CLOCK_ERROR <= one.seen_at <= at]
    later.sort(key=lambda one: (one.seen_at, one.credibility_ppm, one.cell), reverse=True)
    firm = [one for one in later if one.credibility_ppm >= CREDIBLE_PPM]
    left, found = 1.0, list[Hypothesis]()
    for one in later:
        weight = left * _trust(first, one)
        if weight < WEIGHT_MIN:
            continue
        before = next((old for old in firm if old.seen_at < one.seen_at), first)
        found.append(Hypothesis(one, weight, before))
        left -= weight
        if len(found) == HYPOTHESES_MAX - 1:
            break
    return (*found, Hypothesis(first, left, None))


def heaviest(told: Sequence[Hypothesis], share: float) -> tuple[Hypothesis, ...]:
    """Return the heaviest that hold a share together, newest first; ties count as one."""
    held, least = 0.0, 0.0
    for weight in sorted((one.weight for one in told), reverse=True):
        if held >= share - _HAIR:
            break
        held, least = held + weight, weight
    return tuple(one for one in told if one.weight >= least - _HAIR)


def left_to_each(told: Sequence[Hypothesis], left: float) -> float:
    """Return what each hypothesis may leave outside, so that all of them leave ``left`` together.

    One that is lighter than that is left outside altogether: what is unlikely at the whole is not
    told of, and its weight is part of what is left.
    """
    weights = sorted(one.weight for one in told)
    for place, weight in enumerate(weights):
        each = left / (len(weights) - place)
        if weight >= each:
            return each
        left -= weight
    return weights[-1]


def _trust(first: Source, one: Source) -> float:
    trust = min(one.credibility_ppm / CERTAIN_PPM, figures.CERTAIN_MAX)
    return trust if _reachable(first, one) else trust * figures.UNREACHABLE


def _reachable(first: Source, later: Source) -> bool:
    """Return whether the one place can be reached from the other in time, by train at the best."""
    away_m = distance_m(*centre_deg(first.cell), *centre_deg(later.cell))
    near_m = max(0.0, away_m - first.error_m - later.error_m)
    gone_s = elapsed_s(first, later.seen_at) + CLOCK_ERROR.total_seconds()
    soonest_s = min(motion.drive_s(near_m, under_way=True), motion.ride_s(near_m, under_way=False))
    return bool(soonest_s <= gone_s)
