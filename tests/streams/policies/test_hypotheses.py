"""Places seen as hypotheses: what they weigh, what they hold, and what a false one cannot do."""

import random
from datetime import UTC, datetime, timedelta

import h3
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.streams.policies.ways import someone

from homeward.geography import cells as cs
from homeward.policies import policy_of
from homeward.policies.hypotheses import Hypothesis, heaviest, hypotheses, left_to_each
from homeward.policies.known import Known, Source
from homeward.words import AgeBand, Category, Mode

NOON = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)
FIRST = (33.0416, 115.2576)
NORTH, SOUTH = (33.45, 115.60), (32.60, 115.00)
FIELD = policy_of("field")


def seen(place, minute=0, trust=1.0, error_m=100, mode=Mode.UNKNOWN):
    cell = h3.latlng_to_cell(*place, 9)
    return Source(cell, NOON + timedelta(minutes=minute), error_m, mode, round(trust * 1e6))


def known(*later, category=Category.STRANGER_ABDUCTION, mode=Mode.VEHICLE):
    return Known(category, AgeBand.CHILD, mode, (seen(FIRST), *later), 500)


def at(minute):
    return NOON + timedelta(minutes=minute)


def weights(what, minute=90):
    return [round(one.weight, 3) for one in hypotheses(what, at(minute))]


def test_the_newest_counts_first_and_the_place_last_seen_keeps_the_rest():
    what = known(seen(NORTH, 60, 0.6), seen(SOUTH, 65, 0.5))
    assert weights(what) == [0.5, 0.3, 0.2]
    assert weights(what, 62) == [0.6, 0.4]
    assert weights(known()) == [1]


def test_no_sighting_is_certain_and_an_impossible_one_counts_for_less():
    assert weights(known(seen(NORTH, 60))) == [0.9, 0.1]
    assert weights(known(seen((36.0, 118.0), 60, 0.8))) == [0.32, 0.68]


def test_weak_ones_push_no_strong_one_out():
    weak = [seen(NORTH, 61 + n, 0.004) for n in range(20)]
    what = known(seen(SOUTH, 60, 0.8), *weak)
    assert weights(what) == [0.8, 0.2]


def test_a_clock_that_is_minutes_off_silences_no_sighting():
    assert weights(known(seen(FIRST, -3, 0.8))) == [0.8, 0.2]
    assert weights(known(seen(FIRST, -30, 0.8))) == [1]


def test_only_a_firm_place_says_where_they_came_from():
    rumour, firm = seen(NORTH, 50, 0.0), seen(SOUTH, 65, 0.8)
    newest = hypotheses(known(rumour, firm), at(90))[0]
    assert newest.before == seen(FIRST)


def made(*weights):
    return [Hypothesis(seen(FIRST), one, None) for one in weights]


@given(st.lists(st.floats(0.01, 1), min_size=1, max_size=8), st.floats(0.01, 0.9))
def test_what_is_left_outside_is_what_was_to_be_left(parts, left):
    told = made(*(one / sum(parts) for one in parts))
    each = left_to_each(told, left)
    assert sum(min(one.weight, each) for one in told) == pytest.approx(left)


@pytest.mark.parametrize(
    ("parts", "followed"),
    [((0.8, 0.2), 1), ((0.7, 0.3), 2), ((0.5, 0.3, 0.2), 2), ((0.6, 0.2, 0.2), 3), ((1.0,), 1)],
)
def test_the_heaviest_hold_three_quarters(parts, followed):
    assert len(heaviest(made(*parts), 0.75)) == followed


CASES = {
    "alone": known(),
    "certain": known(seen(NORTH, 60, 1.0)),
    "doubted": known(seen(NORTH, 60, 0.5)),
    "three": known(seen(NORTH, 60, 0.6), seen(SOUTH, 65, 0.5)),
    "on foot": known(category=Category.LOST_CHILD, mode=Mode.FOOT),
}


@pytest.mark.parametrize("what", CASES.values(), ids=CASES)
@pytest.mark.parametrize("minute", [90, 240])
def test_the_area_holds_nine_tenths_of_invented_ways(what, minute):
    area = FIELD.area(what, at(minute)).cells
    draw, held = random.Random(7), 0
    many = 3_000
    for _ in range(many):
        place = someone(draw, what, at(minute))
        point = np.array([h3.str_to_int(h3.latlng_to_cell(*place, 9))], np.uint64)
        held += bool(cs.meets(area, point)[0])
    assert 0.885 <= held / many <= 0.98  # disks overlap, and a look holds until the next one
