"""Alerts whose area is given: drawn by an officer, or the district that the desk finds."""

import json
from dataclasses import replace

import h3
import numpy as np
import pytest

from homeward.desk import read_districts
from homeward.facts.case import AlertDrafted, AlertIssued
from homeward.geography import cells as cs
from homeward.http.app import create_app
from homeward.record.envelope import attachments, read

DISK = {"type": "disk", "lat": 33.068, "lon": 115.276, "radius_km": 5.0}
GCJ = {**DISK, "datum": "gcj02"}
RING = {"type": "ring", "lat": 33.068, "lon": 115.276, "inner_km": 3.0, "outer_km": 9.0}
SQUARE = {
    "type": "Polygon",
    "coordinates": [[[115.2, 33.0], [115.3, 33.0], [115.3, 33.1], [115.2, 33.1], [115.2, 33.0]]],
}
HOLE = [[115.0, 32.0], [116.0, 32.0], [116.0, 34.0], [115.0, 34.0], [115.0, 32.0]]
BOTH = {"type": "MultiPolygon", "coordinates": [SQUARE["coordinates"]] * 2}
HEX = {"type": "cells", "cells": ["8740b059affffff", "8940b0595dbffff"]}
BOUNDS = {"severity": "extreme", "reach_km_max": 30, "expires_in_s": 3_600}


async def drafted(world, **body):
    case = await world.verified()
    path = f"/v1/cases/{case['case']}/alerts"
    return case, path, await world.post("officer", path, {**BOUNDS, **body})


async def fact(world, case, kind):
    [row] = await world.store.log.key_rows(case["case"], kinds={kind})
    return read(row, blobs=await world.store.log.blobs(attachments(row))).fact


def inside(area, lat, lon, res=9):
    kept = np.array([h3.str_to_int(h3.latlng_to_cell(lat, lon, res))], np.uint64)
    return bool(cs.meets(cs.from_bytes(area), kept).all())


@pytest.mark.parametrize("area", [DISK, GCJ, RING, SQUARE, BOTH, HEX], ids=str)
async def test_the_area_that_was_drafted_is_the_one_that_is_issued(world, area):
    case, path, answer = await drafted(world, policy="polygon", area=area)
    assert answer.status_code == 201, answer.text
    draft = answer.json()["draft"]
    assert answer.json()["district"] is None
    shown = (await world.get("supervisor", f"{path}/{draft}")).json()
    assert (await world.post("officer", f"{path}/{draft}/issue")).status_code == 200
    before = await fact(world, case, "case.alert-drafted/1")
    issued = await fact(world, case, "case.alert-issued/1")
    assert isinstance(before, AlertDrafted)
    assert isinstance(issued, AlertIssued)
    assert issued.given == before.given
    assert before.given_cells == len(shown["cells"]) == len(issued.given) // 8 > 0
    assert cs.to_bytes(cs.cells_from(shown["cells"])) == issued.given


@pytest.mark.parametrize(
    ("area", "spot", "held"),
    [
        (DISK, (33.068, 115.276), True),
        (DISK, (33.110, 115.276), True),
        (DISK, (33.20, 115.276), False),
        (RING, (33.068, 115.276), False),
        (RING, (33.12, 115.276), True),
        (SQUARE, (33.001, 115.201), True),
        (SQUARE, (33.2, 115.2), False),
    ],
)
async def test_an_area_holds_what_was_drawn(world, area, spot, held):
    case, _, _ = await drafted(world, policy="polygon", area=area)
    given = (await fact(world, case, "case.alert-drafted/1")).given
    assert inside(given, *spot) == held


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"policy": "polygon"}, "area-missing"),
        ({"policy": "district"}, "districts-unset"),
        ({"policy": "field", "area": DISK}, "area-unused"),
        ({"area": DISK}, "area-unused"),
        ({"policy": "polygon", "area": {**DISK, "radius_km": 60.0}}, "area-beyond-bound"),
        ({"policy": "polygon", "area": {**DISK, "lat": 35.0}}, "area-beyond-bound"),
        ({"policy": "polygon", "area": {**DISK, "lat": 91.0}}, "place-impossible"),
        (
            {
                "policy": "polygon",
                "area": {**SQUARE, "coordinates": [*SQUARE["coordinates"], HOLE]},
            },
            "area-impossible",
        ),
        (
            {"policy": "polygon", "area": {"type": "cells", "cells": ["8140bffffffffff"]}},
            "area-beyond-bound",
        ),
    ],
)
async def test_refusals_say_how_to_mend_it(world, body, code):
    _, _, answer = await drafted(world, **body)
    said = answer.json()
    assert (answer.status_code, said["code"]) == (422, code)
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert said["mend"]
    if code == "districts-unset":
        assert "HOMEWARD_DISTRICTS" in said["mend"]
        assert "area" in said["mend"]


