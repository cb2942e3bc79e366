"""How invented people really move: on foot, by road, by rail; a way is a list of timed places."""

import math
import random
from itertools import pairwise
from typing import Final, NamedTuple

from homeward.backtest.making.land import Land, Spot, Station

FOOT_KM: Final = (
    # Up to this age: median of the straight way, spread of its logarithm, pace in km/h. Medians are
    # published lost-person ones (DOMAIN "Reach"), spread and pace are our own (~).
    (3, 0.5, 0.9, 1.8),
    (6, 0.8, 0.9, 2.4),
    (12, 1.2, 0.9, 3.2),
    (15, 2.0, 0.85, 4.0),
    (64, 2.2, 0.9, 4.2),
    (130, 0.8, 1.0, 2.6),
)
TOWN_KM: Final = 7.0
TOWN_KMH: Final = (18.0, 35.0)
ROAD_KMH: Final = (45.0, 92.0)
RAIL_KMH: Final = (70.0, 190.0)
STOP_MIN: Final = 3.0
LEG_KM: Final = 6.0
"""A way bends after each leg, ..."""
BEND: Final = 0.35
"""... sideways by up to this part of it."""
WALK_LEG_MIN: Final = 7.0
PAUSE: Final = 0.25
"""How often a walker stands still for a leg."""


class Step(NamedTuple):
    """A row of a track."""

    minute: float
    spot: Spot
    mode: str


class Stop(NamedTuple):
    """A hub on the way."""

    station: Station
    arrive_min: float
    leave_min: float
    role: str


class Way(NamedTuple):
    """Where somebody went."""

    steps: list[Step]
    stops: list[Stop]


def on_foot(draw: random.Random, start: Spot, age: int, until_min: float) -> Way:
    """Wander off, with pauses and turns, until the drawn distance is reached; then stay there."""
    median, spread, kmh = next(row[1:] for row in FOOT_KM if age <= row[0])
    goal_km = min(median * math.exp(draw.gauss(0, spread)), 25.0)
    heading, minute, spot = draw.uniform(0, 2 * math.pi), 0.0, start
    steps = [Step(0.0, start, "foot")]
    while minute < until_min and start.km_to(spot) < goal_km:
        minute += WALK_LEG_MIN
        if draw.random() < PAUSE:
            steps.append(Step(minute, spot, "still"))
            continue
        heading += draw.gauss(0, 0.5)
        km = kmh * draw.uniform(0.6, 1.2) * WALK_LEG_MIN / 60
        spot = spot.moved(km * math.cos(heading), km * math.sin(heading))
        steps.append(Step(minute, spot, "foot"))
    return _stayed(steps, until_min)


def by_road(draw: random.Random, start: Spot, median_km: float, until_min: float) -> Way:
    """Wait, drive through town and on to a place of one's own, and stay there."""
    goal_km = min(median_km * math.exp(draw.gauss(0, 1.0)), 450.0)
    heading = draw.uniform(0, 2 * math.pi)
    goal = start.moved(goal_km * math.cos(heading), goal_km * math.sin(heading))
    waited = min(8 * math.exp(draw.gauss(0, 1.0)), 240.0)
    steps = [Step(0.0, start, "still"), Step(waited, start, "foot")]
    return _stayed(driven(draw, steps, goal, until_min), until_min)


def by_rail(draw: random.Random, land: Land, start: Spot, until_min: float) -> Way:
    """Drive to the nearest station, wait, ride some stops, and go on by car."""
    line, place = min(
        ((line, place) for line in land.railways for place in range(len(line))),
        key=lambda one: start.km_to(one[0][one[1]].spot),
    )
    waited = min(10 * math.exp(draw.gauss(0, 1.0)), 240.0)
    steps = [Step(0.0, start, "still"), Step(waited, start, "foot")]
    steps = driven(draw, steps, line[place].spot, until_min)
    arrived = steps[-1].minute
    minute = arrived + draw.uniform(6, 75)
    steps.append(Step(minute, line[place].spot, "still"))
    stops = [Stop(line[place], arrived, minute, "board")]
    ahead = line[place + 1 :] if draw.choice((True, False)) or not place else line[:place][::-1]
    ride = ahead[: draw.randint(1, 5)]
    kmh = draw.uniform(*RAIL_KMH)
    for number, station in enumerate(ride, 1):
        minute += steps[-1].spot.km_to(station.spot) / kmh * 60
        steps.append(Step(minute, station.spot, "rail"))
        role = "alight" if number == len(ride) else "pass"
        stops.append(Stop(station, minute, minute + STOP_MIN, role))
        minute += STOP_MIN
        steps.append(Step(minute, station.spot, "rail"))
    way = by_road(draw, steps[-1].spot, 8.0, max(until_min - minute, 1.0))
    on = [Step(one.minute + minute, one.spot, one.mode) for one in way.steps[1:]]
    return Way(
        _stayed(steps + on, until_min).steps, [one for one in stops if one.arrive_min < until_min]
    )


def driven(draw: random.Random, steps: list[Step], goal: Spot, until_min: float) -> list[Step]:
    """Return the steps with a drive to a place added: slow in town, bent on the road."""
    found, gone_km = list(steps), 0.0
    minute, spot = found[-1].minute, found[-1].spot
    town_kmh, road_kmh = draw.uniform(*TOWN_KMH), draw.uniform(*ROAD_KMH)
    while spot.km_to(goal) > LEG_KM and minute < until_min:
        left_km = spot.km_to(goal)
        straight = spot.towards(goal, LEG_KM / left_km)
        aside_km = draw.uniform(-BEND, BEND) * LEG_KM
        north, east = (goal.lat - spot.lat), (goal.lon - spot.lon)
        length = math.hypot(north, east)
        bent = straight.moved(aside_km * -east / length, aside_km * north / length)
        km = spot.km_to(bent)
        minute += km / (town_kmh if gone_km < TOWN_KM else road_kmh) * 60
        gone_km, spot = gone_km + km, bent
        found.append(Step(minute, spot, "car"))
    if minute < until_min:
        minute += max(spot.km_to(goal) / town_kmh * 60, 0.5)
        found.append(Step(minute, goal, "car"))
    return found


def place_at(steps: list[Step], minute: float) -> Step:
    """Return the place and mode at a minute."""
    for before, after in pairwise(steps):
        if before.minute <= minute < after.minute:
            part = (minute - before.minute) / (after.minute - before.minute)
            return Step(minute, before.spot.towards(after.spot, part), after.mode)
    return Step(minute, steps[-1].spot, steps[-1].mode)


def _stayed(steps: list[Step], until_min: float) -> Way:
    found = list(steps)
    if found[-1].minute < until_min:
        found.append(Step(until_min, found[-1].spot, "still"))
    return Way(found, [])
