import pytest

from homeward.backtest.crediting import accepted
from homeward.backtest.rows import Claim, Report
from homeward.words import AgeBand, Category, Mode, Sex

REPORT = Report(
    *("A", Category.STRANGER_ABDUCTION, AgeBand.CHILD, Sex.MALE, 10.0, 33.0, 115.0, 100, 60.0)
)
KM = 1 / 111.2


def claim(number, north_km, seen_min, received_min=90, mode="car", accuracy_m=100):
    place = (33.0 + north_km * KM, 115.0)
    return Claim(
        *(str(number), "A", seen_min, received_min, *place, accuracy_m, mode, Mode.VEHICLE)
    )


def credited(*claims, now_min=120):
    return {one.claim.id: one.credibility_ppm for one in accepted(REPORT, claims, now_min)}


def test_what_is_received_later_is_not_known_yet():
    assert credited(claim(1, 30, 50, received_min=121)) == {}
    assert set(credited(claim(1, 30, 50, received_min=120))) == {"1"}


@pytest.mark.parametrize(
    "impossible",
    [
        claim(1, 150, 50),  # 164 km/h
        claim(1, 30, -20),  # before they were missed
        claim(1, 30, 110, received_min=90),  # told before it was seen
        claim(1, 400, 50, mode="rail"),
    ],
)
def test_what_cannot_be_is_put_aside(impossible):
    assert credited(impossible) == {}


def test_a_train_may_have_been_faster():
    assert set(credited(claim(1, 150, 50, mode="rail"))) == {"1"}


def test_two_that_point_the_same_way_are_believed_more_than_each_alone():
    alone, both = credited(claim(1, 40, 50)), credited(claim(1, 40, 50), claim(2, 55, 70))
    assert both["1"] > alone["1"]
    assert both["1"] >= 700_000 > alone["1"], "only together they move the search"


def test_two_that_cannot_both_be_true_are_believed_less():
    alone = credited(claim(1, 40, 50))
    both = credited(claim(1, 40, 50), claim(2, -40, 52))
    assert both.get("1", 0) < alone["1"]


def test_a_crowd_is_no_proof():
    """Rumours copy each other: from the third on, more add nothing."""
    three = credited(*(claim(one, 40, 50) for one in range(3)))
    ten = credited(*(claim(one, 40, 50) for one in range(10)))
    assert three["0"] == ten["0"] < 1_000_000


def test_what_came_later_changes_nothing_earlier():
    assert credited(claim(1, 40, 50)) == credited(claim(1, 40, 50), claim(2, 41, 52, 500))
