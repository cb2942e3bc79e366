"""Lanes are cut anew in the middle of an alert; the judge is the sink's own file.

Wave, four lanes, an update with those who come late, two lanes, the end: everybody told once, and
exactly those who were told are told that it is over.
"""

import json
import time

from tests.stage import SEAT, Stage, alert, count, raise_case, register, until, volunteers

NO_HISTORY = "who says a cut follows from how many lanes there are, and that changes in its middle"
PEOPLE = 600
SOON_S = 30.0


def cut(stage: Stage, lanes: int) -> dict[str, int]:
    """Stop the server, cut, and start it again."""
    assert stage.server is not None
    refused = stage.cli("lanes", "set", str(lanes), "--drill")
    assert refused.returncode == 1
    assert "the drill world runs: up" in refused.stderr
    stage.server.terminate()
    stage.server.wait(20)
    done = stage.cli("lanes", "set", str(lanes), "--drill", "--json")
    assert done.returncode == 0, done.stderr
    stage.start()
    shown = json.loads(stage.cli("lanes", "show", "--drill", "--json").stdout)
    assert shown["lanes"] == lanes
    return dict(json.loads(done.stdout))


def put(stage: Stage, address: str, *names: str) -> None:
    """Register people at the seat, while the alert is live."""
    place = {"lat": SEAT[0], "lon": SEAT[1], "datum": "wgs84"}
    one = {"kind": "volunteer", "places": [place]}
    contacts = [[{"channel": "webhook", "address": address}]]
    people = [{"recipient": name, "contacts": contacts, **one} for name in names]
    stage.ask("POST", "/v1/recipients/batch", {"recipients": people}, role="admin", key=names[0])


def at_rest(stage: Stage, purpose: str, version: int) -> None:
    """Wait until the sink has heard nothing new of a version for a while."""
    seen, since = -1, time.monotonic()
    while time.monotonic() - since < 3:
        now = len(count(stage.messages(), purpose, version).recipients)
        if now != seen:
            seen, since = now, time.monotonic()
        time.sleep(0.1)


def test_an_alert_over_one_four_and_two_lanes_tells_everybody_once(stage: Stage) -> None:
    address = stage.start_sink()
    stage.start()
    stage.make_keys("officer", "supervisor", "auditor")
    register(stage, volunteers(address, PEOPLE))
    case = raise_case(stage)
    stage.ask("POST", f"/v1/cases/{case}/verify", {"unit": "t"}, role="officer", key="verify")
    alert(stage, case, tag="v1")

    def told(version: int, purpose: str = "alert") -> frozenset[str]:
        return count(stage.messages(), purpose, version).recipients

    until(lambda: len(told(1)) > PEOPLE / 4, SOON_S, "the first wave")
    at_rest(stage, "alert", 1)
    first = told(1)
    assert cut(stage, 4) == {"before": 1, "lanes": 4, "cases": 1}
    put(stage, address, *(f"late-{number}" for number in range(20)))
    until(lambda: len({one for one in told(1) if one.startswith("late")}) == 20, SOON_S, "late")
    assert told(1) >= first

    alert(stage, case, tag="v2")
    until(lambda: told(2) >= told(1), SOON_S, "the update")
    at_rest(stage, "alert", 2)
    assert cut(stage, 2)["before"] == 4
    put(stage, address, "later-0", "later-1")
    until(lambda: {"later-0", "later-1"} <= told(2), SOON_S, "who came later")

    path = f"/v1/cases/{case}"
    body = {"outcome": "found-safe", "helped_by": []}
    stage.ask("POST", f"{path}/resolve", body, role="officer", key="resolve")
    stage.ask("POST", f"{path}/close-out", {}, role="officer", key="close-out")
    everybody = told(1) | told(2)
    closed = {(one["purpose"], one["version"]) for one in stage.messages()}
    until(lambda: told(2, "close-out") >= everybody, SOON_S, f"the close-out: {closed}")
    time.sleep(2)
    assert told(2, "close-out") == told(1) | told(2)
    for purpose, version in (("alert", 1), ("alert", 2), ("close-out", 2)):
        found = count(stage.messages(), purpose, version)
        assert (found.shown_twice, found.resent) == (0, 0)
    assert stage.cli("verify", "--drill").returncode == 0
