import ast
import csv
import gzip
from itertools import pairwise

import numpy as np
import pytest

from homeward.backtest.making import make_folder
from homeward.backtest.reading import read_history, read_hubs
from homeward.geography.sphere import distance_m


def content(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_seed_writes_the_same_and_another_another(made, tmp_path):
    make_folder(tmp_path / "again", seed=7, cases=40)
    make_folder(tmp_path / "other", seed=8, cases=40)
    again = content(tmp_path / "again")
    assert again == content(made)
    assert all(
        content(tmp_path / "other")[name] != raw
        for name, raw in again.items()
        if "county" not in name
    )


def test_it_shares_no_code_with_what_is_judged(project):
    folder = project / "services" / "homeward" / "backtest" / "making"
    imported = {
        name
        for path in folder.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
        )
    }
    assert {one for one in imported if one.startswith("homeward")} == {
        "homeward.backtest.making.folder",
        "homeward.backtest.making.land",
        "homeward.backtest.making.ways",
    }


def test_a_folder_that_holds_something_is_left_alone(tmp_path):
    (tmp_path / "x").write_text("")
    with pytest.raises(FileExistsError):
        make_folder(tmp_path, 1, 1)


def test_it_reads_back_whole(history):
    assert len(history.reports) == 40
    assert sum(map(len, history.claims.values())) == len(history.true_claims)
    assert any(one.visits for one in history.truths.values())
    for one in history.truths.values():
        assert one.track.minutes[0] == 0
        assert one.track.minutes[-1] >= one.delay_min + 360


def test_nobody_is_faster_than_their_train(made):
    ways = {}
    with gzip.open(made / "tracks.csv.gz", "rt") as lines:
        for row in csv.DictReader(lines):
            ways.setdefault(row["case_id"], []).append(
                (float(row["minute"]), float(row["lat"]), float(row["lon"]), row["mode"])
            )
    for way in ways.values():
        for before, after in pairwise(way):
            north, east = (after[1] - before[1]) * 111.2, (after[2] - before[2]) * 93
            hours = (after[0] - before[0] + 0.2) / 60
            limit = {"rail": 200, "car": 100, "foot": 7}.get(after[3], 1)
            assert np.hypot(north, east) <= limit * hours + 0.1


def test_sightings_are_received_after_the_report_and_hubs_are_in_the_file(made, history):
    for one in history.reports:
        truth = history.truths[one.case]
        for claim in history.claims.get(one.case, ()):
            assert claim.received_min >= truth.delay_min
    hubs = {(one.kind, one.lat_e7, one.lon_e7) for one in read_hubs(made / "hubs.csv")}
    for truth in history.truths.values():
        for visit in truth.visits:
            assert (visit.kind, round(visit.lat_deg * 1e7), round(visit.lon_deg * 1e7)) in hubs


def test_categories_move_differently(tmp_path):
    make_folder(tmp_path / "many", seed=3, cases=300)
    history, away = read_history(tmp_path / "many"), {}
    for one in history.truths.values():
        lat, lon = one.track.at(one.delay_min + 60)
        start = one.track.at(0)
        away.setdefault(one.category.value, []).append(distance_m(*start, lat, lon) / 1_000)
    medians = {name: float(np.median(many)) for name, many in away.items()}
    assert medians["lost-child"] < 3 < medians["stranger-abduction"]
    assert medians["dementia-disability"] < 3 < medians["family-abduction"]
    wrong = [
        one for one in history.reports if one.category is not history.truths[one.case].category
    ]
    assert 0.02 < len(wrong) / 300 < 0.12
