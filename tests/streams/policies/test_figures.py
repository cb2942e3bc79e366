"""How shares and walks are put together: the figures themselves are estimates."""

import itertools

import pytest

from homeward.policies.figures import ANY, SHARES, USUAL, WALKS, together
from homeward.words import AgeBand, Category


@pytest.mark.parametrize("category", Category)
def test_a_tenth_of_each_share_stands_for_a_wrong_category(category):
    wanted = [0.9 * one + 0.1 * other for one, other in zip(USUAL[category], ANY, strict=True)]
    assert SHARES[category] == pytest.approx(wanted, abs=1e-12)
    assert SHARES[category].vehicle == SHARES[category].local + SHARES[category].road


@pytest.mark.parametrize("band", AgeBand)
def test_one_band_alone_stays_itself(band):
    assert WALKS[together([band])] == WALKS[band]
    assert WALKS[together([band, band])] == WALKS[band]


def test_together_they_reach_as_far_and_as_fast_as_each_and_no_farther_than_one_who_does():
    for pair in itertools.combinations(AgeBand, 2):
        found = together(pair)
        fits = [
            band
            for band in AgeBand
            if all(
                mine >= theirs
                for one in pair
                for mine, theirs in zip(WALKS[band], WALKS[one], strict=True)
            )
        ]
        assert found in fits
        if set(fits) & set(pair):
            assert WALKS[found] in [WALKS[one] for one in pair]
        else:
            assert WALKS[found].km_95 == min(WALKS[band].km_95 for band in fits)
    assert together([AgeBand.OLD, AgeBand.CHILD]) is AgeBand.YOUTH
    assert together([AgeBand.TODDLER, AgeBand.SMALL]) is AgeBand.SMALL