async def test_the_same_draft_again_is_the_same_draft(world):
    _, path, first = await drafted(world, policy="polygon", area=DISK)
    key = f"k-{world.asked}"
    again = await world.post(
        "officer", path, {**BOUNDS, "policy": "polygon", "area": DISK}, key=key
    )
    assert again.json()["draft"] == first.json()["draft"]
    other = await world.post("officer", path, {**BOUNDS, "policy": "polygon", "area": HEX}, key=key)
    assert other.json()["code"] == "idempotency-key-reused"


@pytest.fixture
async def districted(world, tmp_path):
    """The world, with a file of two districts: the last seen place lies in the second."""
    path = tmp_path / "districts.json"
    square = SQUARE["coordinates"]
    away = [[[lon + 5, lat] for lon, lat in square[0]]]
    features = [
        {
            "type": "Feature",
            "properties": {"name": name},
            "geometry": {"type": "Polygon", "coordinates": one},
        }
        for name, one in (("Away", away), ("Invented Town", square))
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    rooms = replace(world.rooms, districts=read_districts(path))
    world.rooms = rooms
    # The same doors, other rooms.
    world.http._transport.app = create_app(rooms)
    return world


async def test_the_desk_finds_the_district_and_names_it(districted):
    case, path, answer = await drafted(districted, policy="district")
    assert answer.json()["district"] == "Invented Town"
    given = (await fact(districted, case, "case.alert-drafted/1")).given
    assert inside(given, 33.001, 115.299)
    assert not inside(given, 33.05, 120.25)
    issue = await districted.post("officer", f"{path}/{answer.json()['draft']}/issue")
    assert issue.status_code == 200, issue.text


async def test_a_drawn_area_goes_before_the_district(districted):
    case, _, answer = await drafted(districted, policy="district", area=HEX)
    assert answer.json()["district"] is None
    assert (await fact(districted, case, "case.alert-drafted/1")).given_cells == 2


async def test_a_place_in_no_district_is_refused(districted):
    place = {"lat": 40.0, "lon": 100.0, "datum": "wgs84", "accuracy_m": 50}
    seen = {"at": "2026-03-01T11:00:00+08:00", "place": place}
    case = await districted.raised("officer", last_seen=seen)
    path = f"/v1/cases/{case['case']}"
    await districted.post("officer", f"{path}/verify", {"unit": "t"})
    answer = await districted.post("officer", f"{path}/alerts", {**BOUNDS, "policy": "district"})
    assert (answer.status_code, answer.json()["code"]) == (422, "district-unknown")


async def test_previews_measure_the_area_that_a_draft_has_or_would_get(districted):
    case = await districted.verified()
    path = f"/v1/cases/{case['case']}/alerts"
    wide = (await districted.get("officer", f"{path}/preview", policy="circles")).json()
    town = (await districted.get("officer", f"{path}/preview", policy="district")).json()
    assert 100 < town["area_km2"] < 600 < wide["area_km2"]
    none = await districted.get("officer", f"{path}/preview", policy="polygon")
    assert (none.status_code, none.json()["code"]) == (422, "area-missing")
    await districted.post("officer", path, {**BOUNDS, "policy": "polygon", "area": DISK})
    drawn = (await districted.get("officer", f"{path}/preview")).json()
    assert 100 < drawn["area_km2"] < 600
