"""Who answers at a hub, and when; judged minute by minute where it matters."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeward.geography.hubbook import Duty
from homeward.policies.duty import (
    CLOSED,
    DAYS,
    OFF_DUTY,
    NotHours,
    ask_order,
    is_on,
    is_on_within,
    spans_of,
)

SHANGHAI, BERLIN = "Asia/Shanghai", "Europe/Berlin"
MONDAY = datetime(2026, 3, 2, tzinfo=ZoneInfo(SHANGHAI))


def monday(hour, minute=0, days=0):
    return (MONDAY + timedelta(days=days, hours=hour, minutes=minute)).astimezone(UTC)


@pytest.mark.parametrize("text", ["", "  ", "24/7", "00:00-24:00"])
def test_always(text):
    assert all(is_on(text, SHANGHAI, monday(hour)) for hour in range(7 * 24))


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("08:00-10:00", [day * 24 + hour for day in range(7) for hour in (8, 9)]),
        ("Mo-We 8:00-9:00", [8, 32, 56]),
        ("Mo,We 08:00-09:00", [8, 56]),
        ("Mo 08:00-09:00,11:00-12:00", [8, 11]),
        ("Mo 08:00-09:00; Su 23:00-24:00", [8, 167]),
        ("Sa-Mo 05:00-06:00", [5, 125, 149]),
        ("Su-We 05:00-06:00", [5, 29, 53, 149]),
        ("Mo 22:00-02:00", [22, 23, 24, 25]),
        ("Su 23:00-01:00", [0, 167]),
        ("Mo 08:00-10:00; Mo 09:00-11:00", [8, 9, 10]),
        ("Mo 08:00-08:00", [*range(8, 32)]),
    ],
)
def test_hours_of_a_week(text, hours):
    assert [hour for hour in range(7 * 24) if is_on(text, SHANGHAI, monday(hour))] == hours
    assert [hour for hour in range(7 * 24) if is_on(text, SHANGHAI, monday(hour, 59))] == hours


@pytest.mark.parametrize(
    "text",
    [
        *("Mo", "8-9", "Mo 8:00", "Mo 08:00-25:00", "Mo 24:00-25:00", "Mo 08:60-09:00"),
        *("Mo 24:00-02:00", "Mon 08:00-09:00", "mo 08:00-09:00", "Mo-Xx 08:00-09:00"),
        *("Mo- 08:00-09:00", ";", "Mo 08:00-09:00;"),
        *("always", "PH off", "Mo 08:00-09:00 " * 20, "Mo 08:00-24:01"),
    ],
)  # fmt: skip
def test_what_says_no_hours_is_refused(text):
    with pytest.raises(NotHours):
        spans_of(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("by bell", "hours must be like Mo-Fr 08:00-20:00; Sa 09:00-13:00, or 24/7"),
        ("Xx 08:00-09:00", "days are Mo Tu We Th Fr Sa Su"),
        ("Mo 8:00", "hours must have times like 08:00-20:00"),
        ("Mo 08:00-24:01", "a day has the times 00:00 to 24:00"),
        ("Mo 08:00-09:00;" * 14, "hours have at most 200 characters"),
    ],
)
def test_whoever_writes_them_is_told_what_is_wrong(text, said):
    with pytest.raises(NotHours) as refused:
        spans_of(text)
    assert str(refused.value) == said


def test_when_clocks_go_forward_the_hour_that_no_clock_shows_is_nobodys():
    """Berlin, 29 March 2026: after 01:59 comes 03:00."""
    first = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)  # 01:30 there
    on = [is_on("Su 02:00-03:00", BERLIN, first + timedelta(minutes=m)) for m in range(120)]
    assert not any(on)
    assert not is_on_within("Su 02:00-03:00", BERLIN, first, first + timedelta(hours=2))
    assert is_on("Su 03:00-04:00", BERLIN, datetime(2026, 3, 29, 1, 0, tzinfo=UTC))
    assert not is_on("Su 03:00-04:00", BERLIN, datetime(2026, 3, 29, 0, 59, tzinfo=UTC))


def test_when_clocks_go_back_the_hour_that_comes_twice_is_worked_twice():
    """Berlin, 25 October 2026: after 02:59 comes 02:00."""
    first = datetime(2026, 10, 25, 0, 0, tzinfo=UTC)  # 02:00 there, for the first time
    on = [is_on("Su 02:00-03:00", BERLIN, first + timedelta(minutes=m)) for m in range(150)]
    assert on == [True] * 120 + [False] * 30


def test_a_shift_keeps_its_hour_on_the_wall_all_year():
    winter = datetime(2026, 1, 5, 7, 30, tzinfo=UTC)  # 08:30
    summer = datetime(2026, 7, 6, 7, 30, tzinfo=UTC)  # 09:30
    assert is_on("Mo 08:00-09:00", BERLIN, winter)
    assert not is_on("Mo 08:00-09:00", BERLIN, summer)
    assert is_on("Mo 08:00-09:00", BERLIN, summer - timedelta(hours=1))


clock = st.integers(0, 23 * 60 + 59).map(lambda m: f"{m // 60:02}:{m % 60:02}")
texts = st.lists(
    st.tuples(st.sampled_from(DAYS), clock, clock).map(lambda t: f"{t[0]} {t[1]}-{t[2]}"),
    min_size=1,
    max_size=3,
).map("; ".join)
days = [datetime(2026, 3, 27, tzinfo=UTC), datetime(2026, 10, 23, tzinfo=UTC)]


@given(
    texts,
    st.sampled_from(days),
    st.integers(0, 5 * 24 * 60 * 60),
    st.integers(0, 30 * 60 * 60),
    st.sampled_from([BERLIN, SHANGHAI, "America/St_Johns", "Australia/Lord_Howe"]),
)
def test_a_window_is_manned_when_one_of_its_minutes_is(text, day, begin_s, length_s, zone):
    begin = day + timedelta(seconds=begin_s)
    end = begin + timedelta(seconds=length_s)
    clock = begin.replace(second=0)
    minutes = (clock + timedelta(minutes=m) for m in range((end - clock) // timedelta(minutes=1)))
    brute = any(is_on(text, zone, moment) for moment in (begin, *minutes, end))
    assert is_on_within(text, zone, begin, end) == brute


def test_who_comes_on_in_the_last_minute_of_a_window_is_there_in_it():
    begin = monday(12) + timedelta(seconds=45)
    assert is_on_within("Mo 12:02-13:00", SHANGHAI, begin, begin + timedelta(seconds=75))
    assert not is_on_within("Mo 12:02-13:00", SHANGHAI, begin, begin + timedelta(seconds=74))
    assert is_on_within("Mo 11:00-12:01", SHANGHAI, begin, begin + timedelta(hours=1))
    assert not is_on_within("Mo 11:00-12:00", SHANGHAI, begin, begin + timedelta(hours=1))


def test_no_minute_next_to_a_change_of_clocks_is_lost():
    """Berlin, 29 March 2026: 01:59 is the last minute before, 03:00 the first one after."""
    change = datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    for before in range(1, 40):
        for after in range(40):
            window = change - timedelta(minutes=before), change + timedelta(minutes=after)
            assert is_on_within("Su 01:59-02:00", BERLIN, *window), (before, after)
            assert is_on_within("Su 03:00-03:01", BERLIN, *window), (before, after)
            assert is_on_within("Su 01:58-01:59", BERLIN, *window) == (before > 1)
            assert is_on_within("Su 03:01-03:02", BERLIN, *window) == (after > 0)


@pytest.mark.parametrize("hours", [12, 13, 24, 37, 100, 167])
def test_a_long_window_is_manned_when_only_its_last_minute_is(hours):
    day, hour = divmod(hours, 24)
    text = f"{DAYS[day]} {hour:02}:00-{hour:02}:01"
    assert is_on_within(text, SHANGHAI, monday(0), monday(hours))
    assert not is_on_within(text, SHANGHAI, monday(0), monday(hours) - timedelta(seconds=1))


def test_a_window_of_a_week_is_always_manned():
    week = timedelta(days=7)
    assert is_on_within("Mo 08:00-08:01", SHANGHAI, monday(9), monday(9) + week)


WINDOW = (monday(12), monday(13))


def line(hours="", shifts=(), contacts=3, at=None, window=WINDOW):
    return ask_order(Duty(SHANGHAI, hours, shifts), contacts, at or monday(11), window)


def test_without_hours_contacts_are_asked_as_they_stand():
    assert ask_order(None, 3, monday(11), WINDOW) == ((0, 1, 2), None)
    assert line() == ((0, 1, 2), None)


def test_whoever_is_on_duty_comes_first():
    shifts = ("Mo-Su 00:00-08:00", "Mo-Su 08:00-16:00", "Mo-Su 16:00-24:00")
    assert line(shifts=shifts) == ((1, 0, 2), None)
    assert line(shifts=shifts, at=monday(16)) == ((2, 0, 1), None)
    assert line(shifts=("Mo 00:00-08:00",)) == ((1, 2, 0), None)  # the others are on always


def test_with_nobody_on_duty_everybody_is_asked_and_the_desk_told():
    assert line(shifts=("Tu 08:00-16:00",) * 3) == ((0, 1, 2), OFF_DUTY)


def test_a_hub_that_is_closed_while_the_person_may_come_says_so():
    assert line(hours="Mo 06:00-11:59", shifts=("Tu 08:00-16:00",)) == ((1, 2, 0), CLOSED)
    assert line(hours="Mo 06:00-12:01") == ((0, 1, 2), None)
    assert line(hours="Mo 13:00-20:00") == ((0, 1, 2), None)  # opens as the window ends
    assert line(hours="Mo 13:01-20:00") == ((0, 1, 2), CLOSED)


def test_hours_that_cannot_be_read_count_as_always():
    """They are refused when a hub is registered; a processor that stumbles over them would park."""
    assert line(hours="by appointment", shifts=("mornings",)) == ((0, 1, 2), None)
    assert ask_order(Duty("Mars/Olympus", "Mo 12:00-13:00"), 1, monday(11), WINDOW) == ((0,), None)
