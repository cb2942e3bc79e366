from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeward.policies.attention import (
    local_minutes,
    quiet_left_min,
    sleeping_min,
    sleeps_min,
    wakes_at,
)
from homeward.words import Severity

NEAR, FAR = 5_000.0, 200_000.0
THREE, NOON, HALF_PAST_NINE = 3 * 60, 12 * 60, 21 * 60 + 30


@pytest.mark.parametrize(
    ("severity", "away_m", "now_min", "quiet", "sleeps"),
    [
        (Severity.EXTREME, NEAR, THREE, (22 * 60, 7 * 60), 0),
        (Severity.EXTREME, FAR, THREE, (22 * 60, 7 * 60), 4 * 60),
        (Severity.EXTREME, FAR, THREE, (-1, -1), 0),
        (Severity.SEVERE, NEAR, THREE, (22 * 60, 7 * 60), 4 * 60),
        (Severity.SEVERE, NEAR, THREE, (-1, -1), 0),
        (Severity.SEVERE, NEAR, NOON, (22 * 60, 7 * 60), 0),
        (Severity.MODERATE, NEAR, HALF_PAST_NINE, (-1, -1), 9 * 60 + 30),
        (Severity.MINOR, NEAR, NOON, (13 * 60, 14 * 60), 0),
        (Severity.MINOR, NEAR, NOON, (11 * 60, 14 * 60), 120),
    ],
)
def test_who_is_let_sleep(severity, away_m, now_min, quiet, sleeps):
    assert sleeps_min(severity, away_m, now_min, *quiet) == sleeps


minutes = st.integers(-1, 24 * 60 - 1)


@given(
    st.sampled_from(Severity),
    st.lists(st.tuples(st.sampled_from([NEAR, FAR]), st.integers(0, 1439), minutes, minutes)),
)
def test_columns_say_what_the_rule_says(severity, people):
    away, now, start, end = (np.array([row[i] for row in people]) for i in range(4))
    found = sleeping_min(
        severity, away, now.astype(np.int64), start.astype(np.int16), end.astype(np.int16)
    )
    assert found.tolist() == [sleeps_min(severity, *person) for person in people]


@given(st.integers(0, 1439), minutes, minutes)
def test_quiet_is_over_when_it_said(now, start, end):
    left = quiet_left_min(now, start, end)
    assert 0 <= left < 24 * 60
    assert quiet_left_min((now + left) % 1440, start, end) == 0


def test_minutes_are_local_and_an_unknown_zone_is_chinas():
    at = datetime(2026, 3, 1, 19, 30, tzinfo=UTC)
    assert local_minutes("Asia/Shanghai", at) == local_minutes("No/Where", at) == 3 * 60 + 30
    assert local_minutes("Europe/Berlin", at) == 20 * 60 + 30
    assert wakes_at(at.replace(second=40), 210) == at.replace(hour=23, minute=0)
