"""Invented ways, drawn from the field's figures with another machine: one by one, on the sphere."""

import math

import h3

from homeward.policies import figures, motion
from homeward.policies.hypotheses import hypotheses
from homeward.policies.spreads import walking


def someone(draw, what, when):
    """Return where somebody is who goes by land, from one of the places by its weight."""
    told = hypotheses(what, when)
    one = draw.choices(told, [each.weight for each in told])[0]
    how = motion.shares(what.category, one.mode(what))
    walk = walking(figures.WALKS[what.age_band])
    way = draw.choices([walk, figures.LOCAL, figures.ROAD], [how.foot, how.local, how.road])[0]
    gone_min = (when - one.source.seen_at).total_seconds() / 60
    wait = way.wait_min and way.wait_min * draw.lognormvariate(0, way.wait_spread)
    moved_h = max(gone_min - wait, 0) / 60
    end, speed = (
        middle * draw.lognormvariate(0, wide)
        for middle, wide in ((way.km, way.km_spread), (way.kmh, way.kmh_spread))
    )
    km = max(min(end, speed * moved_h), 0.05) * draw.lognormvariate(0, figures.SPREAD)
    return off(h3.cell_to_latlng(one.source.cell), km, draw.uniform(0, 2 * math.pi))


def off(place, km, turn):
    """Go so far on a great circle; ``turn`` in radians from north."""
    lat, lon = (math.radians(one) for one in place)
    way = km / 6_371.007
    height = math.sin(lat) * math.cos(way) + math.cos(lat) * math.sin(way) * math.cos(turn)
    to_lat = math.asin(max(-1.0, min(1.0, height)))
    to_lon = lon + math.atan2(
        math.sin(turn) * math.sin(way) * math.cos(lat),
        math.cos(way) - math.sin(lat) * math.sin(to_lat),
    )
    return math.degrees(to_lat), (math.degrees(to_lon) + 180) % 360 - 180


def late_s(draw, way, km, *, under_way=False):
    """Return when somebody has come so far who goes that way and at least that far, in seconds."""
    waits = way.wait_min and not under_way
    wait_s = waits and 60 * way.wait_min * draw.lognormvariate(0, way.wait_spread)
    speed = way.kmh * draw.lognormvariate(0, way.kmh_spread)
    return wait_s + km / draw.lognormvariate(0, figures.SPREAD) / speed * 3_600
