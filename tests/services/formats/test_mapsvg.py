"""Maps as SVG: what an XML parser and a browser's strictest policy say of them."""

import re
from xml.etree import ElementTree as ET

import h3.api.basic_int as h3
import numpy as np
import pytest
from tests.services.formats.test_geojson import PLACES, upto
from tests.streams.picture.stories import SEAT, later, story

from homeward.formats.mapsvg import TEXT_PX, Area, Mark, Sheet, svg, width_px, wrapped
from homeward.formats.sheets import (
    PHRASES,
    coming_sheet,
    course_sheet,
    direction,
    field_sheet,
    place_sheet,
)
from homeward.geography.sphere import centre_deg, distance_m
from homeward.picture.course import as_it_was, under
from homeward.picture.field import book_of, field_of

ALLOWED = {"svg", "title", "rect", "path", "circle", "text"}
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e\+?\d+)?")
SVG = "{http://www.w3.org/2000/svg}"


def parsed(text):
    """Parse a map, and hold it to what every map must be."""
    root = ET.fromstring(text)
    for one in root.iter():
        assert one.tag.removeprefix(SVG) in ALLOWED
        assert not {"style", "class", "href", "id", "onload"} & set(one.attrib)
        assert not any("url(" in value for value in one.attrib.values())
        for name in ("x", "y", "cx", "cy", "r", "width", "height"):
            assert NUMBER.fullmatch(one.attrib.get(name, "0")), one.attrib
        if one.tag == f"{SVG}path":
            assert not set(re.sub(r"e\+", "", one.attrib["d"])) - set("MLHVZ0123456789.- ")
    assert "nan" not in text
    assert "inf " not in text
    assert root.find(f"{SVG}title").text == root.attrib["aria-label"]
    assert root.attrib["role"] == "img"
    return root


def words(root):
    return [one.text for one in root.iter(f"{SVG}text")]


@pytest.fixture(scope="module", params=PLACES)
def facts(request):
    lat, lon, sighting = PLACES[request.param]
    return story(lat, lon, sighting=sighting, minutes=120)


@pytest.mark.parametrize("lang", PHRASES)
def test_a_field_is_drawn_with_bands_hubs_sources_scale_and_legend(facts, lang):
    found = field_of(upto(facts, 96), later(96))
    names = {one.hub.id: f"<{one.hub.id}> & 'West'" for one in found.hubs}
    root = parsed(svg(field_sheet(found, lang, names=names)))
    said = words(root)
    assert any(one.endswith(" km") for one in said)
    assert PHRASES[lang]["north"] in said
    for percent in (50, 75, 90):
        assert PHRASES[lang]["band"].format(percent=percent) in said
    assert sum(PHRASES[lang]["sighting"] in one for one in said) >= 1
    crowded = abs(centre_deg(found.focus)[0]) > 80  # all hubs lie under the same few pixels
    assert crowded or any("> & 'West' " in one for one in said)


def test_a_course_is_drawn_wave_by_wave(facts):
    for course in (as_it_was(facts), under(facts, "circles", later(120))):
        root = parsed(svg(course_sheet(course, facts[0].key, book_of(facts))))
        said = [one for one in words(root) if one.startswith("told by")]
        moments = {wave.at for wave in course.waves}
        assert len(said) == len(set(said)) == min(4, len(moments))


def test_the_same_sheet_is_the_same_bytes():
    facts = story(minutes=60)
    assert len({svg(field_sheet(field_of(facts, later(60)))) for _ in range(2)}) == 1


