"""What each place that was seen weighs, at the edges."""

from datetime import UTC, datetime, timedelta

import h3
import pytest

from homeward.geography.sphere import centre_deg, distance_m
from homeward.policies.hypotheses import (
    HYPOTHESES_MAX,
    Hypothesis,
    heaviest,
    hypotheses,
    left_to_each,
)
from homeward.policies.known import CREDIBLE_PPM, Known, Source
from homeward.words import AgeBand, Category, Mode

NOON = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)
LAT, LON = 33.0416, 115.2576


def seen(north_km=0.0, minute=0.0, ppm=500_000, error_m=0, mode=Mode.UNKNOWN):
    cell = h3.latlng_to_cell(LAT + north_km / 111.2, LON, 9)
    return Source(cell, NOON + timedelta(minutes=minute), error_m, mode, ppm)


FIRST = seen(ppm=1_000_000)


def told(*later, first=FIRST, minute=600, mode=Mode.VEHICLE):
    known = Known(Category.RUNAWAY, AgeBand.CHILD, mode, (first, *later), 500)
    return hypotheses(known, NOON + timedelta(minutes=minute))


def weights(*later, **more):
    return [one.weight for one in told(*later, **more)]


def test_of_two_at_once_the_more_credible_counts_first():
    weak, strong = seen(1, 60, 300_000), seen(2, 60, 600_000)
    found = told(weak, strong)
    assert [one.source for one in found] == [strong, weak, FIRST]
    assert [one.weight for one in found] == pytest.approx([0.6, 0.12, 0.28])
    alike = sorted((seen(1, 60), seen(5, 60)), key=lambda one: one.cell)
    assert [one.source for one in told(*alike)] == [*alike[::-1], FIRST]


def test_a_hundredth_is_a_hypothesis_and_less_takes_nothing():
    assert weights(seen(1, 60, 10_000)) == pytest.approx([0.01, 0.99])
    assert weights(seen(1, 60, 9_999)) == [1]
    assert weights(seen(1, 50, 500_000), seen(1, 60, 9_999)) == pytest.approx([0.5, 0.5])


def test_eight_places_at_most_the_newest_and_the_first():
    found = told(*(seen(1, 60 + n, 300_000) for n in range(12)))
    assert len(found) == HYPOTHESES_MAX == 8
    assert [one.source.seen_at.minute for one in found[:-1]] == [11, 10, 9, 8, 7, 6, 5]
    assert found[-1] == Hypothesis(FIRST, pytest.approx(0.7**7), None)
    assert sum(one.weight for one in found) == pytest.approx(1)


@pytest.mark.parametrize(
    ("minute", "counts"), [(-10, True), (-10.1, False), (60, True), (60.1, False)]
)
def test_a_sighting_counts_from_ten_minutes_before_until_now(minute, counts):
    assert weights(seen(0, minute, 800_000), minute=60) == pytest.approx(
        [0.8, 0.2] if counts else [1]
    )


def test_nothing_is_surer_than_nine_tenths():
    assert weights(seen(1, 60, 1_000_000)) == pytest.approx([0.9, 0.1])
    assert weights(seen(1, 60, 890_000)) == pytest.approx([0.89, 0.11])


def test_where_they_came_from_is_the_newest_firm_place_before():
    firm, rumour = seen(1, 50, CREDIBLE_PPM), seen(2, 55, CREDIBLE_PPM - 1)
    older, newest = seen(3, 40, CREDIBLE_PPM), seen(4, 60)
    before = {one.source: one.before for one in told(firm, rumour, older, newest)}
    assert before == {newest: firm, rumour: firm, firm: older, older: FIRST, FIRST: None}
    at_once = told(seen(1, 60, 800_000), seen(2, 60, 700_000))
    assert [one.before for one in at_once] == [FIRST, FIRST, None]


@pytest.mark.parametrize(
    ("away_km", "minute", "reached"),
    [
        # By road at the limit, with the ten minutes by which clocks are off.
        (20, 2.5, False),
        (20, 3.5, True),
        # Farther off a train is sooner, boarding and all.
        (200, 59, False),
        (200, 62, True),
    ],
)
def test_who_cannot_have_come_in_time_counts_for_two_fifths(away_km, minute, reached):
    one = seen(away_km + 5, minute, 500_000)
    off_m = distance_m(*centre_deg(FIRST.cell), *centre_deg(one.cell)) - away_km * 1_000
    for first_m, later_m in ((off_m, 0), (0, off_m), (off_m / 2, off_m / 2)):
        first, later = (
            Source(of.cell, of.seen_at, error_m, of.mode, of.credibility_ppm)
            for of, error_m in ((FIRST, first_m), (one, later_m))
        )
        assert weights(later, first=first)[0] == pytest.approx(0.5 if reached else 0.2)


def test_within_both_errors_they_are_there_at_once():
    assert weights(seen(5, -10, 500_000, error_m=9_000))[0] == pytest.approx(0.5)


def test_they_are_under_way_as_they_were_seen_moving():
    [train, first] = told(seen(1, 60, mode=Mode.RAIL), first=seen(mode=Mode.RAIL))
    assert train.under_way(Mode.RAIL)
    assert not train.under_way(Mode.VEHICLE)
    assert not first.under_way(Mode.RAIL), "there they set out"


def test_how_they_moved_on_is_what_was_seen_else_what_the_case_says():
    known = Known(Category.RUNAWAY, AgeBand.CHILD, Mode.FOOT, (FIRST,), 500)
    assert Hypothesis(seen(mode=Mode.RAIL), 1, None).mode(known) is Mode.RAIL
    assert Hypothesis(seen(), 1, None).mode(known) is Mode.FOOT


def made(*parts):
    return [Hypothesis(seen(n), part, None) for n, part in enumerate(parts)]


@pytest.mark.parametrize(
    ("parts", "share", "held"),
    [
        ((0.75, 0.25), 0.75, [0]),
        ((0.25, 0.75), 0.75, [1]),
        ((0.74, 0.26), 0.75, [0, 1]),
        ((0.3, 0.4, 0.3), 0.5, [0, 1, 2]),  # ties count as one
        ((0.1, 0.2, 0.7), 0.75, [1, 2]),
        ((0.1 + 0.2, 0.3, 0.4), 0.7, [0, 1, 2]),  # alike but for a rounding
        ((0.5, 0.1 + 0.1 + 0.1, 0.2), 0.8, [0, 1]),
    ],
)
def test_the_heaviest_hold_a_share_in_the_order_they_were_told(parts, share, held):
    hypotheses_ = made(*parts)
    assert heaviest(hypotheses_, share) == tuple(hypotheses_[n] for n in held)


@pytest.mark.parametrize(
    ("parts", "left", "each"),
    [
        ((1.0,), 0.1, 0.1),
        ((0.5, 0.5), 0.2, 0.1),
        ((0.9, 0.1), 0.1, 0.05),
        ((0.96, 0.04), 0.1, 0.06),  # the light one whole, and the rest of the heavy one
        ((0.95, 0.05), 0.1, 0.05),
        ((0.5, 0.2, 0.3), 0.9, 0.4),
        ((0.02, 0.9, 0.05, 0.03), 0.1, 0.08 / 3),
    ],
)
def test_what_each_may_leave_outside(parts, left, each):
    assert left_to_each(made(*parts), left) == pytest.approx(each)
