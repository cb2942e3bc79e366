from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeward.policies.attention import (
    AWAKE,
    day_limit,
    day_limits,
    quiet_left_min,
    sleeping_until,
    sleeps_until,
    wakes_everybody,
)
from homeward.policies.clocks import Clocks, day_ends, instant_of, local_day, local_minutes
from homeward.words import Severity

NEAR, FAR = 5_000.0, 200_000.0
NIGHT, BERLIN, NEW_YORK = (22 * 60, 7 * 60), "Europe/Berlin", "America/New_York"
ZONES = [
    "Asia/Shanghai",
    "Asia/Urumqi",
    "Asia/Kashgar",
    BERLIN,
    NEW_YORK,
    "Africa/Cairo",  # puts its clocks forward at midnight
    "Australia/Lord_Howe",  # by half an hour
    "Pacific/Apia",
]


def there(zone, *when, fold=0):
    """Return when a clock shows that."""
    return datetime(*when, tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("severity", "away_m", "clock", "quiet", "sleeps_min"),
    [
        (Severity.EXTREME, NEAR, (3, 0), NIGHT, None),
        (Severity.EXTREME, FAR, (3, 0), NIGHT, 4 * 60),
        (Severity.EXTREME, FAR, (3, 0), (-1, -1), None),
        (Severity.SEVERE, NEAR, (3, 0), NIGHT, 4 * 60),
        (Severity.SEVERE, NEAR, (3, 0), (-1, -1), None),
        (Severity.SEVERE, NEAR, (12, 0), NIGHT, None),
        (Severity.MODERATE, NEAR, (21, 30), (-1, -1), 9 * 60 + 30),
        (Severity.MINOR, NEAR, (12, 0), (13 * 60, 14 * 60), None),
        (Severity.MINOR, NEAR, (12, 0), (11 * 60, 14 * 60), 120),
    ],
)
def test_who_is_let_sleep(severity, away_m, clock, quiet, sleeps_min):
    at = there("Asia/Shanghai", 2026, 3, 2, *clock)
    wakes = None if sleeps_min is None else at + timedelta(minutes=sleeps_min)
    assert sleeps_until(severity, away_m, "Asia/Shanghai", at, *quiet) == wakes


@pytest.mark.parametrize(
    ("zone", "at", "quiet", "wakes"),
    [
        # The hour from two to three is left out: the night is an hour shorter.
        (BERLIN, "2026-03-28 23:00", NIGHT, "2026-03-29 05:00"),
        (NEW_YORK, "2026-03-08 04:00", NIGHT, "2026-03-08 11:00"),
        # Quiet until half past two, which no clock shows: it is over when three is shown.
        (BERLIN, "2026-03-29 00:00", (0, 150), "2026-03-29 01:00"),
        # The hour is shown twice: the night is an hour longer.
        (BERLIN, "2026-10-24 22:00", NIGHT, "2026-10-25 06:00"),
        (NEW_YORK, "2026-11-01 03:00", NIGHT, "2026-11-01 12:00"),
        # Quiet until half past two: over when it is shown first, and quiet again at the second two.
        (BERLIN, "2026-10-24 23:00", (60, 150), "2026-10-25 00:30"),
        (BERLIN, "2026-10-25 01:00", (60, 150), "2026-10-25 01:30"),
        # Until three, which is shown once, an hour after the clock would have shown it first.
        (BERLIN, "2026-10-25 00:30", (60, 180), "2026-10-25 02:00"),
    ],
)
def test_a_night_in_which_the_clocks_change(zone, at, quiet, wakes):
    asked, expected = (datetime.fromisoformat(one).replace(tzinfo=UTC) for one in (at, wakes))
    assert sleeps_until(Severity.SEVERE, NEAR, zone, asked, *quiet) == expected
    assert in_a_column(Severity.SEVERE, NEAR, zone, asked, quiet) == expected


def in_a_column(severity, away_m, zone, at, quiet):
    """Return when somebody wakes, asked as one of many; None: they do not sleep."""
    clocks = Clocks.of([zone], at).take(np.zeros(1, np.int64))
    start, end = (np.array([one], np.int16) for one in quiet)
    [found] = sleeping_until(severity, np.array([away_m]), clocks, start, end).tolist()
    return None if found == AWAKE else instant_of(found)


@pytest.mark.parametrize("zone", ["Asia/Shanghai", BERLIN])
def test_the_edges_of_sleep_are_alike_for_one_and_for_many(zone):
    midday = there(zone, 2026, 3, 28, 12)
    at = {minute: midday + timedelta(minutes=minute) for minute in range(-60, 61)}
    for severity, away_m, when, quiet, wakes in (
        (Severity.SEVERE, NEAR, -31, (690, 720), None),
        (Severity.SEVERE, NEAR, -30, (690, 720), 0),
        (Severity.SEVERE, NEAR, -1, (690, 720), 0),
        (Severity.SEVERE, NEAR, 0, (690, 720), None),
        (Severity.SEVERE, NEAR, 0, (720, 720), None),
        (Severity.SEVERE, NEAR, 0, (-1, 740), None),
        (Severity.SEVERE, NEAR, 0, (700, -1), None),
        (Severity.SEVERE, NEAR, 0, (0, 740), 20),
        (Severity.EXTREME, 30_000.0, -1, (690, 720), None),
        (Severity.EXTREME, 30_001.0, -1, (690, 720), 0),
    ):
        expected = None if wakes is None else at[wakes]
        asked = (severity, away_m, zone, at[when])
        assert sleeps_until(*asked, *quiet) == expected, quiet
        assert in_a_column(*asked, quiet) == expected, quiet


