"""What the log says of people becomes figures; the first hand-over counts from the acceptance."""

from dataclasses import replace
from datetime import timedelta

from homeward.codec import KINDS
from homeward.house.tally import WAITING_MAX, Tally
from homeward.metrics import PrometheusMeter
from homeward.testing import samples
from homeward.testing.given import recorded
from homeward.words import Purpose


def sample(kind, **changes):
    found = next(one for one in samples.ALL if isinstance(one, KINDS[kind]))
    return found.model_copy(update=changes)


ISSUED = sample("case.alert-issued/1", alert=1, version=1)
CUT = sample("fanout.chunks-cut/1", people=900, already_told=3, suppressed=40, unreachable=2)


def attempted(**changes):
    said = {"purpose": Purpose.ALERT, "alert": 1, "version": 1, "failed": 0, "expired": 0}
    return sample("handover.attempted/1", **{**said, **changes})


def figure(meter, line):
    return f"{line}\n" in meter.text().decode()


def test_people_are_counted_by_what_became_of_them():
    meter = PrometheusMeter()
    tally = Tally(meter)
    for heard in recorded(ISSUED, CUT, attempted(accepted=90, failed=4, expired=1)):
        tally.hear(heard)
    for outcome, count in (
        *(("ordered", 900), ("already", 3), ("suppressed", 40), ("unreachable", 2)),
        *(("accepted", 90), ("failed", 4), ("expired", 1)),
    ):
        assert figure(meter, f'homeward_people_total{{outcome="{outcome}"}} {count:.1f}'), outcome


def test_the_first_accepted_hand_over_is_measured_from_the_alerts_acceptance_once():
    meter = PrometheusMeter()
    tally = Tally(meter)
    issued, failed, first, second = recorded(
        ISSUED, attempted(accepted=0, failed=3), attempted(accepted=1), attempted(accepted=9)
    )
    at = issued.recorded_at
    for heard, s in ((issued, 0), (failed, 1), (first, 1.5), (second, 60)):
        tally.hear(replace(heard, recorded_at=at + timedelta(seconds=s)))
    assert figure(meter, "homeward_alert_to_handover_seconds_sum 1.5")
    assert figure(meter, "homeward_alert_to_handover_seconds_count 1.0")


def test_alerts_that_nobody_is_told_of_are_forgotten_at_last():
    tally = Tally(PrometheusMeter())
    [issued] = recorded(ISSUED)
    for number in range(WAITING_MAX + 10):
        tally.hear(replace(issued, key=f"case-{number}"))
    assert len(tally._waiting) == WAITING_MAX
