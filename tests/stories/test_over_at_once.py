"""Resolved a moment after the alert was issued: nobody new is told, whoever was told hears it."""

import time

from tests.stage import Stage, alert, count, raise_case, register, until, volunteers

HISTORY = "over_at_once"

PEOPLE = 400


def test_resolved_at_once_no_wave_goes_out_any_more(stage: Stage) -> None:
    address = stage.start_sink()
    stage.start()
    stage.make_keys("officer", "supervisor", "auditor")
    register(stage, volunteers(address, PEOPLE))
    case = raise_case(stage)
    ask = stage.ask
    ask("POST", f"/v1/cases/{case}/verify", {"unit": "t"}, role="officer", key="verify")
    alert(stage, case, tag="v1")
    ask("POST", f"/v1/cases/{case}/resolve", {"outcome": "found-safe"}, role="officer", key="res")
    ask("POST", f"/v1/cases/{case}/close-out", {}, role="officer", key="close")

    def quiet() -> bool:
        kinds = [one["kind"] for one in _timeline(stage, case)]
        cut = kinds.count("fanout.chunks-cut/1")
        return "case.closed-out/1" in kinds and cut == kinds.count("callouts.ordered/1") > 0

    until(quiet, 30, "quiet")
    time.sleep(2)  # what would still be sent would be sent by now
    messages = stage.messages()
    told = count(messages, "alert", 1).recipients
    assert len(told) < PEOPLE
    assert count(messages, "close-out", 1).recipients >= told


def _timeline(stage: Stage, case: str) -> list[dict]:
    path = f"/v1/cases/{case}/timeline?limit=200"
    return stage.ask("GET", path, role="auditor")["items"]
