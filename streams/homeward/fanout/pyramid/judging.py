"""From those inside to who is told: the rule's filters, by columns."""

from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from homeward.fanout.index import Query
from homeward.fanout.nearness import bands
from homeward.fanout.pyramid.measuring import least, near_m
from homeward.fanout.pyramid.ranges import Indices
from homeward.fanout.pyramid.ranks import Marks, Ordinals
from homeward.fanout.pyramid.rows import Rows
from homeward.fanout.pyramid.wishes import (
    ASLEEP,
    CLOSED,
    OPEN,
    UNREACHABLE,
    UNWANTED,
    Verdicts,
    Wishes,
)
from homeward.geography.sphere import Floats, centre_deg, unit_of
from homeward.policies.attention import WAKES_WITHIN_M

_SEARCHED: Final = 8
"""A bitmap that is so many times as long as those inside, and new, is cut to them first."""
NONE: Final = 0
ALREADY: Final = 1
LOST: Final = 2
"""Unreachable."""
SUPPRESSED: Final = 3
TOLD: Final = 4
_FATES: Final = np.zeros(OPEN + 1, np.int32)
"""By state, until it is known who was told and how far away somebody is."""
_FATES[[UNREACHABLE, CLOSED, ASLEEP]] = LOST, SUPPRESSED, SUPPRESSED
_NO_MINUTES: Final = np.empty(0, np.int64)

Flags: TypeAlias = NDArray[np.bool_]


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

    @property
    def marks(self) -> Marks:
        """By rank."""
        ...

    def find(self, ordinals: Ordinals) -> Indices:
        """Return the ranks of those whom it knows."""
        ...

    def rows_of(self, ranks: Indices) -> tuple[Indices, Indices]:
        """Return people's rows, and how many each has."""
        ...


@dataclass(frozen=True, slots=True)
class Asked:
    """People of a part who are inside; each once but for those left out."""

    ranks: Indices
    wishes: NDArray[np.uint32]
    """Their numbers (`Wishes`)."""
    near_m: Callable[[Indices], Floats]
    """Tells of some of them, by place, how far their nearest ball is from the focus."""
    left_out: Flags | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """What becomes of those who were asked for, in their order."""

    ranks: Indices
    fates: NDArray[np.int32]
    """NONE for who is left out; TOLD and more: told, by so high a band."""
    sleeps_min: NDArray[np.int64] = field(default_factory=lambda: _NO_MINUTES)


def asked(part: Part, ranks: Indices, query: Query) -> Asked:
    """Return people by rank, each once, to be judged."""

    def away_m(some: Indices) -> Floats:
        if query.focus is None:
            return np.zeros(len(some))
        at, counts = part.rows_of(ranks.take(some))
        return least(near_m(part.rows, at, focus_of(query.focus)), counts)

    return Asked(ranks, part.wishes.take(ranks), away_m)


def focus_of(cell: str) -> Floats:
    """Return the unit vector that nearness is measured from."""
    return unit_of(*centre_deg(cell))


def judge(part: Part, some: Asked, wishes: Wishes, query: Query) -> Judged:
    """Return what becomes of people inside."""
    few = len(some.wishes) < len(wishes)
    verdicts = wishes.verdicts(query, some.wishes) if few else wishes.verdicts_of_all(query)
    state = verdicts.state if few else verdicts.state.take(some.wishes)
    if some.left_out is not None:
        state *= ~some.left_out  # UNWANTED is 0, and this ten times as quick as a choice
    fates = _FATES.take(state)
    if query.told:
        hit = told_already(part, some.ranks, state, query.told) & (state != UNWANTED)
        fates[hit.nonzero()[0]] = ALREADY
        state *= ~hit
    asleep, rest = (state == ASLEEP).nonzero()[0], (state == OPEN).nonzero()[0]
    surely_min = verdicts.far_min.take(asleep if few else some.wishes.take(asleep))
    numbers = rest if few else some.wishes.take(rest)
    away_m = some.near_m(rest)
    over, sleeps_min = _passed_over(verdicts, numbers, away_m)
    told = bands(away_m)
    told += TOLD
    told[over] = SUPPRESSED
    fates[rest] = told
    return Judged(some.ranks, fates, np.concatenate([surely_min, sleeps_min]))


def told_already(part: Part, ranks: Indices, state: NDArray[np.uint8], told: BitMap) -> Flags:
    """Return which of those inside are in a bitmap; who is unwanted may be missed."""
    if part.marks.changes(told) <= _SEARCHED * len(ranks):
        return part.marks.told(told, part.find, ranks)
    people = part.people.take(ranks[state != UNWANTED])
    people.sort()
    return part.marks.hits(part.find(ordinals_of(bitmap_of(people) & told)), ranks)


def among(people: Ordinals, some: BitMap) -> Flags:
    """Return which of ascending ordinals are in a bitmap."""
    hit = np.zeros(len(people), np.bool_)
    hit[np.searchsorted(people, ordinals_of(bitmap_of(people) & some))] = True
    return hit


def bitmap_of(people: Ordinals) -> BitMap:
    """Return ascending ordinals as a bitmap."""
    return BitMap(array("I", people.tobytes()))


def ordinals_of(people: BitMap) -> Ordinals:
    """Return a bitmap's ordinals, ascending."""
    return np.array(people.to_array(), np.uint32)


def _passed_over(
    verdicts: Verdicts, numbers: NDArray[np.integer], away_m: Floats
) -> tuple[Flags, NDArray[np.int64]]:
    """Return who is passed over, and how long those sleep who only sleep."""
    out = np.zeros(len(numbers), np.bool_)
    if verdicts.limited:
        out = away_m > verdicts.limit_m.take(numbers)
    if not verdicts.sleeping:
        return out, _NO_MINUTES
    minutes = verdicts.far_min.take(numbers)
    if verdicts.nearness_matters:
        near = (away_m <= WAKES_WITHIN_M).nonzero()[0]
        minutes[near] = verdicts.near_min.take(numbers.take(near))
    asleep = minutes > 0
    return out | asleep, minutes[asleep & ~out]
