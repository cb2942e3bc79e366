"""Whether the nearest were told first: the order of the receiving side's file against distances.

Like `judging`, nothing here uses the product's own index: places are the roster file's cells, the
waves and what nearness is measured from are the log's facts, and distances are H3's own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import h3
import numpy as np
from numpy.typing import NDArray

from homeward.demo.judging import Person, inside
from homeward.demo.sinkfile import Received
from homeward.facts.callout import CalloutOrdered
from homeward.messages import Recorded
from homeward.words import Audience, Purpose

FEW: Final = 1_000
"""Of fewer people an order says nothing: eight senders have up to 200 in hand each (`senders`), and
those are on their way together. A wave in parts is small sooner than a whole one was."""
NEAREST_FIRST: Final = 0.8
"""Rank correlation that counts as nearest first: several batches are on their way at once, and
whoever is equally near goes in any order. Told at random it is 0, farthest first -1."""


@dataclass(frozen=True, slots=True)
class Order:
    """How one wave was told."""

    version: int
    wave: int
    people: int
    correlation: float
    """Spearman's: between the order of arrival and the distance; 1 is nearest first exactly."""
    near_s: float
    """When the middle one of the nearest tenth was told, after the wave's first."""
    far_s: float
    """The same of the farthest tenth."""

    @property
    def nearest_first(self) -> bool:
        """Whether it counts as such."""
        return self.correlation >= NEAREST_FIRST


def orders(
    facts: Sequence[Recorded],
    arrived: Sequence[Received],
    people: Sequence[Person],
    few: int = FEW,
) -> list[Order]:
    """Return how each wave of at least ``few`` people was told, in the order of the waves."""
    first: dict[tuple[str, int], Received] = {}
    for one in arrived:
        if one.purpose == "alert":
            first.setdefault((one.recipient, one.version), one)
    place = {one.message_id: number for number, one in enumerate(first.values())}
    told: set[tuple[str, int]] = set()
    found: list[Order] = []
    for order in _waves(facts):
        new = {(who, order.version) for who in inside(people, [order.cells or b""])} - told
        told |= new
        reached = [first[one] for one in new if one in first]
        if order.focus is not None and len(reached) >= few:
            away = _away_km({one.recipient for one in reached}, people, order.focus)
            found.append(_order(order, reached, place, away))
    return found


def _waves(facts: Sequence[Recorded]) -> list[CalloutOrdered]:
    return [
        fact
        for one in facts
        if isinstance(fact := one.fact, CalloutOrdered)
        and fact.audience is Audience.AREA
        and fact.purpose is Purpose.ALERT
    ]


def _away_km(who: set[str], people: Sequence[Person], focus: str) -> Mapping[str, float]:
    middle = h3.cell_to_latlng(focus)
    cells = {cell for name, some in people if name in who for cell in some}
    away = {one: h3.great_circle_distance(h3.cell_to_latlng(one), middle) for one in cells}
    return {name: min(away[cell] for cell in some) for name, some in people if name in who}


def _order(
    order: CalloutOrdered,
    reached: Sequence[Received],
    place: Mapping[str, int],
    away_km: Mapping[str, float],
) -> Order:
    distances = np.array([away_km[one.recipient] for one in reached])
    places = np.array([place[one.message_id] for one in reached])
    start = min(one.received_at for one in reached)
    times_s = np.array([(one.received_at - start).total_seconds() for one in reached])
    tenth = max(1, len(reached) // 10)
    by_distance = times_s[np.argsort(distances, kind="stable")]
    return Order(
        version=order.version,
        wave=order.wave,
        people=len(reached),
        correlation=round(float(np.corrcoef(_ranks(distances), _ranks(places))[0, 1]), 3),
        near_s=round(float(np.median(by_distance[:tenth])), 3),
        far_s=round(float(np.median(by_distance[-tenth:])), 3),
    )


def _ranks(values: NDArray[np.generic]) -> NDArray[np.float64]:
    """Return ranks; equal values share the mean of theirs."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks: NDArray[np.float64] = (last - (counts - 1) / 2.0)[inverse]
    return ranks
