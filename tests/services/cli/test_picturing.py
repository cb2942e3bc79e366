import csv
import json
from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from tests.streams.picture.stories import later, story

from homeward.cli import picturing
from homeward.cli.courses import course_shown, pictures
from homeward.picture.course import as_it_was, under
from homeward.picture.waves import People
from homeward.words import instant_text


def test_a_map_goes_to_a_file_or_to_the_pipe(at_stub, stub, tmp_path):
    stub.answer(200, {"svg": 1})
    code, said, _ = at_stub("case", "map", "ABCD-EFGH", "--as-of", 41, "--lang", "en")
    assert (code, json.loads(said)) == (0, {"svg": 1})
    at_stub("case", "map", "ABCD-EFGH", "--policy", "circles", "-o", tmp_path / "a.geojson")
    assert json.loads((tmp_path / "a.geojson").read_text()) == {"svg": 1}
    assert [path for _, path, *_ in stub.asked] == [
        "/v1/cases/ABCD-EFGH/map?as_of=41&lang=en",
        "/v1/cases/ABCD-EFGH/field?policy=circles",
    ]


def test_a_refusal_is_one_line_and_no_file(at_stub, stub, tmp_path):
    stub.answer(422, {"title": "No reach policy has that name.", "code": "policy-unknown"})
    out = tmp_path / "a.svg"
    code, _, errors = at_stub("case", "map", "ABCD-EFGH", "--policy", "x", "-o", out)
    assert code != 0
    assert "policy-unknown" in errors
    assert not out.exists()


def test_a_language_that_no_map_speaks(at_stub, stub):
    code, _, errors = at_stub("case", "map", "ABCD-EFGH", "--lang", "fr")
    assert (code, errors.count("\n")) == (2, 1)


@pytest.fixture(scope="module")
def facts():
    return story(minutes=120)


@pytest.fixture(scope="module")
def courses(facts):
    return [as_it_was(facts), under(facts, "circles", later(120))]


def people_at(cells):
    return People(np.array(cells, np.uint64), np.arange(len(cells), dtype=np.uint32))


def test_people_are_counted_once_wave_by_wave(courses):
    [*_, (_, told)] = courses[0].told()
    shown = course_shown(courses[0], people_at([*told.tolist(), *told.tolist()]))
    rows = shown["each_wave"]
    assert shown["people"] == 2 * len(told)
    assert sum(row["people"] for row in rows) == rows[-1]["people_so_far"] == shown["people"]
    assert shown["people_first"] == rows[0]["people"] > 0


def test_a_replay_is_kept_as_tables_andpictures(facts, courses, tmp_path, capsys):
    found = {"courses": [course_shown(one, people_at([])) for one in courses]}
    picturing.kept(tmp_path / "out", found, pictures(courses, facts, {}))
    names = {one.name for one in (tmp_path / "out").iterdir()}
    assert names == {
        *("replay.json", "each-wave.csv", "orders.csv"),
        *("as-it-was.svg", "as-it-was.geojson", "circles.svg", "circles.geojson"),
    }
    with (tmp_path / "out" / "orders.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert {row["policy"] for row in rows} == {"as-it-was", "circles"}
    ET.parse(tmp_path / "out" / "circles.svg")
    waves = json.loads((tmp_path / "out" / "as-it-was.geojson").read_text())["features"]
    assert len(waves) == len(courses[0].waves)


def test_courses_stand_side_by_side(courses, capsys):
    picturing.side_by_side([course_shown(one, people_at([])) for one in courses])
    head, *lines = capsys.readouterr().out.splitlines()
    assert head.split() == ["as-it-was", "circles"]
    assert len(lines) == len(picturing.ROWS)
    assert lines[-1].split()[-6:] == ["1", "of", "1"] * 2


def test_a_course_that_was_given_up_says_so(courses, capsys):
    cut = replace(courses[1], cut_at=later(100))
    picturing.side_by_side([course_shown(one, people_at([])) for one in (courses[0], cut)])
    *_, last = capsys.readouterr().out.splitlines()
    assert last.startswith("given up, after too many looks, at")
    assert last.endswith(instant_text(later(100)))
