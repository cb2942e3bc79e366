"""From what becomes of people to an answer in order.

Among millions it is quicker to write into a column of everybody and to read that off than to sort.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from homeward.fanout.index import Matched
from homeward.fanout.nearness import in_order, ordinals_in
from homeward.fanout.pyramid.judging import ALREADY, LOST, NONE, SUPPRESSED, TOLD, Judged
from homeward.fanout.pyramid.ranks import Ordinals
from homeward.policies.attention import wakes_at

_SOME: Final = 16
"""Fewer than one in so many are sorted."""
_WIDE: Final = 1 << 16
"""Fates that a column of 16 bits holds."""


@dataclass(frozen=True, slots=True)
class Ordered:
    """A part's people by what becomes of them."""

    told: NDArray[np.int64]
    """Ascending (`nearness.in_order`); the others by ordinal."""
    already: Ordinals
    unreachable: Ordinals
    suppressed: Ordinals
    sleeps_min: NDArray[np.int64]


def ordered(people: Ordinals, judged: Sequence[Judged], *, ascending: bool) -> Ordered:
    """Return a part's people in order; ``judged`` share nobody but those left out.

    ``ascending``: by rank, people ascend.
    """
    sleeps_min = np.concatenate([one.sleeps_min for one in judged])
    many = sum(len(one.ranks) for one in judged)
    quick = ascending and many * _SOME > len(people)
    if quick and all(one.fates.max(initial=0) < _WIDE for one in judged):
        return _read_off(people, judged, sleeps_min)
    ranks = np.concatenate([one.ranks for one in judged])
    fates = np.concatenate([one.fates for one in judged])

    def those(fate: int) -> Ordinals:
        found: Ordinals = people.take(ranks.take((fates == fate).nonzero()[0]))
        found.sort()
        return found

    some = (fates >= TOLD).nonzero()[0]
    told = in_order(people.take(ranks.take(some)), fates.take(some) - TOLD)
    told.sort()
    return Ordered(told, those(ALREADY), those(LOST), those(SUPPRESSED), sleeps_min)


def _read_off(people: Ordinals, judged: Sequence[Judged], sleeps_min: NDArray[np.int64]) -> Ordered:
    column = np.zeros(len(people), np.uint16)
    for one in judged:
        some = one.fates.nonzero()[0]
        column[one.ranks.take(some)] = one.fates.take(some)
    ranks = (column != NONE).nonzero()[0]
    fates, people = column.take(ranks), people.take(ranks)

    def those(fate: int) -> Ordinals:
        found: Ordinals = people.take((fates == fate).nonzero()[0])
        return found

    some = (fates >= TOLD).nonzero()[0]
    near = fates.take(some)
    near -= TOLD
    order = np.argsort(near, kind="stable")  # 16 bits are counted, not compared
    told = in_order(people.take(some.take(order)), near.take(order))
    return Ordered(told, those(ALREADY), those(LOST), those(SUPPRESSED), sleeps_min)


def matched(parts: Sequence[Ordered], at: datetime) -> Matched:
    """Return the answer, put together from parts that share nobody."""
    sleeps_min = np.concatenate([one.sleeps_min for one in parts])
    told = [one.told for one in parts if len(one.told)]
    keys = np.concatenate(told or [np.empty(0, np.int64)])
    if len(told) > 1:
        keys.sort(kind="stable")  # merges what is sorted already
    return Matched(
        ordinals=ordinals_in(keys),
        already=_woven([one.already for one in parts]),
        unreachable=_woven([one.unreachable for one in parts]),
        suppressed=_woven([one.suppressed for one in parts]),
        wakes_at=wakes_at(at, int(sleeps_min.min())) if len(sleeps_min) else None,
    )


def _woven(parts: Sequence[Ordinals]) -> Ordinals:
    some = [part for part in parts if len(part)]
    if len(some) == 1:
        return some[0]
    whole = np.concatenate([np.empty(0, np.uint32), *some])
    whole.sort(kind="stable")
    return whole
