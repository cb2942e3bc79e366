import json

import pytest

SAID = {
    "world": "live",
    "people": "20,000-50,000",
    "hubs": 14,
    "area_km2": 31_200,
    "suppressed": "200-500",
    "unreachable": "0-20",
    "cells": [],
}


def test_an_area_in_one_line(at_stub, stub):
    stub.answer(200, SAID)
    code, said, _ = at_stub("area", "preview", "--lat", 33.07, "--lon", 115.28, "--km", 30)
    assert (code, said.startswith("LIVE  20,000-50,000 people, 14 hubs")) == (0, True)
    [(method, path, body, _)] = stub.asked
    assert (method, path) == ("POST", "/v1/areas/preview")
    assert body["area"] == {
        "type": "disk",
        "lat": 33.07,
        "lon": 115.28,
        "datum": "wgs84",
        "radius_km": 30.0,
    }


def test_other_shapes(at_stub, stub, tmp_path):
    stub.answer(200, SAID)
    ring = [[115.0, 33.0], [116.0, 33.0], [116.0, 34.0]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    (tmp_path / "a.json").write_text(json.dumps({"type": "Feature", "geometry": shape}))
    at_stub("area", "preview", "--geojson", tmp_path / "a.json")
    at_stub("area", "preview", "--cells", "8740b059affffff, 8740b059bffffff")
    at_stub("area", "preview", "--lat", 1, "--lon", 2, "--km", 30, "--inner-km", 10)
    types = [body["area"]["type"] for _, _, body, _ in stub.asked]
    assert types == ["Polygon", "cells", "ring"]


@pytest.mark.parametrize("args", [(), ("--lat", "33"), ("--geojson", "nowhere.json")])
def test_what_draws_nothing_says_how(at_stub, args):
    code, _, errors = at_stub("area", "preview", *args)
    assert code in {1, 2}
    assert errors.count("\n") == 1


def test_of_a_case(at_stub, stub):
    stub.answer(200, SAID)
    assert at_stub("case", "preview", "ABCD-EFGH", "--reach-km", 5, "--json")[0] == 0
    assert stub.asked[0][1] == "/v1/cases/ABCD-EFGH/alerts/preview?reach_km_max=5"
