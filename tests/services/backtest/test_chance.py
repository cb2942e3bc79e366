import math

import pytest

from homeward.backtest.chance import LEVEL, chance_of, paired


def held(*cases):
    """How many cases both hold, only the policy, only the circle, neither: side by side."""
    both, policy, circle, neither = cases
    left = [True] * both + [True] * policy + [False] * circle + [False] * neither
    right = [True] * both + [False] * policy + [True] * circle + [False] * neither
    return left, right


@pytest.mark.parametrize(
    ("heads", "tails", "chance"),
    [
        (0, 0, 1.0),  # nothing was tossed
        (1, 0, 1.0),  # one way or the other
        (5, 0, 2 / 32),  # HHHHH, TTTTT
        (6, 0, 2 / 64),
        (0, 6, 2 / 64),
        (4, 1, 12 / 32),  # one or none of five: 1 + 5, and the same on the other side
        (7, 1, 18 / 256),  # 1 + 8
        (8, 1, 20 / 512),  # 1 + 9
        (3, 3, 1.0),  # 0 to 3 of six are more than half of all
        (10, 2, 158 / 4096),  # 1 + 12 + 66
    ],
)
def test_the_chance_is_counted_by_hand(heads, tails, chance):
    assert chance_of(heads, tails) == chance
    assert chance_of(tails, heads) == chance


def test_some_thousand_cases_are_a_number_still():
    assert chance_of(1_500, 1_500) == 1.0
    assert 0 < chance_of(1_400, 1_600) < 0.001
    # Where the normal distribution is as good: 100 too many of 10,000, two standard deviations.
    assert chance_of(5_100, 4_900) == pytest.approx(math.erfc(1.99 / math.sqrt(2)), rel=0.01)


def test_cases_that_both_hold_or_neither_say_nothing():
    few, many = paired(*held(0, 8, 1, 0)), paired(*held(900, 8, 1, 70))
    assert few == many
    assert (many.only_policy, many.only_circle) == (8, 1)


@pytest.mark.parametrize(
    ("policy", "circle", "better"),
    [
        (0, 0, LEVEL),
        (5, 0, LEVEL),  # 6.25 %
        (6, 0, "field"),  # 3.1 %
        (0, 6, "circle"),
        (7, 1, LEVEL),  # 7 %
        (8, 1, "field"),  # 3.9 %
        (1, 8, "circle"),
    ],
)
def test_one_is_better_when_a_coin_would_hardly_do_that(policy, circle, better):
    found = paired(*held(3, policy, circle, 3))
    assert found.better("field") == better
    assert found.shown("field") == {
        "only_policy": policy,
        "only_circle": circle,
        "chance": chance_of(policy, circle),
        "better": better,
    }


def test_both_are_judged_over_the_same_cases():
    with pytest.raises(ValueError, match="shorter"):
        paired([True, False], [True])
