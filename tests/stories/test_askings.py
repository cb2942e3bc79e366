"""Helpers are asked to come, answer, and those who are too many go home; the server is killed once.

The judge is the sink's own file.
"""

import json
from datetime import UTC, datetime
from typing import Any

from tests.stage import SEAT, Stage, alert, count, raise_case, register, until

NO_HISTORY = "who answers holds a link that only the sink was sent, and a kill comes in the middle"
PEOPLE = 12
QUOTA = 3
SOON_S = 30.0


def volunteer(number: int, address: str) -> dict[str, Any]:
    """Return somebody beside the seat for whom it is about noon: asks are by day."""
    hours = 12 - datetime.now(UTC).hour
    return {
        "recipient": f"p{number}",
        "kind": "volunteer",
        "places": [{"lat": SEAT[0], "lon": SEAT[1], "datum": "wgs84"}],
        "contacts": [[{"channel": "webhook", "address": address}]],
        "quiet": {"from": "02:00", "to": "03:00", "zone": f"Etc/GMT{-hours:+d}"},
    }


def heard(stage: Stage, purpose: str) -> frozenset[str]:
    return count(stage.messages(), purpose, 1).recipients


def link(stage: Stage, who: str) -> str:
    return next(str(one["link"]) for one in stage.messages() if one["recipient"] == who)


def say(stage: Stage, case: str, who: str, said: str) -> None:
    stage.keys[who] = f"hi_{who}.{link(stage, who).rpartition('/')[2]}"
    body = {"answer": said}
    stage.ask("POST", f"/v1/cases/{case}/answers", body, role=who, key=f"{who}-{said}")


def test_helpers_are_asked_and_whoever_is_too_many_goes_home(stage: Stage) -> None:
    address = stage.start_sink()
    stage.start()
    stage.make_keys("officer", "supervisor", "auditor")
    everybody = frozenset(f"p{number}" for number in range(PEOPLE))
    register(stage, [volunteer(number, address) for number in range(PEOPLE)])
    case = raise_case(stage)
    stage.ask("POST", f"/v1/cases/{case}/verify", {"unit": "t"}, role="officer", key="verify")
    alert(stage, case, tag="v1")
    until(lambda: heard(stage, "alert") == everybody, SOON_S, "everybody told")

    path = f"/v1/cases/{case}/askings"
    asked = stage.ask("POST", path, {"quota": QUOTA}, role="officer", key="asking")
    until(lambda: heard(stage, "ask") == everybody, SOON_S, "everybody asked: there are few")
    say(stage, case, "p0", "cannot")
    for number in range(1, QUOTA + 1):
        say(stage, case, f"p{number}", "arrived")
    stage.kill()
    stage.start()
    spared = {f"p{number}" for number in range(QUOTA + 1)}
    until(lambda: heard(stage, "ask-over") == everybody - spared, SOON_S, "the others at home")

    say(stage, case, "p9", "coming")  # late, and recorded all the same
    [one] = stage.ask("GET", path, role="auditor")["items"]
    figures = {name: one[name] for name in ("asked", "arrived", "declined", "coming", "silent")}
    wanted = {"asked": PEOPLE, "arrived": QUOTA, "declined": 1, "coming": 1}
    assert figures == {**wanted, "silent": PEOPLE - QUOTA - 2}
    assert (one["state"], one["quota"]) == ("filled", QUOTA)
    stage.env["HOMEWARD_API_KEY"] = stage.key_of("officer")
    shown = stage.cli("askings", "show", case, "--drill", "--json")
    assert json.loads(shown.stdout)["items"][0]["asking"] == asked["asking"], shown.stderr
    closed = stage.cli("askings", "close", case, "--drill")
    assert "asking.closed" in closed.stdout, closed.stderr
    for purpose in ("ask", "ask-over"):
        found = count(stage.messages(), purpose, 1)
        assert found.shown_twice == 0, purpose
    assert heard(stage, "ask-over") == everybody - spared
    assert stage.cli("verify", "--drill").returncode == 0
