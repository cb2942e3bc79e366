"""What is near a sighting in place and time, at the edges."""

from datetime import UTC, datetime, timedelta

import h3
import pytest

from homeward.geography.sphere import centre_deg, distance_m
from homeward.policies.plausibility import Teller, Tip
from homeward.policies.repeats import NEAR_MAX, near
from homeward.words import Mode

NOON = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)
LAT, LON = 33.04, 115.26


def tip(name, north_m=0.0, minute=0.0, error_m=0, account=None):
    seen_at = NOON + timedelta(minutes=minute)
    cell = h3.latlng_to_cell(LAT + north_m / 111_195, LON, 15)
    return Tip(
        name,
        cell,
        seen_at,
        seen_at,
        error_m=error_m,
        mode=Mode.FOOT,
        account=account or f"account-{name}",
        teller=Teller.VOLUNTEER,
    )


ONE = tip("one")


@pytest.mark.parametrize(
    ("minute", "counts"), [(-10, True), (-10.1, False), (10, True), (10.1, False)]
)
def test_ten_minutes_apart_are_at_once(minute, counts):
    found = near(ONE, [tip("other", minute=minute)])
    assert [one.minutes for one in found] == ([minute] if counts else [])


@pytest.mark.parametrize(
    ("north_m", "error_m", "others_error_m", "counts"),
    [
        (390, 0, 0, True),
        (410, 0, 0, False),
        (590, 100, 100, True),
        (610, 100, 100, False),
        (690, 0, 300, True),
        (690, 300, 0, True),
        (1_390, 5_000, 0, True),  # what is vague counts for a kilometre at the most
        (1_410, 5_000, 0, False),
        (2_390, 5_000, 5_000, True),
        (2_410, 5_000, 5_000, False),
    ],
)
def test_places_are_near_within_both_errors_and_a_cell(north_m, error_m, others_error_m, counts):
    one = tip("one", error_m=error_m)
    found = near(one, [tip("other", north_m, error_m=others_error_m)])
    assert [each.km for each in found] == ([round(north_m / 1_000, 1)] if counts else [])


def test_the_nearest_in_time_come_first_and_then_by_name():
    others = [tip("d", minute=5), tip("c", minute=-3), tip("b", minute=3), tip("a", minute=3.5)]
    found = near(ONE, others)
    assert [(one.sighting, one.minutes) for one in found] == [
        ("b", 3.0),
        ("c", -3.0),
        ("a", 3.5),
        ("d", 5.0),
    ]
    assert near(ONE, [*others[::-1], ONE]) == found


def test_figures_are_told_to_a_tenth():
    [found] = near(ONE, [tip("other", 260, 1.26)])
    assert (found.km, found.minutes) == (0.3, 1.3)


def away_m(one, other):
    return distance_m(*centre_deg(one.cell), *centre_deg(other.cell))


def test_a_metre_decides():
    one, other = tip("one", error_m=800), tip("other", 1_500)
    short_m = int(away_m(one, other)) - 800 - 400
    for error_m, counts in ((short_m - 1, 0), (short_m + 1, 1)):
        assert len(near(one, [tip("other", 1_500, error_m=error_m)])) == counts
    others = [tip(f"{north_m}", north_m, error_m=900) for north_m in range(1_200, 1_300, 5)]
    found = near(one, others)
    assert [each.km for each in found] == [round(away_m(one, each) / 1_000, 1) for each in others]


def test_one_account_repeats_itself_and_others_bear_it_out():
    mine, theirs = tip("b", account=ONE.account), tip("c")
    assert [one.why for one in near(ONE, [mine, theirs])] == ["same-account", "other-account"]


def test_twenty_are_enough_and_those_far_off_take_no_place():
    far = [tip(f"far-{n}", 5_000) for n in range(30)]
    here = [tip(f"here-{n:02}", minute=1) for n in range(NEAR_MAX + 5)]
    found = near(ONE, [*far, *here])
    assert [one.sighting for one in found] == [f"here-{n:02}" for n in range(NEAR_MAX)]
