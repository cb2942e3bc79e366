"""Phased asking against asking everybody at once, in worlds of invented volunteers.

A world is a case's place, the volunteers around it, and what each of them would do if asked: drawn
once, so that both ways meet the same people. What is assumed and why: docs/asking.md.
"""

import heapq
import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, TypeAlias

import h3.api.basic_int as h3
import numpy as np
from numpy.typing import NDArray

from homeward.backtest.centres import centres
from homeward.backtest.people import RES_BASE, People
from homeward.backtest.rows import Report
from homeward.geography.sphere import Floats, distances_m, unit_of
from homeward.policies import asking as policy
from homeward.policies.asking import Answered, Asking
from homeward.words import Answer

Bools: TypeAlias = NDArray[np.bool_]
Random: TypeAlias = np.random.Generator

WITHIN_KM: Final = 30.0
PEOPLE_MAX: Final = 5_000
"""Both are the fast lane's: what one officer's word may tell at once."""
SHARE_PPM: Final = 284
"""Volunteers in a million people: 400,000 (DOMAIN, 2025) among China's 1,410 million."""
_DISK: Final = 18
"""Rings of cells of resolution 7, at least 1.7 km apart: more than 30 km on every side."""
_CELL_KM: Final = 1.2
_NIGHT: Final = (23.0, 7.0)
_BEGIN: Final = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Model:
    """What people do when they are asked: assumptions, each with its reason in docs/asking.md."""

    rate: float | None = None
    """So many of those asked come, whatever the distance and hour; None: as below."""
    sees_day: float = 0.6
    sees_night: float = 0.2
    accepts_near: float = 0.35
    accepts_km: float = 10.0
    """At this distance 1/e of them accept."""
    delay_min: float = 2.5
    """Median of a lognormal until they answer."""
    delay_sigma: float = 1.0
    says_no: float = 0.3
    """Of those who do not come, so many say so."""
    drops: float = 0.1
    """Of those who promised, so many do not come after all, at any moment of their way."""
    drops_silently: float = 0.5
    says_arrived: float = 0.8
    ready_min: float = 5.0
    km_h: float = 25.0
    detour: float = 1.3


@dataclass(frozen=True, slots=True)
class World:
    """Volunteers around a case, nearest first, and what each would do."""

    away_m: Floats
    comes: Bools
    """They promise to come."""
    says_no: Bools
    delay_min: Floats
    """From being asked to the answer."""
    way_min: Floats
    """From the answer to being there."""
    drops_at: Floats
    """The part of the way at which they turn back; above 1: never."""
    silently: Bools
    says_arrived: Bools

    def __len__(self) -> int:
        return len(self.away_m)


@dataclass(frozen=True, slots=True)
class Asked:
    """What one way of asking came to in one world."""

    asked: int
    promised: int
    """Said that they come, in all."""
    there: int
    """Were there by the moment named."""
    quota_min: float | None
    """When the last of the quota was there; None: never in time."""
    stood_down: int


@dataclass(frozen=True, slots=True)
class Compared:
    """A world, asked in both ways."""

    case: str
    volunteers: int
    phased: Asked
    broadcast: Asked


def around(people: People, report: Report, rng: Random, share_ppm: int = SHARE_PPM) -> Floats:
    """Return the distances in m of invented volunteers within reach of a place, nearest first."""
    middle = h3.latlng_to_cell(report.lat_deg, report.lon_deg, RES_BASE)
    cells = np.array(sorted(h3.grid_disk(middle, _DISK)), np.uint64)
    count = rng.poisson(people.within(cells) * share_ppm / 1e6)
    away = distances_m(centres(cells), unit_of(report.lat_deg, report.lon_deg))
    away = np.repeat(away, count)
    # Somewhere in the cell: a step of up to its radius, in any direction.
    step = _CELL_KM * 1_000 * np.sqrt(rng.random(len(away)))
    away = np.abs(away + step * np.cos(2 * math.pi * rng.random(len(away))))
    near: Floats = np.sort(away[away <= WITHIN_KM * 1_000])[:PEOPLE_MAX]
    return near


