"""From those inside to who is told: the rule's filters, by columns.

Distances are good to centimetres; whoever is so near a limit or the edge of a band is measured as
the rule measures.
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from homeward.fanout.index import Matched, Query
from homeward.fanout.nearness import bands, nearest_first
from homeward.fanout.pyramid.ranges import Indices
from homeward.fanout.pyramid.ranks import Ordinals
from homeward.fanout.pyramid.rows import Rows
from homeward.fanout.pyramid.shapes import arcs_m
from homeward.fanout.pyramid.wishes import (
    ASLEEP,
    CLOSED,
    OPEN,
    UNREACHABLE,
    UNWANTED,
    Verdicts,
    Wishes,
)
from homeward.geography.sphere import Floats, balls_of, centre_deg, distances_m, unit_of
from homeward.policies.attention import WAKES_WITHIN_M, wakes_at

_MARKED_TIMES: Final = 1
"""A bitmap so many times as long as those inside is searched for them; a shorter one is marked."""
_MARGIN_M: Final = 0.02
_RADIUS_MARGIN: Final = 2e-7
_FAR_M: Final = 15_000_000.0
"""Beyond it chords hardly grow, and everybody is measured exactly."""
_NO_MINUTES: Final = np.empty(0, np.int64)


class Part(Protocol):
    """People as they are judged: the merged ones, or those who changed since."""

    @property
    def rows(self) -> Rows:
        """Their rows."""
        ...

    @property
    def people(self) -> Ordinals:
        """By rank."""
        ...

    @property
    def wishes(self) -> NDArray[np.uint32]:
        """By rank."""
        ...

    def find(self, ordinals: Ordinals) -> Indices:
        """Return the ranks of those whom it knows."""
        ...

    def rows_of(self, ranks: Indices) -> tuple[Indices, Indices]:
        """Return people's rows, and how many each has."""
        ...


@dataclass(frozen=True, slots=True)
class Judged:
    """What becomes of some people inside."""

    told: Ordinals
    near_m: Floats
    already: Ordinals
    unreachable: Ordinals
    suppressed: Ordinals
    sleeps_min: NDArray[np.int64] = field(default_factory=lambda: _NO_MINUTES)


def judge(part: Part, ranks: Indices, wishes: Wishes, query: Query) -> Judged:
    """Return what becomes of people inside, by rank, each once."""
    own = part.wishes.take(ranks)
    few = len(own) < len(wishes)
    verdicts = wishes.verdicts(query, own if few else None)
    numbers = np.arange(len(own)) if few else own.astype(np.int64)
    people = part.people.take(ranks)
    state = verdicts.state.take(numbers)
    already = people[:0]
    if query.told:
        hit = told_already(part, ranks, people, query.told)
        already = people.take((hit & (state != UNWANTED)).nonzero()[0])
        state[hit] = UNWANTED
    unreachable = people.take((state == UNREACHABLE).nonzero()[0])
    asleep = (state == ASLEEP).nonzero()[0]
    closed = people.take(((state == CLOSED) | (state == ASLEEP)).nonzero()[0])
    surely_min = verdicts.far_min.take(numbers.take(asleep))
    rest = (state == OPEN).nonzero()[0]
    ranks, numbers, people = ranks.take(rest), numbers.take(rest), people.take(rest)
    near_m = _near_m(part, ranks, query, verdicts, numbers)
    over, sleeps_min = _passed_over(verdicts, numbers, near_m)
    told, passed = (~over).nonzero()[0], over.nonzero()[0]
    suppressed = people.take(passed)
    if len(closed):
        suppressed = np.concatenate([suppressed, closed])
        suppressed.sort()
    return Judged(
        people.take(told),
        near_m.take(told),
        already,
        unreachable,
        suppressed,
        np.concatenate([surely_min, sleeps_min]),
    )


