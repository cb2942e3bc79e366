"""One case, judged: how many people a policy and a circle would have told to have the right one.

A policy is asked through its protocol only. A place is inside a set of cells when an ancestor of
its own cell is in it, so a cell counts as a whole, for the policy and for the circle alike.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

import h3.api.basic_int as h3
import numpy as np
from numpy.typing import NDArray

from homeward.backtest.centres import centres
from homeward.backtest.heading import Headed
from homeward.backtest.people import People
from homeward.geography.cells import Cells, keys, range_starts
from homeward.geography.lattice import lattice
from homeward.geography.sphere import Floats, distances_m, unit_of
from homeward.policies.known import Known, Policy
from homeward.policies.surface import EMPTY_LAND, Surface
from homeward.words import Category

RES_POINT: Final = 15
LOG_SCORES: Final[Floats] = np.round(np.arange(-18.0, 0.5, 0.02), 2)
"""Thresholds on the share a person, as powers of ten: people are counted above each."""
LOG_KM: Final[Floats] = np.arange(np.log(0.05), np.log(12_000.0), 0.01)
"""Radii of circles, as natural logarithms: 1 % apart."""
BEYOND: Final = float("inf")
"""People needed when no budget would have reached the person."""

Place: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a case is judged; for the judge alone."""

    reported: Place
    was: Place
    """Where the person really was at the moment that is judged."""
    circle_need: float = BEYOND
    """People in the circle around the reported place that just holds the person."""


@dataclass(frozen=True, slots=True)
class Judged:
    """How a policy did in a case."""

    need: float
    """People told, in its order, until the person's cell is among them; `BEYOND`: never."""
    circle_need: float
    """The same for a circle around the reported place, over the same cells."""
    log_score: float
    """Share per person of the person's cell, a power of ten; minus `BEYOND` outside of it all."""
    curve: Floats
    """People in cells of at least each of `LOG_SCORES`."""
    cells: int


@dataclass(frozen=True, slots=True)
class Circled:
    """How circles around the reported place do in a case."""

    away_km: float
    """Of the person's cell, middle to place: a circle of so much holds it."""
    curve: Floats
    """People in circles of `LOG_KM`."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A case with everything that was found out about it."""

    case: str
    reported: Category
    category: Category
    elapsed_min: float
    """As the policies believe."""
    delay_min: float
    error_km: float
    circled: Circled
    judged: dict[str, Judged]
    """By policy, without sightings."""
    sighted: dict[str, Judged]
    """By policy, with the sightings accepted so far."""
    claims: tuple[tuple[bool, bool], ...]
    """Of each received by then: whether it was accepted, whether it is true."""
    headed: dict[str, Headed]
    """Hubs by policy; empty: none were judged."""


def row_of(cells: Cells, place: Place) -> int | None:
    """Return the row of the cell that holds a place, by the hierarchy; None: no cell does."""
    if not len(cells):
        return None
    point = np.array([h3.latlng_to_cell(*place, RES_POINT)], np.uint64)
    order = np.argsort(keys(cells))
    at = int(np.searchsorted(keys(cells)[order], keys(point))[0])
    if at == len(order):
        return None
    row = int(order[at])
    return row if range_starts(cells[row : row + 1])[0] <= keys(point)[0] else None


def needed(people: Floats, order: NDArray[np.intp], row: int) -> float:
    """Return the people told until a row is among them, itself included."""
    place = int(np.flatnonzero(order == row)[0])
    return float(people[order[: place + 1]].sum())


def circle(people: People, ground: Ground, reach_km: float) -> tuple[Circled, float]:
    """Return how circles do, over cells that are fine near the reported place; and people needed.

    The radius goes as far as needed to have the person inside.
    """
    middle = unit_of(*ground.reported)
    was_m = float(distances_m(unit_of(*ground.was), middle))
    cells, _, away_m = lattice(middle[None], max(reach_km * 1_000, was_m + 1_000))
    held, away_km = people.within(cells), away_m[:, 0] / 1_000
    row = row_of(cells, ground.was)
    assert row is not None, "a lattice holds all within its radius"
    nearest_first = np.argsort(away_km, kind="stable")
    so_far = np.cumsum(held[nearest_first])
    many = np.searchsorted(away_km[nearest_first], np.exp(LOG_KM), side="right")
    curve = np.concatenate([[0.0], so_far])[many]
    return Circled(float(away_km[row]), curve), needed(held, nearest_first, row)


def judge(policy: Policy, known: Known, at: datetime, people: People, ground: Ground) -> Judged:
    """Ask a policy, and hold its answer against where the person was."""
    surface = policy.surface(known, at)
    return judge_surface(surface, people.within(surface.cells), ground)


def judge_surface(surface: Surface, people: Floats, ground: Ground) -> Judged:
    """Hold a surface against where the person was; ``people`` in each of its cells."""
    scores = scores_of(surface, people)
    curve = curve_of(scores, people)
    row = row_of(surface.cells, ground.was)
    if row is None:
        return Judged(BEYOND, ground.circle_need, -BEYOND, curve, len(scores))
    nearest_first = np.argsort(away_from(surface.cells, ground.reported), kind="stable")
    told = scores[row] > 0
    return Judged(
        need=needed(people, surface.order(people), row) if told else BEYOND,
        circle_need=needed(people, nearest_first, row),
        log_score=float(np.log10(scores[row])) if told else -BEYOND,
        curve=curve,
        cells=len(scores),
    )


def scores_of(surface: Surface, people: Floats) -> Floats:
    """Return the share per person of each cell: what a policy's order goes by."""
    found: Floats = surface.share(people) / (people + EMPTY_LAND * surface.km2)
    return found


def curve_of(scores: Floats, people: Floats) -> Floats:
    """Return the people in cells of at least each of `LOG_SCORES`."""
    order = np.argsort(scores, kind="stable")
    above = np.concatenate([np.cumsum(people[order][::-1])[::-1], [0.0]])
    first = np.searchsorted(scores[order], 10.0**LOG_SCORES, side="left")
    found: Floats = above[first]
    return found


def away_from(cells: Cells, place: Place) -> Floats:
    """Return the distance of each cell's centre from a place, km."""
    found: Floats = distances_m(centres(cells), unit_of(*place)) / 1_000
    return found