def drawn(away_m: Floats, hour: float, model: Model, rng: Random) -> World:
    """Draw what each volunteer would do if asked at an hour of the day."""
    count, km = len(away_m), away_m / 1_000
    night = hour >= _NIGHT[0] or hour < _NIGHT[1]
    sees = model.sees_night if night else model.sees_day
    rate = sees * model.accepts_near * np.exp(-km / model.accepts_km)
    comes = rng.random(count) < (rate if model.rate is None else model.rate)
    drops = rng.random(count) < model.drops
    return World(
        away_m=away_m,
        comes=comes,
        says_no=~comes & (rng.random(count) < model.says_no),
        delay_min=rng.lognormal(math.log(model.delay_min), model.delay_sigma, count),
        way_min=model.ready_min + km * model.detour / model.km_h * 60,
        drops_at=np.where(drops, rng.random(count), 2.0),
        silently=rng.random(count) < model.drops_silently,
        says_arrived=rng.random(count) < model.says_arrived,
    )


def broadcast(world: World, quota: int, by_min: float) -> Asked:
    """Ask everybody at once, and nobody to stay at home."""
    there = world.comes & (world.drops_at > 1)
    arrives = np.sort((world.delay_min + world.way_min)[there])
    arrives = arrives[arrives <= by_min]
    return Asked(
        asked=len(world),
        promised=int(world.comes.sum()),
        there=len(arrives),
        quota_min=float(arrives[quota - 1]) if len(arrives) >= quota else None,
        stood_down=0,
    )


def phased(world: World, quota: int, by_min: float) -> Asked:
    """Ask as the policy says, which knows nothing of the world but what people answer."""
    state = Asking(quota, _BEGIN, _at(by_min), PEOPLE_MAX, inside=len(world))
    waiting: list[tuple[float, int, Answered]] = []
    home_at: dict[int, float] = {}
    asked_at: dict[int, float] = {}
    now = 0.0
    while now < by_min:
        state = policy.answered(state, _until(waiting, now, home_at))
        if not policy.lacking(state, _at(now)):  # as a processor would, at once
            off = policy.stood_down(state, {str(one) for one in asked_at}, _at(now))
            state = policy.sent_home(state, off)
            home_at = {**{int(one): now for one in off}, **home_at}
        following = policy.following(state, _at(now))
        if following.ask:
            first = state.asked
            more = range(first, min(first + following.ask, len(world)))
            state = policy.asked(state, _at(now), len(more), wanted=following.ask)
            for one in more:
                asked_at[one] = now
                for minute, answer in _answers(world, one, now):
                    heapq.heappush(waiting, (minute, one, answer))
        now += policy.EVERY / timedelta(minutes=1)
    return _came(world, state, asked_at, home_at, quota, by_min)


def _came(
    world: World,
    state: Asking,
    asked_at: dict[int, float],
    home_at: dict[int, float],
    quota: int,
    by_min: float,
) -> Asked:
    arrives = sorted(
        there_min
        for one, at in asked_at.items()
        if world.comes[one]
        and world.drops_at[one] > 1
        # Who was there before they were sent home had only forgotten to say so.
        and (there_min := float(at + world.delay_min[one] + world.way_min[one]))
        <= home_at.get(one, math.inf)
    )
    in_time = [one for one in arrives if one <= by_min]
    return Asked(
        asked=state.asked,
        promised=sum(bool(world.comes[one]) for one in asked_at),
        there=len(in_time),
        quota_min=in_time[quota - 1] if len(in_time) >= quota else None,
        stood_down=len(home_at),
    )


def compared(case: str, world: World, quota: int, by_min: float) -> Compared:
    """Ask the same people in both ways."""
    return Compared(case, len(world), phased(world, quota, by_min), broadcast(world, quota, by_min))


def _answers(world: World, one: int, asked_min: float) -> Iterator[tuple[float, Answered]]:
    """Yield what somebody asked at a minute will say, and when."""
    said = asked_min + float(world.delay_min[one])
    if world.says_no[one]:
        yield said, Answered(str(one), Answer.CANNOT, _at(said))
    if not world.comes[one]:
        return
    way = float(world.way_min[one])
    yield said, Answered(str(one), Answer.COMING, _at(said), math.ceil(way))
    if world.drops_at[one] <= 1:
        turns = said + way * float(world.drops_at[one])
        if not world.silently[one]:
            yield turns, Answered(str(one), Answer.CANNOT, _at(turns))
    elif world.says_arrived[one]:
        yield said + way, Answered(str(one), Answer.ARRIVED, _at(said + way))


def _until(
    waiting: list[tuple[float, int, Answered]], now: float, home_at: Collection[int]
) -> Iterator[Answered]:
    """Take out what was answered by now; whoever was sent home says nothing any more."""
    while waiting and waiting[0][0] <= now:
        _, one, answer = heapq.heappop(waiting)
        if one not in home_at:
            yield answer


def _at(minute: float) -> datetime:
    return _BEGIN + timedelta(minutes=minute)