@pytest.mark.parametrize("middle", [(33.0, 115.0), (0.0, 180.0), (89.5, 0.0), (-90.0, 0.0)])
def test_distances_from_the_middle_are_true(middle):
    """Two dots 100 km apart lie on the sheet as far apart as the scale bar says."""
    start = h3.latlng_to_cell(*middle, 9)
    lat, lon = h3.cell_to_latlng(start)
    ring = h3.grid_ring(h3.latlng_to_cell(lat, lon, 5), 6)
    marks = [Mark(*h3.cell_to_latlng(cell)) for cell in ring]
    root = parsed(svg(Sheet(lat, lon, "t", marks=tuple(marks))))
    said = next(one for one in words(root) if one.endswith("km"))
    bar = next(
        [float(n) for n in NUMBER.findall(one.attrib["d"])]
        for one in root.iter(f"{SVG}path")
        if "H" in one.attrib["d"]
    )
    m_per_px = float(said.removesuffix(" km")) * 1_000 / (bar[3] - bar[0])
    dots = [(float(one.attrib["cx"]), float(one.attrib["cy"])) for one in root.iter(f"{SVG}circle")]
    assert len(dots) == len(marks)
    for (x, y), mark in zip(dots[::-1], marks, strict=True):
        true_m = distance_m(lat, lon, mark.lat_deg, mark.lon_deg)
        assert np.hypot(x - 400, y - 400) * m_per_px == pytest.approx(true_m, rel=0.01)


def test_labels_never_lie_on_each_other_and_the_most_important_is_there():
    marks = [Mark(33 + n / 1_000, 115.0, f"hub number {n}") for n in range(60)]
    root = parsed(svg(Sheet(33.0, 115.0, "t", marks=tuple(marks))))
    boxes = []
    for one in root.iter(f"{SVG}text"):
        if one.text.startswith("hub number"):
            x, y = float(one.attrib["x"]), float(one.attrib["y"])
            boxes.append((x, y - 10, x + width_px(one.text), y))
    assert "hub number 0" in words(root)
    assert 5 < len(boxes) < 60
    for row, one in enumerate(boxes):
        for other in boxes[:row]:
            apart = one[0] >= other[2] or other[0] >= one[2]
            assert apart or one[1] >= other[3] or other[1] >= one[3]


def test_what_somebody_typed_stays_text():
    evil = "</svg><script>alert(1)</script>\"'&"
    root = parsed(svg(Sheet(33.0, 115.0, evil, (evil,), marks=(Mark(33.0, 115.0, evil),))))
    assert words(root).count(evil) == 3


@pytest.mark.parametrize(
    "text", ["Where the person was last seen", "您报告的最后见到处 as reported", ""]
)
def test_long_lines_are_folded_and_nothing_is_lost(text):
    lines = wrapped(text, 8 * TEXT_PX)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(width_px(one) <= 8 * TEXT_PX for one in lines)


def test_nothing_to_draw_is_a_map_all_the_same():
    empty = Area(np.empty(0, np.uint64), "nothing", "#ff0000")
    parsed(svg(Sheet(90.0, 0.0, "empty", areas=(empty,))))


def test_a_reporters_map_holds_the_place_last_seen_alone():
    cell = h3.int_to_str(h3.latlng_to_cell(*SEAT, 9))
    root = parsed(svg(place_sheet(cell, 300, "en")))
    assert len(list(root.iter(f"{SVG}circle"))) == 1, "how far off it may be"
    assert PHRASES["en"]["place-key"] in words(root)


@pytest.mark.parametrize("wind", range(8))
def test_a_hubs_map_says_where_they_come_from_and_no_distance(wind):
    hub = h3.latlng_to_cell(*SEAT, 10)
    turn = np.radians(45 * wind)
    there = h3.latlng_to_cell(SEAT[0] + 0.5 * np.cos(turn), SEAT[1] + 0.6 * np.sin(turn), 9)
    assert direction(h3.int_to_str(hub), h3.int_to_str(there)) == wind
    root = parsed(svg(coming_sheet(h3.int_to_str(hub), wind, "11:20-12:05", "en")))
    said = words(root)
    assert f"from the {PHRASES['en'][f'wind-{wind}']}" in said
    assert "11:20-12:05" in said
    assert not any("km" in one for one in said)
