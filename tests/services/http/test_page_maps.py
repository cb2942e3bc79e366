"""Small maps inside pages: a parent's shows the report alone, a hub's a direction alone."""

import re
from datetime import timedelta
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import h3
import pytest
from tests.services.http.looking import shown

from homeward.formats.sheets import PHRASES

COORDINATES = re.compile(r"\d{2,3}\.\d{2}")
NORTH_EAST = (33.6, 115.9)


def drawn(page):
    found = re.findall(r'<div class="map">(.*?)</div>', page, re.DOTALL)
    return [ET.fromstring(one) for one in found]


def words(root):
    return [one.text for one in root.iter("{http://www.w3.org/2000/svg}text")]


async def sighted(world, case, lat, lon):
    place = {"lat": lat, "lon": lon, "datum": "wgs84", "accuracy_m": 50}
    seen_at = (world.rooms.clock.now() - timedelta(minutes=2)).isoformat()
    said = await world.post(
        "officer",
        f"/v1/cases/{case}/sightings",
        {"seen_at": seen_at, "mode": "vehicle", "place": place},
    )
    assert said.status_code in {200, 201}, said.text
    accepted = await world.post(
        "coordinator", f"/v1/sightings/{said.json()['sighting']}/accept", {"mode": "vehicle"}
    )
    assert accepted.status_code == 200, accepted.text


@pytest.mark.parametrize("lang", ["en", "zh-Hans"])
async def test_a_parent_sees_the_place_they_reported_and_nothing_of_a_sighting(world, lang):
    case = await world.issued()
    path = f"{urlsplit(case['link']).path}?lang={lang}"
    before = drawn(await shown(world, path))
    assert len(before) == 1
    assert any("临泉" in one for one in words(before[0])), "the seat of the county, to read it by"
    await sighted(world, case["case"], *NORTH_EAST)
    after = drawn(await shown(world, path))
    assert ET.tostring(after[0]) == ET.tostring(before[0])


async def watch_page(world, *, sighting=NORTH_EAST, kind="hub"):
    case = await world.issued()
    await sighted(world, case["case"], *sighting)
    bearer = await world.enrolled("h-1", kind)
    watch = await world.watched(case["case"], "h-1", case["draft"])
    now = world.rooms.clock.now()
    await world.told(
        "h-1",
        case["case"],
        case["draft"],
        "watch",
        watch=watch,
        window_from=now + timedelta(minutes=10),
        window_to=now + timedelta(minutes=40),
    )
    return case, f"/i/h-1/{bearer.rpartition('.')[2]}"


@pytest.mark.parametrize("lang", ["en", "zh-Hans"])
async def test_a_hub_sees_itself_its_window_and_a_direction(world, lang):
    _, path = await watch_page(world)
    [picture] = drawn(await shown(world, f"{path}?lang={lang}"))
    said = words(picture)
    assert any(PHRASES[lang]["wind-1"] in one for one in said)
    assert any(re.search(r"\d\d:\d\d", one) for one in said), "its window"
    assert not any("km" in one or COORDINATES.search(one) for one in said), "no distance, no place"
    shapes = {one.tag.rpartition("}")[2] for one in picture.iter()}
    assert shapes <= {"svg", "title", "rect", "path", "text"}, "no area and no ring"


async def test_two_sightings_in_one_direction_give_a_hub_the_same_map(world):
    """Whether 50 or 500 km away: what is drawn is a direction and nothing finer."""
    pictures = set()
    lat, lon = h3.cell_to_latlng("8a40b059a787fff")
    for part in (1, 3):
        case, path = await watch_page(world, sighting=(lat + 0.1 * part, lon + 0.12 * part))
        page = drawn(await shown(world, path))
        pictures.add(ET.tostring(page[0]))
        await world.post("officer", f"/v1/cases/{case['case']}/cancel", {"reason": "false"})
    assert len(pictures) == 1


async def test_a_hub_where_they_were_seen_is_told_no_direction(world):
    _, path = await watch_page(world, sighting=h3.cell_to_latlng("8a40b059a787fff"))
    assert drawn(await shown(world, path)) == []


async def test_when_it_is_over_the_map_is_gone(world):
    case, path = await watch_page(world)
    await world.post("officer", f"/v1/cases/{case['case']}/cancel", {"reason": "false"})
    assert drawn(await shown(world, path)) == []


async def test_a_volunteer_gets_no_map(world):
    case = await world.issued()
    await sighted(world, case["case"], *NORTH_EAST)
    bearer = await world.enrolled("v-1")
    await world.told("v-1", case["case"], case["draft"])
    assert drawn(await shown(world, f"/i/v-1/{bearer.rpartition('.')[2]}")) == []


async def test_the_pages_policy_stays_as_strict_as_it_was(world):
    case = await world.issued()
    answer = await world.http.get(urlsplit(case["link"]).path, headers={"Accept": "text/html"})
    assert answer.headers["content-security-policy"] == (
        "default-src 'none'; style-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
