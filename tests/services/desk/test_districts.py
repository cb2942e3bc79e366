"""Which district a place lies in, by the operator's own file."""

import json

import h3
import numpy as np
import pytest
from shapely.geometry import Point, shape

from homeward.desk import Districts, DistrictsRefused, read_districts
from homeward.geography import cells as cs


def box(west, south, east, north):
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def feature(coordinates, kind="Polygon", **properties):
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": kind, "coordinates": coordinates},
    }


TOWN = feature([box(115.2, 33.0, 115.3, 33.1)], name="Invented Town")
AROUND = feature(
    [box(115.0, 32.8, 115.5, 33.3), box(115.2, 33.0, 115.3, 33.1)], NAME="Around the Town"
)
ISLANDS = feature(
    [[box(179.5, -17.0, 180.0, -16.0)], [box(-180.0, -17.0, -179.5, -16.0)]],
    "MultiPolygon",
    code="042",
)
SWEEPING = feature([box(179.0, 1.0, -179.0, 2.0)], name="Across")
NAMELESS = feature([box(10.0, 50.0, 10.1, 50.1)])


@pytest.fixture
def districts(tmp_path):
    path = tmp_path / "districts.json"
    features = [AROUND, TOWN, ISLANDS, SWEEPING, NAMELESS]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return read_districts(path)


def cell(lat, lon):
    return h3.latlng_to_cell(lat, lon, 9)


@pytest.mark.parametrize(
    ("lat", "lon", "name"),
    [
        (33.05, 115.25, "Invented Town"),
        (33.20, 115.25, "Around the Town"),
        (32.795, 115.2, "Around the Town"),  # 550 m out: the nearest
        (32.70, 115.2, None),
        (-16.5, 179.9, "042"),
        (-16.5, -179.9, "042"),
        (1.5, 180.0, "Across"),
        (1.5, 179.01, "Across"),
        (1.5, 0.0, None),
        (50.05, 10.05, "district 5"),
        (-33.05, 115.25, None),
    ],
)
def test_a_place_lies_in_one_district_or_none(districts, lat, lon, name):
    found = districts.around(cell(lat, lon))
    assert (found and found.name) == name


def test_a_districts_cells_hold_all_of_it_and_leave_its_hole_out(districts):
    around = districts.around(cell(33.2, 115.25)).cells()
    for spot in ((32.801, 115.001), (33.299, 115.499), (32.999, 115.25)):
        kept = np.array([h3.str_to_int(cell(*spot))], np.uint64)
        assert cs.meets(around, kept).all()
    middle = np.array([h3.str_to_int(cell(33.05, 115.25))], np.uint64)
    assert not cs.meets(around, middle).any()


def collection(*features):
    return json.dumps({"type": "FeatureCollection", "features": features})


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("{", "is no JSON"),
        ("[" * 100_000, "is no JSON"),
        ("[]", "is no FeatureCollection"),
        ('{"type": "FeatureCollection"}', "is no FeatureCollection"),
        (collection(), "holds no district"),
        (collection(TOWN, None), "feature 2 is no area"),
        (collection({"type": "Feature", "geometry": None}), "feature 1 is no area"),
        (collection(feature([0, 0], "Point")), "feature 1 is no area"),
        (collection(feature([])), "cannot be drawn (a polygon without a ring)"),
        (collection(feature([], "MultiPolygon")), "has 0 parts"),
        (collection(feature([[[1, 1], [2, 2], [1, 1]]])), "fewer than three corners"),
        (collection(feature([[[1, 91], [2, 2], [1, 1]]])), "no place on Earth"),
        (collection(feature([["x"]])), "cannot be drawn"),
        (collection(feature([[[1, "x"], [2, 2], [1, 1]]])), "cannot be drawn"),
        (collection(feature(7)), "cannot be drawn"),
        (collection(feature([[[0, n / 1e4] for n in range(60_000)]])), "60,000 corners"),
        (collection(feature([[[1e999, 1], [2, 2], [1, 1]]])), "no place on Earth"),
    ],
)
def test_what_is_no_districts_says_so_in_one_line(tmp_path, text, what):
    path = tmp_path / "wrong.json"
    path.write_text(text)
    with pytest.raises(DistrictsRefused) as refused:
        read_districts(path)
    assert what in str(refused.value)
    assert "\n" not in str(refused.value)
    assert ": " in str(refused.value)  # what, and how to mend it


def test_a_file_that_is_not_there_names_the_setting(tmp_path):
    with pytest.raises(DistrictsRefused, match="HOMEWARD_DISTRICTS"):
        read_districts(tmp_path / "nowhere.json")


def test_counties_are_found_as_shapely_finds_them(real_data):
    path = real_data / "polygons" / "us_counties.geojson"
    counties: Districts = read_districts(path)
    shapes = [shape(one["geometry"]) for one in json.loads(path.read_text())["features"]]
    chance = np.random.default_rng(11)
    seen = 0
    for lat, lon in chance.uniform((30.0, -115.0), (45.0, -80.0), (60, 2)).tolist():
        one = cell(lat, lon)
        middle_lat, middle_lon = h3.cell_to_latlng(one)
        within = [
            row for row, area in enumerate(shapes) if area.contains(Point(middle_lon, middle_lat))
        ]
        found = counties.around(one)
        if within:
            seen += 1
            assert found is counties.all[within[0]]
        elif found is not None:
            near = shapes[counties.all.index(found)]
            assert near.distance(Point(middle_lon, middle_lat)) < 0.02
    assert seen > 40
