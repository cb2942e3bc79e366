"""Arrivals are what each hub by itself comes to, way by way, said once more without columns."""

import math
from datetime import UTC, datetime, timedelta

import h3
import numpy as np
import pytest
from tests.streams.policies.ways import off

from homeward.geography.hubbook import Hub
from homeward.geography.sphere import ball_of, centre_deg, distance_m
from homeward.policies import figures, motion, passing
from homeward.policies.arriving import arrivals_of
from homeward.policies.hypotheses import hypotheses
from homeward.policies.known import Known, Source
from homeward.policies.spreads import walking
from homeward.words import AgeBand, Category, Mode

NOON = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)
HERE = (33.0416, 115.2576)
KINDS = ("service-area", "rail", "road-terminal", "airport", "ferry")
HUBS = [
    Hub.at(f"{kind}-{km}-{turn}", kind, *off(HERE, km, turn), 1)
    for turn, kind in enumerate(KINDS)
    for km in (0.05, 3, 11, 25, 60, 140, 155, 420)
]


def at(minute):
    return NOON + timedelta(minutes=minute)


def seen(km=0.0, turn=0.0, minute=0, mode=Mode.UNKNOWN, ppm=1_000_000):
    cell = h3.latlng_to_cell(*off(HERE, km, turn), 9)
    return Source(cell, at(minute), 300, mode, ppm)


def known(*later, category=Category.RUNAWAY, mode=Mode.UNKNOWN, age=AgeBand.CHILD, km=300):
    return Known(category, age, mode, (seen(), *later), km)


def come_s(way, far_m, share, *, under_way=False):
    return float(passing.come_s(way, np.array([far_m]), share, under_way=under_way)[0])


def through(way, least_s, far_m, *, under_way=False, until_m=math.inf):
    """Return the soonest arrival, and until when most and until when nearly all are through."""
    shown, all_ = (
        max(come_s(way, far_m, share, under_way=under_way), least_s) + figures.DWELL_S
        for share in (figures.SHOWN, figures.THROUGH)
    )
    return least_s, shown if far_m <= until_m else -math.inf, all_


def by_public_way(public, hub, hubs, access_s):
    served = [n for n, one in enumerate(hubs) if one.kind in public.kinds]
    found = math.inf
    for board in sorted(served, key=lambda n: access_s[n])[: public.boardings_max]:
        away_m = distance_m(*place(hubs[board]), *place(hub))
        if away_m > 0 and away_m >= public.km_min * 1_000:
            ride_s = away_m * public.detour / public.kmh_max * 3.6
            found = min(found, access_s[board] + public.boarding_s + ride_s)
    return found


def place(hub):
    return hub.lat_deg, hub.lon_deg


