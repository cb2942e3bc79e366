import pytest
from loadtests.exact import SEED
from loadtests.million import contest


@pytest.mark.heavy
def test_a_million_people_a_thousand_areas_are_answered_as_brute_force_answers():
    found = contest(1_000_000, 1_000, SEED)
    assert found.same == found.asked == 1_000, found.said
    assert found.merging >= 300
