"""Where people are: real traces replayed in disorder, and who comes into a live area is told."""

import csv
import gzip
import json
import random
from collections import defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import h3
from tests.stage import SEAT, Stage, alert, count, raise_case, until

HISTORY = "positions"

TRACES = ("gotrack_aracaju_2014", "liverpool_bus14_2026", "posmo_switzerland_2019")
HOURS = 12.0
"""Whole traces are squeezed into the last hours: older places are not kept."""
BEIJING = (39.90, 116.40)


def points(real_data: Path) -> dict[str, list[tuple[datetime, str]]]:
    """Return (time, cell) of each user of the real traces."""
    found: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    for name in TRACES:
        with gzip.open(real_data / "mobility" / f"{name}.csv.gz", "rt") as lines:
            for row in csv.DictReader(lines):
                cell = h3.latlng_to_cell(float(row["lat"]), float(row["lon"]), 7)
                found[row["user"]].append((datetime.fromisoformat(row["time_utc"]), cell))
    return found


def squeezed(trace: list[tuple[datetime, str]], now: datetime) -> list[tuple[datetime, str]]:
    """Return a trace that ends a minute ago; what was later stays later."""
    end, begin = max(trace)[0], min(trace)[0]
    scale = min(1.0, HOURS * 3_600 / max(1.0, (end - begin).total_seconds()))
    last = now - timedelta(minutes=1)
    return [(last - (end - at) * scale, cell) for at, cell in trace]


def enrol(stage: Stage, names: list[str], cell: str, address: str = "") -> None:
    """Register volunteers and keep what their links hold as keys of the stage."""
    way = {"channel": "webhook", "address": address} if address else {"channel": "inbox"}
    bodies = [
        {"recipient": name, "kind": "volunteer", "cells": [cell], "contacts": [[way]]}
        for name in names
    ]
    path = "/v1/recipients/batch"
    answer = stage.ask("POST", path, {"recipients": bodies}, role="admin", key=f"enrol-{names[0]}")
    for one in answer["recipients"]:
        stage.keys[one["recipient"]] = f"hi_{one['recipient']}.{one['token']}"


def here(stage: Stage, name: str) -> Any:
    return stage.ask("GET", f"/v1/recipients/{name}", role=name)["here"]


def test_real_traces_in_disorder_end_where_the_newest_word_says(
    stage: Stage, real_data: Path
) -> None:
    """Late, doubled and lost words, and a server killed in the middle of them."""
    stage.start()
    now = datetime.fromisoformat(stage.ask("GET", "/v1/clock", role="admin")["now"])
    chance = random.Random(13)
    traces = {name: squeezed(trace, now) for name, trace in points(real_data).items()}
    enrol(stage, list(traces), h3.latlng_to_cell(*SEAT, 7))
    said = [
        {"recipient": name, "cell": cell, "at": at.isoformat()}
        for name, trace in traces.items()
        for at, cell in trace
        if chance.random() < 0.9
    ]
    newest: dict[str, str] = {}
    ends: dict[str, set[str]] = {}
    for one in said:  # minute resolution: several places may stand under the last moment
        name, at = one["recipient"], one["at"]
        if at > newest.get(name, ""):
            newest[name], ends[name] = at, set()
        if at == newest[name]:
            ends[name].add(one["cell"])
    said += chance.sample(said, len(said) // 10)
    chance.shuffle(said)
    moved = 0
    for start in range(0, len(said), 2_500):
        batch = {"positions": said[start : start + 2_500]}
        moved += stage.ask("POST", "/v1/positions", batch, role="admin")["moved"]
        if start == 5_000:
            stage.kill()
            stage.start()
    assert moved == len(said)
    assert len(ends) == len(traces) > 30
    for name, cells in ends.items():
        assert here(stage, name) in cells, name


def test_who_comes_into_a_live_area_is_told_once(stage: Stage) -> None:
    """By their own word or by a file of a coordinator's; answered is kept, whatever dies."""
    address = stage.start_sink()
    stage.start()
    stage.make_keys("officer", "supervisor")
    away, seat = h3.latlng_to_cell(*BEIJING, 7), h3.latlng_to_cell(*SEAT, 7)
    enrol(stage, ["ann", "bob", "cas"], away, address)
    enrol(stage, ["near"], seat, address)
    case = raise_case(stage)
    path = f"/v1/cases/{case}/verify"
    stage.ask("POST", path, {"unit": "Linquan"}, role="officer", key="verify")
    alert(stage, case, tag="1")
    until(lambda: count(stage.messages(), "alert", 1).recipients == {"near"}, 30, "the near one")

    fine = h3.latlng_to_cell(*SEAT, 12)
    assert stage.ask("POST", "/v1/positions", {"cell": fine}, role="ann")["cell"] == seat
    file = stage.folder / "positions.jsonl"
    lines = [
        {"recipient": "bob", "lat": SEAT[0], "lon": SEAT[1], "datum": "wgs84"},
        {"recipient": "stranger", "cell": seat},
    ]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines) + "nonsense\n")
    done = stage.cli("recipients", "move", str(file))
    assert done.returncode == 0, done.stderr
    assert "1 of 3 positions kept, 1 of unknown recipients, 0 too old, 1 bad" in done.stdout
    told = {"near", "ann", "bob"}
    until(lambda: count(stage.messages(), "alert", 1).recipients == told, 30, "the latecomers")

    stage.kill()
    stage.start()
    assert here(stage, "ann") == here(stage, "bob") == seat
    stage.ask("POST", "/v1/positions", {"cell": away}, role="ann")
    stage.ask("POST", "/v1/positions", {"cell": seat}, role="ann")
    stage.ask("POST", "/v1/positions", {"cell": seat}, role="cas")
    told |= {"cas"}
    until(lambda: count(stage.messages(), "alert", 1).recipients == told, 30, "the last one")
    assert count(stage.messages(), "alert", 1).shown_twice == 0
