"""What clocks show around the moments at which they are changed."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from homeward.policies.clocks import (
    Clocks,
    day_ends,
    instant_of,
    local_day,
    local_minutes,
    since_epoch_min,
    zone_of,
)

BERLIN, CHINA = "Europe/Berlin", "Asia/Shanghai"
SPRING, AUTUMN = (datetime(2026, *day, 1, tzinfo=UTC) for day in ((3, 29), (10, 25)))
MIDNIGHTS = {  # in Berlin
    SPRING: (datetime(2026, 3, 28, 23, tzinfo=UTC), datetime(2026, 3, 29, 22, tzinfo=UTC)),
    AUTUMN: (datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 10, 25, 23, tzinfo=UTC)),
}


@pytest.mark.parametrize(("change", "then_min"), [(SPRING, 180), (AUTUMN, 120)])
@pytest.mark.parametrize("before_min", [1, 2, 59, 300, 1_439, 1_440])
def test_a_change_is_seen_a_day_ahead_to_the_minute(change, then_min, before_min):
    at = change - timedelta(minutes=before_min)
    clocks = Clocks.of([BERLIN], at)
    assert clocks.at_min == int(at.timestamp()) // 60
    assert clocks.change_min.tolist() == [before_min]
    assert clocks.then_min.tolist() == [then_min]
    shown = at.astimezone(zone_of(BERLIN))
    assert clocks.now_min.tolist() == [shown.hour * 60 + shown.minute]
    assert clocks.day.tolist() == [shown.toordinal()]


@pytest.mark.parametrize("change", [SPRING, AUTUMN])
def test_no_change_within_a_day_is_far_off(change):
    for at in (change, change + timedelta(minutes=1), change - timedelta(minutes=1_441)):
        clocks = Clocks.of([BERLIN, CHINA], at)
        assert (clocks.change_min > 10_000_000).all()
        assert clocks.then_min.tolist() == clocks.now_min.tolist()


@pytest.mark.parametrize("change", [SPRING, AUTUMN])
def test_a_day_is_over_at_its_own_midnight(change):
    begins, ends = MIDNIGHTS[change]
    for at in (begins, change, ends - timedelta(seconds=1)):
        found = day_ends(BERLIN, at)
        assert found == ends
        assert found.tzinfo is UTC
        clocks = Clocks.of([CHINA, BERLIN], at)
        assert instant_of(int(clocks.day_ends_min[1])) == ends
    assert local_day(BERLIN, ends) == local_day(BERLIN, begins) + 1


def test_minutes_are_full_ones():
    at = datetime(2026, 3, 1, 19, 30, 59, 999_999, tzinfo=UTC)
    assert local_minutes(CHINA, at) == 3 * 60 + 30
    assert instant_of(since_epoch_min(at)) == at.replace(second=0, microsecond=0)
    assert instant_of(0) == datetime(1970, 1, 1, tzinfo=UTC)


def test_people_take_the_clock_of_their_zone():
    at = SPRING - timedelta(minutes=10)
    zones = Clocks.of([CHINA, BERLIN], at)
    people = zones.take(np.array([1, 0, 1]))
    assert people.at_min == zones.at_min
    for column in ("now_min", "change_min", "then_min", "day", "day_ends_min"):
        china, berlin = getattr(zones, column).tolist()
        assert getattr(people, column).tolist() == [berlin, china, berlin]
    none = Clocks.of([], at).take(np.zeros(2, np.int64))
    assert none.at_min == zones.at_min
    assert none.change_min.tolist() == none.day_ends_min.tolist() == [0, 0]


def test_an_unknown_zone_counts_as_chinas():
    for name in ("No/Where", "", "../etc"):
        assert zone_of(name).key == CHINA
