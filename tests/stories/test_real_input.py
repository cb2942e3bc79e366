"""Linquan on real hubs and in true proportions of population, through a running server."""

import csv
import itertools
import math
import random
from pathlib import Path

from tests.stage import SEAT, Stage, alert, count, raise_case, register, until

HISTORY = "real_input"

VOLUNTEERS = 3_000
CIRCLE_KM = 100
CELL_KM = 3.5
"""Twice the circumradius of a res-7 cell, and the cover's margin: nobody inside is missed."""


def away_km(place: tuple[float, float], other: tuple[float, float]) -> float:
    """Great-circle distance in km on a sphere: written here again, since it judges."""
    lat, lon, lat2, lon2 = map(math.radians, (*place, *other))
    half = math.sin((lat2 - lat) / 2) ** 2
    half += math.cos(lat) * math.cos(lat2) * math.sin((lon2 - lon) / 2) ** 2
    return 2 * 6371.0088 * math.asin(math.sqrt(half))


def with_contacts(hubs: Path, out: Path, address: str) -> int:
    """Write the real hubs near the seat with a contact; one stays without."""
    with hubs.open() as lines:
        rows = list(csv.DictReader(lines))
    near = [row for row in rows if away_km(SEAT, (float(row["lat"]), float(row["lon"]))) <= 100]
    with out.open("w", newline="") as lines:
        table = csv.DictWriter(lines, [*rows[0], "contact1"])
        table.writeheader()
        for number, row in enumerate(near):
            contact = f"webhook:{address}" if number else ""
            table.writerow({**row, "contact1": contact})
    return len(near)


def people(counties: Path, address: str) -> dict[str, tuple[tuple[float, float], dict]]:
    """Place invented volunteers at real county seats, in proportion to the census."""
    with counties.open() as lines:
        rows = [row for row in csv.DictReader(lines) if row["seat_lat"]]
    seats = [(float(row["seat_lat"]), float(row["seat_lon"])) for row in rows]
    near = [n for n, seat in enumerate(seats) if away_km(SEAT, seat) <= 180]
    chance = random.Random(11)
    weights = [int(rows[n]["pop2020"]) for n in near]
    found = {}
    for number, home in enumerate(chance.choices(near, weights, k=VOLUNTEERS)):
        lat = seats[home][0] + chance.gauss(0, 0.08)
        lon = seats[home][1] + chance.gauss(0, 0.08)
        name = f"v-{number:05d}"
        place = {"lat": round(lat, 5), "lon": round(lon, 5), "datum": "wgs84"}
        contacts = [[{"channel": "webhook", "address": address}]]
        body = {"recipient": name, "kind": "volunteer", "places": [place], "contacts": contacts}
        found[name] = ((lat, lon), body)
    return found


def seat(real_data: Path) -> tuple[float, float]:
    with (real_data / "population" / "cn_counties_census2020.csv").open() as lines:
        row = next(row for row in csv.DictReader(lines) if row["adcode"] == "341221")
    return float(row["seat_lat"]), float(row["seat_lon"])


def test_a_case_in_linquan_on_real_hubs_and_population(stage: Stage, real_data: Path) -> None:
    address = stage.start_sink()
    stage.env["HOMEWARD_SENDERS"] = "1"  # so that the sink's file shows the order of telling
    stage.start()
    stage.make_keys("officer", "supervisor", "auditor")

    loaded = stage.cli("hubs", "load", str(real_data / "hubs" / "hubs.csv"))
    assert loaded.returncode == 0, loaded.stderr
    assert "71,290" in loaded.stdout + loaded.stderr
    lat, lon = seat(real_data)
    for within_km, expected in ((10, 2), (30, 5), (60, 18), (100, 28)):
        path = f"/v1/hubs?near={lat},{lon}&within_km={within_km}&limit=200"
        found = stage.ask("GET", path, role="officer")["items"]
        assert len(found) == expected, within_km
        assert [one["away_km"] for one in found] == sorted(one["away_km"] for one in found)

    told = stage.folder / "near.csv"
    near = with_contacts(real_data / "hubs" / "hubs.csv", told, address)
    again = stage.cli("hubs", "load", str(told))
    assert again.returncode == 0, again.stderr
    volunteers = people(real_data / "population" / "cn_counties_census2020.csv", address)
    register(stage, [body for _, body in volunteers.values()])

    case = raise_case(stage)
    stage.ask("POST", f"/v1/cases/{case}/verify", {"unit": "t"}, role="officer", key="verify")
    alert(stage, case, tag="v1", policy="circles")

    inside = {name for name, (home, _) in volunteers.items() if away_km(SEAT, home) <= CIRCLE_KM}
    maybe = {
        name
        for name, (home, _) in volunteers.items()
        if away_km(SEAT, home) <= CIRCLE_KM + 2 * CELL_KM
    }
    until(lambda: inside <= count(stage.messages(), "alert", 1).recipients, 60, "wave 0")
    until(lambda: _pending(stage, case) == 0, 60, "quiet")
    found = count(stage.messages(), "alert", 1)
    assert inside <= found.recipients <= maybe
    assert found.shown_twice == 0
    assert_nearest_first(stage, volunteers)
    assert_headed_off(stage, case, near)


def _pending(stage: Stage, case: str) -> int:
    ledger = stage.ask("GET", f"/v1/cases/{case}", role="auditor")["ledger"]
    return sum(int(one["pending"]) for one in ledger)


def assert_nearest_first(
    stage: Stage, volunteers: dict[str, tuple[tuple[float, float], dict]]
) -> None:
    """Each batch lies wholly nearer than the next one, but for the size of a cell."""
    batches: dict[str, list[float]] = {}
    for one in stage.messages():
        if one["purpose"] == "alert":
            home = volunteers[one["recipient"]][0]
            batches.setdefault(one["webhook_id"], []).append(away_km(SEAT, home))
    ordered = list(batches.values())
    assert len(ordered) > 10
    for nearer, farther in itertools.pairwise(ordered):
        assert max(nearer) <= min(farther) + 2 * CELL_KM


def assert_headed_off(stage: Stage, case: str, near: int) -> None:
    """Hubs are ordered soonest first and before the van can be there; the sink heard of each."""
    answer = stage.ask("GET", f"/v1/cases/{case}/watches", role="auditor")
    watches = answer["items"]
    assert len(watches) + len(answer["unreachable"]) >= near
    assert len(answer["unreachable"]) >= 1
    assert [one["eta_s"] for one in watches] == sorted(one["eta_s"] for one in watches)
    assert all(one["ordered_at"] <= one["window_from"] for one in watches)
    asked = {one["recipient"] for one in stage.messages() if one["purpose"] == "watch"}
    assert asked == {one["hub"] for one in watches}
    assert not asked & {one["hub"] for one in answer["unreachable"]}
