"""What a reach policy is asked, and what it answers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from homeward.geography.cells import NOWHERE, Cells
from homeward.geography.covering import cover_disk
from homeward.geography.hubbook import Hub
from homeward.geography.lattice import EDGE_M
from homeward.geography.sphere import (
    Floats,
    balls_of,
    centre_deg,
    distance_m,
    distances_m,
    unit_of,
)
from homeward.policies.surface import Surface, even_surface
from homeward.words import RES_PUBLIC_MAX, AgeBand, Category, Mode

CREDIBLE_PPM: Final = 700_000
"""From here on a sighting replaces what is older; below it only adds to it. A quarter to a half of
cases with sightings also hold a false one, so a weak one must not pull the search away."""

CERTAIN_PPM: Final = 1_000_000
"""Of the place last seen: the case starts from it."""

_RES_COARSE: Final = 5
_EDGES_IN_RADIUS: Final = 12
"""So many edges of the finest cell fit in the radius, or up to 2.6 times as many: 200 to 1,500
cells an area, overhanging by 3 to 8 %."""


@dataclass(frozen=True, slots=True)
class Source:
    """A place where the person was seen."""

    cell: str
    seen_at: datetime
    error_m: int
    mode: Mode = Mode.UNKNOWN
    """How they moved on from there; unknown: as the case says."""
    credibility_ppm: int = CERTAIN_PPM


@dataclass(frozen=True, slots=True)
class Known:
    """Everything a policy may read: public parts of facts, nothing that is sealed."""

    category: Category
    age_band: AgeBand
    mode: Mode
    sources: tuple[Source, ...]
    """The place last seen first, then accepted sightings by when they were seen."""
    reach_km_max: int
    """The bound that was approved, around each source."""
    last_seen_km_max: int | None = None
    """So far from the place last seen, whatever was sighted since: nobody but one officer stands
    for it. None: two approved it."""
    given: Cells = field(default_factory=lambda: NOWHERE, compare=False)
    """The area that was drawn, or the district the case lies in; nowhere: none was given."""
    hubs: Cells = field(default_factory=lambda: NOWHERE, compare=False)
    """Cells of the hubs where people board and alight, of resolution 9."""


@dataclass(frozen=True, slots=True)
class Area:
    """Where the person can be."""

    cells: Cells
    radius_m: int
    """Of a circle around the focus that holds everything."""
    focus: str
    """The newest credible place."""


@dataclass(frozen=True, slots=True)
class Arrivals:
    """When the person can be at hubs; one entry a hub, seconds from the moment asked about."""

    earliest_s: Floats
    """Negative when they can have been there already."""
    latest_s: Floats
    """When they are plausibly through; never before the earliest, nor before now where ahead."""
    modes: tuple[Mode, ...]
    """How they would arrive the earliest."""
    ahead: NDArray[np.bool_]
    """Whether they can still come there: within reach, not passed and not left behind."""


class Policy(Protocol):
    """A rule for where a person can be; the same question always gets the same answer."""

    @property
    def name(self) -> str:
        """The name facts know it by."""
        ...

    @property
    def horizon_s(self) -> int:
        """How far ahead hubs are ordered."""
        ...

    @property
    def version(self) -> int:
        """Goes up whenever the same question would get another answer; facts keep it."""
        ...

    def area(self, known: Known, at: datetime) -> Area:
        """Return where the person can be until the next look."""
        ...

    def parts(self, known: Known, at: datetime, area: Area) -> tuple[Cells, ...]:
        """Cut an area of this moment into parts: the likeliest first, whose people are told first.

        Together they are the area, and they share no cell.
        """
        ...

    def surface(self, known: Known, at: datetime) -> Surface:
        """Return how likely the person is where, and how soon they can be there."""
        ...

    def next_look(self, known: Known, at: datetime) -> datetime | None:
        """Return when the area is worth looking at again; None when it grows no more."""
        ...

    def arrivals(self, known: Known, hubs: Sequence[Hub], at: datetime) -> Arrivals:
        """Return when the person can be at each hub."""
        ...


def earliest_arrival_s(policy: Policy, known: Known, hub: Hub, at: datetime) -> float:
    """Return the seconds until the person can be at a hub; negative: they can be there by now."""
    return float(policy.arrivals(known, (hub,), at).earliest_s[0])


def anchors(known: Known, at: datetime) -> tuple[Source, ...]:
    """Return the places the search goes out from, the newest credible one first.

    What is older than that one no longer counts: who was there at that time can be nowhere that is
    not reachable from there. Newer, less credible sightings add to it. A sighting dated ahead of
    ``at`` waits for its moment.
    """
    past = [one for one in known.sources if one.seen_at <= at] or list(known.sources[:1])
    firm = [one for one in past if one.credibility_ppm >= CREDIBLE_PPM] or past[:1]
    newest = max(firm, key=lambda one: one.seen_at)
    newer = [one for one in past if one.seen_at > newest.seen_at]
    return (newest, *sorted(newer, key=lambda one: (one.seen_at, one.cell)))


def elapsed_s(source: Source, at: datetime) -> float:
    """Return the seconds since the person was seen there, at least 0."""
    return max(0.0, (at - source.seen_at).total_seconds())


def finest_res(radius_m: float) -> int:
    """Return the resolution of the finest cells of an area of that size."""
    coarse = range(_RES_COARSE, RES_PUBLIC_MAX)
    fits = (res for res in coarse if EDGE_M[res] * _EDGES_IN_RADIUS <= radius_m)
    return next(fits, RES_PUBLIC_MAX)


def area_of(disks: Sequence[tuple[Source, float]], middle: Source | None = None) -> Area:
    """Return the area of disks around sources; the first is the focus unless one is named."""
    middle = middle or disks[0][0]
    focus = centre_deg(middle.cell)
    outer_m = 0.0
    found = [NOWHERE]
    for source, radius_m in disks:
        at = centre_deg(source.cell)
        found.append(cover_disk(*at, radius_m, finest_res(radius_m)))
        outer_m = max(outer_m, distance_m(*focus, *at) + radius_m)
    return Area(np.unique(np.concatenate(found)), int(outer_m) + 1, middle.cell)


def surface_of(area: Area, speed_kmh: float, known: Known, at: datetime) -> Surface:
    """Return a rule's area as a surface: alike in it, soonest where one speed is soonest."""
    points, radii_m = balls_of(area.cells)
    away_m = distances_m(points, unit_of(*centre_deg(area.focus)))
    source = anchors(known, at)[0]
    way_s = np.maximum(away_m - radii_m - source.error_m, 0) / (speed_kmh / 3.6)
    return even_surface(area.cells, away_m, way_s - elapsed_s(source, at))
