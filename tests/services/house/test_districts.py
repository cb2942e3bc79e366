"""A server with a file of districts that cannot be read does not start, and says why in a line."""

import json

import pytest

from homeward.house import HouseRefused
from homeward.house.opening import districts_of
from homeward.settings import Settings

SQUARE = [[[115.0, 33.0], [116.0, 33.0], [116.0, 34.0], [115.0, 33.0]]]


def test_without_a_file_there_are_no_districts():
    assert districts_of(Settings()) is None


def test_a_file_is_read(tmp_path, monkeypatch):
    feature = {
        "type": "Feature",
        "properties": {"name": "Invented"},
        "geometry": {"type": "Polygon", "coordinates": SQUARE},
    }
    path = tmp_path / "districts.json"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    monkeypatch.setenv("HOMEWARD_DISTRICTS", str(path))
    [one] = districts_of(Settings()).all
    assert one.name == "Invented"


@pytest.mark.parametrize("text", [None, "{", '{"features": []}'], ids=["away", "torn", "empty"])
def test_what_cannot_be_read_is_refused_in_one_line_with_the_mend(tmp_path, text):
    path = tmp_path / "districts.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(HouseRefused) as refused:
        districts_of(Settings(districts=path))
    what, _, mend = str(refused.value).partition(": ")
    assert str(path) in what
    assert mend
    assert "\n" not in str(refused.value)
