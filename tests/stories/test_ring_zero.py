"""An unverified report on a real server: vetted people near it hear of it, and hear its end.

The judge is the sink's own file.
"""

import time
from typing import Any

from tests.stage import SEAT, Stage, alert, count, raise_case, register, until

NO_HISTORY = "its words are compared by tests/simulation/test_ring_zero.py, for every history"

SOON_S = 60.0
"""Far more than it takes; a slow machine with others beside it is not to be judged here."""


def person(name: str, address: str, **said: Any) -> dict[str, Any]:
    return {
        "recipient": name,
        "kind": "volunteer",
        "places": [{"lat": SEAT[0], "lon": SEAT[1], "datum": "wgs84"}],
        "contacts": [[{"channel": "webhook", "address": address}]],
        **said,
    }


def told(stage: Stage, purpose: str, version: int = 0) -> frozenset[str]:
    return count(stage.messages(), purpose, version).recipients


def asked(stage: Stage) -> str:
    """Start a world, and ask for ring 0 of a report that somebody else made."""
    address = stage.start_sink()
    stage.start()
    stage.make_keys("officer", "supervisor", "auditor")
    vetted = {"tier": "vetted"}
    register(
        stage,
        [
            person("vetted-near", address, **vetted),
            person("vetted-far", address, **vetted, places=[{**far(), "datum": "wgs84"}]),
            person("public-near", address),
        ],
    )
    case = raise_case(stage)
    take_up = {"unit": "t"}
    stage.ask("POST", f"/v1/cases/{case}/take-up", take_up, role="supervisor", key="take-up")
    stage.ask("POST", f"/v1/cases/{case}/ring0", {}, role="supervisor", key="ring0")
    until(lambda: told(stage, "alert"), SOON_S, "vetted people told")
    return case


def far() -> dict[str, float]:
    return {"lat": SEAT[0] + 0.5, "lon": SEAT[1]}


def test_vetted_people_near_it_are_told_and_hear_when_it_comes_to_nothing(stage: Stage) -> None:
    case = asked(stage)
    path = f"/v1/cases/{case}/reject"
    stage.ask("POST", path, {"reason": "hoax"}, role="officer", key="reject")
    until(lambda: told(stage, "cancel"), SOON_S, "told that it is over")
    time.sleep(1)  # what would still be sent would be sent by now
    assert told(stage, "alert") == told(stage, "cancel") == {"vetted-near"}


def test_verified_it_is_told_to_everybody_anew(stage: Stage) -> None:
    case = asked(stage)
    stage.ask("POST", f"/v1/cases/{case}/verify", {"unit": "t"}, role="officer", key="verify")
    alert(stage, case, tag="v1")
    both = {"vetted-near", "public-near"}
    until(lambda: told(stage, "alert", 1) >= both, SOON_S, "everybody near told")
    assert told(stage, "alert") == {"vetted-near"}
