"""A given area in the draft's form: pasted or named, shown back first, then drafted as it is."""

import json
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.services.http.desking import Browser, kinds_of
from tests.services.http.test_given_areas import SQUARE, fact, inside

from homeward.desk import read_districts
from homeward.http.app import create_app
from homeward.http.pages.areatexts import CHARS_MAX, AreaUnreadable, area_of
from homeward.http.pages.desk import WORDS
from homeward.http.problems import AreaImpossible
from homeward.record.envelope import attachments, read

CAP = "33.0,115.2 33.0,115.3 33.1,115.3 33.1,115.2 33.0,115.2"
HOLED = [*SQUARE["coordinates"], [[115.21, 33.01], [115.29, 33.01], [115.25, 33.09]]]
FEATURE = {"type": "Feature", "properties": {"name": "x"}, "geometry": SQUARE}
WITH_HEIGHTS = {
    "type": "Polygon",
    "coordinates": [[[*one, 40.0] for one in SQUARE["coordinates"][0]]],
}
WAYS = {
    "cap": CAP,
    "cap in its tags": f"<polygon>{CAP}</polygon>",
    "cap, a corner a line": CAP.replace(" ", "\r\n"),
    "cap, blanks": CAP.replace(",", ", ").replace(" 33", "   33"),
    "a polygon": json.dumps(SQUARE),
    "with heights": json.dumps(WITH_HEIGHTS),
    "a feature": json.dumps(FEATURE, indent=1),
    "a collection": json.dumps({"type": "FeatureCollection", "features": [FEATURE]}),
}


@pytest.fixture
async def officer(world):
    return await Browser(world).sign_in("officer:a-1:county")


@pytest.fixture
async def case(world):
    return await world.verified()


async def drafted(world, case):
    return await fact(world, case, "case.alert-drafted/1")


@pytest.mark.parametrize("way", WAYS)
async def test_it_is_shown_back_and_drafted_when_it_is_sent_again(world, officer, case, way):
    await officer.show(f"/duty/cases/{case['case']}/draft")
    page = await officer.send("/draft", 200, policy="polygon", reach_km_max=30, area=WAYS[way])
    assert "Nothing is drafted yet" in page
    assert re.search(r"<svg .*given area", page, re.DOTALL)
    assert "case.alert-drafted/1" not in await kinds_of(world, case["case"])
    form = officer.form("/draft")
    typed = form["fields"]["area"].replace("\r\n", "\n")
    assert typed == WAYS[way].replace("\r\n", "\n"), "what was typed is still there"
    assert form["fields"]["reach_km_max"] == "30"
    page = await officer.post(form["action"], form["fields"])
    assert officer.path.startswith(f"/duty/cases/{case['case']}/drafts/")
    await officer.post(form["action"], form["fields"])
    assert (await kinds_of(world, case["case"])).count("case.alert-drafted/1") == 1
    area = (await drafted(world, case)).given
    assert inside(area, 33.001, 115.201)
    assert inside(area, 33.05, 115.25)
    assert not inside(area, 33.2, 115.2)
    drawn = await officer.http.get(re.search(r'src="([^"]+area\.svg[^"]*)"', page)[1])
    assert (drawn.status_code, drawn.headers["content-type"]) == (200, "image/svg+xml")
    assert "given area" in drawn.text


async def test_another_area_is_shown_anew(world, officer, case):
    await officer.show(f"/duty/cases/{case['case']}/draft")
    await officer.send("/draft", 200, policy="polygon", reach_km_max=30, area=CAP)
    other = CAP.replace("33.1", "33.08")
    page = await officer.send("/draft", 200, area=other)
    assert "Nothing is drafted yet" in page
    await officer.send("/draft")
    area = (await drafted(world, case)).given
    assert not inside(area, 33.099, 115.25)


async def test_parts_holes_and_a_circle(world, officer, case):
    two = f"{CAP}\n33.12,115.2 33.12,115.3 33.15,115.3"
    holed = json.dumps({"type": "Polygon", "coordinates": HOLED})
    for text, spot, held in (
        (two, (33.125, 115.29), True),
        (holed, (33.03, 115.25), False),
        ("33.068,115.276 5", (33.1, 115.276), True),
    ):
        await officer.show(f"/duty/cases/{case['case']}/draft")
        await officer.send("/draft", 200, policy="polygon", reach_km_max=30, area=text)
        await officer.send("/draft")
        area = await newest(world, case)
        assert inside(area, *spot) == held


async def newest(world, case):
    rows = await world.store.log.key_rows(case["case"], kinds={"case.alert-drafted/1"})
    return read(rows[-1], blobs=await world.store.log.blobs(attachments(rows[-1]))).fact.given