def from_one(what, one, hubs, when):
    """Return of each hub: earliest, latest, how and whether it lies ahead, from that place."""
    walk, how = figures.WALKS[what.age_band], motion.shares(what.category, one.mode(what))
    here = centre_deg(one.source.cell)
    slack_m = 300 + ball_of(int(one.source.cell, 16)).radius_m
    driving, riding = one.under_way(Mode.VEHICLE), one.under_way(Mode.RAIL)
    away = [distance_m(*here, *place(hub)) for hub in hubs]
    near = [max(away_m - slack_m, 0) for away_m in away]
    walked = [float(motion.walk_s(near_m, walk)) for near_m in near]
    driven = [float(motion.drive_s(near_m, under_way=driving)) for near_m in near]
    access = [min(both) for both in zip(walked, driven, strict=True)]
    local_m, gone_s = (
        passing.end_m(figures.LOCAL),
        max(0, (when - one.source.seen_at).total_seconds()),
    )
    for n, hub in enumerate(hubs):
        far_m, ways = away[n] + slack_m, []
        if how.foot >= 0.02 and walked[n] < math.inf:
            until_m = walk.km_95 * 1_000
            ways.append((*through(walking(walk), walked[n], far_m, until_m=until_m), Mode.FOOT))
        if how.local + how.road >= 0.02:
            if near[n] <= local_m * 2:
                local = through(figures.LOCAL, driven[n], far_m, under_way=driving, until_m=local_m)
                ways.append((*local, Mode.VEHICLE))
            road = through(figures.ROAD, driven[n], far_m, under_way=driving)
            ways.append((*road, Mode.VEHICLE))
        for public in figures.PUBLIC:
            share = {"rail": how.rail, "road": how.road}[public.among]
            if hub.kind not in public.kinds or share < 0.02:
                continue
            aboard = riding and public.told is Mode.RAIL
            if aboard:
                least_s = float(motion.ride_s(near[n], under_way=True))
            else:
                least_s = by_public_way(public, hub, hubs, access)
            if least_s < math.inf:
                ways.append((*through(public.way, least_s, far_m, under_way=aboard), public.told))
        shown = max((way[1] for way in ways), default=-math.inf) - gone_s
        all_ = max((way[2] for way in ways), default=-math.inf) - gone_s
        latest = shown if shown >= figures.DWELL_S else all_
        soonest = min(ways, key=lambda way: way[0], default=(math.inf, 0, 0, Mode.FOOT))
        inside = away[n] <= what.reach_km_max * 1_000
        ahead = inside and latest >= 0 and not behind(one, hub, away[n])
        yield soonest[0] - gone_s, latest, soonest[3], ahead


def behind(one, hub, away_m):
    if one.before is None:
        return False
    before = centre_deg(one.before.cell)
    over_m = distance_m(*before, *centre_deg(one.source.cell)) + away_m
    direct_m = distance_m(*before, *place(hub))
    return over_m > 2 * direct_m and over_m - direct_m > 10_000


CASES = {
    "runaway": known(),
    "abduction": known(category=Category.STRANGER_ABDUCTION, mode=Mode.VEHICLE),
    "walker": known(category=Category.LOST_CHILD, mode=Mode.FOOT, age=AgeBand.SMALL),
    "train": known(category=Category.DEMENTIA, mode=Mode.RAIL, age=AgeBand.OLD),
    "seen driving": known(seen(30, 0.0, 40, Mode.VEHICLE), km=150),
    "seen in a train": known(seen(60, 2.0, 50, Mode.RAIL, 800_000)),
    "two": known(seen(12, 1.0, 30, ppm=600_000), seen(9, 4.0, 35, Mode.FOOT, 500_000)),
}


@pytest.mark.parametrize("minute", [0, 60, 170, 420])
@pytest.mark.parametrize("what", CASES.values(), ids=CASES)
def test_each_hub_has_what_its_ways_say(what, minute):
    told = hypotheses(what, at(minute))
    found = arrivals_of(what, told, HUBS, at(minute))
    each = [list(from_one(what, one, HUBS, at(minute))) for one in told]
    for n, ways in enumerate(zip(*each, strict=True)):
        soonest = min(ways, key=lambda one: one[0])
        assert found.earliest_s[n] == pytest.approx(soonest[0], abs=1), HUBS[n].id
        assert found.latest_s[n] == pytest.approx(max(one[1] for one in ways), abs=2), HUBS[n].id
        assert found.modes[n] is soonest[2], HUBS[n].id
        assert found.ahead[n] == any(one[3] for one in ways), HUBS[n].id


def test_a_hub_at_the_bound_is_within_it():
    what = known()
    [hub] = [one for one in HUBS if one.id == "rail-140-1"]
    away_km = distance_m(*centre_deg(what.sources[0].cell), *place(hub)) / 1_000
    for km, ahead in ((math.floor(away_km), False), (math.ceil(away_km), True)):
        told = hypotheses(known(km=km), at(30))
        assert arrivals_of(known(km=km), told, [hub], at(30)).ahead.tolist() == [ahead]
