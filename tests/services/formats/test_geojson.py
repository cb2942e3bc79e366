"""GeoJSON of fields and courses, held to RFC 7946 and judged by shapely."""

import json

import h3.api.basic_int as h3
import numpy as np
import pytest
import shapely
from shapely.geometry import Point, Polygon, shape
from tests.streams.picture.stories import SEAT, later, story

from homeward.formats.geojson import course_json, field_json
from homeward.geography.cells import from_bytes
from homeward.picture.course import as_it_was
from homeward.picture.field import field_of
from homeward.policies.hypotheses import hypotheses

PLACES = {
    "plain": (*SEAT, (33.3, 115.9)),
    "antimeridian": (-17.0, 179.9, (-17.2, -179.8)),
    "north pole": (89.8, 10.0, (89.7, -170.0)),
    "south pole": (-89.9, 10.0, (-89.7, -170.0)),
}


@pytest.fixture(scope="module", params=PLACES)
def facts(request):
    lat, lon, sighting = PLACES[request.param]
    return story(lat, lon, sighting=sighting, minutes=120)


def upto(facts, minutes):
    return [one for one in facts if one.at <= later(minutes)]


def held_to_rfc_7946(collection):
    """Sections 3 and 4: objects whole, rings closed and right-handed, WGS-84 in range."""
    again = json.loads(json.dumps(collection, allow_nan=False))
    assert again["type"] == "FeatureCollection"
    assert "crs" not in again, "RFC 7946 has but one"
    for feature in again["features"]:
        assert feature["type"] == "Feature"
        assert set(feature) <= {"type", "id", "geometry", "properties"}
        assert isinstance(feature["properties"], dict)
        geometry = shape(feature["geometry"])
        assert geometry.is_valid, shapely.is_valid_reason(geometry)
        for part in getattr(geometry, "geoms", ()):
            assert part.exterior.is_ccw
            assert not any(hole.is_ccw for hole in part.interiors)
        for lon, lat in shapely.get_coordinates(geometry):
            assert -180 <= lon <= 180
            assert -90 <= lat <= 90
    return again["features"]


def test_a_field_is_geojson_of_bands_sources_hubs_and_what_was_told(facts):
    found = field_of(upto(facts, 60), later(60))
    features = held_to_rfc_7946(field_json(found, {"h-01": "Linquan station"}))
    kinds = {one["properties"]["kind"] for one in features}
    assert kinds == {"band", "reachable", "told", "source", "hub"}
    hubs = [one["properties"] for one in features if one["properties"]["kind"] == "hub"]
    assert hubs == sorted(hubs, key=lambda one: one["earliest_at"])
    assert [one["earliest_at"] for one in hubs] != []


def test_each_source_says_how_surely_it_was_the_last_true_one(facts):
    """What is older than a credible sighting still has a part, for the sighting can be false."""
    found = field_of(upto(facts, 96), later(96))
    sources = [
        (one["properties"]["what"], one["properties"]["weight"])
        for one in field_json(found)["features"]
        if one["properties"]["kind"] == "source"
    ]
    weights = {one.source.seen_at: one.weight for one in hypotheses(found.known, found.at)}
    assert sources == [
        ("last-seen", pytest.approx(weights[later(0)])),
        ("sighting", pytest.approx(weights[later(90)])),
    ]
    assert min(weight for _, weight in sources) > 0


def test_each_bands_outline_holds_its_cells_and_no_others(facts):
    found = field_of(upto(facts, 60), later(60))
    features = field_json(found)["features"]
    for percent, cells in found.bands:
        parts = [
            shape(one["geometry"])
            for one in features
            if one["properties"].get("percent") == percent
        ]
        band = shapely.union_all(parts)
        for cell in np.unique(found.surface.cells).tolist():
            lat, lon = h3.cell_to_latlng(cell)
            assert band.contains(Point(lon, lat)) == (cell in set(cells.tolist()))


def test_the_area_said_is_that_of_the_outline(facts):
    found = field_of(upto(facts, 60), later(60))
    for one in field_json(found)["features"]:
        if one["properties"]["kind"] == "band":
            assert one["properties"]["cells"] > 0
            assert one["properties"]["km2"] > 0


def test_a_course_is_one_feature_a_wave_with_its_time(facts):
    course = as_it_was(facts)
    collection = course_json(course)
    assert collection["type"] == "FeatureCollection"
    assert [one["properties"]["wave"] for one in collection["features"]] == [
        wave.wave for wave in course.waves
    ]
    times = [one["properties"]["time"] for one in collection["features"]]
    assert times == sorted(times)
    for one, wave in zip(collection["features"], course.waves, strict=True):
        parts = [Polygon(rings[0], rings[1:]) for rings in one["geometry"]["coordinates"]]
        assert all(part.is_valid for part in parts)
        for cell in from_bytes(wave.cells).tolist():
            lat, lon = h3.cell_to_latlng(cell)
            assert any(part.contains(Point(lon, lat)) for part in parts)


def test_the_same_field_is_the_same_bytes():
    facts = story(minutes=60)
    one, other = (json.dumps(field_json(field_of(facts, later(60)))) for _ in range(2))
    assert one == other
