"""From those inside to who is told: the rule's filters, by columns."""

from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from homeward.fanout.index import PassedOver, Query
from homeward.fanout.nearness import bands
from homeward.fanout.pyramid.measuring import least, near_m
from homeward.fanout.pyramid.ranges import Indices
from homeward.fanout.pyramid.ranks import Marks, Ordinals
from homeward.fanout.pyramid.rows import Rows
from homeward.fanout.pyramid.wishes import (
    ASLEEP,
    MILD,
    NO_DATE,
    OPEN,
    PAUSED,
    UNREACHABLE,
    UNWANTED,
    Verdicts,
    Wishes,
)
from homeward.geography.sphere import Floats, centre_deg, unit_of
from homeward.policies.attention import AWAKE, WAKES_WITHIN_M
from homeward.policies.clocks import Minutes
from homeward.words import Severity

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
_FATES[[UNREACHABLE, PAUSED, MILD, ASLEEP]] = LOST, SUPPRESSED, SUPPRESSED, SUPPRESSED
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
    waits_min: Minutes = field(default_factory=lambda: _NO_MINUTES)
    """When those may be told who sleep, or whose day is spent, in minutes since 1970."""
    passed_over: PassedOver = field(default_factory=PassedOver)
    dates: tuple[tuple[int, Ordinals], ...] = ()
    """Who of those told is told of so many a day, by date."""


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
    ranks, away_m = some.ranks.take(rest), some.near_m(rest)
    out, waits_min = _out_or_asleep(verdicts, numbers, away_m)
    over = out | (waits_min > AWAKE)
    spent = _spent(part, verdicts, _Open(ranks, numbers, away_m, over), query)
    told = bands(away_m)
    told += TOLD
    told[over] = SUPPRESSED
    told[spent] = SUPPRESSED
    fates[rest] = told
    over[spent] = True
    heard = (~over).nonzero()[0]
    slept_min = waits_min[waits_min > AWAKE]
    return Judged(
        some.ranks,
        fates,
        np.concatenate([surely_min, slept_min, verdicts.day_ends_min.take(numbers.take(spent))]),
        PassedOver(
            paused=int((state == PAUSED).sum()),
            severity=int((state == MILD).sum()),
            distance=int(out.sum()),
            quiet=len(asleep) + len(slept_min),
            budget=len(spent),
        ),
        _dates(part.people, ranks.take(heard), verdicts.day.take(numbers.take(heard))),
    )


@dataclass(frozen=True, slots=True)
class _Open:
    """People whom their wishes alone let through, and who of them is passed over all the same."""

    ranks: Indices
    numbers: NDArray[np.integer]
    away_m: Floats
    over: Flags


def _spent(part: Part, verdicts: Verdicts, some: _Open, query: Query) -> Indices:
    """Return the places of those whose day is spent, and who would be told else."""
    spent = np.zeros(len(some.ranks), np.bool_)
    for number, (day, limit) in enumerate(verdicts.quotas if not query.overridden else ()):
        if day == NO_DATE or not (people := query.days.spent(day, limit)):
            continue
        mine = ~some.over & (verdicts.quota.take(some.numbers) == number)
        if query.severity is Severity.EXTREME:
            mine &= some.away_m > WAKES_WITHIN_M
        at = mine.nonzero()[0]
        if len(at):
            spent[at] = _among_ranks(part, some.ranks.take(at), people - query.known)
    return spent.nonzero()[0]


def _among_ranks(part: Part, ranks: Indices, some: BitMap) -> Flags:
    """Return which of some ranks are in a bitmap."""
    if len(some) > _SEARCHED * len(ranks):
        people = part.people.take(ranks)
        people.sort()
        some = bitmap_of(people) & some
    return part.marks.hits(part.find(ordinals_of(some)), ranks)


def _dates(people: Ordinals, ranks: Indices, day: Minutes) -> tuple[tuple[int, Ordinals], ...]:
    """Return people by date; they are nearly always of one."""
    if not len(day):
        return ()
    days = [int(day[0])] if day.min() == day.max() else np.unique(day).tolist()
    return tuple(
        (one, people.take(ranks if len(days) == 1 else ranks[day == one]))
        for one in days
        if one != NO_DATE
    )


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


def _out_or_asleep(
    verdicts: Verdicts, numbers: NDArray[np.integer], away_m: Floats
) -> tuple[Flags, Minutes]:
    """Return who wants nothing from so far, and until when those sleep who only sleep."""
    out = np.zeros(len(numbers), np.bool_)
    if verdicts.limited:
        out = away_m > verdicts.limit_m.take(numbers)
    if not verdicts.sleeping:
        return out, np.zeros(len(numbers), np.int64)
    minutes = verdicts.far_min.take(numbers)
    if verdicts.nearness_matters:
        near = (away_m <= WAKES_WITHIN_M).nonzero()[0]
        minutes[near] = verdicts.near_min.take(numbers.take(near))
    minutes[out] = AWAKE
    return out, minutes