@pytest.mark.parametrize(
    ("area", "why"),
    [
        ("somewhere near the river", "That is no area."),
        ("{not json", "That is no area."),
        ('{"type": "Point", "coordinates": [115, 33]}', "That is no area."),
        ('{"type": "Polygon"}', "That is no area."),
        ('{"type": "Polygon", "coordinates": [[["a", "b"]]]}', "That is no area."),
        ("[" * 5_000, "That is no area."),
        ("91,115 92,115 93,116", "cannot be drawn on Earth"),
        ("33.0,115.2 33.0,115.3", "That is no area."),
        (CAP + " 33.0,115.2" * 5_000, "cannot be drawn on Earth"),
        ("39.9,116.4 39.9,116.5 40.0,116.5", "lies beyond the bound"),
        ("", "That policy needs an area: paste it below."),
    ],
)
async def test_what_cannot_be_drawn_comes_back_with_a_line_that_says_the_mend(
    world, officer, case, area, why
):
    await officer.show(f"/duty/cases/{case['case']}/draft")
    status = 200 if "beyond" in why else 422
    page = await officer.send("/draft", status, policy="polygon", reach_km_max=30, area=area)
    if status == 200:  # it can be drawn, and is: the bound is what stands against it
        page = await officer.send("/draft", 422)
    assert why in page
    assert officer.form("/draft")["fields"]["area"] == area[:60_001]
    assert "<svg" not in page
    assert "case.alert-drafted/1" not in await kinds_of(world, case["case"])


async def test_an_area_for_a_policy_that_makes_its_own_is_refused(world, officer, case):
    await officer.show(f"/duty/cases/{case['case']}/draft")
    await officer.send("/draft", 200, policy="field", area=CAP)
    page = await officer.send("/draft", 422)
    assert "That policy makes its own area." in page
    assert "case.alert-drafted/1" not in await kinds_of(world, case["case"])


@pytest.mark.parametrize("lang", ["zh-Hans", "zh-Hant", "en"])
async def test_poison_in_it_stays_text_in_every_language(world, case, lang):
    browser = await Browser(world, lang).sign_in("officer:a-1:county")
    page = await browser.show(f"/duty/cases/{case['case']}/draft")
    assert WORDS[lang]["area"] in page
    poison = "</textarea><script>alert(1)</script>"
    page = await browser.send("/draft", 422, policy="polygon", area=poison)
    assert "<script>alert" not in page
    assert WORDS[lang]["refused-area-unreadable"] in page


@pytest.fixture
async def districted(world, tmp_path):
    """The world with two districts, one of which holds the place last seen."""
    around = [[lon + 0.02, lat] for lon, lat in SQUARE["coordinates"][0]]
    shapes = {
        ("Invented Town", "340001"): around,
        ("Next Town", "340002"): SQUARE["coordinates"][0],
    }
    features = [
        {
            "type": "Feature",
            "properties": {"name": name, "code": code},
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }
        for (name, code), ring in shapes.items()
    ]
    path = tmp_path / "districts.json"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    world.rooms = replace(world.rooms, districts=read_districts(path))
    world.app = create_app(world.rooms)
    world.http._transport.app = world.app
    return world


@pytest.mark.parametrize("typed", ["Next Town", "next  town", "340002"])
async def test_a_district_is_named_or_its_code(districted, typed):
    case = await districted.verified()
    officer = await Browser(districted).sign_in("officer:a-1:county")
    await officer.show(f"/duty/cases/{case['case']}/draft")
    page = await officer.send("/draft", 200, policy="district", reach_km_max=30, district=typed)
    assert "<svg" in page
    await officer.send("/draft")
    area = (await drafted(districted, case)).given
    assert inside(area, 33.001, 115.201), "the one that was named"


async def test_an_unknown_district_is_typed_again_and_none_is_where_it_was(districted):
    case = await districted.verified()
    officer = await Browser(districted).sign_in("officer:a-1:county")
    await officer.show(f"/duty/cases/{case['case']}/draft")
    page = await officer.send("/draft", 422, policy="district", reach_km_max=30, district="Nowhere")
    assert "No known district has that name or code." in page
    assert officer.form("/draft")["fields"]["district"] == "Nowhere"
    await officer.send("/draft", district="")
    area = (await drafted(districted, case)).given
    assert inside(area, 33.05, 115.31), "the one that holds the place last seen"
    assert not inside(area, 33.05, 115.201)


async def test_who_drafts_nothing_draws_nothing(world, case):
    ngo = await Browser(world).sign_in("ngo:n-1:helpers")
    await ngo.show("/duty")
    token = ngo.form("/duty/out")["fields"]["form"]
    path = f"/duty/cases/{case['case']}"
    await ngo.post(f"{path}/draft", {"form": token, "policy": "polygon", "area": CAP}, 403)
    await ngo.show(f"{path}/drafts/{case['case']}/area.svg", 403)


@given(st.text(max_size=200) | st.text('{}[]",:0123456789. -typeolgnPcrdiaFu\n<>/', max_size=200))
def test_whatever_is_pasted_is_an_area_or_refused(text):
    try:
        found = area_of(text)
    except (AreaUnreadable, AreaImpossible):
        return
    assert found["type"] in {"disk", "Polygon", "MultiPolygon"}


def test_what_is_longer_than_the_bound_is_not_read():
    with pytest.raises(AreaImpossible):
        area_of("x" * (CHARS_MAX + 1))
