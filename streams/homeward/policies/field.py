"""Where this person can be by now: on foot as people like them walk, by road, and by rail.

Each place they were seen is a hypothesis with a weight (`hypotheses`); from each the ways of moving
spread with time (`spreads`). People are told round about each as far as the whole holds the person
with 90 %; the surface says how likely each cell is (`laying`), and hubs are ordered until those who
come their way are through (`arriving`). It knows no roads or timetables.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import ClassVar, Final

from homeward.geography.cells import Cells, subtract
from homeward.geography.hubbook import Hub
from homeward.geography.sphere import inflated
from homeward.policies import figures, motion
from homeward.policies.arriving import arrivals_of
from homeward.policies.bounding import hubs_within, near_last_seen
from homeward.policies.hypotheses import Hypothesis, heaviest, hypotheses, left_to_each
from homeward.policies.known import Area, Arrivals, Known, Source, anchors, area_of, elapsed_s
from homeward.policies.laying import laid_out, slack_m
from homeward.policies.spreads import radius_km, spread_of, walking
from homeward.policies.surface import Surface
from homeward.words import Mode

LOOK_MIN_S: Final = 3 * 60
"""On a motorway 4.6 km as the crow flies: a wave more often would be a handful of people."""
LOOK_MAX_S: Final = 30 * 60
LOOK_PART: Final = 10
"""A wave each time a tenth more time has passed: the area then grows by about a fifth."""
GROWN_S: Final = 48 * 3600
"""An area that will not have grown in two days grows no more."""
ONE_PART_M: Final = 5_000
"""A smaller area is told at once: its order by distance is the order by likelihood."""


class Field:
    """The default policy; its figures are in `figures`."""

    name: ClassVar[str] = "field"
    version: ClassVar[int] = 2
    horizon_s: ClassVar[int] = figures.HORIZON_S

    def area(self, known: Known, at: datetime) -> Area:
        """Return where the person can be until the next look."""
        return near_last_seen(self._holding(known, at, figures.CONTAINMENT), known)

    def parts(self, known: Known, at: datetime, area: Area) -> tuple[Cells, ...]:
        """Cut an area into what holds the person with a half, with three quarters, and the rest."""
        if area.radius_m < ONE_PART_M:
            return (area.cells,)
        found, left = list[Cells](), area.cells
        for containment in figures.FIRST:
            rest = subtract(left, self._holding(known, at, containment).cells)
            found.append(subtract(left, rest))
            left = rest
        return (*found, left)

    def _holding(self, known: Known, at: datetime, containment: float) -> Area:
        until = at + timedelta(seconds=_pause_s(known, at))
        return area_of(_disks(known, at, until, containment), anchors(known, at)[0])

    def surface(self, known: Known, at: datetime) -> Surface:
        """Return how likely the person is where, and how soon they can be there."""
        return laid_out(known, at)

    def next_look(self, known: Known, at: datetime) -> datetime | None:
        """Return a moment in 3 to 30 minutes, later as time passes; None when all is covered."""
        pause = timedelta(seconds=_pause_s(known, at))
        now, late = (
            [metres for _, metres in _disks(known, at, when, figures.CONTAINMENT)]
            for when in (at + pause, at + timedelta(seconds=GROWN_S))
        )
        waiting = any(one.seen_at > at for one in known.sources)
        return at + pause if now != late or waiting else None

    def arrivals(self, known: Known, hubs: Sequence[Hub], at: datetime) -> Arrivals:
        """Return when the person can be at each hub, by the heaviest hypotheses."""
        followed = heaviest(hypotheses(known, at), figures.HEADED_OFF)
        found = arrivals_of(known, followed, hubs, at)
        return replace(found, ahead=found.ahead & hubs_within(known, hubs))


def _pause_s(known: Known, at: datetime) -> float:
    """Return the time between looks."""
    part = elapsed_s(anchors(known, at)[0], at) / LOOK_PART
    return min(max(part, LOOK_MIN_S), LOOK_MAX_S)


def _disks(
    known: Known, at: datetime, until: datetime, containment: float
) -> list[tuple[Source, float]]:
    """Return the disks that hold the person until a moment with that chance; the newest first.

    Together the hypotheses leave 1 - containment outside: each the same, or all of itself.
    """
    told = hypotheses(known, at)
    left = left_to_each(told, 1 - containment)
    return [
        (one.source, _radius_m(known, one, until, left / one.weight))
        for one in told
        if one.weight > left
    ]


def _radius_m(known: Known, one: Hypothesis, until: datetime, chance: float) -> float:
    """Return how far from a place the person is beyond with a chance.

    Who is on a train is looked for at the hubs ahead, not over land.
    """
    how, walk = motion.shares(known.category, one.mode(known)), figures.WALKS[known.age_band]
    gone_s, under_way = elapsed_s(one.source, until), one.under_way(Mode.VEHICLE)
    ways = ((how.foot, walking(walk)), (how.local, figures.LOCAL), (how.road, figures.ROAD))
    spreads = [(share, spread_of(way, gone_s, under_way=under_way)) for share, way in ways]
    fastest_m = max(motion.driven_max_m(gone_s, under_way=under_way), walk.speed_kmh / 3.6 * gone_s)
    moved_m = min(radius_km(spreads, chance) * 1_000, fastest_m)
    return min(inflated(moved_m + slack_m(one.source)), known.reach_km_max * 1_000.0)
