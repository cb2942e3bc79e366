"""Few parked keys are somebody's bad facts; many are a bad program."""

import pytest

from homeward.hosts.parking import ParkingLimit, TooManyParked


def test_few_are_parked_at_any_rate():
    limit = ParkingLimit()
    for _ in range(19):
        limit.note(heard=1, parked=1)


def test_a_tenth_is_the_limit():
    limit = ParkingLimit()
    limit.note(heard=1_000, parked=100)
    with pytest.raises(TooManyParked):
        limit.note(heard=1, parked=1)


def test_what_is_long_past_counts_no_more():
    now_s = [0.0]
    limit = ParkingLimit(clock=lambda: now_s[0])
    limit.note(heard=19, parked=19)
    now_s[0] = 301.0
    limit.note(heard=19, parked=19)
    with pytest.raises(TooManyParked):
        limit.note(heard=1, parked=1)
