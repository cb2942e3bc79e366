"""A preview says about how many, never who or where, and is written down before it is answered."""

import asyncio

import pytest

from homeward.fanout.outline import RES_COUNTED
from homeward.ports import Contact, Recipient
from homeward.words import RecipientKind

DISK = {"type": "disk", "lat": 33.068, "lon": 115.276, "radius_km": 30.0}
CELL_7 = "8740b059affffff"


async def preview(world, area=DISK, who="officer", **more):
    return await world.post(who, "/v1/areas/preview", {"area": area, **more})


async def enrol(world, count, cell=CELL_7, **more):
    people = [
        Recipient(
            f"v-{cell}-{number}",
            RecipientKind.VOLUNTEER,
            (cell,),
            contacts=((Contact("inbox"),),),
            **more,
        )
        for number in range(count)
    ]
    await world.store.roster.register(people)


async def test_an_area_holds_so_many_people_and_hubs_as_spans(world):
    await enrol(world, 120)
    await world.enrolled("h-linquan", "hub")
    said = (await preview(world)).json()
    assert (said["people"], said["hubs"], said["world"]) == ("100-200", 1, "drill")
    assert (said["suppressed"], said["unreachable"]) == ("0-20", "0-20")
    assert said["area_km2"] >= 2_800
    assert "v-" not in str(said)


@pytest.mark.parametrize("count", [0, 1, 19])
async def test_fewer_than_twenty_look_like_nobody(world, count):
    await enrol(world, count)
    assert (await preview(world)).json()["people"] == "0-20"


async def test_tiny_areas_cannot_be_held_against_each_other(world):
    """Whatever is drawn is grown to cells of 36 km2, so that a doorstep makes no difference."""
    await enrol(world, 25, cell="8740b059bffffff")
    answers = [(await preview(world, {**DISK, "radius_km": km})).json() for km in (0.01, 0.02, 0.5)]
    assert {one["people"] for one in answers} == {answers[0]["people"]}
    assert all(int(cell[1], 16) <= RES_COUNTED for one in answers for cell in one["cells"])


SQUARE = [[115.0, 32.8], [115.6, 32.8], [115.6, 33.4], [115.0, 33.4], [115.0, 32.8]]
HOLE = [[115.1, 32.9], [115.5, 32.9], [115.5, 33.3], [115.1, 33.3], [115.1, 32.9]]
AWAY = [[lon + 10, lat] for lon, lat in SQUARE]


@pytest.mark.parametrize(
    ("area", "people"),
    [
        ({"type": "Polygon", "coordinates": [SQUARE]}, "20-50"),
        ({"type": "Polygon", "coordinates": [SQUARE, HOLE]}, "0-20"),
        ({"type": "MultiPolygon", "coordinates": [[AWAY], [SQUARE]]}, "20-50"),
        ({"type": "MultiPolygon", "coordinates": [[AWAY]]}, "0-20"),
        ({"type": "cells", "cells": ["8740b059affffff"]}, "20-50"),
        ({**DISK, "type": "disk", "radius_km": 5_000.0}, "20-50"),
        (
            {
                "type": "ring",
                "lat": 33.068,
                "lon": 115.276,
                "inner_km": 60.0,
                "outer_km": 90.0,
            },
            "0-20",
        ),
    ],
)
async def test_every_shape_is_counted(world, area, people):
    await enrol(world, 30)
    answer = await preview(world, area)
    assert answer.status_code == 200, answer.text
    assert answer.json()["people"] == people


async def test_filters_are_those_of_an_alert(world):
    await enrol(world, 30, quiet_from_min=22 * 60, quiet_to_min=7 * 60)
    night = "2026-03-02T02:00:00+08:00"
    said = (await preview(world, severity="moderate", at=night)).json()
    assert (said["people"], said["suppressed"]) == ("0-20", "20-50")
    noon = (await preview(world, severity="moderate", at="2026-03-01T12:00:00+08:00")).json()
    assert noon["people"] == "20-50"


@pytest.mark.parametrize(
    "area",
    [
        {"type": "disk", "lat": 33.0, "lon": 115.0, "radius_km": 5_001.0},
        {"type": "disk", "lat": 33.0, "lon": 115.0, "radius_km": 0.0},
        {"type": "disk", "lat": 93.0, "lon": 115.0, "radius_km": 5.0},
        {"type": "ring", "lat": 33.0, "lon": 115.0, "inner_km": 9.0, "outer_km": 5.0},
        {"type": "Polygon", "coordinates": [[[115.0, 33.0], [115.0, 33.0], [115.0, 33.0]]]},
        {"type": "Polygon", "coordinates": [[[33.0, 115.0], [33.0, 116.0], [34.0, 116.0]]]},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [HOLE, SQUARE]},  # the hole takes all of it
        {"type": "Polygon", "coordinates": [[[-180, -90], [180, -90], [180, 90], [-180, 90]]]},
        {"type": "cells", "cells": []},
        {"type": "cells", "cells": ["8740b059affffff"] * 5_001},
        {"type": "star"},
    ],
)
async def test_what_cannot_be_drawn_is_refused(world, area):
    answer = await preview(world, area)
    assert answer.status_code == 422, answer.text


async def test_each_preview_is_written_down_with_who_and_where(world):
    await preview(world)
    [row] = await world.store.log.newest("access.area-previewed/1")
    assert b'"a-officer"' in row.envelope
    assert row.key == "access-areas"


async def test_so_many_an_hour(world):
    world.app.state.previews.at_most = 2
    assert [(await preview(world)).status_code for _ in range(3)] == [200, 200, 429]
    assert int((await preview(world)).headers["retry-after"]) > 3_000
    assert (await preview(world, who="supervisor")).status_code == 200


async def test_as_many_pass_at_once_as_one_after_another(world):
    world.app.state.previews.at_most = 2
    answers = await asyncio.gather(*(preview(world) for _ in range(5)))
    assert sorted(one.status_code for one in answers) == [200, 200, 429, 429, 429]


@pytest.mark.parametrize("who", ["coordinator", "auditor", "reporter:m", "ngo:n:x", "admin"])
async def test_only_who_may_approve_alerts(world, who):
    assert (await preview(world, who=who)).status_code == 403


async def test_the_area_that_the_reach_policy_would_give_a_case_now(world):
    case = await world.verified()
    await enrol(world, 60)
    await world.enrolled("h-linquan", "hub")
    path = f"/v1/cases/{case['case']}/alerts/preview"
    said = (await world.get("officer", path, policy="circles")).json()
    assert (said["people"], said["hubs"]) == ("50-100", 1)
    small = (await world.get("officer", path, reach_km_max=5)).json()
    assert all(int(cell[1], 16) <= RES_COUNTED for cell in small["cells"])
    assert small["area_km2"] < said["area_km2"]
    [row, _] = await world.store.log.newest("access.area-previewed/1")
    assert row.key == case["case"]
    wrong = await world.get("officer", path, policy="stars")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "policy-unknown")


@pytest.mark.parametrize("at", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"])
async def test_a_moment_at_the_ends_of_time_is_refused(world, at):
    await enrol(world, 30, quiet_from_min=22 * 60, quiet_to_min=7 * 60)
    answer = await preview(world, severity="moderate", at=at)
    assert (answer.status_code, answer.json()["code"]) == (422, "request-invalid")