def test_quiet_that_is_over_as_the_clocks_change_goes_on_if_they_show_it_again():
    before = datetime(2026, 10, 25, 0, 59, tzinfo=UTC)  # 02:59 in Berlin, and then 02:00 again
    for quiet, wakes in (((60, 180), (2, 0)), ((60, 179), None), ((179, 180), (1, 0))):
        expected = None if wakes is None else datetime(2026, 10, 25, *wakes, tzinfo=UTC)
        assert sleeps_until(Severity.SEVERE, NEAR, BERLIN, before, *quiet) == expected
        assert in_a_column(Severity.SEVERE, NEAR, BERLIN, before, quiet) == expected


minutes = st.sampled_from([-1, 0, 60, 119, 120, 121, 150, 180, 420, 1320, 1439])
CHANGES = [
    datetime(2026, *when, tzinfo=UTC)
    for when in (
        (3, 8, 7),
        (3, 29, 1),
        (10, 25, 1),
        (11, 1, 6),
        (4, 23, 22),
        (4, 4, 15),
    )
]
moments = st.one_of(
    st.integers(0, 365 * 24 * 60).map(
        lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    ),
    st.builds(
        lambda at, hours: at + timedelta(hours=hours), st.sampled_from(CHANGES), st.floats(-30, 6)
    ),
)


@given(
    moments,
    st.sampled_from(Severity),
    st.lists(st.tuples(st.sampled_from([NEAR, FAR]), st.sampled_from(ZONES), minutes, minutes)),
)
def test_columns_say_what_the_rule_says(at, severity, people):
    away = np.array([one[0] for one in people])
    clocks = Clocks.of(ZONES, at).take(np.array([ZONES.index(one[1]) for one in people], np.int64))
    start, end = (np.array([one[i] for one in people], np.int16) for i in (2, 3))
    found = sleeping_until(severity, away, clocks, start, end).tolist()
    said = [None if one == AWAKE else instant_of(one) for one in found]
    assert said == [sleeps_until(severity, m, zone, at, *quiet) for m, zone, *quiet in people]
    days = [(local_day(one[1], at), day_ends(one[1], at)) for one in people]
    ends = [instant_of(one) for one in clocks.day_ends_min.tolist()]
    assert list(zip(clocks.day.tolist(), ends, strict=True)) == days


@given(moments, st.sampled_from(ZONES))
def test_a_day_is_over_in_the_minute_in_which_the_date_turns(at, zone):
    ends = day_ends(zone, at)
    assert at < ends <= at + timedelta(hours=25)
    assert local_day(zone, ends) == local_day(zone, at) + 1
    assert local_day(zone, ends - timedelta(minutes=1)) == local_day(zone, at)


def test_days_of_23_and_of_25_hours():
    for zone, short, long in ((BERLIN, (3, 29), (10, 25)), (NEW_YORK, (3, 8), (11, 1))):
        for hours, date in ((23, short), (25, long)):
            begins = there(zone, 2026, *date)
            assert day_ends(zone, begins) == begins + timedelta(hours=hours)
    assert day_ends("Africa/Cairo", there("Africa/Cairo", 2026, 4, 23, 12)) == datetime(
        2026, 4, 23, 22, tzinfo=UTC
    )  # the day after begins at one o'clock


@given(st.integers(0, 1439), minutes, minutes)
def test_quiet_is_over_when_it_said(now, start, end):
    left = quiet_left_min(now, start, end)
    assert 0 <= left < 24 * 60
    assert quiet_left_min((now + left) % 1440, start, end) == 0


def test_a_day_holds_what_its_owner_says_and_three_for_who_says_nothing():
    own = [0, 1, 3, 10, 11, 255]
    assert [day_limit(one) for one in own] == [3, 1, 3, 10, 10, 10]
    assert day_limits(np.array(own, np.uint8)).tolist() == [3, 1, 3, 10, 10, 10]
    assert wakes_everybody(Severity.EXTREME, 30_000.0)
    assert not wakes_everybody(Severity.EXTREME, 30_001.0)
    assert not wakes_everybody(Severity.SEVERE, 0.0)


def test_minutes_are_local_and_an_unknown_zone_is_chinas():
    at = datetime(2026, 3, 1, 19, 30, tzinfo=UTC)
    assert local_minutes("Asia/Shanghai", at) == local_minutes("No/Where", at) == 3 * 60 + 30
    assert local_minutes(BERLIN, at) == 20 * 60 + 30
    # A clock in Urumqi or Kashgar that goes by the sun is two hours behind Beijing's.
    assert local_minutes("Asia/Urumqi", at) == local_minutes("Asia/Kashgar", at) == 60 + 30
    assert (
        local_day("Asia/Shanghai", at) == local_day("Asia/Urumqi", at) == local_day(BERLIN, at) + 1
    )
    none = Clocks.of([], at).take(np.zeros(2, np.int64))
    assert none.now_min.tolist() == [0, 0]
