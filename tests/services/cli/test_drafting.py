import json

import pytest

RECEIPT = {
    "case": "00000000-0000-5000-8000-000000000000",
    "code": "ABCD-EFGH",
    "stream": "case-x",
    "version": 3,
    "facts": [{"id": "f", "kind": "case.alert-drafted/1"}],
    "draft": "d",
    "district": None,
}
SHAPE = {"type": "Polygon", "coordinates": [[[115.0, 33.0], [116.0, 33.0], [116.0, 34.0]]]}


def test_a_draft_without_an_area_sends_none(at_stub, stub):
    stub.answer(201, RECEIPT)
    code, _, _ = at_stub("case", "draft", "ABCD-EFGH", "--policy", "district")
    assert code == 0
    assert stub.asked[0][2] == {
        "policy": "district",
        "severity": "extreme",
        "reach_km_max": 300,
        "expires_in_s": 86_400,
    }


def test_the_district_that_was_found_is_said(at_stub, stub):
    stub.answer(201, {**RECEIPT, "district": "Invented Town"})
    _, _, notes = at_stub("case", "draft", "ABCD-EFGH", "--policy", "district")
    assert "Invented Town" in notes


@pytest.mark.parametrize(
    ("args", "area"),
    [
        (("--cells", "8740b059affffff"), {"type": "cells", "cells": ["8740b059affffff"]}),
        (
            ("--lat", 33.07, "--lon", 115.28, "--km", 5, "--datum", "gcj02"),
            {"type": "disk", "lat": 33.07, "lon": 115.28, "datum": "gcj02", "radius_km": 5.0},
        ),
        (("--geojson", "a.json"), SHAPE),
    ],
)
def test_an_area_is_drawn_as_for_a_preview(at_stub, stub, tmp_path, monkeypatch, args, area):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.json").write_text(json.dumps(SHAPE))
    stub.answer(201, RECEIPT)
    code, _, errors = at_stub("case", "draft", "ABCD-EFGH", "--policy", "polygon", *args)
    assert code == 0, errors
    assert stub.asked[0][2]["area"] == area


def test_half_a_disk_is_a_complaint(at_stub, stub):
    code, _, errors = at_stub("case", "draft", "ABCD-EFGH", "--policy", "polygon", "--lat", 33)
    assert code == 2
    assert errors.count("\n") == 1
    assert stub.asked == []


def test_the_words_of_a_draft_say_how_large_its_area_is(at_stub, stub):
    said = {"draft": "d", "alert": 1, "version": 1, "texts": [], "retraction": []}
    stub.answer(200, {**said, "digest": "9f" * 32, "cells": ["8740b059affffff"]})
    _, shown, _ = at_stub("case", "texts", "ABCD-EFGH", "--draft", "d")
    assert "1 cells" in shown
    assert "9f" * 32 in shown  # what an approval names


def test_the_words_of_a_draft_say_whom_it_would_reach(at_stub, stub):
    said = {"draft": "d", "digest": "9f" * 32, "alert": 1, "version": 1, "cells": None}
    near = {"reach_km_max": 30, "people": "2,000-5,000", "hubs": 4, "area_km2": 2_800}
    wide = {**near, "reach_km_max": 300, "people": "100,000-200,000"}
    blast = {"fast": near, "whole": wide}
    stub.answer(200, {**said, "texts": [], "retraction": [], "blast": blast})
    _, shown, _ = at_stub("case", "texts", "ABCD-EFGH", "--draft", "d")
    assert "fast lane 2,000-5,000 people within 30 km, 4 hubs ahead" in shown
    assert "whole lane 100,000-200,000 people within 300 km" in shown


def test_an_approval_names_the_digest(at_stub, stub):
    stub.answer(200, RECEIPT)
    args = ("--draft", "d", "--digest", "9f" * 32)
    code, _, errors = at_stub("case", "approve", "ABCD-EFGH", *args)
    assert code == 0, errors
    assert stub.asked[0][2] == {"digest": "9f" * 32}


def test_an_alert_on_the_fast_lane_says_what_lets_it_go_on(at_stub, stub):
    lane = {"lane": "fast", "reach_km_max": 30, "people_max": 5_000, "widens": "d"}
    stub.answer(200, {**RECEIPT, **lane})
    code, shown, errors = at_stub("case", "issue", "ABCD-EFGH", "--draft", "d")
    assert code == 0, errors
    assert "5,000 within 30 km" in shown + errors
    assert "approves d" in shown + errors


def test_who_approves_reads_the_words_of_everybody(at_stub, stub):
    def words(said):
        forms = ("title", "short", "medium", "full", "spoken")
        return [{"lang": "en", **dict.fromkeys(forms, said)}]

    stub.answer(
        200,
        {
            "draft": "d",
            "digest": "9f" * 32,
            "alert": 1,
            "version": 1,
            "cells": None,
            "texts": words("for all"),
            "wordings": [
                {"wording": "hub", "approved": False, "texts": words("for hubs")},
                {"wording": "hub", "approved": True, "texts": words("for hubs of a van")},
            ],
            "retraction": words("taken back"),
        },
    )
    _, shown, _ = at_stub("case", "texts", "ABCD-EFGH", "--draft", "d")
    heads = ["public, en", "hub, en", "hub, once approved, en", "retraction, en"]
    assert [shown.index(one) for one in heads] == sorted(shown.index(one) for one in heads)
    assert all(one in shown for one in ("for all", "for hubs", "for hubs of a van", "taken back"))


def test_fields_are_left_out_and_a_suspect_is_noted(at_stub, stub):
    stub.answer(201, RECEIPT)
    args = ("--leave-out", "clothing", "--leave-out", "marks")
    code, _, errors = at_stub("case", "draft", "ABCD-EFGH", *args)
    assert code == 0, errors
    assert stub.asked[0][2]["leave_out"] == ["clothing", "marks"]
    stub.answer(200, RECEIPT)
    code, _, errors = at_stub("case", "suspect", "ABCD-EFGH", "--looks", "a cap", "--plate", "")
    assert code == 0, errors
    assert stub.asked[1][1].endswith("/v1/cases/ABCD-EFGH/suspect")
    assert stub.asked[1][2] == {"suspect": "a cap", "licence_plate": ""}
