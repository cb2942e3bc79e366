"""On a real server: a preview, a map that grows, a doctor who finds nothing, and then does."""

import json
import threading
import urllib.request

import pytest
from tests.stage import SEAT, alert, raise_case, register, staged, until, volunteers

HISTORY = "live_map"


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    with staged(tmp_path_factory.mktemp("live")) as made:
        address = made.start_sink()
        made.start()
        made.make_keys("officer", "supervisor", "auditor")
        register(made, volunteers(address, 300))
        yield made


def follow(stage, case, role, events):
    """Read a case's stream in a thread until the server goes."""
    url = (stage.world / "url").read_text().strip()
    asked = urllib.request.Request(
        f"{url}/v1/cases/{case}/live", headers={"Authorization": f"Bearer {stage.key_of(role)}"}
    )

    def read():
        name = ""
        with urllib.request.urlopen(asked) as lines:
            for raw in lines:
                field, _, value = raw.decode().rstrip("\n").partition(": ")
                name = value if field == "event" else name
                if field == "data":
                    events.append((name, json.loads(value)))

    threading.Thread(target=read, daemon=True).start()


def on_map(events, what):
    return [said for name, said in list(events) if name == "map" and said["what"] == what]


def leaves(said):
    """Yield what stands at the ends of a JSON document."""
    if isinstance(said, dict):
        said = list(said.values())
    if isinstance(said, list):
        for one in said:
            yield from leaves(one)
    else:
        yield said


def test_an_alert_as_the_officers_see_it(stage):
    case = raise_case(stage)
    verify = {"unit": "t"}
    stage.ask("POST", f"/v1/cases/{case}/verify", verify, role="officer", key="verify")
    area = {"type": "disk", "lat": SEAT[0], "lon": SEAT[1], "radius_km": 60.0}
    seen = stage.ask("POST", "/v1/areas/preview", {"area": area}, role="officer", key="p1")
    assert seen["people"] == "200-500"
    ahead = stage.ask("GET", f"/v1/cases/{case}/alerts/preview?policy=circles", role="officer")
    assert ahead["people"] == "200-500"
    spans, figures = [], []
    follow(stage, case, "officer", spans)
    follow(stage, case, "auditor", figures)
    until(lambda: on_map(spans, "snapshot") and on_map(figures, "snapshot"), 20, "a snapshot")
    alert(stage, case, tag="map")

    def all_told():
        told = on_map(figures, "told")
        return told and told[-1]["total"].get("alert", {}).get("accepted") == 300

    until(all_told, 60, "300 told on the auditor's map")
    until(lambda: on_map(spans, "told")[-1]["total"]["alert"]["accepted"] == "200-500", 20, "told")
    [wave, *_] = on_map(spans, "wave")
    assert wave["cells"]
    assert {len(cell) for cell in wave["cells"]} == {15}
    shown = [said for name, said in list(spans) if name == "map"]
    assert "v-0000" not in json.dumps(shown)
    counted = {one for said in shown for one in leaves(said.get("total", {}))}
    assert "200-500" in counted
    assert not any(isinstance(one, int) for one in counted), "spans, never a figure"
    assert [said for said in figures if 300 in leaves(said[1].get("total", {}))]


def test_the_doctor_finds_nothing_wrong_and_explains_what_happened(stage):
    said = stage.cli("doctor", "--json")
    checks = json.loads(said.stdout)
    assert [one for one in checks if not one["ok"]] == [], said.stderr
    text = "\n".join(one["what"] for one in checks)
    for part in (
        "fsync is on",
        "every migration of this build is applied",
        "the key ring is whole",
        "300 told",
        "to the first person told",
        "channel webhook: 300 hand-overs accepted",
        "a channel that is there",
        "index of lane 0 knows 300",
        "queue for hubs",
    ):
        assert part in text, part
    assert said.returncode == 0


def test_the_doctor_names_what_others_may_read(stage):
    ring = stage.world / "keyring.json"
    ring.chmod(0o644)
    try:
        said = stage.cli("doctor")
    finally:
        ring.chmod(0o600)
    assert said.returncode == 1
    assert "keyring.json is private (0644)" in said.stdout
    assert "chmod 600" in said.stdout


def test_the_doctor_says_that_nobody_runs(stage):
    stage.kill()
    said = stage.cli("doctor")
    stage.start()
    assert said.returncode == 1
    assert "no server runs" in said.stdout