def told_already(part: Part, ranks: Indices, people: Ordinals, told: BitMap) -> NDArray[np.bool_]:
    """Return which of those inside are in a bitmap, whichever side is the shorter."""
    if len(told) > _MARKED_TIMES * len(people):
        return among(people, told)
    marked = np.zeros(len(part.people), np.bool_)
    marked[part.find(np.array(told.to_array(), np.uint32))] = True
    return marked.take(ranks)


def among(people: Ordinals, some: BitMap) -> NDArray[np.bool_]:
    """Return which of ascending ordinals are in a bitmap."""
    both = np.array((BitMap(array("I", people.tobytes())) & some).to_array(), np.uint32)
    hit = np.zeros(len(people), np.bool_)
    hit[np.searchsorted(people, both)] = True
    return hit


def _passed_over(
    verdicts: Verdicts, numbers: Indices, near_m: Floats
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Return who is passed over, and how long those sleep who only sleep."""
    out = np.zeros(len(numbers), np.bool_)
    if verdicts.limited:
        out = near_m > verdicts.limit_m.take(numbers)
    minutes = verdicts.far_min.take(numbers)
    if verdicts.nearness_matters:
        near = (near_m <= WAKES_WITHIN_M).nonzero()[0]
        minutes[near] = verdicts.near_min.take(numbers.take(near))
    asleep = minutes > 0
    return out | asleep, minutes[asleep & ~out]


def _near_m(
    part: Part, ranks: Indices, query: Query, verdicts: Verdicts, numbers: Indices
) -> Floats:
    """Return how far each one's nearest ball is from the focus."""
    if query.focus is None or not len(ranks):
        return np.zeros(len(ranks))
    focus = unit_of(*centre_deg(query.focus))
    at, counts = part.rows_of(ranks)
    radii_m = part.rows.radii_m.take(at).astype(np.float64)
    away_m = arcs_m(part.rows.points(at), focus)
    away_m -= radii_m
    near_m = np.maximum(_least(away_m, counts), 0.0)
    margin_m = _MARGIN_M + _RADIUS_MARGIN * radii_m.max(initial=0)
    unsure = bands(np.maximum(near_m - margin_m, 0)) != bands(near_m + margin_m)
    if verdicts.limited:
        unsure |= np.abs(near_m - verdicts.limit_m.take(numbers)) <= margin_m
    if verdicts.nearness_matters:
        unsure |= np.abs(near_m - WAKES_WITHIN_M) <= margin_m
    if near_m.max() > _FAR_M:
        unsure |= near_m > _FAR_M
    doubtful = unsure.nonzero()[0]
    if len(doubtful):
        at, counts = part.rows_of(ranks[doubtful])
        points, exact_m = balls_of(part.rows.cells(at))
        gaps_m = distances_m(points, focus) - exact_m
        near_m[doubtful] = np.maximum(_least(gaps_m, counts), 0.0)
    return near_m


def _least(values: Floats, counts: Indices) -> Floats:
    """Return the least of each person's values; 0 for who has none."""
    if len(values) == len(counts) and counts.all():
        return values
    found = np.zeros(len(counts))
    some = counts > 0
    starts = (counts.cumsum() - counts)[some]
    if len(starts):
        found[some] = np.minimum.reduceat(values, starts)
    return found


def matched(parts: Sequence[Judged], at: datetime) -> Matched:
    """Return the answer, put together from parts that share nobody."""
    sleeps_min = np.concatenate([one.sleeps_min for one in parts])
    return Matched(
        ordinals=nearest_first(
            np.concatenate([one.told for one in parts]),
            np.concatenate([one.near_m for one in parts]),
        ),
        already=_sorted([one.already for one in parts]),
        unreachable=_sorted([one.unreachable for one in parts]),
        suppressed=_sorted([one.suppressed for one in parts]),
        wakes_at=wakes_at(at, int(sleeps_min.min())) if len(sleeps_min) else None,
    )


def _sorted(parts: Sequence[Ordinals]) -> Ordinals:
    some = [part for part in parts if len(part)]
    if len(some) == 1:
        return some[0]  # ascending already
    whole = np.concatenate([np.empty(0, np.uint32), *some])
    whole.sort()
    return whole
