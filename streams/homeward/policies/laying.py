"""Lays the spreads out over cells: the field's surface.

From each hypothesis each way of moving spreads round about; who was seen on the way goes on rather
than back; those who travel far are partly at hubs. No cell counts that cannot be reached yet.

Coaches are in the spread by road. Planes have none: one in a hundred, over all airports of a
country, would move no part of an area and no turn in the order; their airports are hubs as others
are, and are ordered ahead (`arriving`).
"""

from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from homeward.geography.cells import Cells, resolutions
from homeward.geography.lattice import EDGE_M, lattice
from homeward.geography.sphere import Floats, ball_of, balls_of, centre_deg, distances_m, unit_of
from homeward.policies import figures, motion
from homeward.policies.hypotheses import Hypothesis, hypotheses
from homeward.policies.known import Known, Source, elapsed_s
from homeward.policies.spreads import Spread, spread_of, walking
from homeward.policies.surface import KM2, Layer, Surface
from homeward.words import Mode

HUBS_MAX: Final = 60
"""The nearest: each splits coarse cells down to its own."""
RAIL_MIN: Final = 0.02
"""Less likely than that, nobody is taken to come by train."""


def slack_m(source: Source) -> float:
    """Return how far from the cell's centre the person can have been when seen."""
    return source.error_m + ball_of(int(source.cell, 16)).radius_m


def laid_out(known: Known, at: datetime) -> Surface:
    """Return the surface of all hypotheses within the approved bound."""
    told = hypotheses(known, at)
    places = np.stack([unit_of(*centre_deg(one.source.cell)) for one in told])
    ground = lattice(places, known.reach_km_max * 1_000.0, _nearest(known.hubs, places[0]))
    res = resolutions(ground.cells).astype(np.intp)
    at_hubs = np.isin(ground.cells, known.hubs)
    layers = [np.zeros(len(ground.cells)) for _ in _LEANS]
    earliest_s = np.full(len(ground.cells), np.inf)
    for row, one in enumerate(told):
        cast = _Cast(known, one, at)
        away_m = ground.away_m[:, row]
        soonest_s = cast.soonest_s(np.maximum(away_m - EDGE_M[res], 0.0))
        earliest_s = np.minimum(earliest_s, soonest_s)
        can = (soonest_s <= 0) & (away_m <= known.reach_km_max * 1_000.0 + EDGE_M[res])
        weights = KM2[res] * can
        shares = cast.shares(away_m, cast.heading(ground.points), weights, at_hubs)
        layers = [one + share for one, share in zip(layers, shares, strict=True)]
    spread = tuple(Layer(share, lean) for share, lean in zip(layers, _LEANS, strict=True))
    return Surface(ground.cells, spread, earliest_s)


_LEANS: Final = (figures.WALK_LEAN, figures.LOCAL.lean, figures.ROAD.lean, figures.RAIL.lean, 0.0)
"""On foot, local, road, rail, at hubs. Each is a layer of its own, though some lean alike: who goes
far leans to the towns there, and gives no share to the town they left."""


def _nearest(hubs: Cells, place: Floats) -> Cells:
    if len(hubs) <= HUBS_MAX:
        return hubs
    away_m = distances_m(balls_of(hubs)[0], place)
    return hubs[np.argsort(away_m, kind="stable")[:HUBS_MAX]]


class _Cast:
    """What one hypothesis says of all cells."""

    def __init__(self, known: Known, one: Hypothesis, at: datetime) -> None:
        self._one, self._reach_km = one, float(known.reach_km_max)
        self._how = motion.shares(known.category, one.mode(known))
        self._walk = figures.WALKS[known.age_band]
        self._gone_s = elapsed_s(one.source, at)
        self._driving, self._riding = one.under_way(Mode.VEHICLE), one.under_way(Mode.RAIL)

    def soonest_s(self, away_m: Floats) -> Floats:
        """Return the seconds from now until the person can be so far away; the fastest way.

        Nobody comes as far on foot as in a car, not even in a town.
        """
        near_m = np.maximum(away_m - slack_m(self._one.source), 0.0)
        way_s = motion.drive_s(near_m, under_way=self._driving)
        if self._how.rail >= RAIL_MIN:
            way_s = np.minimum(way_s, motion.ride_s(near_m, under_way=self._riding))
        return way_s - self._gone_s

    def heading(self, points: Floats) -> Floats:
        """Return how much likelier each direction is than turning aside; 1 where none is known."""
        before = self._one.before
        here = unit_of(*centre_deg(self._one.source.cell))
        if before is None:
            return np.ones(len(points))
        there = unit_of(*centre_deg(before.cell))
        if float(distances_m(there, here)) < figures.HEADING_KM_MIN * 1_000:
            return np.ones(len(points))
        came, goes = here - there, points - here
        size = np.sqrt((goes**2).sum(axis=1) * (came**2).sum()) + 1e-12
        found: Floats = np.exp(figures.HEADING * (goes @ came) / size)
        return found

    def shares(
        self, away_m: Floats, heading: Floats, weights: Floats, at_hubs: NDArray[np.bool_]
    ) -> list[Floats]:
        """Return the shares, way by way as in `_LEANS`; ``weights``: a cell's size if it counts."""
        # A place that is off by so much blurs the middle; its own middle stays the likeliest.
        km = np.hypot(away_m, self._one.source.error_m / 2) / 1_000
        how, kept = self._how, 1 - figures.HUB_SHARE
        hubs = weights * at_hubs
        if not hubs.any():
            kept = 1.0
        walked = spread_of(walking(self._walk), self._gone_s)
        local, road, rail = (
            spread_of(way, self._gone_s, under_way=moving)
            for way, moving in (
                (figures.LOCAL, self._driving),
                (figures.ROAD, self._driving),
                (figures.RAIL, self._riding),
            )
        )
        far = road.per_km2_at(km) + rail.per_km2_at(km)
        return [
            self._laid(how.foot, walked, km, weights),
            self._laid(how.local, local, km, weights * heading),
            self._laid(kept * how.road, road, km, weights * heading),
            self._laid(kept * how.rail, rail, km, weights * heading),
            self._part((1 - kept) * (how.road + how.rail), far * hubs),
        ]

    def _laid(self, share: float, spread: Spread, km: Floats, weights: Floats) -> Floats:
        """Return a way's share over the cells; what lies beyond the bound lies beyond them."""
        inside = 1.0 - float(spread.beyond_at(np.array([self._reach_km]))[0])
        return self._part(share * inside, spread.per_km2_at(km) * weights)

    def _part(self, share: float, drawn: Floats) -> Floats:
        """Return a share of the hypothesis's weight, as it is drawn."""
        whole = drawn.sum()
        return drawn * (share * self._one.weight / whole) if whole > 0 else drawn
