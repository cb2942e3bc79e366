import csv
import math
import random

import h3.api.basic_int as h3
import numpy as np
import pytest

from homeward.geography import cells as cs
from homeward.geography import sphere
from homeward.geography.covering import RES_KEPT_MIN, CoverTooFine, cover_disk
from homeward.geography.datum import LON_DEG_MAX

PENTAGON = h3.cell_to_latlng(h3.get_pentagons(5)[3])
PLACES = {
    "linquan": (33.0416, 115.2576),
    "antimeridian": (-16.5, 179.99),
    "north pole": (89.99, 0.0),
    "south pole": (-90.0, 0.0),
    "pentagon": PENTAGON,
    "null island": (0.0, 0.0),
}
DISKS = [(300, 9), (3_000, 8), (30_000, 6), (100_000, 6), (500_000, 4)]


def towards(lat_deg, lon_deg, bearing, far_m):
    """The place so far away in that direction."""
    lat, lon, arc = math.radians(lat_deg), math.radians(lon_deg), far_m / sphere.EARTH_RADIUS_M
    sine = math.sin(lat) * math.cos(arc) + math.cos(lat) * math.sin(arc) * math.cos(bearing)
    to_lat = math.asin(max(-1, min(1, sine)))
    east = math.sin(bearing) * math.sin(arc) * math.cos(lat)
    to_lon = lon + math.atan2(east, math.cos(arc) - math.sin(lat) * math.sin(to_lat))
    return math.degrees(to_lat), (math.degrees(to_lon) + 180) % 360 - LON_DEG_MAX


@pytest.mark.parametrize(("radius_m", "res"), DISKS)
@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_whoever_is_in_the_disk_meets_the_cover_by_a_cell_of_any_resolution(place, radius_m, res):
    cover = cover_disk(*place, radius_m, res)
    chance = random.Random(7)
    inside = [
        towards(*place, chance.uniform(0, 2 * math.pi), radius_m * 0.999999 * part**0.5)
        for part in [1.0] * 150 + [chance.random() for _ in range(150)]
    ]
    for fine in range(RES_KEPT_MIN, res + 3):
        asked = np.array([h3.latlng_to_cell(*point, fine) for point in inside], np.uint64)
        assert cs.meets(cover, asked).all(), fine


@pytest.mark.parametrize(("radius_m", "res"), DISKS)
@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_the_cover_exceeds_the_disk_by_little(place, radius_m, res):
    """By a finest cell; where a coarse cell has no child inside, by a tenth of that cell."""
    cover = cover_disk(*place, radius_m, res)
    assert len(cs.outermost(cover)) == len(cover)
    points, radii = sphere.balls_of(cover)
    away = sphere.distances_m(points, sphere.unit_of(*place))
    coarse = cs.resolutions(cover) < res
    assert (away[coarse] + radii[coarse] <= radius_m).all()
    over_m = away - radii - radius_m
    assert (over_m > 0).sum() <= 4
    assert over_m.max() < 0.15 * h3.average_hexagon_edge_length(RES_KEPT_MIN, unit="m")


def test_a_strip_at_a_coarse_edge_is_not_lost():
    """At the pole two coarse cells meet and one's children reach over the other's edge."""
    place = (89.99, 0.0)
    missed = 0
    for res in range(RES_KEPT_MIN, 9):
        edge_places = [
            corner
            for cell in h3.grid_disk(h3.latlng_to_cell(*place, res), 1)
            for corner in h3.cell_to_boundary(cell)
        ]
        for point in edge_places:
            cover = cover_disk(*point, 50, 9)
            around = [towards(*point, turn, 49) for turn in (0, 1, 2, 3, 4, 5, 6)]
            asked = np.array([h3.latlng_to_cell(*one, res) for one in around], np.uint64)
            missed += int((~cs.meets(cover, asked)).sum())
    assert missed == 0


def test_a_disk_round_the_world_is_the_world():
    assert len(cs.compacted(cover_disk(0, 0, 20_100_000, 3))) == 122


def test_cells_too_fine_for_the_disk_are_refused():
    with pytest.raises(CoverTooFine):
        cover_disk(33, 115, 2_000_000, 9)


@pytest.mark.parametrize("res", range(9))
def test_a_ball_holds_all_that_lies_below_its_cell(res):
    chance = random.Random(res)
    for _ in range(4):
        lat_deg = math.degrees(math.asin(chance.uniform(-1, 1)))
        cell = h3.latlng_to_cell(lat_deg, chance.uniform(-180, 180), res)
        ball = sphere.ball_of(cell)
        corners = [
            c for low in h3.cell_to_children(cell, res + 3) for c in h3.cell_to_boundary(low)
        ]
        away = sphere.distances_m(sphere.units(*zip(*corners, strict=True)), np.array(ball[:3]))
        assert away.max() <= ball.radius_m


def test_distances_agree_with_h3s():
    chance = random.Random(5)
    for _ in range(100):
        a = (chance.uniform(-90, 90), chance.uniform(-180, 180))
        b = (chance.uniform(-90, 90), chance.uniform(-180, 180))
        asked = h3.great_circle_distance(a, b, unit="m")
        assert sphere.distance_m(*a, *b) == pytest.approx(asked, rel=1e-6)


def test_hubs_around_linquan_are_where_they_are(real_data):
    with (real_data / "population" / "cn_counties_census2020.csv").open(encoding="utf-8") as lines:
        county = next(row for row in csv.DictReader(lines) if row["adcode"] == "341221")
    with (real_data / "hubs" / "hubs.csv").open(encoding="utf-8") as lines:
        places = [(float(row["lat"]), float(row["lon"])) for row in csv.DictReader(lines)]
    seat = sphere.unit_of(float(county["seat_lat"]), float(county["seat_lon"]))
    away = sphere.distances_m(sphere.units(*zip(*places, strict=True)), seat)
    assert [int((away <= km * 1000).sum()) for km in (10, 30, 60, 100)] == [2, 5, 18, 28]
