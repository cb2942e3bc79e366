"""Version 2 of an alert reaches those told of version 1 once more, by the sink's own file."""

import time

from tests.stage import Stage, alert, count, raise_case, register, until, volunteers

HISTORY = "update"

PEOPLE = 300
FAR = (39.9, 116.4)
"""Some 750 km away."""
PATIENCE_S = 60.0


def told(stage: Stage, version: int) -> frozenset[str]:
    return count(stage.messages(), "alert", version).recipients


def test_an_update_reaches_everybody_told_before_once_wherever_they_are(stage: Stage) -> None:
    stage.env["HOMEWARD_CASE_CLOCK_RATE"] = "60"
    address = stage.start_sink()
    stage.start()
    stage.make_keys("officer", "supervisor", "auditor")
    people = volunteers(address, PEOPLE)
    register(stage, people)
    case = raise_case(stage)
    stage.ask("POST", f"/v1/cases/{case}/verify", {"unit": "t"}, role="officer", key="verify")
    alert(stage, case, tag="v1")
    everybody = {one["recipient"] for one in people}
    until(lambda: told(stage, 1) == everybody, PATIENCE_S, "everybody told of version 1")
    place = {"lat": FAR[0], "lon": FAR[1], "datum": "wgs84"}
    away = {"recipients": [{**one, "places": [place]} for one in people[:5]]}
    answer = stage.ask("POST", "/v1/recipients/batch", away, role="admin", key="away")
    assert answer["refused"] == []
    alert(stage, case, tag="v2")
    until(lambda: told(stage, 2) >= everybody, PATIENCE_S, "everybody told of version 2")
    time.sleep(3)  # what would be sent again would be sent by now
    messages = stage.messages()
    for version in (1, 2):
        found = count(messages, "alert", version)
        assert (found.recipients, found.shown_twice, found.resent) == (everybody, 0, 0)
    assert len({one["message_id"] for one in messages}) == 2 * PEOPLE
    assert stage.cli("verify", "--drill").returncode == 0
