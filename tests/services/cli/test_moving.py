import json

import h3
import pytest

from homeward.cli.moving import position_of
from homeward.geography.datum import wgs84_to_gcj02

CELL = h3.latlng_to_cell(33.068, 115.276, 7)
KEPT = {"moved": 2_000, "unknown": [], "refused": [], "too_old": 0}


def test_points_become_cells_before_they_leave(at_stub, stub, tmp_path):
    file = tmp_path / "positions.jsonl"
    lat, lon = wgs84_to_gcj02(33.068, 115.276)
    lines = [
        {"recipient": "v-1", "cell": CELL, "at": "2026-03-01T10:30:00+08:00"},
        {"recipient": "v-2", "lat": lat, "lon": lon, "datum": "gcj02"},
        {"recipient": "v-3", "lat": 99, "lon": 115, "datum": "wgs84"},
        {"recipient": "v-4", "lat": 33, "lon": 115},
        {"cell": CELL},
    ]
    file.write_text("".join(json.dumps(one) + "\n" for one in lines) + "\nnonsense\n")
    stub.answer(200, {"moved": 1, "unknown": ["v-2"], "refused": [], "too_old": 0})
    code, said, errors = at_stub("recipients", "move", file)
    assert code == 0
    ((_, path, body, _),) = stub.asked
    assert path == "/v1/positions"
    assert body["positions"] == [
        {"recipient": "v-1", "cell": CELL, "at": "2026-03-01T10:30:00+08:00"},
        {"recipient": "v-2", "cell": CELL},
    ]
    assert "1 of 7 positions kept, 1 of unknown recipients, 0 too old, 4 bad lines" in said
    for line in ("line 3: lies nowhere", "line 4: has neither", "line 5: names", "line 7: is no"):
        assert line in errors


def test_a_large_file_goes_in_batches(at_stub, stub, tmp_path):
    file = tmp_path / "positions.jsonl"
    one = json.dumps({"recipient": "v-1", "cell": None})
    file.write_text(f"{one}\n" * 4_500)
    for _ in range(3):
        stub.answer(200, KEPT)
    code, said, _ = at_stub("recipients", "move", file, "--json")
    assert (code, json.loads(said)["moved"]) == (0, 6_000)
    assert [len(body["positions"]) for _, _, body, _ in stub.asked] == [2_000, 2_000, 500]


def test_a_file_that_moves_nobody_ends_with_one(at_stub, stub, tmp_path):
    file = tmp_path / "positions.jsonl"
    file.write_text("nonsense\n")
    code, _, errors = at_stub("recipients", "move", file)
    assert (code, stub.asked) == (1, [])
    assert "moved nobody" in errors
    assert at_stub("recipients", "move", tmp_path / "none")[0] == 1


def test_what_is_wrong_is_said_without_quoting_it():
    with pytest.raises(ValueError, match="lies nowhere") as why:
        position_of('{"recipient": "v-1", "lat": "33.06812", "lon": {}, "datum": "wgs84"}')
    assert "33" not in str(why.value)


@pytest.mark.parametrize(
    "line",
    [
        "[" * 100_000,
        json.dumps({"recipient": "v-1", "cell": 7}),
        json.dumps({"recipient": "v-1", "cell": CELL * 2}),
        json.dumps({"recipient": "v-1\ud800", "cell": CELL}),
        json.dumps({"recipient": "v-1\0", "cell": CELL}),
        json.dumps({"recipient": "v" * 65, "cell": CELL}),
        json.dumps({"recipient": "v-1", "cell": CELL, "at": "2026-03-01T10:30:00"}),
        json.dumps({"recipient": "v-1", "cell": CELL, "at": "yesterday"}),
        json.dumps({"recipient": "v-1", "cell": CELL, "at": 1_700_000_000}),
        json.dumps({"recipient": "v-1", "cell": CELL, "at": "9999-12-31T23:59:59-23:59"}),
    ],
)
def test_a_line_that_the_server_would_refuse_costs_no_other_one(at_stub, stub, tmp_path, line):
    file = tmp_path / "positions.jsonl"
    good = {"recipient": "v-2", "cell": CELL, "at": "2026-03-01T10:30:00Z"}
    file.write_text(f"{json.dumps(good)}\n{line}\n", encoding="utf-8-sig")
    stub.answer(200, {**KEPT, "moved": 1})
    code, said, errors = at_stub("recipients", "move", file)
    assert code == 0, errors
    assert "1 of 2 positions kept" in said
    assert "line 2: " in errors
    ((_, _, body, _),) = stub.asked
    assert body["positions"] == [good]
