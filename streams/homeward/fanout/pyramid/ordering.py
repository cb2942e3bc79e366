"""From what becomes of people to an answer in order.

Everything is put in order by sorts that count: one that compares takes four times as long.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from homeward.fanout.index import Matched, PassedOver
from homeward.fanout.nearness import in_order, ordinals_in
from homeward.fanout.pyramid.judging import (
    ALREADY,
    LOST,
    NONE,
    SUPPRESSED,
    TOLD,
    Judged,
    bitmap_of,
)
from homeward.fanout.pyramid.ranges import order_of
from homeward.fanout.pyramid.ranks import Ordinals
from homeward.policies.clocks import Minutes, instant_of

_COUNTED: Final = 1 << 16
"""Bands below it are counted, not compared."""


@dataclass(frozen=True, slots=True)
class Ordered:
    """A part's people by what becomes of them."""

    told: NDArray[np.int64]
    """Ascending (`nearness.in_order`); the others by ordinal."""
    already: Ordinals
    unreachable: Ordinals
    suppressed: Ordinals
    waits_min: Minutes
    passed_over: PassedOver
    dates: tuple[tuple[int, Ordinals], ...]


def ordered(people: Ordinals, judged: Sequence[Judged], *, ascending: bool) -> Ordered:
    """Return a part's people in order; ``judged`` share nobody but those left out.

    ``ascending``: by rank, people ascend.
    """
    inside = [(one.fates != NONE).nonzero()[0] for one in judged]
    pairs = list(zip(judged, inside, strict=True))
    ranks = np.concatenate([one.ranks.take(some) for one, some in pairs])
    fates = np.concatenate([one.fates.take(some) for one, some in pairs])
    order = order_of(ranks if ascending else people.take(ranks))
    people, fates = people.take(ranks.take(order)), fates.take(order)

    def those(fate: int) -> Ordinals:
        found: Ordinals = people.take((fates == fate).nonzero()[0])
        return found

    told = (fates >= TOLD).nonzero()[0]
    near = fates.take(told)
    near -= TOLD
    if near.max(initial=0) < _COUNTED:
        near = near.astype(np.uint16)
    order = np.argsort(near, kind="stable")
    return Ordered(
        in_order(people.take(told.take(order)), near.take(order)),
        those(ALREADY),
        those(LOST),
        those(SUPPRESSED),
        np.concatenate([one.waits_min for one in judged]),
        _summed([one.passed_over for one in judged]),
        tuple(date for one in judged for date in one.dates),
    )


def matched(parts: Sequence[Ordered]) -> Matched:
    """Return the answer, put together from parts that share nobody."""
    waits_min = np.concatenate([one.waits_min for one in parts])
    told = [one.told for one in parts if len(one.told)]
    keys = np.concatenate(told or [np.empty(0, np.int64)])
    if len(told) > 1:
        keys.sort(kind="stable")  # merges what is sorted already
    return Matched(
        ordinals=ordinals_in(keys),
        already=_woven([one.already for one in parts]),
        unreachable=_woven([one.unreachable for one in parts]),
        suppressed=_woven([one.suppressed for one in parts]),
        wakes_at=instant_of(int(waits_min.min())) if len(waits_min) else None,
        passed_over=_summed([one.passed_over for one in parts]),
        dates=_dated([date for one in parts for date in one.dates]),
    )


def _summed(counts: Sequence[PassedOver]) -> PassedOver:
    return PassedOver(*(sum(some) for some in zip(*counts, strict=True)))


def _dated(dates: Sequence[tuple[int, Ordinals]]) -> tuple[tuple[int, BitMap], ...]:
    days: dict[int, list[Ordinals]] = {}
    for day, people in dates:
        days.setdefault(day, []).append(people)
    return tuple((day, bitmap_of(np.sort(np.concatenate(days[day])))) for day in sorted(days))


def _woven(parts: Sequence[Ordinals]) -> Ordinals:
    some = [part for part in parts if len(part)]
    if len(some) == 1:
        return some[0]
    whole = np.concatenate([np.empty(0, np.uint32), *some])
    whole.sort(kind="stable")
    return whole
