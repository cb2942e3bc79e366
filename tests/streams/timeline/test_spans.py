import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeward.timeline.spans import FLOOR, span


@pytest.mark.parametrize(
    ("people", "said"),
    [
        (0, "0"),
        (1, "1-20"),
        (19, "1-20"),
        (20, "20-50"),
        (50, "50-100"),
        (199, "100-200"),
        (200, "200-500"),
        (999, "500-1,000"),
        (20_000, "20,000-50,000"),
        (49_999, "20,000-50,000"),
        (10_000_000, "10,000,000-20,000,000"),
    ],
)
def test_a_count_is_said_as_its_span(people, said):
    assert span(people) == said


@given(st.integers(0, 10**9))
def test_a_span_holds_its_count_and_never_tells_fewer_than_the_floor_apart(people):
    low, high = (int(one.replace(",", "")) for one in span(people, hides_none=True).split("-"))
    assert low <= people < high
    assert high - low >= FLOOR
