"""What a process shows of itself."""

import pytest

from homeward.metrics import PrometheusMeter


def test_a_gauge_is_shown_once_it_was_set_and_a_counter_at_once():
    meter = PrometheusMeter()
    assert "homeward_broker_up" not in meter.text().decode()
    assert "homeward_wakes_said_total 0.0" in meter.text().decode()
    meter.gauge("homeward_broker_up", 0)
    meter.gauge("homeward_broker_up", 1)
    assert "homeward_broker_up 1.0" in meter.text().decode()


def test_what_is_not_declared_is_a_bug():
    with pytest.raises(KeyError):
        PrometheusMeter().gauge("homeward_nonsense", 1)
