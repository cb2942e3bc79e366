"""The doctor explains what a server's figures mean; each that is wrong is named, with a mend."""

import pytest

from homeward.cli.figures import explained, read
from homeward.metrics import CATALOGUE, PrometheusMeter


def said(**broken):
    meter = PrometheusMeter()
    for consumer in ("reach", "hubs"):
        meter.gauge("homeward_unheard_facts", 0, consumer=consumer)
    for queue in ("over", "hubs", "everybody"):
        meter.gauge("homeward_queue_oldest_seconds", 0, queue=queue)
    meter.gauge("homeward_recipients", 100, kind="volunteer")
    meter.gauge("homeward_index_people", 100, lane="0")
    meter.gauge("homeward_index_age_seconds", 1, lane="0")
    meter.count("homeward_people_total", 90, outcome="accepted")
    meter.count("homeward_handovers_total", 90, channel="webhook", verdict="accepted")
    meter.observe("homeward_alert_to_handover_seconds", 0.4)
    for work in broken.values():
        work(meter)
    return list(explained(read(meter.text().decode())))


def test_a_healthy_server_has_no_wrong_figure_and_each_is_a_sentence():
    checks = said()
    assert [one.what for one in checks if not one.ok] == []
    text = "\n".join(one.what for one in checks)
    for part in (
        "90 told",
        "0.4 s on average",
        "90 hand-overs accepted",
        "the index 100",
        "queue of what is over",
    ):
        assert part in text


BROKEN = {
    "reach lags 5,000 facts": lambda m: m.gauge("homeward_unheard_facts", 5_000, consumer="reach"),
    "queue of what is over is 31 s": lambda m: m.gauge(
        "homeward_queue_oldest_seconds", 31, queue="over"
    ),
    "queue for hubs is 61 s": lambda m: m.gauge("homeward_queue_oldest_seconds", 61, queue="hubs"),
    "queue for everybody is 2,000 s": lambda m: m.gauge(
        "homeward_queue_oldest_seconds", 2_000, queue="everybody"
    ),
    "as it was 90 s ago": lambda m: m.gauge("homeward_index_age_seconds", 90, lane="0"),
    "100 recipients, the index 0": lambda m: m.gauge("homeward_index_people", 0, lane="0"),
    "channel webhook: 90 hand-overs accepted, 400 not": lambda m: m.count(
        "homeward_handovers_total", 400, channel="webhook", verdict="retry"
    ),
    "on average": lambda m: m.observe("homeward_alert_to_handover_seconds", 90),
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_is_broken_is_named_with_a_mend(what):
    wrong = [one for one in said(broken=BROKEN[what]) if not one.ok]
    assert len(wrong) == 1
    assert what in wrong[0].what
    assert len(wrong[0].mend) > 20


def test_every_figure_that_is_explained_is_one_that_there_is():
    from homeward.cli.figures import RULES  # noqa: PLC0415 -- this test alone

    assert {rule.name for rule in RULES} <= {one.name for one in CATALOGUE}
